/** One run of an experiment. */
import type { Backend } from "../../backends/backend.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { DataPair } from "../../data/pair.ts";
import { ArgumentError, DivergenceError } from "../../errors.ts";
import { evaluate, predictAll } from "../../evaluation/evaluate.ts";
import { dense } from "../../layers/dense.ts";
import { flatten } from "../../layers/flatten.ts";
import type { LayerSpec } from "../../layers/layer.ts";
import { losses } from "../../losses/losses.ts";
import { inOrder } from "../../matrix.ts";
import { type Network, network } from "../../network/network.ts";
import type { AbortLike } from "../../signal.ts";
import { sgd } from "../../training/optimizers.ts";
import { train } from "../../training/train.ts";
import type { TrainOptions } from "../../training/train-options.ts";
import { darknessAccuracy, guessed } from "./baselines.ts";
import {
  type EpochMeasures,
  type Experiment,
  type ExperimentRun,
  type Measure,
  type Settings,
  TRAINING,
  type Training,
  VALIDATION,
} from "./experiment.ts";
import { expandedOnce, network3Batches, network3Layers, network3Values } from "./network3.ts";
import { neuronEpochs } from "./neuron.ts";

export interface RunOptions {
  readonly backend: Backend;
  readonly signal?: AbortLike;
}

/**
 * Runs an experiment once. `pair`: MNIST. Rejects with the signal's reason, and with an ArgumentError for an experiment
 * that has no runs of its own: one that is cited, or a vote.
 */
export async function runExperiment(
  experiment: Experiment,
  seed: number,
  pair: DataPair,
  options: RunOptions,
): Promise<ExperimentRun> {
  const { id } = experiment;
  const started = performance.now();
  const wall = () => (performance.now() - started) / 1000;
  if ("settings" in experiment) return { ...(await runTraining(experiment, seed, pair, options)), wall: wall() };
  let epochs: EpochMeasures[];
  if ("neuron" in experiment) epochs = neuronEpochs(experiment.neuron);
  else if ("baseline" in experiment) {
    const { train, test } = pair;
    const accuracy =
      experiment.baseline === "random" ? guessed(test, seed) : darknessAccuracy(train.take(TRAINING), test);
    epochs = [{ epoch: 1, test: { loss: Number.NaN, accuracy }, penalty: 0 }];
  } else throw new ArgumentError("runExperiment", "an experiment with runs of its own", id);
  return { id, seed, seconds: wall(), wall: wall(), weightsSha256: "", epochs };
}

async function runTraining(
  experiment: Training,
  seed: number,
  pair: DataPair,
  { backend, signal }: RunOptions,
): Promise<Omit<ExperimentRun, "wall">> {
  const { id, settings, watchesTraining, keepsPredictions } = experiment;
  const { training, validation } = setsOf(settings, pair);
  const model = networkOf(settings, training, seed, backend);
  const stop = signal && { signal };
  const epochs: EpochMeasures[] = [];
  const penaltyFactor = settings.lambda / (2 * decayTerms(settings, training));
  let [seconds, best, predictions] = [0, 0, ""];
  let diverged = false;
  try {
    for await (const progress of train(model, training, { ...trainOptions(settings, training), ...stop })) {
      seconds = progress.seconds;
      const { epoch } = progress;
      if (!isMeasured(experiment, epoch)) continue;
      const measures = {
        epoch,
        validation: await measure(model, validation, stop),
        test: await measure(model, pair.test, stop),
        ...(watchesTraining && { training: await measure(model, training, stop) }),
        penalty: penaltyFactor === 0 ? 0 : penaltyFactor * (await squaredWeights(model)),
      };
      epochs.push(measures);
      if (keepsPredictions && measures.validation.accuracy >= best) {
        best = measures.validation.accuracy;
        predictions = await labelsOf(model, pair.test, stop);
      }
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    diverged = true;
  }
  const weightsSha256 = diverged ? null : await model.weightsSha256();
  model.close();
  return { id, seed, seconds, weightsSha256, epochs, ...(keepsPredictions && { predictions }) };
}

/** How many epochs of a training are measured; of more, every so-manieth one. */
const MOST_MEASURED = 300;

/** How many of the epochs `isMeasured`, about. */
export function measuredEpochs(experiment: Training): number {
  const { epochs } = experiment.settings;
  return Math.ceil(epochs / stepOf(experiment));
}

function stepOf({ settings: { epochs }, reported }: Training): number {
  // A best epoch is looked for in all of them.
  const needsAll = reported.some(({ at }) => at === "best" || at === "bestValidation");
  return needsAll ? 1 : Math.ceil(epochs / MOST_MEASURED);
}

function isMeasured(experiment: Training, epoch: number): boolean {
  const { settings, reported } = experiment;
  const isAsked = epoch === 1 || epoch === settings.epochs || reported.some(({ at }) => at === epoch);
  return isAsked || epoch % stepOf(experiment) === 0;
}

/** The sets of the last settings, for the runs of other seeds: expanded images are many. */
const lastSets = new WeakMap<DataPair, { key: string; training: Dataset; validation: Dataset }>();

export function setsOf(
  { examples, validation, isExpanded = false }: Omit<Settings, "isExpanded"> & { isExpanded?: boolean },
  pair: DataPair,
): { training: Dataset; validation: Dataset } {
  const { train } = pair;
  if (train.count < TRAINING + VALIDATION) {
    const expected = `MNIST's ${TRAINING + VALIDATION} training images`;
    throw new ArgumentError("runExperiment", expected, `${train.count} examples`);
  }
  const key = `${examples} ${validation} ${isExpanded}`;
  const last = lastSets.get(pair);
  if (last?.key === key) return last;
  const order = inOrder(TRAINING + VALIDATION);
  const taken = train.take(examples);
  const sets = {
    key,
    training: isExpanded ? expandedOnce(taken) : taken,
    validation: train.pick(order.subarray(TRAINING, TRAINING + validation), "validation"),
  };
  lastSets.set(pair, sets);
  return sets;
}

export function layersOf(settings: Settings): LayerSpec[] {
  if (settings.program === "network3") return network3Layers(settings);
  const { layers, activation, lastActivation, initializer } = settings;
  const hidden = layers.map((width) => dense(Number(width), { activation, initializer }));
  return [flatten(), ...hidden, dense(10, { activation: lastActivation, initializer })];
}

export function networkOf(settings: Settings, { shape }: Dataset, seed: number, backend: Backend): Network {
  const layers = layersOf(settings);
  const own = settings.program === "network3" && { initialValues: network3Values(shape, layers, seed) };
  return network(shape, layers, { seed, backend, loss: losses[settings.loss](), ...own });
}

export function trainOptions(settings: Settings, training: Dataset): TrainOptions {
  const { epochs, batchSize, learningRate, lambda, program } = settings;
  const optimizer = sgd({ learningRate, weightDecay: lambda / decayTerms(settings, training) });
  return { epochs, batchSize, optimizer, shuffle: program !== "network3" };
}

/** What λ is divided by: the training examples, or network3's mini-batches. */
function decayTerms(settings: Settings, training: Dataset): number {
  return settings.program === "network3" ? network3Batches(settings, training) : settings.examples;
}

async function measure(model: Network, data: Dataset, options: { signal: AbortLike } | undefined): Promise<Measure> {
  const { loss, accuracy = Number.NaN } = await evaluate(model, data, options);
  return { loss, accuracy };
}

async function labelsOf(model: Network, data: Dataset, options: { signal: AbortLike } | undefined): Promise<string> {
  const found = await predictAll(model, data, options);
  return found.task === "classes" ? Array.from(found.labels).join("") : "";
}

/** Σ w² over all weights, without biases. */
async function squaredWeights({ parameters, backend }: Network): Promise<number> {
  let sum = 0;
  for (const { value, decays } of parameters) {
    if (decays) for (const w of await backend.read(value)) sum += w * w;
  }
  return sum;
}
