/**
 * Where one can begin: presets of the command line that a page can train, and trainings that fail in the ways that the
 * book warns of. Each is an experiment like any other, with an address and a command.
 */
import type { Illness } from "inkling/proofs";
import { type Experiment, experimentOf } from "../../state/experiment.ts";

export interface Start {
  readonly name: StartName;
  readonly experiment: Experiment;
  /** What the doctor finds, of those that fail. */
  readonly illness?: Illness;
}

export type StartName = (typeof learning)[number]["name"] | (typeof failing)[number]["name"];

const sigmoid = { layers: [30], activation: "sigmoid", optimizer: "sgd", examples: 10_000 } as const;

export const learning = [
  { name: "first", experiment: experimentOf("mlp", { layers: [30], examples: 10_000 }) },
  { name: "mlp", experiment: experimentOf("mlp") },
  { name: "cnnFast", experiment: experimentOf("cnn-fast") },
  { name: "cnnTiny", experiment: experimentOf("cnn-tiny") },
  { name: "dropout", experiment: experimentOf("mlp-dropout") },
  { name: "original", experiment: experimentOf("original") },
] as const;

export const failing = [
  {
    name: "tooSlow",
    experiment: experimentOf("mlp", { ...sigmoid, init: "glorot", learningRate: 0.00003 }),
    illness: "flatLoss",
  },
  {
    name: "tooFast",
    experiment: experimentOf("mlp", {
      ...{ layers: [100, 100], activation: "leakyRelu", optimizer: "sgd", learningRate: 10, examples: 10_000 },
    }),
    illness: "divergence",
  },
  {
    name: "badStart",
    experiment: experimentOf("mlp", { layers: [100], init: "normal", optimizer: "sgd", examples: 10_000 }),
    illness: "badStart",
  },
  {
    name: "saturated",
    experiment: experimentOf("mlp", { ...sigmoid, layers: [30, 30], init: "normal", learningRate: 0.1 }),
    illness: "saturatedNeurons",
  },
  {
    name: "byHeart",
    experiment: experimentOf("mlp", {
      ...{ layers: [30], activation: "sigmoid", init: "scaledNormal", optimizer: "sgd", learningRate: 0.5 },
      ...{ batchSize: 10, examples: 1000, epochs: 60 },
    }),
  },
] as const;

export const starts: readonly Start[] = [...learning, ...failing];
