/** What the figure of softmax says. */
import { messages } from "../words/messages.ts";

export const words = messages("f05-softmax", {
  question: "You raise the score of the 3 and touch nothing else. Which probabilities change?",
  onlyOne: "only that of the 3",
  two: "that of the 3 and that of the leader",
  all: "all ten",
  answer: (before: string, after: string) =>
    `All ten: they share one whole. When the score of the 3 rises by 1, the 3 goes from ${before} to ${after}, and every other one loses the same share of what it had.`,
  scores: "Scores z: drag them",
  probabilities: "Probabilities p = softmax(z)",
  score: (digit: number) => `score of the ${digit}`,
  sum: "Sum of the ten p",
  shift: "Add to all ten scores",
  shiftNote: "Move this one: no probability changes. Only differences between scores count.",
  raise: "The 3: score + 1",
  reset: "As at first",
  summary: (shares: string) => `The probabilities: ${shares}.`,
});
