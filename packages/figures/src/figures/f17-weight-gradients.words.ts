/** What the figure of (BP4) says. */
import { messages } from "../words/messages.ts";

export const words = messages("f17-weight-gradients", {
  question: (digit: string, neurons: string) =>
    `This one ${digit} teaches ${neurons} hidden neurons, each by a map of 784 gradients. How do the maps differ?`,
  parts: "each has another part of the digit",
  same: "all are the digit itself, times one number",
  noise: "like noise, as the weights do",
  answer:
    "All are the digit itself: the gradient of each weight is its pixel times the neuron’s δ, so that one digit teaches every neuron the same picture, more or less of it, with a plus or a minus.",
  x: "x: rub pixels out",
  eraser: "The digit’s pixels, from 0 to 1. The space bar rubs out where you are.",
  delta: (neuron: string) => `δ of neuron ${neuron}`,
  gradients: (neuron: string) => `∂C/∂W of neuron ${neuron}`,
  neuron: (neuron: string) => `Neuron ${neuron}, δ =`,
  asTheyAre: "All on one scale",
  divided: "Each divided by its δ",
  restore: "All pixels again",
  count: (equal: string, all: string) => `${equal} of the ${all} gradients are x·δ to the last bit.`,
  zeros: (share: string) => `${share} of them are exactly 0: there is no ink.`,
  erased: (count: string) =>
    `${count} pixels are rubbed out: their weights learn nothing from this digit, in no neuron.`,
  dividedMeans: "the gradients of a neuron, divided by its δ: the digit itself",
  summary: (neuron: string, delta: string) => `Neuron ${neuron} learns the digit times δ = ${delta}.`,
});
