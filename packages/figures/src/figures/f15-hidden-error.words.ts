/** What the figure of (BP2) says. */
import { messages } from "../words/messages.ts";

export const words = messages("f15-hidden-error", {
  question: (above: string) =>
    `The errors δ of the ten outputs add up to ${above}. What do those of the thirty hidden neurons add up to?`,
  same: "the same: the error is shared out among them",
  other: "another number: nothing is shared out",
  above: "a number above 0, as every error is",
  answer: (above: string, total: string, sizes: string) =>
    `Another number. Each error comes back through its weight, the ten products add up, signs cancel, and the ` +
    `neuron’s own slope decides how much is left. The outputs’ δ add up to ${above}, the hidden ones to ${total}, ` +
    `and their sizes to ${sizes}.`,
  products: "Ten products δⱼ·W",
  product: (j: number, delta: string, weight: string) => `${j}: ${delta} × ${weight}`,
  together: "Added up",
  positive: "what is above 0",
  negative: "what is below 0",
  whole: "∂C/∂a, all ten",
  slope: "Its slope σ′(z)",
  slopeChart: "The slope of the sigmoid over z, with this neuron’s z",
  z: "z of this neuron",
  at: (z: string, slope: string) => `z = ${z}, slope ${slope}`,
  here: "its own z",
  drag: "Drag z to an end, where the sigmoid is flat: the sum stays, but almost nothing of it gets through.",
  all: "δ of all hidden neurons: pick one",
  of: (neuron: number, delta: string) => `neuron ${neuron}: δ = ${delta}`,
  old: (before: string, after: string) =>
    `The weights are those before the step. They give the sum ${before}; those after a step of η = 0.1 would give ${after}, which is the slope at another place.`,
  slopesMeans: "σ′(z), the slope for each z",
  ownMeans: "the neuron’s own z, before you drag it",
  summary: (neuron: string, sum: string, slope: string, delta: string) =>
    `Neuron ${neuron}: the sum ${sum} times the slope ${slope} is δ = ${delta}.`,
});
