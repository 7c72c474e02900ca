/**
 * The losses as plain loops: one number an example, and the gradient at its outputs. What is reported of a data set,
 * losses and hits, is summed here too. Chapter 1, (6), and chapter 3, "Softmax".
 */
import { Labels, largest } from "../../matrix.ts";
import type { Arithmetic } from "../../numbers/float32.ts";
import { BLOCK } from "../backend.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import type { KernelSet } from "../kernel-set.ts";

type Losses = Pick<KernelSet, "softmaxCrossEntropy" | "squaredError" | "sumLosses" | "countHits">;

/** Writes row i of softmax(z) into row i of p; returns M = max z and ln Σ exp(zₖ − M). */
export function softmaxRow(
  { round, exp, log }: Arithmetic,
  z: CpuMatrix,
  i: number,
  p: CpuMatrix,
): { max: number; logSum: number } {
  const n = z.columns;
  let max = z.data[i * n];
  for (let j = 1; j < n; j++) if (z.data[i * n + j] > max) max = z.data[i * n + j];
  let sum = 0;
  for (let j = 0; j < n; j++) sum = round(sum + exp(round(z.data[i * n + j] - max)));
  const logSum = log(sum);
  // pⱼ = exp((zⱼ − M) − ln Σ exp(zₖ − M))
  for (let j = 0; j < n; j++) p.data[i * n + j] = exp(round(round(z.data[i * n + j] - max) - logSum));
  return { max, logSum };
}

/** The losses in one precision. */
export function lossLoops(math: Arithmetic): Losses {
  const { round } = math;
  return {
    softmaxCrossEntropy(z, labels, losses, dZ) {
      const [m, n] = [z.rows, z.columns];
      labels.check(n);
      for (let i = 0; i < m; i++) {
        const y = labels.at(i);
        // dZ holds p until y is taken off.
        const { max, logSum } = softmaxRow(math, z, i, dZ);
        // Cᵢ = ln Σ exp(zₖ − M) − (z_y − M)
        losses.data[i] = round(logSum - round(z.data[i * n + y] - max));
        // ∂Cᵢ/∂z = p − y
        dZ.data[i * n + y] = round(dZ.data[i * n + y] - 1);
      }
    },

    squaredError(a, y, weight, losses, dA) {
      const [m, n] = [a.rows, a.columns];
      const [w, twice] = [round(weight), round(2 * weight)];
      if (y instanceof Labels) y.check(n);
      // A label stands for a one-hot row.
      const target = (i: number, j: number) => (y instanceof Labels ? (j === y.at(i) ? 1 : 0) : y.data[i * n + j]);
      for (let i = 0; i < m; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) {
          const difference = round(a.data[i * n + j] - target(i, j));
          sum = round(sum + round(difference * difference));
          // ∂Cᵢ/∂aⱼ = 2w·(aⱼ − yⱼ)
          dA.data[i * n + j] = round(twice * difference);
        }
        // Cᵢ = w·Σ (aⱼ − yⱼ)²
        losses.data[i] = round(w * sum);
      }
    },

    sumLosses(losses, totals) {
      const m = losses.rows;
      for (let from = 0; from < m; from += BLOCK) {
        // A block's sum from +0, in float64; TreeSum adds the blocks as a tree.
        let sum = 0;
        for (let i = from; i < Math.min(from + BLOCK, m); i++) sum += losses.data[i];
        totals.loss.add(sum);
      }
      totals.examples += m;
    },

    countHits(outputs, labels, totals) {
      for (let i = 0; i < outputs.rows; i++) {
        if (largest(outputs.data, i, outputs.columns) === labels.at(i)) totals.hits += 1;
      }
    },
  };
}
