/**
 * The library's own arithmetic for figures of one neuron or one formula: its reference operations in float64, on rows
 * of a few numbers.
 */
import type { ActivationName } from "inkling";
import { labels, type Matrix } from "inkling/backends";
import { type CpuMatrix, Reference } from "inkling/proofs";

const ops = new Reference("float64");

function row(values: ArrayLike<number>): CpuMatrix {
  const matrix = ops.matrix(1, values.length);
  ops.write(matrix, values);
  return matrix;
}

const numbersOf = (matrix: Matrix) => Array.from((matrix as CpuMatrix).data);

/** a = σ(z) and σ′(z) of each z. */
export function activated(
  name: ActivationName,
  zs: ArrayLike<number>,
): { readonly a: readonly number[]; readonly slope: readonly number[] } {
  const z = row(zs);
  const a = ops.activate(z, name);
  // δ = ∂C/∂a · σ′(z), and here ∂C/∂a is 1
  const slope = ops.activateBackward(row(Array.from(zs, () => 1)), z, a, name);
  return { a: numbersOf(a), slope: numbersOf(slope) };
}

/** p = softmax(z). */
export function softmax(zs: ArrayLike<number>): readonly number[] {
  return numbersOf(ops.softmax(row(zs)));
}

/** C = −ln p_y of these logits, and ∂C/∂z = p − y. */
export function crossEntropyOf(
  zs: ArrayLike<number>,
  label: number,
): { readonly loss: number; readonly dZ: readonly number[] } {
  const { losses, dZ } = ops.softmaxCrossEntropy(row(zs), labels([label]));
  return { loss: numbersOf(losses)[0] ?? Number.NaN, dZ: numbersOf(dZ) };
}

/** z = w·x + b and a = σ(z) of one neuron. */
export function neuronOutput(
  x: readonly number[],
  weights: readonly number[],
  bias: number,
  name: ActivationName,
): { readonly z: number; readonly a: number } {
  const W = ops.matrix(weights.length, 1);
  ops.write(W, weights);
  const { z, a } = ops.affine(row(x), W, row([bias]), name);
  return { z: numbersOf(z)[0] ?? Number.NaN, a: numbersOf(a)[0] ?? Number.NaN };
}
