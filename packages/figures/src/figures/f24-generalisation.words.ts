/** What the figure of generalisation says. */
import { messages } from "../words/messages.ts";

export const words = messages("f24-generalisation", {
  question: (count: string) =>
    `A network learns ${count} digits until it reads every one of them. How many of others does it read?`,
  all: "nearly all",
  most: "about four of five",
  half: "about half",
  answer: (count: string) =>
    `About four of five. It has learnt ${count} digits by heart, and some of what makes a digit. More digits close the gap: it is not the loss on what was learnt that counts.`,
  from: "Learn from",
  fetched: (count: string) => `${count} (loads 1.6 MB)`,
  decay: "with L2: weights shrink",
  epoch: "epoch",
  accuracy: "share that is read rightly",
  chart: (count: string) => `Accuracy after each epoch: on the ${count} digits that are learnt from, and on others`,
  learnt: "those it learns from",
  others: "others",
  gap: (learnt: string, others: string, count: string) =>
    `It reads ${learnt} of those it learns from, and ${others} of ${count} others.`,
  neverTitle: "What is never learnt",
  dark: (count: string) =>
    `${count} pixels have no ink in any digit of this training. In the strongest colour: the 67 that have none in all 60,000`,
  weights: "The weights of one hidden neuron, after training",
  changes: "How much training has changed them",
  still: (still: string, dark: string) =>
    `${still} of the ${dark} weights at pixels without ink have not changed by a single bit: x = 0, so that ∂C/∂W = x·δ = 0 for each digit. They keep the noise that they began with.`,
  fade: (first: string, now: string) =>
    `With L2 each step also takes a share of the weight itself away. So the noise at pixels without ink fades: its mean size was ${first}, and is ${now}.`,
  learntMeans: "the share that it reads of the digits that it learns from",
  othersMeans: "the share that it reads of digits that it has never seen",
  darkMeans: "pixels without ink: in this training, and (in the strongest colour) in all 60,000 digits",
  changesMeans: "each weight after training, less what it was before",
});
