/** What is said of one step in its phases. */
import { messages } from "../../words/messages.ts";

const examples = (count: string) => (count === "1" ? "one example" : `${count} examples`);

export const words = messages("phases", {
  title: (step: string, count: string) => `Step ${step}, in four phases, on ${examples(count)}`,
  forward: "Forward",
  loss: "Loss",
  backward: "Backward",
  update: "Update",
  forwardDid: (count: string) =>
    `All ${count} examples went through the layers at once. The table says what each layer made of them.`,
  lossDid: (loss: string) => `The outputs were compared with the answers. The mean loss of the batch is ${loss}.`,
  rightOf: (hits: string, count: string) => `${hits} of ${count} are read right.`,
  backwardDid:
    "The error went back through the layers. Each weight and each bias has its gradient now, the mean over the batch, " +
    "and none of them has moved yet.",
  updateDid: (step: string, rate: string, before: string, after: string) =>
    `Step ${step} is done: weights and biases have moved, at the learning rate ${rate}. The loss of the same batch ` +
    `was ${before}, and is ${after} now.`,
  scheduled: (schedule: string) => `The schedule ${schedule} makes this rate of the experiment’s, step by step.`,
  another: "What would another batch have taught?",
  anotherSoon: "The third phase, the backward pass, also says what another batch would have taught.",
  anotherIs: (place: string, of: string, count: string) =>
    `Batch ${place} of the ${of} of this epoch has ${count === "1" ? "one other example" : `${count} other examples`}.`,
  anotherHelps: (length: string, angle: string, share: string) =>
    `With the same weights, its gradient is ${length} times as long as this batch’s, and points ${angle} away from it. ` +
    `A step along it would lower this batch’s loss too, with ${share} of the slope that its own gradient has.`,
  anotherHarms: (length: string, angle: string) =>
    `With the same weights, its gradient is ${length} times as long as this batch’s, and points ${angle} away from it: ` +
    "more than 90°, so that a step along it would raise this batch’s loss.",
  anotherNone: "One of the two gradients is 0: it has no direction, and nothing can be compared.",
  with: (formula: string, extras: string) => `${formula}, with ${extras}`,
  anotherInBook: "The same in the book, for batches of any size",
  together: "all together",
  other: "The other’s",
  angle: "Angle between",
  first: (shown: string, count: string) => `The first ${shown} of the ${count}:`,
  reads: (label: string, share: string) => `read as ${label}, ${share}`,
  layer: "Layer",
  units: "Numbers an example",
  mean: "Mean",
  range: "From … to",
  zeros: "Zeros",
  parameter: "Parameter",
  numbers: "Numbers",
  gradient: "Length of the gradient",
  largest: "Its largest number",
  size: "Length before",
  change: "Length of the change",
  share: "Share",
});
