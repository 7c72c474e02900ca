/**
 * Training, as an async generator: it yields after each epoch (or each step) and waits until it is asked to go on.
 * Whoever listens, a command line or a page, only reads what it yields; to stop is to stop asking.
 *
 * One step: forward, loss, backward, update. Chapter 1, "Learning with gradient descent"; chapter 2, "The
 * backpropagation algorithm".
 */
import type { Totals } from "../backends/backend.ts";
import { Batches } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError, DivergenceError } from "../errors.ts";
import { checkFits, evaluate } from "../evaluation/evaluate.ts";
import { losses } from "../losses/losses.ts";
import { inOrder } from "../matrix.ts";
import type { Network } from "../network/network.ts";
import { Stream } from "../numbers/random.ts";
import { version } from "../version.ts";
import { breathe, breathIsDue } from "../yielding.ts";
import { type Optimizer, sgd } from "./optimizers.ts";
import { constant, type Schedule } from "./schedules.ts";

export interface TrainOptions {
  /** Passes over the data; 5 if absent. */
  readonly epochs?: number;
  /** Examples in a batch, or "full" for all in one, which is plain gradient descent; 32, or all if fewer, if absent. */
  readonly batchSize?: number | "full";
  /** The update rule; `sgd()` if absent. */
  readonly optimizer?: Optimizer;
  /** How the optimizer's learning rate changes from step to step; `constant()` if absent. */
  readonly schedule?: Schedule;
  /** Where the order of the examples comes from; the network's seed if absent. */
  readonly seed?: number;
  /** Whether every epoch has another order; true if absent. The full batch is never shuffled. */
  readonly shuffle?: boolean;
  /** Examples to evaluate after each epoch. */
  readonly validation?: Dataset;
  /** Whether to yield after each epoch, or after each step too; "epoch" if absent. */
  readonly every?: "epoch" | "step";
  /** What else the model's training record is to hold of how it was made. */
  readonly record?: Readonly<Record<string, unknown>>;
}

/** Where training stands. */
export interface Progress {
  /** The epoch that is being run or has just ended, from 1. */
  readonly epoch: number;
  /** The last step done in this epoch, from 1, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Mean loss of this epoch's examples so far, each measured before the update of its step. */
  readonly loss: number;
  /** Share of this epoch's examples so far that were recognised, measured likewise. */
  readonly accuracy: number;
  /** Examples trained on in this epoch so far. */
  readonly examples: number;
  /** Seconds of training since its start, without what happened between two values. */
  readonly seconds: number;
  /** Whether the epoch has ended. */
  readonly epochEnded: boolean;
  /** On the validation examples, after the epoch; undefined without them and inside an epoch. */
  readonly validation: { readonly loss: number; readonly accuracy: number } | undefined;
}

/**
 * Trains a network on a data set, in place.
 *
 * Throws an ArgumentError for options that no training can have, a ShapeError if data and network do not fit, and a
 * DivergenceError when the loss or a weight is no longer finite: the network then has the weights from before that
 * epoch.
 */
export async function* train(
  model: Network,
  data: Dataset,
  options: TrainOptions = {},
): AsyncGenerator<Progress, void> {
  if (model.isTraining) {
    throw new ArgumentError(
      "train",
      "a network that is not being trained",
      "one that is",
      "Wait for the other training.",
    );
  }
  model.isTraining = true;
  try {
    yield* run(model, data, options);
  } finally {
    model.isTraining = false;
  }
}

async function* run(model: Network, data: Dataset, options: TrainOptions): AsyncGenerator<Progress, void> {
  const {
    epochs = 5,
    batchSize = Math.min(32, data.count),
    optimizer = sgd(),
    schedule = constant(),
    seed = model.seed,
    shuffle = true,
    every = "epoch",
  } = options;
  const { backend } = model;
  checkTraining(model, data, epochs, batchSize);
  const size = batchSize === "full" ? data.count : batchSize;
  const steps = Math.ceil(data.count / size);

  const batches = new Batches(backend, data);
  const stream = new Stream(seed, "shuffle");
  const { update } = optimizer.prepare(backend, model.parameters);
  let t = 0;
  const before = model.parameters.map(({ value }) => backend.keep(value.rows, value.columns));
  const order = inOrder(data.count);
  const epochsBefore = model.training?.epochs ?? 0;
  let seconds = 0;
  let started = performance.now();

  /** One step: forward, loss, backward, update. */
  const learn = (start: number, rows: number, totals: Totals) => {
    backend.step(() => {
      const { x, labels } = batches.batch(order, start, rows);
      const outputs = model.forward(x);
      const { losses: examples, dOutputs } = losses[model.loss](backend, outputs, labels);
      backend.tally(outputs, examples, labels, totals);
      model.backward(dOutputs);
      update(optimizer.learningRate * schedule.factor(t++, epochs * steps));
    });
  };

  /**
   * Steps from the one after `step` on, until there is something to say; returns the last one done. Apart from the
   * generator, which V8 compiles for 60 ms on a core that the threads need: T3's first epoch took 0.20 s instead of 0.16.
   */
  const learnOn = async (step: number, totals: Totals): Promise<number> => {
    do {
      const start = step * size;
      learn(start, Math.min(size, data.count - start), totals);
      step++;
      const computing = backend.settled();
      if (computing !== undefined) await computing;
      if (breathIsDue()) await breathe();
    } while (every === "epoch" && step < steps && Number.isFinite(totals.loss));
    return step;
  };

  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const [i, { value }] of model.parameters.entries()) backend.copy(value, before[i]);
    // From the file's order each time, so that an epoch's order does not depend on the epochs before.
    if (shuffle && batchSize !== "full") {
      for (let i = 0; i < order.length; i++) order[i] = i;
      stream.shuffle(order, epochsBefore + epoch);
    }
    const totals: Totals = { loss: 0, correct: 0, examples: 0 };

    for (let step = 0; step < steps; ) {
      step = await learnOn(step, totals);
      const epochEnded = step === steps;
      const healthy = Number.isFinite(totals.loss) && (!epochEnded || (await allFinite(model)));
      if (!healthy) {
        for (const [i, { value }] of model.parameters.entries()) backend.copy(before[i], value);
        const what = Number.isFinite(totals.loss)
          ? "a weight left the finite numbers"
          : `the loss became ${name(totals.loss)}`;
        throw new DivergenceError(what, epoch, step, totals.loss, optimizer.learningRate);
      }

      const loss = totals.loss / totals.examples;
      const accuracy = totals.correct / totals.examples;
      seconds += (performance.now() - started) / 1000;
      let validation: Progress["validation"];
      if (epochEnded) {
        validation = options.validation && (await evaluate(model, options.validation));
        model.trainedOn = data;
        model.training = {
          version,
          seed: model.seed,
          epochs: epochsBefore + epoch,
          data: { name: data.name, examples: data.count, sha256: null },
          configuration: {
            ...options.record,
            batchSize,
            shuffle,
            shuffleSeed: seed,
            optimizer: optimizer.name,
            ...optimizer.settings,
          },
          metrics: {
            loss,
            accuracy,
            ...(validation && { validationLoss: validation.loss, validationAccuracy: validation.accuracy }),
          },
        };
      }
      yield { epoch, step, steps, loss, accuracy, examples: totals.examples, seconds, epochEnded, validation };
      started = performance.now();
    }
  }
}

/** "NaN" or "infinite", for a sentence. */
function name(loss: number): string {
  return Number.isNaN(loss) ? "NaN" : "infinite";
}

async function allFinite(model: Network): Promise<boolean> {
  for (const { value } of model.parameters) {
    if (!(await model.backend.read(value)).every(Number.isFinite)) return false;
  }
  return true;
}

function checkTraining(model: Network, data: Dataset, epochs: number, batchSize: number | "full"): void {
  checkFits("train", model, data);
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new ArgumentError("train", "epochs to be a whole number of at least 1", String(epochs));
  }
  if (batchSize === "full") return;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new ArgumentError("train", 'a batch size of at least 1, or "full"', String(batchSize));
  }
  if (batchSize > data.count) {
    throw new ArgumentError(
      "train",
      `a batch size of at most ${data.count} (all examples)`,
      String(batchSize),
      'Use "full" for all.',
    );
  }
}
