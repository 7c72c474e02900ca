/** What the figure of the loss says. */
import { messages } from "../words/messages.ts";

export const words = messages("f06-loss", {
  question:
    "The right class has p = 0.01 in one answer and p = 0.6 in another. How many times more does the first one cost?",
  three: "about as much: wrong is wrong",
  nine: "about 9 times",
  sixty: "60 times, as 0.6 is 60 times 0.01",
  answer: (low: string, mid: string, factor: string, high: string) =>
    `p = 0.01 costs ${low}, p = 0.6 costs ${mid}: ${factor} times as much. A right answer that is sure (p = 0.9) costs ${high}, so it still pays a little.`,
  cost: "C = −ln p, with its tangent",
  chart: "The cost −ln p from p = 0 to 1, a point on it, and its tangent there",
  handle: "p of the right class",
  at: (p: string, cost: string) => `p = ${p}, cost ${cost}`,
  p: "p of the right class",
  loss: "C = −ln p",
  slope: "dC/dp = −1/p",
  delta: "∂C/∂z = p − 1",
  half: "half of p costs more by",
  curveMeans: "the loss −ln p for each p",
  tangentMeans: "the tangent at your p: its slope is −1/p",
  shownMeans: "the three answers of the question",
});
