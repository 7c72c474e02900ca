/** What the figure of a neuron's sum says. */
import { messages } from "../words/messages.ts";

export const words = messages("f04-sum", {
  question: "A trained neuron has 784 weights, one for each pixel. What do they look like as a picture?",
  digit: "a blurred digit",
  stroke: "a clear stroke or loop",
  noise: "a rough pattern, in which only the sum counts",
  answer: (low: string, high: string, z: string) =>
    `A rough pattern: ${high} of this neuron's products speak for it, ${low} against, and only their sum with the bias, z = ${z}, goes on.`,
  otherQuestion: "The trained network reads another digit. What changes in this neuron?",
  allChange: "its weights, its bias and its sum",
  nothingChanges: "nothing: it is trained",
  sumChanges: "its sum and its answer alone",
  otherAnswer: (z: string, a: string) =>
    `Its sum and its answer: with this digit z is ${z} and a is ${a}. The weights and the bias are the network’s: ` +
    "every digit meets the same ones. Only training changes them.",
  neurons: "The 30 hidden neurons: the weights of each as a picture",
  weights: "weights w",
  pixels: "pixels x",
  products: "products w·x",
  weightsOf: (neuron: number) => `Weights of neuron ${neuron}`,
  productsOf: (neuron: number) => `Weights times pixels of neuron ${neuron}`,
  pixelsOf: (label: number) => `The pixels of a ${label}`,
  positive: "for: all products above 0",
  negative: "against: all products below 0",
  sum: "sum of all products",
  bias: "bias b",
  z: "z = sum + b",
  a: "a = σ(z)",
  pick: "Look at one pixel: touch a picture, or use its arrow keys.",
  term: (place: string, w: string, x: string, product: string) => `${place}: w·x = ${w} · ${x} = ${product}`,
});
