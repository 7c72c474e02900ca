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

/** Batch norm, dropout, smoothed targets: 98.8 % of 10,000 validation images; with dropout alone 98.5 %. */
const mlpDropout: Preset = {
  description: "784-1024-1024-10 with batch norm and dropout, 20 epochs: 98.8 % on MNIST without augmentation",
  ...completed({
    layers: [1024, "bn", "d0.3", 1024, "bn", "d0.3"],
    labelSmoothing: 0.1,
    learningRate: 0.003,
    schedule: "oneCycle",
    epochs: 20,
  }),
};

/** After Simard et al. (2003) and Cireșan et al. (2010): plain networks need images that change, elastically too. */
const mlpElastic: Preset = {
  description: "784-1024-1024-10 on images that change from epoch to epoch, 130 epochs: 99.5 % on MNIST",
  ...completed({
    layers: [1024, 1024],
    labelSmoothing: 0.05,
    schedule: "oneCycle",
    augmentation: "shift=2,rotation=12,scale=0.85..1.15,shear=8,elastic=34/4",
    epochs: 130,
  }),
};

/** After Müller's train_mnist_fast (https://github.com/tuomaso/train_mnist_fast): one epoch, and 99 %. */
const cnnFast: Preset = {
  description: "two convolutions, one epoch: 99 % on MNIST in seconds",
  ...completed({
    layers: ["24c5", "p2", "32c3", "p2", 256],
    learningRate: 0.01,
    beta1: 0.7,
    beta2: 0.9,
    schedule: "oneCycle",
    epochs: 1,
  }),
};

/** Pooling comes before batch norm and ReLU, which then have a quarter of the numbers. */
const cnn: Preset = {
  description: "two convolutions with batch norm, on images that change from epoch to epoch: 99.5 % on MNIST",
  ...completed({
    layers: ["16c5", "p2", "bn", "32c5", "p2", "bn", 128],
    labelSmoothing: 0.05,
    learningRate: 0.005,
    beta2: 0.98,
    schedule: "oneCycle",
    augmentation: "shift=2,rotation=12,scale=0.85..1.15,shear=8",
    epochs: 7,
  }),
};

const cnnTiny: Preset = {
  description: "six convolutions with 7,186 parameters in all, augmented: 99.4 % on MNIST",
  ...completed({
    layers: ["8c3same", "8c3same", "bn", "p2", "12c3same", "12c3same", "bn", "p2", "16c3", "bn", "16c3", "bn", "g"],
    learningRate: 0.01,
    schedule: "oneCycle",
    augmentation: "shift=2,rotation=12,scale=0.85..1.15,shear=8",
    epochs: 12,
  }),
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

export const presets = {
  mlp,
  "mlp-dropout": mlpDropout,
  "mlp-elastic": mlpElastic,
  "cnn-fast": cnnFast,
  cnn,
  "cnn-tiny": cnnTiny,
  table,
  original,
} as const;

export type PresetName = keyof typeof presets;

/** The preset of that name. Throws an ArgumentError, in the name of `where`, if there is none. */
export function presetNamed(name: unknown, where: string): PresetName {
  if (typeof name === "string" && Object.hasOwn(presets, name)) return name as PresetName;
  const names = Object.keys(presets);
  const advice = name === "seed" ? "It is called original now." : didYouMean(name, names);
  throw new ArgumentError(where, `one of ${names.join(", ")}`, shown(name), advice);
}
