/** One run of an experiment, and what many runs say about the source's number. */
import type { Backend } from "../../backends/backend.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { DataPair } from "../../data/pair.ts";
import { ArgumentError, DivergenceError } from "../../errors.ts";
import { evaluate } from "../../evaluation/evaluate.ts";
import { dense } from "../../layers/dense.ts";
import { flatten } from "../../layers/flatten.ts";
import { losses } from "../../losses/losses.ts";
import { inOrder } from "../../matrix.ts";
import { type Network, network } from "../../network/network.ts";
import type { AbortLike } from "../../signal.ts";
import { sgd } from "../../training/optimizers.ts";
import { train } from "../../training/train.ts";
import { type Examples, type Experiment, type Reported, type Settings, TRAINING, VALIDATION } from "./experiment.ts";

/** Mean loss and share that was recognised. */
export interface Measure {
  readonly loss: number;
  readonly accuracy: number;
}

/** After an epoch. */
export interface EpochMeasures {
  readonly epoch: number;
  readonly validation: Measure;
  readonly test: Measure;
  /** Where the experiment watches the training examples. */
  readonly training?: Measure;
  /** (λ/2n)·Σ w², the book's L2 term. */
  readonly penalty: number;
}

export interface ExperimentRun {
  readonly id: string;
  readonly seed: number;
  /** Of training alone. */
  readonly seconds: number;
  /** The weights' SHA-256; null where the training diverged. */
  readonly weightsSha256: string | null;
  /** Of every epoch; those after a divergence are missing. */
  readonly epochs: readonly EpochMeasures[];
}

export interface RunOptions {
  readonly backend: Backend;
  readonly signal?: AbortLike;
}

/** Runs an experiment once. `pair`: MNIST. Rejects with the signal's reason. */
export async function runExperiment(
  { id, settings, watchesTraining }: Experiment,
  seed: number,
  pair: DataPair,
  { backend, signal }: RunOptions,
): Promise<ExperimentRun> {
  const { training, validation } = setsOf(settings, pair.train);
  const model = networkOf(settings, training, seed, backend);
  const { epochs: count, batchSize, learningRate, lambda, examples } = settings;
  const optimizer = sgd({ learningRate, weightDecay: lambda / examples });
  const stop = signal && { signal };
  const epochs: EpochMeasures[] = [];
  let seconds = 0;
  let diverged = false;
  try {
    for await (const progress of train(model, training, { epochs: count, batchSize, optimizer, ...stop })) {
      seconds = progress.seconds;
      epochs.push({
        epoch: progress.epoch,
        validation: await measure(model, validation, stop),
        test: await measure(model, pair.test, stop),
        ...(watchesTraining && { training: await measure(model, training, stop) }),
        penalty: lambda === 0 ? 0 : (lambda / (2 * examples)) * (await squaredWeights(model)),
      });
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    diverged = true;
  }
  const weightsSha256 = diverged ? null : await model.weightsSha256();
  model.close();
  return { id, seed, seconds, weightsSha256, epochs };
}

function setsOf({ examples, validation }: Settings, train: Dataset): { training: Dataset; validation: Dataset } {
  if (train.count < TRAINING + VALIDATION) {
    const expected = `MNIST's ${TRAINING + VALIDATION} training images`;
    throw new ArgumentError("runExperiment", expected, `${train.count} examples`);
  }
  const order = inOrder(TRAINING + VALIDATION);
  return {
    training: train.take(examples),
    validation: train.pick(order.subarray(TRAINING, TRAINING + validation), "validation"),
  };
}

function networkOf(settings: Settings, { shape }: Dataset, seed: number, backend: Backend): Network {
  const { layers, activation, lastActivation, loss, initializer } = settings;
  const hidden = layers.map((width) => dense(width, { activation, initializer }));
  const last = dense(10, { activation: lastActivation, initializer });
  return network(shape, [flatten(), ...hidden, last], { seed, backend, loss: losses[loss]() });
}

async function measure(model: Network, data: Dataset, options: { signal: AbortLike } | undefined): Promise<Measure> {
  const { loss, accuracy = Number.NaN } = await evaluate(model, data, options);
  return { loss, accuracy };
}

/** Σ w² over all weights, without biases. */
async function squaredWeights({ parameters, backend }: Network): Promise<number> {
  let sum = 0;
  for (const { value, decays } of parameters) {
    if (decays) for (const w of await backend.read(value)) sum += w * w;
  }
  return sum;
}

/** What a run reached by the rule of a reported number; NaN where it diverged before. */
export function resultOf(run: ExperimentRun, { what, on, at }: Reported): number {
  const value = (epoch: EpochMeasures | undefined) => {
    const found = epoch?.[on];
    if (epoch === undefined || found === undefined) return Number.NaN;
    return what === "accuracy" ? found.accuracy : found.loss + epoch.penalty;
  };
  if (typeof at === "number") return value(run.epochs.find(({ epoch }) => epoch === at));
  if (run.weightsSha256 === null) return Number.NaN;
  if (at === "last") return value(run.epochs.at(-1));
  const by: Examples = at === "bestValidation" ? "validation" : on;
  const best = run.epochs.toSorted((a, b) => (b[by]?.accuracy ?? 0) - (a[by]?.accuracy ?? 0))[0];
  return value(best);
}

/** How a number of the source compares with ours. */
export interface Comparison {
  readonly reported: Reported;
  /** Each run's, by the source's own rule. */
  readonly values: readonly number[];
  readonly mean: number;
  /** The sample standard deviation; with one run, the binomial one of an accuracy, or the neighbour's if larger. */
  readonly deviation: number;
  /** Whether |source − mean| ≤ 3·sd·√(1 + 1/n). */
  readonly agrees: boolean;
}

/** `neighbour`: the deviation of the nearest experiment with several seeds; it counts where there is one run. */
export function compareWithSource(
  reported: Reported,
  runs: readonly ExperimentRun[],
  neighbour = 0,
  examples = 10_000,
): Comparison {
  const values = runs.map((run) => resultOf(run, reported));
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  const binomial = reported.what === "accuracy" ? Math.sqrt((mean * (1 - mean)) / examples) : 0;
  const deviation = n > 1 ? spread : Math.max(binomial, neighbour);
  // |source − mean| ≤ 3·sd·√(1 + 1/n)
  const agrees = Math.abs(reported.value - mean) <= 3 * deviation * Math.sqrt(1 + 1 / n);
  return { reported, values, mean, deviation, agrees };
}
