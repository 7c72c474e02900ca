/**
 * A training as plain data, checked and built: from a configuration to its network, optimizer and schedule. What each
 * field may be is in fields.ts.
 */
import type { Backend } from "../backends/backend.ts";
import { checkName, has } from "../checks.ts";
import type { Augmentation } from "../data/augmentation.ts";
import { ArgumentError } from "../errors.ts";
import { dense } from "../layers/dense.ts";
import { drawLikeNumPy } from "../layers/initializers.ts";
import type { LayerSpec } from "../layers/layer.ts";
import type { Loss } from "../losses/loss.ts";
import { losses } from "../losses/losses.ts";
import { type Network, type NetworkOptions, network } from "../network/network.ts";
import { layerName } from "../network/tensors.ts";
import type { MersenneTwister } from "../numbers/mersenne-twister.ts";
import { didYouMean, isOptions } from "../options.ts";
import { checkShape, type Shape, size } from "../shapes.ts";
import { shown } from "../shown.ts";
import { type Optimizer, type OptimizerName, optimizers } from "../training/optimizers.ts";
import type { Schedule } from "../training/schedule.ts";
import { schedules } from "../training/schedules.ts";
import type { TrainOptions } from "../training/train-options.ts";
import { warmUp } from "../training/warm-up.ts";
import { type HiddenLayer, hiddenLayers } from "./architecture.ts";
import { augmentationFromText } from "./augmentation-text.ts";
import { isLayer, widths } from "./field-kinds.ts";
import { type Configuration, fieldNames, fields } from "./fields.ts";

/** Each optimizer's learning rate where none is named. */
export function defaultLearningRate(optimizer: OptimizerName): number {
  checkName("defaultLearningRate", "optimizer", optimizer, Object.keys(optimizers));
  return optimizers[optimizer]().learningRate;
}

/** Names that were spelled otherwise in Inkling 0.1. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  "leaky-relu": "leakyRelu",
  "scaled-normal": "scaledNormal",
  "cross-entropy": "crossEntropy",
  "one-cycle": "oneCycle",
};

/**
 * A configuration with every field: those that are given, otherwise the usual ones. Throws an ArgumentError, naming the
 * field as `label` spells it, for a value that the table of fields refuses.
 */
export function completed(
  given: Partial<Configuration>,
  label: (field: keyof Configuration) => string = (field) => field,
): Configuration {
  if (!has(given)) throw new ArgumentError("completed", "fields of a configuration", shown(given));
  const configuration: Record<string, unknown> = {};
  for (const name of fieldNames) configuration[name] = given[name] ?? fields[name].usual;
  for (const name of fieldNames) {
    const value = configuration[name];
    const { expected, holds } = fields[name];
    if (name === "learningRate" && value === undefined) {
      configuration[name] = defaultLearningRate(configuration.optimizer as OptimizerName);
    } else if (!holds(value)) {
      throw new ArgumentError(label(name), expected, shownField(value), adviceFor(value, expected));
    }
  }
  return configuration as unknown as Configuration;
}

/**
 * A preset's fields with those that are named in place of its own. A named optimizer drops what the preset chose for
 * its own optimizer: learning rate, schedule, momentum …
 */
export function overridden(preset: Configuration, named: Partial<Configuration>): Partial<Configuration> {
  for (const set of [preset, named]) {
    if (!has(set)) throw new ArgumentError("overridden", "fields of a configuration", shown(set));
  }
  const isOwn = (name: keyof Configuration) => {
    const { isTuned, optimizers } = fields[name];
    return isTuned === true || optimizers !== undefined;
  };
  const kept = fieldNames.filter((name) => named.optimizer === undefined || !isOwn(name));
  return { ...Object.fromEntries(kept.map((name) => [name, preset[name]])), ...named };
}

function shownField(value: unknown): string {
  if (isOptions(value))
    return (
      Object.entries(value)
        .map(([name, part]) => `${name}=${part}`)
        .join(",") || "none"
    );
  return Array.isArray(value) ? value.join(",") || "none" : shown(value);
}

function adviceFor(value: unknown, expected: string): string {
  if (Array.isArray(value) && value.length > 1 && expected === widths.expected) {
    return `${shown(value.find((layer) => !isLayer(layer)))} is none.`;
  }
  if (typeof value !== "string") return "";
  if (Object.hasOwn(OLD_NAMES, value)) return `It is called ${OLD_NAMES[value]} now.`;
  return expected.startsWith("one of ") ? didYouMean(value, expected.slice("one of ".length).split(", ")) : "";
}

/** Throws an ArgumentError unless these fields of a configuration are there, and what the table of fields allows. */
function checkFields(where: string, configuration: unknown, names: readonly (keyof Configuration)[]): void {
  if (!has(configuration)) throw new ArgumentError(where, "a configuration", shown(configuration));
  for (const name of names) {
    const value = (configuration as Partial<Configuration>)[name];
    const { expected, holds } = fields[name];
    if (!holds(value)) throw new ArgumentError(`${where}, ${name}`, expected, shownField(value));
  }
}

/**
 * The network of a configuration for examples of this shape and so many outputs: classes, or numbers to predict. With
 * `init` "numpy" the caller hands over the generator, which has already shuffled the rows.
 */
export function buildNetwork(
  configuration: Configuration,
  inputShape: Shape,
  outputs: number,
  given: Omit<NetworkOptions, "seed" | "loss" | "initialValues"> & {
    readonly backend: Backend;
    readonly generator?: MersenneTwister | undefined;
  },
): Network {
  checkFields("buildNetwork", configuration, ["layers", "activation", "loss", "init", "seed"]);
  checkShape("buildNetwork, input shape", inputShape);
  if (!has(given, "backend")) throw new ArgumentError("buildNetwork", "options with a backend", shown(given));
  const { generator, ...options } = given;
  const { layers, seed } = configuration;
  const specs = buildLayers(configuration, inputShape, outputs);
  return network(inputShape, specs, {
    ...options,
    seed,
    loss: buildLoss(configuration),
    ...(generator && { initialValues: drawLikeNumPy(namedWidths(specs, layers, inputShape, outputs), generator) }),
  });
}

/** The layers of `buildNetwork`: how large a network will be can be counted before there is one. */
export function buildLayers(
  configuration: Pick<Configuration, "layers" | "activation" | "loss" | "init">,
  inputShape: Shape,
  outputs: number,
): LayerSpec[] {
  checkFields("buildLayers", configuration, ["layers", "activation", "loss", "init"]);
  checkShape("buildLayers, input shape", inputShape);
  const { layers, activation, loss, init } = configuration;
  // NumPy draws the same distribution, in its own way.
  const initializer = init === "numpy" ? "uniform" : init;
  const hidden = hiddenLayers(layers, inputShape.length > 1, activation, initializer);
  // The quadratic loss compares activations, so the last layer then has the book's sigmoid.
  return [...hidden, dense(outputs, { activation: loss === "quadratic" ? "sigmoid" : "identity", initializer })];
}

/**
 * The dense layers of a network that NumPy draws, by their names. Throws an ArgumentError for layers of other kinds.
 */
function namedWidths(specs: readonly LayerSpec[], layers: readonly HiddenLayer[], inputShape: Shape, outputs: number) {
  const other = layers.find((layer) => typeof layer !== "number");
  if (other !== undefined) {
    const advice = "The original program has no others; take another init.";
    throw new ArgumentError("buildNetwork, layers", 'widths alone with init "numpy"', shown(other), advice);
  }
  const widths = [size(inputShape), ...(layers as readonly number[]), outputs];
  const first = specs.length - layers.length - 1;
  return widths.slice(1).map((width, i) => ({ name: layerName(first + i), inputs: widths[i], outputs: width }));
}

/**
 * What a loss is built of: its name, and the numbers that the table of fields gives to it; the usual ones if absent.
 */
type LossFields = Pick<Configuration, "loss"> &
  Partial<Pick<Configuration, "labelSmoothing" | "classWeights" | "huberDelta">>;

/**
 * The loss of a configuration. Throws an ArgumentError for class weights that are "balanced", or by name: only the data
 * say which these are, and `balancedWeights(data)` and `namedWeights(data, weights)` give the list.
 */
export function buildLoss(configuration: LossFields): Loss {
  checkFields("buildLoss", configuration, ["loss"]);
  const all = { ...usualLossFields(), ...configuration };
  checkFields("buildLoss", all, ["labelSmoothing", "classWeights", "huberDelta"]);
  const { loss, labelSmoothing, classWeights, huberDelta } = all;
  if (loss === "huber") return losses.huber({ delta: huberDelta });
  if (loss !== "crossEntropy") return losses[loss]();
  if (classWeights === "balanced" || !Array.isArray(classWeights)) {
    const advice = `Take ${classWeights === "balanced" ? "balancedWeights(data)" : "namedWeights(data, weights)"}.`;
    throw new ArgumentError("buildLoss, classWeights", "a list of numbers", shown(classWeights), advice);
  }
  return losses.crossEntropy({ labelSmoothing, ...(classWeights.length > 0 && { classWeights }) });
}

function usualLossFields(): Required<LossFields> {
  const { loss, labelSmoothing, classWeights, huberDelta } = completed({});
  return { loss, labelSmoothing, classWeights, huberDelta };
}

/** The optimizer of a configuration, with the numbers that the table of fields gives to it. */
export function buildOptimizer(configuration: Configuration): Optimizer {
  checkFields("buildOptimizer", configuration, ["optimizer", "learningRate", "weightDecay"]);
  const { optimizer, learningRate, weightDecay } = configuration;
  const own = fieldNames.filter((name) => fields[name].optimizers?.includes(optimizer));
  const options = Object.fromEntries(own.map((name) => [name, configuration[name]]));
  return optimizers[optimizer]({ learningRate, weightDecay, ...options });
}

/** The schedule of a configuration, with the numbers that the table of fields gives to it; usual ones where absent. */
export function buildSchedule(configuration: Pick<Configuration, "schedule"> & Partial<Configuration>): Schedule {
  checkFields("buildSchedule", configuration, ["schedule"]);
  const { schedule, warmUp: length = 0, watch, improvement } = configuration;
  const own = fieldNames.filter((name) => fields[name].schedules?.includes(schedule));
  const numbers = own.map((name) => [fields[name].option ?? name, configuration[name]]);
  const watching = schedule === "reduceOnPlateau" ? { on: watch, improvement } : {};
  const given = Object.entries({ ...Object.fromEntries(numbers), ...watching });
  const options = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const made = schedules[schedule](options as never);
  if (length === 0) return made;
  return warmUp(made, length < 1 ? { share: length } : { steps: length });
}

/** What `train` is to be told of a configuration, besides its epochs and data. */
export function buildTrainOptions(
  configuration: Configuration,
): Pick<
  TrainOptions,
  "optimizer" | "schedule" | "l1" | "clipNorm" | "maxNorm" | "averaging" | "stopping" | "augmentation"
> {
  const names = ["l1", "clipNorm", "maxNorm", "average", "patience", "watch", "improvement", "keepLast"] as const;
  checkFields("buildTrainOptions", configuration, names);
  const { l1, clipNorm, maxNorm, average, patience, watch, improvement, keepLast } = configuration;
  const augmentation = buildAugmentation(configuration);
  return {
    optimizer: buildOptimizer(configuration),
    schedule: buildSchedule(configuration),
    ...(augmentation && { augmentation }),
    ...(l1 > 0 && { l1 }),
    ...(clipNorm > 0 && { clipNorm }),
    ...(maxNorm > 0 && { maxNorm }),
    ...(average > 0 && { averaging: { decay: average } }),
    ...(patience > 0 && { stopping: { patience, on: watch, improvement, restoreBest: !keepLast } }),
  };
}

/** The augmentation of a configuration; undefined for none. */
export function buildAugmentation(configuration: Pick<Configuration, "augmentation">): Augmentation | undefined {
  checkFields("buildAugmentation", configuration, ["augmentation"]);
  const { augmentation } = configuration;
  return augmentation === "none" ? undefined : augmentationFromText(augmentation);
}
