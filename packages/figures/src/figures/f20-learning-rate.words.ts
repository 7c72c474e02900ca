/** What the figure of the learning rate says. */
import { messages } from "../words/messages.ts";

export const words = messages("f20-learning-rate", {
  question: "Three trainings from the same start. The rates are 0.1, 1 and 10. Which one is lowest after 80 steps?",
  smallest: "0.1",
  middle: "1",
  largest: "10, the fastest",
  answer:
    "The middle one. With 0.1 each step is safe and short. With 10 each step is longer than the valley is wide: it lands on the other side, higher up.",
  rate: "η, the middle rate",
  rateExpected: (low: string, high: string) => `log₁₀ of the rate, from ${low} to ${high}`,
  start: "Start",
  startOf: (seed: string) => `Start ${seed}`,
  smallerRate: "Take a smaller rate",
  steps: "step",
  loss: "loss of the step’s batch",
  chart: "The loss of each step’s batch for three learning rates",
  training: "trains …",
  learnt: (loss: string, share: string) => `loss ${loss}, reads ${share}`,
  left: (loss: string, share: string) => `has left the valley: loss ${loss}, above its start; reads ${share}`,
  diverged: "diverged: its numbers grew beyond all bounds",
  smallMeans: "the loss of each step with a tenth of the rate",
  ownMeans: "the loss of each step with the rate that you chose",
  largeMeans: "the loss of each step with ten times the rate",
  what: (learn: string, judge: string, steps: string) =>
    `Each: 784-30-10, ${steps} steps of 20 digits out of ${learn}; “reads” is the share of ${judge} other digits.`,
});
