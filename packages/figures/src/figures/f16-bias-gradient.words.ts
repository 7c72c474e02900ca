/** What the figure of (BP3) says. */
import { messages } from "../words/messages.ts";

export const words = messages("f16-bias-gradient", {
  question: (neuron: string) => `Backpropagation knows δ of neuron ${neuron}. What is the gradient of its bias?`,
  same: "δ itself",
  product: "δ times the bias",
  zero: "it needs a rule of its own",
  answer: (neuron: string, delta: string) =>
    `δ itself: if b grows by a little, z grows by exactly as much. For neuron ${neuron} both are ${delta}. A bias is a weight whose input is always 1.`,
  bias: "b, the bias",
  own: "as it was learnt",
  loss: "C, the loss of this digit",
  at: (b: string, loss: string) => `b = ${b}, loss ${loss}`,
  chart: (neuron: string) => `The loss of this digit over the bias of neuron ${neuron}, with its tangent`,
  delta: "δ, by backpropagation",
  measured: (h: string) => `slope, measured with h = ${h}`,
  curveMeans: "C, the loss of this digit for each value of the bias",
  tangentMeans: "the tangent at your b: its slope is the gradient of the bias",
  learntMeans: "the bias as it was learnt",
  measuredMeans: "the slope by two losses, a little to the left and to the right",
});
