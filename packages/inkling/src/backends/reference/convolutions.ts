/**
 * Convolutions as plain loops. An image is height × width × channels, row-major; of m examples each is a row of x. The
 * window stops at positions p, numbered row-major, and its tap t then looks at the image's number `at`.
 *
 *   x (m × height·width·channels)   W (taps × filters)   b (1 × filters)   z, δ (m × positions·filters)
 *
 * So a convolution is a product with a virtual matrix of patches, whose row p and column t is x[at]: `lookAt` goes
 * through it. A tap on padding is not in it. The order of these visits is the order of every sum.
 */
import { type Numbers, Pixels, type Precision } from "../../matrix.ts";
import type { Arithmetic } from "../../numbers/float32.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import type { KernelSet } from "../kernel-set.ts";
import { rowsInside, type Window } from "../window.ts";
import { batchMean } from "./batch-mean.ts";

type Convolutions = Pick<KernelSet, "convolve" | "convolveBackward" | "convolveOuter" | "meanPositions">;

/** The convolutions in one precision. */
export function convolutionLoops({ round }: Arithmetic, precision: Precision): Convolutions {
  const meanOverBatch = batchMean(round, precision);

  /** Number `at` of image i; of pixels byte / 255. */
  function element(x: CpuMatrix | Pixels, i: number, at: number): number {
    if (x instanceof Pixels) return round(x.bytes[x.offset(i) + at] / 255);
    return x.data[i * x.columns + at];
  }

  return {
    convolve(x, W, b, window, z) {
      const [m, F, o] = [x.rows, W.columns, z.columns];
      z.data.fill(0);
      for (let i = 0; i < m; i++) {
        lookAt(window, (p, t, at) => {
          if (x instanceof Pixels && isZero(x, i, at)) return;
          const xAt = element(x, i, at);
          const from = i * o + p * F;
          // z_p = Σₜ x_(p+t)·Wₜ
          for (let f = 0; f < F; f++) z.data[from + f] = round(z.data[from + f] + round(xAt * W.data[t * F + f]));
        });
      }
      // z_p = Σₜ x_(p+t)·Wₜ + b
      for (let e = 0; e < z.data.length; e++) z.data[e] = round(z.data[e] + b.data[e % F]);
    },

    convolveBackward(delta, W, window, dX) {
      const [m, F, o] = [delta.rows, W.columns, delta.columns];
      dX.data.fill(0);
      for (let i = 0; i < m; i++) {
        lookAt(window, (p, t, at) => {
          // ∂C/∂x_(p+t) = Σ δ_p·Wₜ
          let sum = dX.data[i * dX.columns + at];
          for (let f = 0; f < F; f++) sum = round(sum + round(delta.data[i * o + p * F + f] * W.data[t * F + f]));
          dX.data[i * dX.columns + at] = sum;
        });
      }
    },

    convolveOuter(x, delta, window, dW, terms) {
      const [F, o] = [dW.columns, delta.columns];
      const own: Numbers = dW.data.slice();
      meanOverBatch(x.rows, terms, dW, (i, sum) => {
        own.fill(0);
        lookAt(window, (p, t, at) => {
          if (x instanceof Pixels && isZero(x, i, at)) return;
          const xAt = element(x, i, at);
          const from = i * o + p * F;
          // ∂Cᵢ/∂Wₜ = Σₚ x_(p+t)·δ_p
          for (let f = 0; f < F; f++) own[t * F + f] = round(own[t * F + f] + round(xAt * delta.data[from + f]));
        });
        // ∂C/∂Wₜ = (1/m)·Σᵢ ∂Cᵢ/∂Wₜ
        for (let e = 0; e < sum.length; e++) sum[e] = round(sum[e] + own[e]);
      });
    },

    meanPositions(delta, db, terms) {
      const [F, o] = [db.columns, delta.columns];
      const own: Numbers = db.data.slice();
      meanOverBatch(delta.rows, terms, db, (i, sum) => {
        own.fill(0);
        // ∂Cᵢ/∂b = Σₚ δ_p
        for (let e = 0; e < o; e++) own[e % F] = round(own[e % F] + delta.data[i * o + e]);
        // ∂C/∂b = (1/m)·Σᵢ ∂Cᵢ/∂b
        for (let f = 0; f < F; f++) sum[f] = round(sum[f] + own[f]);
      });
    },
  };
}

/**
 * Goes through what a window sees of an image: positions row-major, at each one the taps ascending that are not on
 * padding. `visit` gets the position, the tap, and which number of the image the tap looks at.
 */
function lookAt(window: Window, visit: (position: number, tap: number, at: number) => void): void {
  const { height, width, channels, rows, columns, strideY, strideX, dilationY, dilationX, outHeight, outWidth } =
    window;
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      const [startY, startX] = [oy * strideY - window.top, ox * strideX - window.left];
      const [firstY, endY] = rowsInside(height, startY, rows, dilationY);
      const [firstX, endX] = rowsInside(width, startX, columns, dilationX);
      for (let ky = firstY; ky < endY; ky++) {
        for (let kx = firstX; kx < endX; kx++) {
          const [y, x] = [startY + ky * dilationY, startX + kx * dilationX];
          for (let c = 0; c < channels; c++) {
            visit(oy * outWidth + ox, (ky * columns + kx) * channels + c, (y * width + x) * channels + c);
          }
        }
      }
    }
  }
}

/** Whether a number of image i is the byte 0, so that its term is left out. */
function isZero(x: Pixels, i: number, at: number): boolean {
  return x.bytes[x.offset(i) + at] === 0;
}
