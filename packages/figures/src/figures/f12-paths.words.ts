/** What the figure of several paths says. */
import { messages } from "../words/messages.ts";

export const words = messages("f12-paths", {
  question:
    "A hidden neuron's output a feeds ten scores, and each of them moves the loss. " +
    "How do the paths from a to C combine?",
  strongest: "the strongest path counts",
  multiply: "they multiply",
  add: "they add, each with its sign",
  answer: (sum: string, measured: string) =>
    `They add: all paths together give ${sum}, and measuring gives ${measured}. ` +
    "Forget one path, and the gradient is wrong.",
  chart: "From a through three groups of scores to the loss C, with the slope of each step",
  a: (neuron: number) => `output a of neuron ${neuron}`,
  path: (product: string) => `path ${product}`,
  aShort: "a",
  score: (digit: number) => `score of ${digit}`,
  others: "other eight scores",
  loss: "C",
  way: (name: string) => `Path through the ${name}`,
  own: "The network's a",
  sum: "sum of the paths that are on",
  measured: "measured: C(a ± 0.0001)",
  lossNow: "loss C",
  traced: "∂C/∂a, all paths, by backpropagation",
  off: "A path that is off: its score stays as it is when a moves.",
  endsMeans: "a, what the neuron gives, and C, the loss",
  wayMeans: "a path from a to C: as thick as its product is large, dashed where it is switched off",
  scoresMeans: "the score, or scores, on this path, with the product of its two slopes",
});
