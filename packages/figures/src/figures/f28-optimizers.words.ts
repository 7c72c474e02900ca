/** What the figure of optimizers says. */
import { messages } from "../words/messages.ts";

export const words = messages("f28-optimizers", {
  question:
    "A valley is a hundred times as steep across as along. With longer steps, plain descent climbs out of it. How does momentum get along it faster, at the same rate?",
  longer: "it makes all steps longer",
  adds: "back and forth cancels, one way adds up",
  knows: "it sees where the valley leads",
  answer:
    "What goes the same way adds up. The velocity is a sum of slopes: across the valley they change their sign and cancel, along it they all point the same way.",
  stretch: "κ",
  stretchLong: "κ: how many times as steep it is across",
  rate: "η",
  rateLong: "η: the rate of plain descent and momentum",
  mu: "μ",
  muLong: "μ: the share of its velocity that momentum keeps",
  adamRate: "η, Adam",
  adamRateLong: "η: the rate of Adam",
  descentName: "plain descent",
  momentumName: "momentum",
  adamName: "Adam",
  ground: "x, along",
  up: "y, across",
  chart: "The valley from above, with lines of equal loss, and the ways of plain descent, momentum and Adam",
  start: "Where all three begin",
  at: (x: string, y: string) => `x = ${x}, y = ${y}`,
  roll: "Let them roll",
  pause: "Pause",
  step: "step",
  losses: "The loss of the three over the steps, as a share of the first, on a scale of powers of ten",
  loss: "C, as a share of the first",
  needed: "Until C is a thousandth",
  steps: (count: string) => `${count} steps`,
  never: (count: string) => `not in ${count} steps`,
  away: "it climbs out",
  levelMeans: "a line on which the loss is the same everywhere",
  descentMeans: "plain descent, step by step: its way, and its loss",
  momentumMeans: "momentum, from the same start with the same η",
  adamMeans: "Adam, from the same start with a rate of its own",
  limit: (limit: string) =>
    `κ: how many times as steep it is across. μ: the share of its velocity that momentum keeps. Plain descent comes to rest only for η below 2/κ = ${limit}.`,
});
