/** What the figure of a neuron with two inputs says. */
import { messages } from "../words/messages.ts";

export const words = messages("f02-line", {
  question: "Which number moves the line without turning it?",
  answer:
    "The bias b: it shifts the line and leaves its direction to the weights. With b = 0 the line goes through the corner where both pixels are white, whatever the weights are.",
  chart: "The plane of two pixels, cut by the line where z is 0",
  x1: "pixel x₁",
  x2: "pixel x₂",
  line: "z = 0",
  point: "two pixels",
  tip: "direction of the weights",
  at: (x1: string, x2: string, z: string) => `x₁ = ${x1}, x₂ = ${x2}, z = ${z}`,
  direction: (w1: string, w2: string) => `w₁ = ${w1}, w₂ = ${w2}`,
  w1: "w₁",
  w2: "w₂",
  b: "b",
  sum: "z = w₁·x₁ + w₂·x₂ + b",
  a: "a = σ(z)",
  task: "Try it: only the corner where both pixels are black shall be blue.",
  done: "Done: only the corner (1, 1) is on the blue side. This neuron says “both”.",
  either: "Three corners are blue: this neuron says “at least one”.",
  note: "The ring is one picture of two pixels: drag it. The arrow shows (w₁, w₂): drag its tip.",
  sidesMeans: "where z is above 0 (blue) and where it is below 0 (orange)",
  lineMeans: "the line where z is exactly 0",
  arrowMeans: "the arrow (w₁, w₂): the way in which z grows fastest",
  cornersMeans: "the four pictures of two pixels that are 0 or 1, each with its z",
  pictureMeans: "one picture of two pixels: drag it",
  tipMeans: "the tip of the arrow: drag it to change both weights",
});
