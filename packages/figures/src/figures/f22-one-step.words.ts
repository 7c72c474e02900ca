/** What the figure of one step says. */
import { messages } from "../words/messages.ts";

export const words = messages("f22-one-step", {
  question: "The slope predicts that a step lowers the loss by η·|g|². Is it so?",
  always: "yes, for each η",
  short: "for short steps only",
  never: "no, only roughly",
  answer:
    "For short steps only. There prediction and measurement agree in several digits. With a longer step the loss curves away, falls less than predicted, and at last the step makes it larger.",
  predicted: "predicted",
  measured: "measured",
  predictedLong: "−η·|g|², as predicted",
  measuredLong: "ΔC, as measured",
  rate: "η, the learning rate",
  change: "ΔC, how one step changes the loss",
  chart: "The change of the loss by one step over the learning rate: predicted and measured",
  at: (rate: string, change: string) => `η = ${rate}: the loss changes by ${change}`,
  predictedMeans: "what the slope predicts: −η·|g|²",
  measuredMeans: "what one step really changes",
  squareMeans: "|g|²: the sum of the squares of all 23,860 gradients",
});
