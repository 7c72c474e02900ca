/**
 * The quantities of a network that figures and panes show: their letters, which are the same in every language, and
 * what they mean.
 */
import { messages } from "./messages.ts";

export const symbols = {
  x: "x",
  W: "w",
  b: "b",
  products: "w·x",
  z: "z",
  a: "a",
  slope: "σ′(z)",
  y: "y",
  p: "p",
  loss: "C",
  dA: "∂C/∂a",
  delta: "δ",
  dW: "∂C/∂w",
  db: "∂C/∂b",
  dX: "∂C/∂x",
  change: "Δw",
  after: "w after",
  difference: "ΔC/2h",
  error: "ε",
  jacobian: "∂pⱼ/∂zₖ",
  xHat: "x̂",
  scale: "γ",
  shift: "β",
  dScale: "∂C/∂γ",
  dShift: "∂C/∂β",
} as const;

export type QuantityName = keyof typeof symbols;

export const meanings = messages("quantities", {
  x: "what comes in: a pixel (0 is paper, 1 is ink), or what the layer below gives",
  W: "a weight: how much one input counts for one neuron",
  b: "the bias of a neuron: what it adds whatever comes in",
  products: "a weight times its input: what this input adds to the sum",
  z: "the sum of all weights times inputs, and the bias",
  a: "what the neuron gives: the sum bent by the activation, a = σ(z)",
  slope: "the slope of the activation at z: how much a moves when z does",
  y: "what the answer should be: 1 at the right class, 0 elsewhere",
  p: "the probability of a class, by softmax",
  loss: "the loss (cost): how wrong the answer is for this example",
  dA: "how the loss changes with what a neuron gives",
  delta: "δ = ∂C/∂z: how the loss changes with the neuron's sum",
  dW: "how the loss changes with a weight: its input times the neuron's δ",
  db: "how the loss changes with a bias: it is δ itself",
  dX: "how the loss changes with an input",
  change: "what one training step by this example adds to a weight",
  after: "a parameter after one training step by this example",
  difference: "the same derivative measured: the weight is moved by h to both sides, and the loss is computed again",
  error: "how far the measured derivative is from the computed one, as a share of the larger one",
  jacobian: "how one probability changes with one score",
  xHat: "an input minus the mean, divided by the spread",
  scale: "γ: what a normalized number is multiplied with, one for each channel",
  shift: "β: what is added after that, one for each channel",
  dScale: "how the loss changes with γ: the sum of δ times x̂",
  dShift: "how the loss changes with β: the sum of δ",
} satisfies Readonly<Record<QuantityName, string>>);
