/**
 * The products as plain loops. Element (i, j) of a matrix with n columns is data[i·n + j].
 *
 *   x (m × k)   W (k × n)   b (1 × n)   z, δ (m × n)
 *
 * The loops run in the order i, l, j: each element still adds its terms with l ascending, and a row of W is read as it
 * lies in memory. Means over the batch follow the law of backend.ts: blocks of 128 examples, added as a tree.
 */
import { Pixels, type Precision } from "../../matrix.ts";
import type { Arithmetic } from "../../numbers/float32.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import type { KernelSet } from "../kernel-set.ts";
import { batchMean } from "./batch-mean.ts";

type Products = Pick<KernelSet, "product" | "meanOuter" | "productTransposed" | "meanRows" | "unpack" | "addScaled">;

/** The products in one precision. `round` is rounding to it, after every + − × ÷. */
export function productLoops({ round }: Arithmetic, precision: Precision): Products {
  /** xᵢₗ; of pixels byte / 255, divided and rounded once. */
  function element(x: CpuMatrix | Pixels, i: number, l: number): number {
    if (x instanceof Pixels) return round(x.bytes[x.offset(i) + l] / 255);
    return x.data[i * x.columns + l];
  }

  const meanOverBatch = batchMean(round, precision);

  return {
    product(x, W, b, z) {
      const [m, k, n] = [x.rows, x.columns, W.columns];
      z.data.fill(0);
      for (let i = 0; i < m; i++) {
        for (let l = 0; l < k; l++) {
          if (x instanceof Pixels && isZero(x, i, l)) continue;
          const xil = element(x, i, l);
          // zᵢⱼ = Σₗ xᵢₗ·Wₗⱼ
          for (let j = 0; j < n; j++) z.data[i * n + j] = round(z.data[i * n + j] + round(xil * W.data[l * n + j]));
        }
      }
      if (b === undefined) return;
      for (let i = 0; i < m; i++) {
        // zᵢⱼ = (x·W)ᵢⱼ + bⱼ
        for (let j = 0; j < n; j++) z.data[i * n + j] = round(z.data[i * n + j] + b.data[j]);
      }
    },

    meanOuter(x, delta, dW, terms) {
      const [k, n] = [x.columns, delta.columns];
      meanOverBatch(x.rows, terms, dW, (i, sum) => {
        for (let l = 0; l < k; l++) {
          if (x instanceof Pixels && isZero(x, i, l)) continue;
          const xil = element(x, i, l);
          // ∂C/∂Wₗⱼ = (1/m)·Σᵢ xᵢₗ·δᵢⱼ
          for (let j = 0; j < n; j++) sum[l * n + j] = round(sum[l * n + j] + round(xil * delta.data[i * n + j]));
        }
      });
    },

    productTransposed(delta, W, dX) {
      const [m, k, n] = [delta.rows, W.rows, W.columns];
      for (let i = 0; i < m; i++) {
        for (let l = 0; l < k; l++) {
          // ∂C/∂xᵢₗ = Σⱼ δᵢⱼ·Wₗⱼ
          let sum = 0;
          for (let j = 0; j < n; j++) sum = round(sum + round(delta.data[i * n + j] * W.data[l * n + j]));
          dX.data[i * k + l] = sum;
        }
      }
    },

    meanRows(delta, db, terms) {
      const n = delta.columns;
      meanOverBatch(delta.rows, terms, db, (i, sum) => {
        // ∂C/∂bⱼ = (1/m)·Σᵢ δᵢⱼ
        for (let j = 0; j < n; j++) sum[j] = round(sum[j] + delta.data[i * n + j]);
      });
    },

    unpack(pixels, x) {
      const { rows, columns } = pixels;
      for (let i = 0; i < rows; i++) {
        // xᵢⱼ = byte / 255
        for (let j = 0; j < columns; j++) x.data[i * columns + j] = element(pixels, i, j);
      }
    },

    addScaled(x, y, scale, z) {
      const s = round(scale);
      // z = x + s·y
      for (let e = 0; e < z.data.length; e++) z.data[e] = round(x.data[e] + round(s * y.data[e]));
    },
  };
}

/** Whether pixel l of image i is 0, so that its term is left out. */
function isZero(x: Pixels, i: number, l: number): boolean {
  return x.bytes[x.offset(i) + l] === 0;
}
