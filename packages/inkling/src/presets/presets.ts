/** Named configurations. A preset is only a set of options: each can be overridden, and what it leaves out is usual. */

import { ArgumentError } from "../errors.ts";
import { didYouMean } from "../options.ts";
import { shown } from "../shown.ts";
import { completed } from "./configuration.ts";
import type { Configuration } from "./fields.ts";

export interface Preset extends Configuration {
  /** One sentence for the help. */
  readonly description: string;
}

const mlp: Preset = {
  description: "784-128-10, ReLU, Adam with one cycle of the learning rate, 5 epochs: about 98 % on MNIST",
  ...completed({ learningRate: 0.004, beta2: 0.98, schedule: "oneCycle" }),
};

const table: Preset = {
  description: "one hidden layer of 64, Adam with one cycle of the learning rate, batches of 32, 100 epochs",
  ...completed({ layers: [64], learningRate: 0.01, schedule: "oneCycle", batchSize: 32, epochs: 100 }),
};

const original: Preset = {
  description: "the original program: 784-10-10, full-batch gradient descent at η = 1, 100 epochs: around 85 %",
  ...completed({
    layers: [10],
    init: "uniform",
    optimizer: "sgd",
    learningRate: 1,
    batchSize: "full",
    epochs: 100,
    validation: 1000,
    examples: 42000,
  }),
};

export const presets = { mlp, table, original } as const;

export type PresetName = keyof typeof presets;

/** The preset of that name. Throws an ArgumentError, in the name of `where`, if there is none. */
export function presetNamed(name: unknown, where: string): PresetName {
  if (typeof name === "string" && Object.hasOwn(presets, name)) return name as PresetName;
  const names = Object.keys(presets);
  const advice = name === "seed" ? "It is called original now." : didYouMean(name, names);
  throw new ArgumentError(where, `one of ${names.join(", ")}`, shown(name), advice);
}
