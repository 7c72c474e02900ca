/** What the figure of (BP1) says. */
import { messages } from "../words/messages.ts";

export const words = messages("f14-output-error", {
  question: (digit: string) => `The image is a ${digit}. Which of the ten outputs are told to change?`,
  onlyRight: "only the right one",
  rightAndWrong: "the right one, and the one it was mixed up with",
  all: "all ten",
  answer: (label: string, own: string, other: string) =>
    `All ten. δ = p − y: the output of the ${label} has ${own}, so that a larger z would lower the loss; each of the others has its own probability, up to ${other}, so that a larger z would raise it.`,
  truth: "Let the right answer be",
  loss: "Which loss",
  crossEntropy: "Softmax and cross-entropy",
  quadratic: "Ten sigmoids and quadratic loss",
  p: "p, what the network says",
  delta: "δ = p − y, from −1 to +1",
  sum: (sum: string) => `All ten δ add up to ${sum}: what one output gains in probability, the others lose.`,
  gap: "a − y, how wrong each output is",
  crushedDelta: "δ = (a − y)·σ′(z), on the same scale",
  crushed:
    "The same ten sums z, put through ten sigmoids. Where a sigmoid is near 0 or 1 its slope σ′ is near 0, and δ is crushed, however wrong the output is.",
  jacobianTitle: "Where p − y comes from: softmax’s Jacobian",
  jacobian: (label: string, slope: string) =>
    `Each p depends on each z: 10 × 10 derivatives ∂pₖ/∂zⱼ, row k, column j. The loss looks at one p alone, so that ∂C/∂p is 0 but for ∂C/∂p${sub(label)} = −1/p${sub(label)} = ${slope}. Multiply, and one row is left: p − y.`,
  matrix: "Softmax’s Jacobian: row k, column j is ∂pₖ/∂zⱼ, both counted from 0",
  products: "Each row k of the Jacobian times ∂C/∂pₖ",
  column: "Each column’s sum after the multiplication, ∂C/∂zⱼ",
  counted: "Rows: p₀ to p₉. Columns: z₀ to z₉.",
  always: "What follows is softmax and cross-entropy, whichever loss is chosen above.",
  pickCell: "Point at a number of the matrix, or walk through it by the arrow keys.",
  onDiagonal: (k: string, _j: string, pk: string, _pj: string, value: string) =>
    `∂p${sub(k)}/∂z${sub(k)} = p${sub(k)}·(1 − p${sub(k)}) = ${pk} × (1 − ${pk}) = ${value}.`,
  offDiagonal: (k: string, j: string, pk: string, pj: string, value: string) =>
    `∂p${sub(k)}/∂z${sub(j)} = −p${sub(k)}·p${sub(j)} = −${pk} × ${pj} = ${value}.`,
  times: (k: string, slope: string, product: string) => `Times ∂C/∂p${sub(k)} = ${slope}: ${product}.`,
  gapMeans: "a − y: how far each output is from what it should be",
  productsMeans: "each row of the Jacobian times ∂C/∂p of its class",
  columnMeans: "the sum of each column: ∂C/∂z of each score",
  summary: (label: string, p: string, delta: string) => `Right is ${label}: p is ${p}, δ of its output ${delta}.`,
});

function sub(digit: string): string {
  return "₀₁₂₃₄₅₆₇₈₉"[Number(digit)] ?? digit;
}
