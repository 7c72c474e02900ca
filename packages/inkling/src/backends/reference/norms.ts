/**
 * Norms and what is done with them, as plain loops: a sum of squares, a scaling, the limit of each column's norm. The
 * L1 penalty and averages of weights stand here too: what is done to parameters and gradients besides the updates.
 */
import type { Arithmetic } from "../../numbers/float32.ts";
import { TreeSum } from "../../numbers/tree-sum.ts";
import { NORM_BLOCK } from "../backend.ts";
import type { KernelSet } from "../kernel-set.ts";

type Norms = Pick<KernelSet, "addSign" | "sumSquares" | "scale" | "limitColumns" | "average">;

/** The norms in one precision. Their sums are in float64 always. */
export function normLoops({ round }: Arithmetic): Norms {
  return {
    addSign(gradient, value, lambda) {
      const l = round(lambda);
      for (let e = 0; e < value.data.length; e++) {
        const w = value.data[e];
        // ∂C/∂W ← ∂C/∂W + λ·sign(W); ±0 and NaN are their own signs
        gradient.data[e] = round(gradient.data[e] + (w > 0 ? l : w < 0 ? -l : w));
      }
    },

    sumSquares(gradient, squares) {
      const { data } = gradient;
      for (let from = 0; from < data.length; from += NORM_BLOCK) {
        // A block's Σ x² from +0, in float64; TreeSum adds the blocks as a tree.
        let sum = 0;
        for (let e = from; e < Math.min(from + NORM_BLOCK, data.length); e++) sum += data[e] * data[e];
        squares.sum.add(sum);
      }
    },

    scale(gradient, s) {
      const factor = round(s);
      // ∂C/∂W ← s·∂C/∂W
      for (let e = 0; e < gradient.data.length; e++) gradient.data[e] = round(factor * gradient.data[e]);
    },

    limitColumns(value, limit) {
      const { rows, columns, data } = value;
      const c = round(limit);
      const squares = new TreeSum();
      for (let j = 0; j < columns; j++) {
        squares.reset();
        for (let from = 0; from < rows; from += NORM_BLOCK) {
          let sum = 0;
          for (let k = from; k < Math.min(from + NORM_BLOCK, rows); k++) {
            sum += data[k * columns + j] * data[k * columns + j];
          }
          squares.add(sum);
        }
        const norm = Math.sqrt(squares.total);
        if (!(norm > c)) continue;
        const s = round(c / norm);
        // Wⱼ ← s·Wⱼ
        for (let k = 0; k < rows; k++) data[k * columns + j] = round(s * data[k * columns + j]);
      }
    },

    average(mean, value, decay) {
      const [d, fresh] = [round(decay), round(1 - decay)];
      for (let e = 0; e < value.data.length; e++) {
        // A ← d·A + (1 − d)·W
        mean.data[e] = round(round(d * mean.data[e]) + round(fresh * value.data[e]));
      }
    },
  };
}
