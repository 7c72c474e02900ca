/** What the figure of overfitting says. */
import { messages } from "../words/messages.ts";

export const words = messages("f26-overfitting", {
  question: (count: string) =>
    `A network learns ${count} digits until it reads every one of them. Of others it reads only half. Which of these helps the others most?`,
  first: "dropout",
  second: "a pull on the weights (L2)",
  third: "five times as many digits",
  answer: (few: string, many: string) =>
    `More digits. What is learnt by heart from ${few} cannot all be learnt by heart from ${many}. But the cures add up: try L2 with them, or smaller first weights.`,
  cures: "Switch on",
  decay: "L2",
  dropout: "dropout",
  changed: "digits that change",
  more: "five times the digits",
  small: "smaller first weights",
  lambda: "λ of L2",
  lambdaExponent: "log₁₀ of λ",
  rate: "dropout’s rate",
  step: "step",
  loss: "loss",
  chart: "The loss over 1,000 steps: on the digits that are learnt from, and on others",
  learnt: "learnt from",
  others: "others",
  nothing: "others, without a cure",
  best: "lowest",
  training: "It trains …",
  gap: (learnt: string, others: string, count: string) =>
    `It reads ${learnt} of the digits that it learns from, and ${others} of ${count} others.`,
  early: (step: string, low: string, end: string) =>
    `The loss on others is lowest at step ${step}, ${low}, and ends at ${end}: after about there it fell no further.`,
  still: "The loss on others was about lowest at the end.",
  tries: "What you have tried",
  cure: "cures",
  none: "none",
  readLearnt: "learnt from",
  readOthers: "others",
  lossOthers: "loss, others",
  learntMeans: "the mean loss of the digits that are learnt from",
  othersMeans: "the mean loss of other digits, with the cures that are switched on",
  plainMeans: "the same without a cure, to compare with",
  lowestMeans: "the lowest of the losses on others: after about there they fell no further",
  what: (learn: string, more: string, judge: string) =>
    `784-30-10, sigmoid, batches of 10, η = 0.5, 1,000 steps. ${learn} digits to learn from (${more} with five times as many), ${judge} others to judge by. First weights N(0, 1), as in the book’s first program; the smaller ones N(0, 1/n). Digits that change: moved by up to a pixel, turned by up to 10°, up to a tenth larger or smaller, anew in each epoch.`,
});
