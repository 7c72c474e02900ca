/** What the figure of the chain rule says. */
import { messages } from "../words/messages.ts";

export const words = messages("f11-gears", {
  question:
    "When x turns by 1, u turns by 2. When u turns by 1, y turns by 3. By how much does y turn when x turns by 1?",
  add: "by 5, as 2 + 3",
  multiply: "by 6, as 2 · 3",
  last: "by 3: the last wheel decides",
  answer:
    "By 6: each wheel passes on its turn, multiplied. Along a chain the slopes multiply, and one slope near 0 stops everything behind it.",
  chart: (x: string, u: string, y: string) => `Three wheels: x at ${x} turns u to ${u}, and u turns y to ${y}`,
  x: "x",
  w: "w",
  u: "u = w·x",
  y: "y = σ(u)",
  push: "Each wedge shows how far a wheel turns if x turns by 0.5.",
  first: "du/dx = w",
  second: "dy/du = σ′(u)",
  product: "product dy/dx",
  measured: "measured, x ± 0.001",
  wheelMeans: "a number as a wheel: the larger it is, the further it is turned",
  wedgeMeans: "how far each wheel turns when x grows by 0.5",
  handMeans: "where the wheel stands now",
  turnsMeans: "which wheel turns which; above it the slope by which it does",
});
