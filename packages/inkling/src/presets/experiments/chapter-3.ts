/**
 * Chapter 3, network2.py: cross-entropy of sigmoid outputs, L2 regularisation, better first weights. Its functions
 * large_weight_initializer and default_weight_initializer are the initializers normal and scaledNormal.
 */
import { type Examples, type Experiment, type Reported, type Settings, TRAINING, VALIDATION } from "./experiment.ts";

const settings: Settings = {
  ...{ layers: [30], activation: "sigmoid", lastActivation: "identity", loss: "sigmoidCrossEntropy" },
  ...{ initializer: "normal", learningRate: 0.5, batchSize: 10, epochs: 30, lambda: 0 },
  ...{ examples: TRAINING, validation: VALIDATION },
};

const reported = (on: Examples, value: number, at: Reported["at"] = "best", bestOf = 1): Reported => {
  return { value, what: "accuracy", on, at, bestOf };
};

const row = (
  id: string,
  section: string,
  about: string,
  changes: Partial<Settings>,
  numbers: readonly Reported[],
  more: Partial<Experiment> = {},
): Experiment => ({
  ...{ id, group: id.split("-")[0] ?? id, source: `chapter 3, ${section}`, about, seeds: 5 },
  ...{ settings: { ...settings, ...changes }, reported: numbers, ...more },
});

const crossEntropy = "The cross-entropy cost function";
const overfitting = "Overfitting and regularization";
const weights = "Weight initialization";
const choosing = "How to choose a neural network's hyper-parameters?";

/** The training-size study: examples, accuracy of the network. 1.5 million examples are seen in each. */
const sizes = [
  [100, 0.6909],
  [200, 0.7637],
  [500, 0.8529],
  [1000, 0.8885],
  [2000, 0.9127],
  [5000, 0.9324],
  [10_000, 0.9489],
  [20_000, 0.9585],
  [50_000, 0.9597],
] as const;

const first = { examples: 1000, epochs: 400 };
const regularised = { lambda: 5, initializer: "scaledNormal", learningRate: 0.1 } as const;

export const chapter3: readonly Experiment[] = [
  row("3c", crossEntropy, "30 hidden neurons", {}, [reported("test", 0.9549)]),
  row("3d", crossEntropy, "100 hidden neurons", { layers: [100] }, [reported("test", 0.9682)]),
  row(
    "3e",
    overfitting,
    "the first 1,000 images: the network learns them by heart",
    first,
    [reported("test", 0.8227), reported("training", 1, "last")],
    { watchesTraining: true },
  ),
  row(
    "3f",
    overfitting,
    "all 50,000 images, without regularisation",
    {},
    [reported("training", 0.9786, "last"), reported("test", 0.9533, "last")],
    { watchesTraining: true },
  ),
  row("3g", overfitting, "the first 1,000 images, λ = 0.1", { ...first, lambda: 0.1 }, [reported("test", 0.871)]),
  row("3h", overfitting, "all 50,000 images, λ = 5", { lambda: 5 }, [reported("test", 0.9649)], {
    watchesTraining: true,
  }),
  row("3i", overfitting, "100 hidden neurons, λ = 5", { layers: [100], lambda: 5 }, [reported("validation", 0.9792)]),
  row(
    "3j",
    overfitting,
    "100 hidden neurons, λ = 5, η = 0.1, 60 epochs",
    { layers: [100], lambda: 5, learningRate: 0.1, epochs: 60 },
    [reported("validation", 0.9804)],
  ),
  ...sizes.map(([examples, value]) =>
    row(
      `3k-${examples}`,
      overfitting,
      `${examples.toLocaleString("en-US")} training images`,
      { examples, epochs: 1_500_000 / examples, lambda: examples * 1e-4, initializer: "scaledNormal" },
      [reported("validation", value, "last")],
    ),
  ),
  ...(["scaledNormal", "normal"] as const).map((initializer, i) =>
    row(
      `3l-${initializer}`,
      weights,
      `30 hidden neurons, first weights ${["N(0, 1/n)", "N(0, 1)"][i]}`,
      { ...regularised, initializer },
      [
        reported("validation", [0.927, 0.8643][i] as number, 1),
        reported("validation", [0.965, 0.9637][i] as number, "last"),
      ],
    ),
  ),
  ...(["scaledNormal", "normal"] as const).map((initializer, i) =>
    row(
      `3m-${initializer}`,
      weights,
      `100 hidden neurons, first weights ${["N(0, 1/n)", "N(0, 1)"][i]}`,
      { ...regularised, layers: [100], initializer },
      [
        reported("validation", [0.9295, 0.8994][i] as number, 1),
        reported("validation", [0.9781, 0.9742][i] as number, "last"),
      ],
    ),
  ),
  ...[0.025, 0.25, 2.5].map((learningRate) =>
    row(
      `3n-${learningRate}`,
      choosing,
      `the training cost at η = ${learningRate}`,
      { lambda: 5, initializer: "scaledNormal", learningRate },
      [{ value: learningRate === 2.5 ? 0.861 : 0.339, what: "cost", on: "training", at: "last", bestOf: 1 }],
      { watchesTraining: true },
    ),
  ),
  row(
    "3o",
    choosing,
    "a bad start: η = 10, λ = 1000",
    { initializer: "scaledNormal", learningRate: 10, lambda: 1000 },
    [reported("validation", 0.103, 1), reported("validation", 0.0967, "last")],
    { note: "The book prints the first epochs and the last: all are chance." },
  ),
  ...(
    [
      [10, 1000, 0.1],
      [10, 20, 0.18],
      [100, 20, 0.1],
      [1, 20, 0.61],
    ] as const
  ).map(([learningRate, lambda, value]) =>
    row(
      `3p-${learningRate}-${lambda}`,
      choosing,
      `finding the way: no hidden layer, 1,000 images, 100 to validate on; η = ${learningRate}, λ = ${lambda}`,
      {
        ...{ layers: [], initializer: "scaledNormal", learningRate, lambda },
        ...{ examples: 1000, validation: 100, epochs: 4 },
      },
      [reported("validation", value, "last")],
    ),
  ),
];
