/** Named configurations. A preset is only a set of options: each can be overridden. */
import type { Configuration } from "./configuration.ts";

export interface Preset extends Configuration {
  /** One sentence for the help. */
  readonly description: string;
}

export const presets = {
  mlp: {
    description: "784-128-10, ReLU, Adam with one cycle of the learning rate, 5 epochs: about 98 % on MNIST",
    layers: [128],
    activation: "relu",
    loss: "cross-entropy",
    optimizer: "adam",
    learningRate: 0.004,
    momentum: 0.9,
    nesterov: false,
    beta1: 0.9,
    beta2: 0.98,
    schedule: "one-cycle",
    weightDecay: 0,
    batchSize: 128,
    epochs: 5,
    init: "he",
    seed: 1,
    validation: 0,
    examples: "all",
  },
  seed: {
    description: "the original program: 784-10-10, full-batch gradient descent at η = 1, 100 epochs: around 85 %",
    layers: [10],
    activation: "relu",
    loss: "cross-entropy",
    optimizer: "sgd",
    learningRate: 1,
    momentum: 0,
    nesterov: false,
    beta1: 0.9,
    beta2: 0.999,
    schedule: "constant",
    weightDecay: 0,
    batchSize: "full",
    epochs: 100,
    init: "uniform",
    seed: 1,
    validation: 1000,
    examples: 42000,
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;
