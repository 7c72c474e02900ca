/** What the figure of loss and accuracy says. */
import { messages } from "../words/messages.ts";

export const words = messages("f07-mean-loss", {
  question:
    "We make all ten scores twice as large, for every digit. What happens to the share that is read right, and to the loss?",
  both: "both change",
  loss: "only the loss changes",
  none: "neither changes",
  answer: (accuracy: string, before: string, after: string) =>
    `Only the loss: the order of the scores stays, so ${accuracy} stay right, but the mean loss goes from ${before} to ${after}. The loss also asks how sure an answer was.`,
  chart: "The loss of each of the first 100 test digits, the cheapest first",
  loss1: "C = −ln p of each digit",
  axis: "digits, sorted by their loss",
  handle: "one of the digits",
  at: (place: number, label: number, loss: string) => `number ${place}, a ${label}, loss ${loss}`,
  scale: "all scores times",
  mean: "mean loss of 100 digits",
  accuracy: "read right",
  median: "half of the digits cost at most",
  share: "the ten dearest cost, of the whole",
  one: (digit: string, label: number) => `Digit ${digit}, a ${label}`,
  read: (label: number, share: string, loss: string) =>
    `read as a ${label}; p of the right class ${share}; loss ${loss}`,
  picture: (label: number) => `The pixels of a ${label}`,
  rightMeans: "a digit that is read right, at the height of its loss",
  wrongMeans: "a digit that is read wrong",
});
