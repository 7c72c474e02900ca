/** What the quiz of the planted bug says. Its lines show what the program computes, wrong as it is. */
import { messages } from "../words/messages.ts";
import type { Bug } from "./planted-bugs.ts";

/** The four lines as they should be. */
export const LINES = [
  "δ₂ = p − y",
  "∂C/∂W₂ = aᵀ·δ₂,   ∂C/∂b₂ = δ₂",
  "δ₁ = (δ₂·W₂ᵀ) ⊙ σ′(z),   ∂C/∂b₁ = δ₁",
  "∂C/∂W₁ = xᵀ·δ₁",
];

const reasons: Readonly<Record<Bug, string>> = {
  sign: "It computes y − p: all four gradients have the wrong sign, so that each step would climb.",
  "z for a": "It multiplies δ₂ with z where it should take a: only the weights of the last layer are wrong.",
  "no slope": "It forgets σ′(z): both gradients of the first layer are too large, each neuron by another factor.",
  transposed: "It reads W₂ as if it were transposed: both gradients of the first layer are wrong, some even in sign.",
  "one path": "It takes one of the ten paths in place of their sum: both gradients of the first layer are wrong.",
  added: "It adds x and δ₁ in place of multiplying: only the weights of the first layer are wrong.",
};

export const words = messages("f19-planted-bug", {
  question:
    "This backward pass has four lines, and the program makes a mistake in one of them. Measure some gradients, then press the line that is computed wrongly.",
  measure: "Measure one of",
  measured: "What was measured",
  hint: "Where the program’s number and the measured one differ, a mistake is at work, in that line or in one before it.",
  b2: "∂C/∂b₂",
  W2: "∂C/∂W₂",
  b1: "∂C/∂b₁",
  W1: "∂C/∂W₁",
  number: "gradient",
  claimed: "the program says",
  slope: "measured",
  verdict: "verdict",
  equal: "equal",
  different: "different",
  right: "Found.",
  wrong: (line: string) => `No, it is line ${line}.`,
  why: (bug: Bug) => reasons[bug],
  next: "Another bug",
  summary: (name: string, claimed: string, measured: string, agrees: boolean) =>
    `${name}: the program says ${claimed}, measured is ${measured}. They ${agrees ? "agree" : "differ"}.`,
});
