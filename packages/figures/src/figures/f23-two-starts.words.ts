/** What the figure of starts says. */
import { messages } from "../words/messages.ts";

export const words = messages("f23-two-starts", {
  question:
    "The same network, the same digits, the same 100 steps. Only the random first weights differ. How near to each other do eight trainings end?",
  same: "all at the same place",
  near: "within a point or two",
  far: "many points apart",
  answer:
    "Many points apart, and with other weights each time. At this rate the loss jumps on its way down, each start jumps in its own way, and what is learnt about other digits is another thing each time.",
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
