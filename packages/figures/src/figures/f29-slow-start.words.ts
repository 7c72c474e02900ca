/** What the figure of the slow start says. */
import { messages } from "../words/messages.ts";

export const words = messages("f29-slow-start", {
  question: "One neuron puts out 0.98, and should put out 0. With the quadratic cost, when does it learn fastest?",
  first: "at first, where it is most wrong",
  equal: "equally fast all the time",
  late: "late: at first hardly at all",
  answer:
    "Late. Its step has the factor σ′(z), which is near 0 where the neuron is sure, however wrong it is. With cross-entropy this factor is gone, and the most wrong neuron learns fastest.",
  rate: "η, for both",
  rateExponent: "log₁₀ of η",
  epoch: "epoch",
  output: "output a",
  chart: "The output of one neuron, epoch by epoch, with the quadratic cost and with cross-entropy",
  start: "The output at the start",
  quadratic: "quadratic cost",
  crossEntropy: "cross-entropy",
  slope: "slope at the start, σ′(z)",
  firstQuadratic: "first δ, quadratic: a·σ′(z)",
  firstCrossEntropy: "first δ, cross-entropy: a",
  below: (cost: string) => `below 0.5 with ${cost}`,
  quadraticMeans: "what the neuron puts out after each epoch with the quadratic cost, C = ½·(a − y)²",
  crossEntropyMeans: "the same with cross-entropy, where δ has no factor σ′(z)",
  after: (epochs: string) => `after ${epochs} epochs`,
  never: (epochs: string) => `not in ${epochs} epochs`,
});
