/** What the figure of the activation says. */
import { messages } from "../words/messages.ts";

export const words = messages("f03-activation", {
  question: "A neuron's output a is 0.99. If we push z a little, does a follow a lot, or hardly at all?",
  task: "Draw into the lower chart how steep the upper curve is at each z.",
  answer: (a: string, slope: string, factor: string) =>
    `At a = ${a} the slope is ${slope}. That is ${factor} times less than at z = 0, where it is 0.25. A neuron that is sure hardly follows a push, so it hardly learns.`,
  value: "a = σ(z), with its tangent",
  slope: "σ′(z), the slope of the curve above",
  valueChart: "The sigmoid a = σ(z) from z = −6 to 6, a point on it, and its tangent there",
  slopeChart: "The slope of the sigmoid, from z = −6 to 6",
  handle: "z",
  at: (z: string, a: string, slope: string) => `z = ${z}, a = ${a}, slope ${slope}`,
  z: "z, the sum",
  a: "a = σ(z), the output",
  dA: "σ′(z) = a·(1 − a), the slope",
  push: "z grows by 0.1: a changes by",
  valuesMeans: "a = σ(z), the output for each z",
  tangentMeans: "the tangent at your z: as steep as the curve is there",
  slopesMeans: "σ′(z), the slope for each z",
  seenMeans: "slopes at the places where you have been",
  hereMeans: "the slope at your z",
});
