/** The hidden layer of a traced digit, neuron by neuron. */
import type { DenseTrace, Trace } from "inkling/proofs";

/** One neuron's numbers: z = Σ w·x + b, a = σ(z). */
export interface Neuron {
  /** Its column of W: one weight a pixel. */
  readonly weights: readonly number[];
  /** w·x of each pixel: the terms of its sum, as the library rounds them. */
  readonly products: readonly number[];
  readonly b: number;
  readonly z: number;
  readonly a: number;
}

/** The first dense layer of a trace. */
export function hiddenOf(trace: Trace): DenseTrace {
  const found = trace.layers.find(({ dense }) => dense !== undefined)?.dense;
  if (found === undefined) throw new Error("The network of this figure needs a dense layer.");
  return found;
}

/** The last dense layer of a trace: its z are the logits. */
export function outputOf(trace: Trace): DenseTrace {
  return trace.layers.findLast(({ dense }) => dense !== undefined)?.dense ?? hiddenOf(trace);
}

/** Neuron j of a layer. */
export function neuronOf({ x, W, b, z, a }: DenseTrace, j: number): Neuron {
  const weights = Array.from({ length: W.rows }, (_, k) => W.values[k * W.columns + j] ?? 0);
  const products = weights.map((w, k) => Math.fround(w * (x[k] ?? 0)));
  return { weights, products, b: b[j] ?? 0, z: z[j] ?? 0, a: a[j] ?? 0 };
}
