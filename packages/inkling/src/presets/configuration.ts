/**
 * A training as plain data: the network's hidden layers, how it starts and how it learns. What the command line's
 * options, a configuration file and a preset have in common, and what a model file remembers.
 */

import type { Backend } from "../backends/backend.ts";
import { ArgumentError } from "../errors.ts";
import { drawDenseLikeNumPy, type InitializerName, initializers } from "../layers/initializers.ts";
import { dense, flatten } from "../layers/kinds.ts";
import type { Shape } from "../layers/layer.ts";
import { type LossName, losses } from "../losses/losses.ts";
import { type Network, network } from "../network/network.ts";
import { type ActivationName, activations } from "../numbers/activations.ts";
import type { MersenneTwister } from "../numbers/mersenne-twister.ts";
import {
  adagrad,
  adam,
  adamW,
  momentum,
  type Optimizer,
  type OptimizerName,
  rmsprop,
  sgd,
} from "../training/optimizers.ts";
import { constant, oneCycle, type Schedule, type ScheduleName } from "../training/schedules.ts";

export interface Configuration {
  /** The widths of the hidden layers; input and output come from the data. */
  readonly layers: readonly number[];
  /** Of the hidden layers. */
  readonly activation: ActivationName;
  readonly loss: LossName;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  /** Used by the optimizer momentum alone. */
  readonly momentum: number;
  readonly nesterov: boolean;
  /** Used by adam and adamW alone. */
  readonly beta1: number;
  readonly beta2: number;
  /** How the learning rate changes from step to step. */
  readonly schedule: ScheduleName;
  readonly weightDecay: number;
  readonly batchSize: number | "full";
  readonly epochs: number;
  /** "numpy": as the original program draws after np.random.seed(seed), the order of the rows included. */
  readonly init: InitializerName | "numpy";
  readonly seed: number;
  /** Training examples held out for validation, drawn by the seed. */
  readonly validation: number;
  /** Training examples used, the first of the file; "all" or a number. */
  readonly examples: number | "all";
}

/** Each optimizer's learning rate where none is named. */
export const defaultLearningRates: Readonly<Record<OptimizerName, number>> = {
  sgd: sgd().learningRate,
  momentum: momentum().learningRate,
  adam: adam().learningRate,
  adamW: adamW().learningRate,
  rmsprop: rmsprop().learningRate,
  adagrad: adagrad().learningRate,
};

const schedules: Readonly<Record<ScheduleName, () => Schedule>> = { constant, "one-cycle": oneCycle };

type Check = { readonly expected: string; readonly holds: (value: unknown) => boolean };

const wholeFrom = (least: number): Check => ({
  expected: `a whole number of at least ${least}`,
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= least,
});
const wholeOr = (least: number, word: string): Check => ({
  expected: `a whole number of at least ${least}, or "${word}"`,
  holds: (value) => value === word || wholeFrom(least).holds(value),
});
const oneOf = (names: readonly string[]): Check => ({
  expected: `one of ${names.join(", ")}`,
  holds: (value) => names.includes(value as string),
});
const number = (expected: string, holds: (value: number) => boolean): Check => ({
  expected,
  holds: (value) => typeof value === "number" && Number.isFinite(value) && holds(value),
});

/** What each field may be. */
const checks: Readonly<Record<keyof Configuration, Check>> = {
  layers: {
    expected: "hidden widths from 1 up, as 128,64 (none for no hidden layer)",
    holds: (value) => Array.isArray(value) && value.every((width) => wholeFrom(1).holds(width)),
  },
  activation: oneOf(Object.keys(activations)),
  loss: oneOf(Object.keys(losses)),
  optimizer: oneOf(Object.keys(defaultLearningRates)),
  learningRate: number("a number above 0", (value) => value > 0),
  momentum: number("a number from 0 to below 1", (value) => value >= 0 && value < 1),
  beta1: number("a number from 0 to below 1", (value) => value >= 0 && value < 1),
  beta2: number("a number from 0 to below 1", (value) => value >= 0 && value < 1),
  schedule: oneOf(Object.keys(schedules)),
  nesterov: { expected: "true or false", holds: (value) => typeof value === "boolean" },
  weightDecay: number("a number of at least 0", (value) => value >= 0),
  batchSize: wholeOr(1, "full"),
  epochs: wholeFrom(1),
  init: oneOf([...Object.keys(initializers), "numpy"]),
  seed: wholeFrom(0),
  validation: wholeFrom(0),
  examples: wholeOr(1, "all"),
};

/** The names of a configuration's fields, in order. */
export const configurationFields = Object.keys(checks) as (keyof Configuration)[];

/** Returns the configuration; throws an ArgumentError, naming the field as `label` spells it, unless all is sound. */
export function checkConfiguration(
  configuration: Configuration,
  label: (field: keyof Configuration) => string = (field) => field,
): Configuration {
  for (const field of configurationFields) {
    const value: unknown = configuration[field];
    const { expected, holds } = checks[field];
    if (!holds(value)) throw new ArgumentError(label(field), expected, show(value));
  }
  return configuration;
}

function show(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? value.join(",") : (JSON.stringify(value) ?? "nothing");
}

/**
 * The network of a configuration for examples of this shape and so many classes. With `init` "numpy" the caller hands
 * over the generator, which has already shuffled the rows.
 */
export function buildNetwork(
  configuration: Configuration,
  inputShape: Shape,
  classes: number,
  backend: Backend,
  generator?: MersenneTwister,
): Network {
  const { layers, activation, loss, init, seed } = configuration;
  // NumPy draws the same distribution, in its own way.
  const options = { initializer: init === "numpy" ? "uniform" : init } as const;
  const hidden = layers.map((width) => dense(width, activation, options));
  // The quadratic loss compares activations, so the last layer then has the book's sigmoid.
  const last = dense(classes, loss === "quadratic" ? "sigmoid" : "identity", options);
  const drawing = generator && {
    draw: (inputs: number, outputs: number) => drawDenseLikeNumPy(inputs, outputs, generator),
  };
  const specs = [...(inputShape.length > 1 ? [flatten()] : []), ...hidden, last];
  return network(inputShape, specs, { seed, backend, loss, ...drawing });
}

/** The optimizer of a configuration. */
export function buildOptimizer(configuration: Configuration): Optimizer {
  const make = { sgd, momentum, adam, adamW, rmsprop, adagrad }[configuration.optimizer];
  return make(configuration);
}

/** The schedule of a configuration. */
export function buildSchedule({ schedule }: Configuration): Schedule {
  return schedules[schedule]();
}
