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

/**
 * What a sigmoid with the input 1 puts out at the start and after each epoch, if it is to put out 0.
 *
 *   z = w + b,  a = σ(z)      quadratic δ = a·σ′(z)      cross-entropy δ = a      w ← w − η·δ,  b ← b − η·δ
 */
export function outputsOf(cost: "quadratic" | "crossEntropy", start: number, eta: number, epochs: number): number[] {
  const outputs: number[] = [];
  let z = logit(start);
  for (let epoch = 0; epoch <= epochs; epoch++) {
    const { a: values, slope: slopes } = activated("sigmoid", [z]);
    const [a = Number.NaN, slope = Number.NaN] = [values[0], slopes[0]];
    outputs.push(a);
    // δ = a·σ′(z), or a
    const delta = cost === "quadratic" ? a * slope : a;
    // w and b go down by η·δ each, so that z = w + b goes down by twice that
    z -= 2 * eta * delta;
  }
  return outputs;
}

/** The z that gives this output. */
export function logit(a: number): number {
  return Math.log(a / (1 - a));
}
