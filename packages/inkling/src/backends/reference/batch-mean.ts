/**
 * A sum over the batch by the law of backends/backend.ts: inside a block of 128 examples from +0, examples ascending;
 * the block sums as a tree. In float64 the batch is one block. A mean is the total divided by the number of examples,
 * once.
 */
import type { Numbers, Precision } from "../../matrix.ts";
import { BLOCK } from "../backend.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";

/** `count` sums over m examples; `add` adds example i to a block's sums. */
type BatchSum = (m: number, count: number, add: (i: number, sum: Numbers) => void) => Numbers;

/** Writes the sum over m examples, divided by `terms`, to `mean`; `add` adds example i to a sum. */
type BatchMean = (m: number, terms: number, mean: CpuMatrix, add: (i: number, sum: Numbers) => void) => void;

/** The sum over the batch in one precision; `round` is rounding to it. */
export function batchSum(round: (x: number) => number, precision: Precision): BatchSum {
  return (m, count, add) => {
    const zeros = () => (precision === "float32" ? new Float32Array(count) : new Float64Array(count));
    const blockSize = precision === "float32" ? BLOCK : m;

    /** The sum of one block, from +0, examples ascending. */
    const blockSum = (block: number): Numbers => {
      const sum = zeros();
      for (let i = block * blockSize; i < Math.min((block + 1) * blockSize, m); i++) add(i, sum);
      return sum;
    };
    // S(lo, hi) = S(lo, lo + h) + S(lo + h, hi), h the largest power of two below hi − lo
    const tree = (lo: number, hi: number): Numbers => {
      if (hi === lo + 1) return blockSum(lo);
      let h = 1;
      while (2 * h < hi - lo) h *= 2;
      const [left, right] = [tree(lo, lo + h), tree(lo + h, hi)];
      for (let e = 0; e < left.length; e++) left[e] = round(left[e] + right[e]);
      return left;
    };
    return tree(0, Math.ceil(m / blockSize));
  };
}

/** The mean over the batch in one precision; `round` is rounding to it. */
export function batchMean(round: (x: number) => number, precision: Precision): BatchMean {
  const sumOverBatch = batchSum(round, precision);
  return (m, terms, mean, add) => {
    const { data } = mean;
    const total = sumOverBatch(m, data.length, add);
    const over = round(terms);
    for (let e = 0; e < data.length; e++) data[e] = round(total[e] / over);
  };
}
