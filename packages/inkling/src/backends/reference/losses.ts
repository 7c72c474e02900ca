/**
 * The losses as plain loops: one number an example, and the gradient at its outputs. What is reported of a data set,
 * losses and hits, is summed here too. Chapter 1, (6), and chapter 3, "Softmax".
 */
import { Labels, largest } from "../../matrix.ts";
import type { Arithmetic } from "../../numbers/float32.ts";
import { BLOCK } from "../backend.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import type { KernelSet } from "../kernel-set.ts";

type Losses = Pick<
  KernelSet,
  | "softmaxCrossEntropy"
  | "squaredError"
  | "weightedCrossEntropy"
  | "binaryCrossEntropy"
  | "huberError"
  | "absoluteError"
  | "sumLosses"
  | "countHits"
>;

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

/** ln(1 + e) for e from 0 to 1. With u = 1 + e rounded, ln u·e / (u − 1) undoes the rounding; e itself where u = 1. */
function logOfSum({ round, log }: Arithmetic, e: number): number {
  const u = round(1 + e);
  return u === 1 ? e : round(round(log(u) * e) / round(u - 1));
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

    weightedCrossEntropy(z, labels, weights, smoothing, losses, dZ) {
      const [m, n] = [z.rows, z.columns];
      // The smoothed target: on at the label, off elsewhere.
      const [on, off] = [round(1 - smoothing + smoothing / n), round(smoothing / n)];
      labels.check(n);
      for (let i = 0; i < m; i++) {
        // t_c = w_c·q_c
        const term = (c: number) => round(weights.data[c] * (c === labels.at(i) ? on : off));
        // dZ holds p first.
        const { max, logSum } = softmaxRow(math, z, i, dZ);
        let total = 0;
        let loss = 0;
        for (let c = 0; c < n; c++) {
          total = round(total + term(c));
          // Cᵢ = Σ_c t_c·(ln Σ exp(zₖ − M) − (z_c − M))
          loss = round(loss + round(term(c) * round(logSum - round(z.data[i * n + c] - max))));
        }
        losses.data[i] = loss;
        for (let j = 0; j < n; j++) {
          // ∂Cᵢ/∂zⱼ = pⱼ·Σ_c t_c − tⱼ
          dZ.data[i * n + j] = round(round(dZ.data[i * n + j] * total) - term(j));
        }
      }
    },

    binaryCrossEntropy(z, y, weight, losses, dZ) {
      const w = round(weight);
      for (let i = 0; i < z.rows; i++) {
        let sum = 0;
        for (let j = i * z.columns; j < (i + 1) * z.columns; j++) {
          const [zj, yj] = [z.data[j], y.data[j]];
          const most = zj <= 0 ? 0 : zj;
          // ln(1 + exp zⱼ) − zⱼ·yⱼ = (max(0, zⱼ) − zⱼ·yⱼ) + ln(1 + exp(−|zⱼ|))
          sum = round(sum + round(round(most - round(zj * yj)) + logOfSum(math, math.exp(-Math.abs(zj)))));
          // ∂Cᵢ/∂zⱼ = w·(σ(zⱼ) − yⱼ)
          dZ.data[j] = round(w * round(math.sigmoid(zj) - yj));
        }
        // Cᵢ = w·Σⱼ (ln(1 + exp zⱼ) − zⱼ·yⱼ)
        losses.data[i] = round(w * sum);
      }
    },

    huberError(a, y, delta, weight, losses, dA) {
      const [w, most] = [round(weight), round(delta)];
      for (let i = 0; i < a.rows; i++) {
        let sum = 0;
        for (let j = i * a.columns; j < (i + 1) * a.columns; j++) {
          const d = round(a.data[j] - y.data[j]);
          // g = d held between −δ and δ
          const g = d > most ? most : d < -most ? -most : d;
          // h(d) = g·(d − g/2): ½·d² up to δ, δ·(|d| − ½·δ) beyond
          sum = round(sum + round(g * round(d - round(0.5 * g))));
          // ∂Cᵢ/∂aⱼ = w·g
          dA.data[j] = round(w * g);
        }
        // Cᵢ = w·Σⱼ h(aⱼ − yⱼ)
        losses.data[i] = round(w * sum);
      }
    },

    absoluteError(a, y, weight, losses, dA) {
      const w = round(weight);
      for (let i = 0; i < a.rows; i++) {
        let sum = 0;
        for (let j = i * a.columns; j < (i + 1) * a.columns; j++) {
          const d = round(a.data[j] - y.data[j]);
          sum = round(sum + Math.abs(d));
          // ∂Cᵢ/∂aⱼ = w·sign(aⱼ − yⱼ), 0 where they are equal
          dA.data[j] = round(w * (d > 0 ? 1 : d < 0 ? -1 : d));
        }
        // Cᵢ = w·Σⱼ |aⱼ − yⱼ|
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
