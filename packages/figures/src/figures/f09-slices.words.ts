/** What the figure of the loss's slices says. */
import { messages } from "../words/messages.ts";

export const words = messages("f09-slices", {
  question: "The map shows the loss over two directions. Does training roll down in a landscape like this one?",
  bowl: "yes: into the one lowest point",
  two: "yes, but it sees only these two directions",
  slice: "no: it moves in 23,860 directions at once",
  answer:
    "It moves in 23,860 directions at once. A map like this is a slice through two of them, chosen by us; through other directions the same point looks different, and there is no one bottom.",
  chart: "The loss of this digit over two directions, with a point and the arrow of steepest descent",
  weights: "Slice: two weights",
  random: "Slice: two random directions",
  again: "Other random directions",
  point: "the point",
  at: (x: string, y: string, loss: string) => `${x} along, ${y} up, C = ${loss}`,
  first: "along the first direction",
  second: "along the second direction",
  weightOf: (place: string, neuron: number) => `the weight from the pixel in ${place} to neuron ${neuron}`,
  outputOf: (neuron: number, digit: number) => `the weight from neuron ${neuron} to the output of ${digit}`,
  across: "change of the weight from its trained value",
  loss: "loss C",
  slopes: "slope along, slope up",
  whole: "length of the whole gradient",
  seen: "of it in this slice",
  step: "One step downhill",
  home: "Back to the trained network",
  title: "C: dark is dear, light is cheap",
  steps: (count: number) => `${count} steps`,
  groundMeans: "the loss at each point of the slice: the darker, the higher",
  pathMeans: "the way that your steps went",
  arrowMeans: "the steepest way down in this slice, longer where it is steeper",
});
