/**
 * Chapter 6, network3.py and conv.py: convolutional networks. Each number is the best of three runs, of the test images
 * at the best validation epoch. What network3.py does differently from the programs before is in network3.ts.
 */
import { type Experiment, type Reported, type Settings, TRAINING, type Training, VALIDATION } from "./experiment.ts";

const settings: Settings = {
  ...{ layers: [100], activation: "sigmoid", lastActivation: "identity", loss: "crossEntropy" },
  ...{ initializer: "scaledByOutputs", learningRate: 0.1, batchSize: 10, epochs: 60, lambda: 0 },
  ...{ examples: TRAINING, validation: VALIDATION, program: "network3" },
};

const source = "chapter 6, Convolutional neural networks in practice";
const reached = (value: number): Reported[] => [
  { value, what: "accuracy", on: "test", at: "bestValidation", bestOf: 3 },
];

/** `seeds`: three, as the book's, or more; one where a run takes about 20 minutes or longer. */
const row = (
  id: string,
  about: string,
  changes: Partial<Settings>,
  value: number | undefined,
  seeds: number,
  note?: string,
): Training => ({
  ...{ id, group: id.split("-")[0] ?? id, source, about, seeds },
  ...{ settings: { ...settings, ...changes }, reported: value === undefined ? [] : reached(value) },
  ...(note !== undefined && { note }),
});

const one = ["20c5", "p2"];
const two = [...one, "40c5", "p2"];
const relu = { activation: "relu", learningRate: 0.03, lambda: 0.1 } as const;
const expanded = { ...relu, isExpanded: true } as const;

export const chapter6: readonly Experiment[] = [
  row("6a", "100 hidden neurons, softmax, the images in the file's order", {}, 0.978, 5),
  row("6b", "a convolution of 20 filters, then 100 neurons", { layers: [...one, 100] }, 0.9878, 3),
  row("6c", "two convolutions of 20 and 40 filters, then 100 neurons", { layers: [...two, 100] }, 0.9906, 3),
  row("6d", "6c with ReLU, η = 0.03, λ = 0.1", { ...relu, layers: [...two, 100] }, 0.9923, 3),
  row(
    "6e",
    "6d on 250,000 images: each also moved by one pixel in four directions",
    { ...expanded, layers: [...two, 100] },
    0.9937,
    1,
    "The book calls 99.37 % a training accuracy; by its program it is the test accuracy, as the others.",
  ),
  row("6f-300", "6e with 300 neurons in the dense layer", { ...expanded, layers: [...two, 300] }, 0.9946, 1),
  row("6f-1000", "6e with 1,000 neurons in the dense layer", { ...expanded, layers: [...two, 1000] }, 0.9943, 1),
  row("6g-100", "6e with two dense layers of 100", { ...expanded, layers: [...two, 100, 100] }, 0.9943, 1),
  row("6g-300", "6e with two dense layers of 300", { ...expanded, layers: [...two, 300, 300] }, 0.9948, 1),
  row("6g-1000", "6e with two dense layers of 1,000", { ...expanded, layers: [...two, 1000, 1000] }, 0.9947, 1),
  {
    ...row(
      "6h",
      "6e with two dense layers of 1,000 and dropout, 40 epochs",
      { ...expanded, lambda: 0, epochs: 40, layers: [...two, 1000, 1000], dropout: 0.5 },
      0.996,
      1,
    ),
    keepsPredictions: true,
  },
  {
    ...{ id: "6i", group: "6i", source, about: "a vote of five networks of 6h", votesOf: "6h", seeds: 5 },
    reported: [{ value: 0.9967, what: "accuracy", on: "test", at: "last", bestOf: 1 }],
    note: "The runs of 6h with the seeds 1 to 5 vote on each test image.",
  },
  row("6j-no-dense", "an exercise: 6b without the dense layer (conv.py, omit_FC)", { layers: one }, undefined, 1),
  row("6j-tanh", "an exercise: 6c with tanh", { layers: [...two, 100], activation: "tanh" }, undefined, 1),
];
