/** What the figure of the proof says. */
import { messages } from "../words/messages.ts";

export const words = messages("f18-proof", {
  question: (count: string) =>
    `Any of the ${count} numbers can be moved by ±h, and the slope be measured. Which h measures best, in float64?`,
  tiny: "the smallest: 10⁻¹²",
  middle: "one between: about 10⁻⁵",
  large: "a large one: 1",
  answer:
    "One between. If h is large, the loss bends away from its tangent, and the error grows with h². If h is tiny, two nearly equal losses are subtracted, most of their digits cancel, and the error grows with 1/h.",
  which: "Which numbers",
  W1: "weights, pixel → hidden",
  b1: "hidden biases",
  W2: "weights, hidden → output",
  b2: "output biases",
  gradients: "∂C/∂ of each: pick one",
  place: "Picked",
  pixelTo: (pixel: string, neuron: string) => `pixel ${pixel} → neuron ${neuron}`,
  biasOf: (neuron: string) => `bias of neuron ${neuron}`,
  neuronTo: (neuron: string, digit: string) => `neuron ${neuron} → digit ${digit}`,
  biasOfOutput: (digit: string) => `bias of digit ${digit}`,
  value: "its value",
  analytic: "gradient, by backpropagation",
  numeric: "slope, measured by moving it",
  error: "they differ by this share",
  h: "h",
  relativeError: "relative error",
  chart: "The relative error of the central difference over h, both as powers of ten",
  at: (h: string, error: string) => `h = ${h}, relative error ${error}`,
  curveMeans: "how much both differ, for each h",
  analyticMeans: "the gradient of the picked number, by backpropagation",
  numericMeans: "the same, measured: the number is moved by h to both sides",
  errorMeans: "by which share of the larger one they differ",
});
