/** What the figure of the loss's slope says. */
import { messages } from "../words/messages.ts";

export const words = messages("f08-slope", {
  question: "The loss changes if one weight changes. How can one find its slope without any theory?",
  guess: "by a good guess",
  measure: "move the weight a little, measure again, divide",
  never: "one cannot: the curve is not known",
  answer: (h: string, measured: string, exact: string) =>
    `Move the weight a little and divide: with h = ${h} rise over run gives ${measured}, and backpropagation gives ` +
    `${exact}. The gradient is no guess: it is measurable.`,
  curve: "C, the loss of this digit",
  chart: "The loss of this digit as a function of one weight, with the point where the weight is and a second point",
  weight: "the weight",
  near: "the second point",
  at: (w: string, loss: string) => `w = ${w}, C = ${loss}`,
  nearAt: (h: string, slope: string) => `h = ${h}, rise over run ${slope}`,
  axis: (pixel: string, neuron: number) => `w from the pixel in ${pixel} to neuron ${neuron}`,
  value: "weight w",
  loss: "loss C(w)",
  rise: "rise C(w + h) − C(w)",
  run: "run h",
  ratio: "rise / run",
  exact: "∂C/∂w by backpropagation",
  off: "they differ by",
  shrink: "h ÷ 10",
  grow: "h × 10",
  own: "The trained value",
  digits: "C has only 16 digits. The smaller h is, the fewer of them are left in the difference.",
  secantMeans: "the straight line through both points: rise over run",
  tangentMeans: "the tangent, by backpropagation",
  curveMeans: "C, the loss of this digit for each value of the weight",
  nearMeans: "the second point, h further: drag it",
});
