/** What the figure of starts says. */
import { messages } from "../words/messages.ts";

export const words = messages("f23-two-starts", {
  question:
    "The original's network, the same digits, the same 100 steps. Only the random first weights differ. Seeds 1 and " +
    "2 read equally many other digits. How alike are their trained weights?",
  same: "nearly the same",
  order: "the same, with the neurons in another order",
  other: "no neuron is like any of the other’s",
  answer:
    "With the original's start no neuron of one is like any of the other’s: these first weights are large, and each " +
    "neuron is still nearly what it began as. There is not one right solution. What the training adds is more alike, " +
    "and where the first weights are small, as He’s, it outweighs the start in about half of the neurons.",
  alike: (trained: string, started: string, learned: string, kept: string) =>
    "The cosine is 1 for weights that point the same way, and about 0 for those that have nothing to do with each " +
    `other. Of all pairs of hidden neurons, one from each network, it is ${trained} for the two that are most alike. ` +
    `Before the training it was ${started}. Of what the training has added it is ${learned}. Each neuron has at ` +
    `least ${kept} with its own start.`,
  starts: "How the weights begin",
  uniform: "as the original: uniform(−0.5, 0.5), ReLU",
  he: "He’s, ReLU",
  tanh: "uniform(−0.5, 0.5), tanh",
  step: "step",
  loss: "loss",
  chart: "The loss of eight trainings that differ in their seed alone",
  andDashed: (seed: string, other: string) => `${seed}; dashed: seed ${other}`,
  seed: (seed: string) => `seed ${seed}`,
  ends: (count: string) => `The share of ${count} other digits that each reads`,
  training: "It trains, one seed after the other …",
  spread: (low: string, high: string, first: string, last: string, learn: string, judge: string) =>
    `784-10-10, ${learn} digits in one batch, η = 1: from ${low} to ${high} of ${judge} other digits. The first losses are from ${first} to ${last}; a guess among ten would cost ln 10 = 2.30.`,
  shown: "weights of seed",
  weights: (seed: string) => `The weights of the ten hidden neurons of seed ${seed}, as pictures of 28 × 28`,
  shownMeans: "the losses of the two trainings whose weights are shown below",
  othersMeans: "the losses of the six others",
});
