/** What all figures of training say where one diverges. */
import { messages } from "../words/messages.ts";

export const words = messages("learning", {
  diverged: (epoch: string, step: string, layer: string) =>
    `In epoch ${epoch}, step ${step}, the numbers of ${layer} were no longer finite: each step made them larger than the one before. The training has stopped there.`,
  divergedLoss: (epoch: string, step: string) =>
    `In epoch ${epoch}, step ${step}, the loss was no longer finite. The training has stopped there.`,
  again: "Train again",
});
