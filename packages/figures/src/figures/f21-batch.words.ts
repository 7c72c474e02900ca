/** What the figure of the batch says. */
import { messages } from "../words/messages.ts";

export const words = messages("f21-batch", {
  question: (count: string) =>
    `Ten digits out of ${count}, drawn at random. What does their gradient know of that of all?`,
  nothing: "nothing: it points anywhere",
  roughly: "it points roughly the same way",
  exactly: "it is almost the same",
  answer: (one: string, ten: string, hundred: string) =>
    `Roughly the same way, for a small part of the price: at the start of training one digit is off by ${one}° on average, ten by ${ten}°, a hundred by ${hundred}°. Any direction below 90° goes downhill, so that many cheap steps beat one exact one.`,
  size: "digits in the batch",
  another: "Another batch of this size",
  batch: (size: string) => `∂C/∂W of one neuron, batch of ${size}`,
  all: (count: string) => `∂C/∂W of the same neuron, all ${count}`,
  computing: "It computes …",
  between: (angle: string, time: string) =>
    `The angle between both, over all 23,860 numbers, is ${angle}°. This step took ${time} ms here.`,
  level: "90°: below, a step goes downhill",
  angle: "angle to the gradient of all, in degrees",
  chart: "The angle between the gradient of a batch and that of all digits, for five batches of each size",
  levelMeans: "90°: a step at a right angle goes neither up nor down",
  ownMeans: "the batch that is shown",
  othersMeans: "five batches of each size",
  angleMeans: "the angle between the gradient of the batch and that of all digits",
});
