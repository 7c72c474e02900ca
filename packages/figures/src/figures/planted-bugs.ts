/**
 * A backward pass of four lines, one of which may be wrong. It is wrong on purpose, so that it is written here and not
 * taken from the library; its numbers come from a trace, and without a bug its gradients are the trace's.
 */
import type { Traced } from "./traced.ts";

export type Bug = "sign" | "z for a" | "no slope" | "transposed" | "one path" | "added";

/** Each bug, and which of the four lines it is in. */
export const bugs: Readonly<Record<Bug, number>> = {
  sign: 0,
  "z for a": 1,
  "no slope": 2,
  transposed: 2,
  "one path": 2,
  added: 3,
};

/** What a program claims that the gradients are: inputs × outputs, row-major. */
export interface Claims {
  readonly b2: readonly number[];
  readonly W2: readonly number[];
  readonly b1: readonly number[];
  readonly W1: readonly number[];
}

export function claimsOf(traced: Traced, bug: Bug | undefined): Claims {
  const { hidden, p, label, trace } = traced;
  const y = (j: number) => (j === label ? 1 : 0);
  const sign = bug === "sign" ? -1 : 1;
  const delta2 = Array.from(p, (value, j) => sign * (value - y(j)));
  const below = bug === "z for a" ? hidden.z : hidden.a;
  const delta1 = Array.from(hidden.z, (_, i) => {
    const slope = bug === "no slope" ? 1 : (hidden.slope[i] ?? 0);
    return slope * broughtBack(traced, delta2, i, bug);
  });
  const outer = (x: ArrayLike<number>, delta: readonly number[], join: (x: number, d: number) => number) =>
    Array.from(x).flatMap((value) => delta.map((own) => join(value, own)));
  const product = (x: number, d: number) => x * d;
  return {
    b2: delta2,
    W2: outer(below, delta2, product),
    b1: delta1,
    W1: outer(trace.inputs, delta1, bug === "added" ? (x, d) => x + d : product),
  };
}

/** Σⱼ δⱼ·W of hidden neuron i, or what a bug makes of it. */
function broughtBack({ output }: Traced, delta: readonly number[], i: number, bug: Bug | undefined): number {
  const { values, columns } = output.W;
  const rows = values.length / columns;
  const terms = delta.map((own, j) => {
    // Read as if the matrix were outputs × inputs.
    const e = bug === "transposed" ? j * rows + i : i * columns + j;
    return own * (values[e] ?? 0);
  });
  return bug === "one path" ? (terms[0] ?? 0) : terms.reduce((sum, term) => sum + term, 0);
}
