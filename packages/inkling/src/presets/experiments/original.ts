/** The original program's experiment: "around 85 %". */
import { type Experiment, type Settings, VALIDATION } from "./experiment.ts";

const settings: Settings = {
  ...{ layers: [10], activation: "relu", lastActivation: "identity", loss: "crossEntropy", initializer: "uniform" },
  ...{ learningRate: 1, batchSize: "full", epochs: 100, lambda: 0, examples: 41_000, validation: VALIDATION },
};

const about = "784-10-10, ReLU and softmax, gradient descent with all 41,000 examples in one batch";

export const original: readonly Experiment[] = [
  {
    ...{ id: "original", group: "original", source: "the original program", about, settings },
    seeds: 50,
    reported: [{ value: 0.85, what: "accuracy", on: "validation", at: "last", bestOf: 1 }],
    note:
      "The source says around 85 %, of one run. Weights uniform(−0.5, 0.5) are too large for 784 inputs: the first " +
      "losses are far above ln 10, and the steps at η = 1 jump. Where a run ends depends on its seed.",
  },
  {
    ...{ id: "original-he", group: "original", source: "the original program" },
    about: `${about}; one line changed: He's initialisation`,
    settings: { ...settings, initializer: "he" },
    seeds: 50,
    reported: [],
    note: "He's weights, N(0, 2/784), begin near ln 10, and the same steps go down.",
  },
];
