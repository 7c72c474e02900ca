/**
 * Chapter 3, network2.py: cross-entropy of sigmoid outputs, L2 regularisation, better first weights. Its functions
 * large_weight_initializer and default_weight_initializer are the initializers normal and scaledNormal.
 */
import {
  type Examples,
  type Experiment,
  type Neuron,
  type Reported,
  type Settings,
  TRAINING,
  type Training,
  VALIDATION,
} from "./experiment.ts";

const settings: Settings = {
  ...{ layers: [30], activation: "sigmoid", lastActivation: "identity", loss: "sigmoidCrossEntropy" },
  ...{ initializer: "normal", learningRate: 0.5, batchSize: 10, epochs: 30, lambda: 0 },
  ...{ examples: TRAINING, validation: VALIDATION },
};

const reported = (on: Examples, value: number, at: Reported["at"] = "best"): Reported => {
  return { value, what: "accuracy", on, at, bestOf: 1 };
};

const row = (
  id: string,
  section: string,
  about: string,
  changes: Partial<Settings>,
  numbers: readonly Reported[],
  more: Partial<Training> | false = {},
): Training => ({
  ...{ id, group: id.split("-")[0] ?? id, source: `chapter 3, ${section}`, about, seeds: 5 },
  ...{ settings: { ...settings, ...changes }, reported: numbers, ...more },
});

const crossEntropy = "The cross-entropy cost function";
const overfitting = "Overfitting and regularization";
const weights = "Weight initialization";
const choosing = "How to choose a neural network's hyper-parameters?";

const explodes =
  "Each step multiplies the weights by 1 − ηλ/n = −9, so they grow beyond all numbers. The book's program goes on with " +
  "them, and all that comes out is chance; here the training ends, as one that diverged.";

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

/** The same by the support vector machine that the book compares with (fig/more_data.py); scikit-learn's defaults. */
const supportVectors = [0.2507, 0.4893, 0.7513, 0.8387, 0.8849, 0.9146, 0.9245, 0.9347, 0.9448];

/** One neuron's start: its output there as the book prints it. */
const neuron = (id: string, output: number, about: string, fields: Neuron): Experiment => ({
  ...{ id, group: id.slice(0, 2), source: `chapter 3, ${crossEntropy}`, seeds: 1 },
  about: `one neuron, to put out 0 of 1: ${about}`,
  neuron: fields,
  reported: [{ value: output, what: "output", on: "training", at: 0, bestOf: 1, rounding: 0.005 }],
});
const near = { weight: 0.6, bias: 0.9, epochs: 300 };
const far = { weight: 2, bias: 2, epochs: 300 };

const first = { examples: 1000, epochs: 400 };
const regularised = { lambda: 5, initializer: "scaledNormal", learningRate: 0.1 } as const;

export const chapter3: readonly Experiment[] = [
  neuron("3a-near", 0.82, "quadratic cost, from 0.82", { ...near, cost: "quadratic", learningRate: 0.15 }),
  {
    ...neuron("3a-far", 0.98, "quadratic cost, from 0.98", { ...far, cost: "quadratic", learningRate: 0.15 }),
    note:
      "The neuron that is most wrong learns most slowly at first: with the quadratic cost its step has the factor " +
      "σ′(z), which is 0.018 at the output 0.98.",
  },
  neuron("3b-near", 0.82, "cross-entropy, from 0.82", { ...near, cost: "crossEntropy", learningRate: 0.005 }),
  {
    ...neuron("3b-far", 0.98, "cross-entropy, from 0.98", { ...far, cost: "crossEntropy", learningRate: 0.005 }),
    note:
      "With the cross-entropy the step is the output itself: steepest where the neuron is most wrong. (η is 0.005 in " +
      "the book's text and in its figure's program.)",
  },
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
  ...sizes.map(
    ([examples], i): Experiment => ({
      ...{ id: `3k-${examples}-svm`, group: "3k", source: `chapter 3, ${overfitting}`, seeds: 0, isCited: true },
      about: `${examples.toLocaleString("en-US")} training images, a support vector machine`,
      reported: [reported("validation", supportVectors[i] as number, "last")],
    }),
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
      // |1 − ηλ/n| is more than 1.
      lambda === 1000 && { note: explodes },
    ),
  ),
];
