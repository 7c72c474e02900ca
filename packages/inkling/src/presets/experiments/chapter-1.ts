/** Chapter 1, network.py: sigmoid, the quadratic cost, weights and biases N(0, 1), plain gradient descent. */
import { type Experiment, type Reported, type Settings, TRAINING, VALIDATION } from "./experiment.ts";

const settings: Settings = {
  ...{ layers: [30], activation: "sigmoid", lastActivation: "sigmoid", loss: "quadratic", initializer: "normal" },
  ...{ learningRate: 3, batchSize: 10, epochs: 30, lambda: 0, examples: TRAINING, validation: VALIDATION },
};

const source = "chapter 1, Implementing our network to classify digits";
const baselines = `${source}: what is reached without a network`;
const test = (value: number, at: Reported["at"], bestOf: 1 | 3 = 1): Reported => {
  return { value, what: "accuracy", on: "test", at, bestOf };
};

export const chapter1: readonly Experiment[] = [
  {
    ...{ id: "1a", group: "1a", seeds: 5, source, about: "30 hidden neurons", settings },
    reported: [test(0.9542, "best", 3)],
    note: "The book takes the best epoch on the test set, and the best of three runs.",
  },
  {
    ...{
      id: "1b",
      group: "1b",
      seeds: 5,
      source,
      about: "100 hidden neurons",
      settings: { ...settings, layers: [100] },
    },
    reported: [test(0.9659, "best", 3)],
    note: "The book warns that runs differ much: in some the hidden neurons are saturated from the start.",
  },
  {
    ...{ id: "1c", group: "1c", seeds: 5, source, about: "100 hidden neurons, η = 0.001: too slow" },
    settings: { ...settings, layers: [100], learningRate: 0.001 },
    reported: [test(0.1139, 1), test(0.2142, "last")],
  },
  {
    ...{ id: "1d", group: "1d", seeds: 5, source, about: "30 hidden neurons, η = 100: too fast" },
    settings: { ...settings, learningRate: 100 },
    reported: [test(0.1009, 1), test(0.0982, "last")],
  },
  {
    ...{
      id: "1e",
      group: "1e",
      seeds: 5,
      source,
      about: "no hidden layer (an exercise)",
      settings: { ...settings, layers: [] },
    },
    reported: [],
  },
  {
    ...{ id: "1f-random", group: "1f", seeds: 5, source: baselines, about: "guesses", baseline: "random" },
    reported: [test(0.1, "last")],
  },
  {
    ...{ id: "1f-darkness", group: "1f", seeds: 1, source: baselines, baseline: "darkness" },
    about: "the digit whose mean darkness is nearest to the image's",
    reported: [{ ...test(0.2225, "last"), rounding: 0.00005 }],
  },
  {
    ...{ id: "1f-svm", group: "1f", seeds: 0, source: baselines, isCited: true },
    about: "a support vector machine with scikit-learn's defaults",
    reported: [test(0.9435, "last")],
  },
  {
    ...{ id: "1f-svm-tuned", group: "1f", seeds: 0, source: baselines, isCited: true },
    about: "a support vector machine, tuned (the book: over 98.5 %)",
    reported: [test(0.985, "last")],
  },
];
