/** Chapter 5: more hidden layers do not help a sigmoid network. network2.py with its default first weights. */
import { type Experiment, type Settings, TRAINING, VALIDATION } from "./experiment.ts";

const settings: Settings = {
  ...{ layers: [30], activation: "sigmoid", lastActivation: "identity", loss: "sigmoidCrossEntropy" },
  ...{ initializer: "scaledNormal", learningRate: 0.1, batchSize: 10, epochs: 30, lambda: 5 },
  ...{ examples: TRAINING, validation: VALIDATION },
};

/** What the book reports for one to four hidden layers of 30 neurons. */
const accuracies = [0.9648, 0.969, 0.9657, 0.9653];

export const chapter5: readonly Experiment[] = accuracies.map((value, i) => ({
  ...{ id: `5-${i + 1}`, group: "5", seeds: 5, source: "chapter 5, The vanishing gradient problem" },
  about: `${i + 1} hidden layer${i === 0 ? "" : "s"} of 30 neurons`,
  settings: { ...settings, layers: Array.from({ length: i + 1 }, () => 30) },
  reported: [{ value, what: "accuracy", on: "validation", at: "last", bestOf: 1 }],
}));
