/**
 * Pooling as plain loops: one number of each window, channel by channel. window.ts says where the window stands.
 *
 *   x, ∂C/∂x   m images of height × width × channels       z, δ   m of outHeight × outWidth × channels
 *
 * Padding is no pixel: it is never the maximum, and a mean does not count it.
 */

import type { Arithmetic } from "../../numbers/float32.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import type { KernelSet } from "../kernel-set.ts";
import { rowsInside, type Window } from "../window.ts";

type Pooling = Pick<KernelSet, "maxPool" | "maxPoolBackward" | "averagePool" | "averagePoolBackward">;

/** Pooling in one precision. */
export function poolingLoops({ round }: Arithmetic): Pooling {
  return {
    maxPool(x, window, z) {
      eachWindow(window, z, (o, pixels) => {
        let most = Number.NEGATIVE_INFINITY;
        for (const p of pixels) {
          const value = x.data[p];
          // max x; a NaN stays
          if (value > most || Number.isNaN(value)) most = value;
        }
        // z = max x
        z.data[o] = most;
      });
    },

    maxPoolBackward(x, z, delta, window, dX) {
      dX.data.fill(0);
      eachWindow(window, delta, (o, pixels) => {
        const first = pixels.find((p) => x.data[p] === z.data[o] || Number.isNaN(x.data[p]));
        // ∂C/∂x = Σ δ, of the windows whose maximum is x
        if (first !== undefined) dX.data[first] = round(dX.data[first] + delta.data[o]);
      });
    },

    averagePool(x, window, z) {
      eachWindow(window, z, (o, pixels) => {
        let sum = 0;
        for (const p of pixels) sum = round(sum + x.data[p]);
        // z = Σ x / n
        z.data[o] = round(sum / pixels.length);
      });
    },

    averagePoolBackward(delta, window, dX) {
      dX.data.fill(0);
      eachWindow(window, delta, (o, pixels) => {
        const share = round(delta.data[o] / pixels.length);
        // ∂C/∂x = Σ δ / n, of the windows that x is in
        for (const p of pixels) dX.data[p] = round(dX.data[p] + share);
      });
    },
  };
}

/**
 * Visits every number o that comes out of the images, in order, with the places of the pixels that its window looks at:
 * those inside of the image, row-major, of the same channel.
 */
function eachWindow(window: Window, out: CpuMatrix, visit: (o: number, pixels: readonly number[]) => void): void {
  const { height, width, channels, outHeight, outWidth } = window;
  const inside = Array.from({ length: outHeight * outWidth }, (_, position) =>
    pixelsInside(window, Math.floor(position / outWidth), position % outWidth),
  );
  for (let i = 0, o = 0; i < out.rows; i++) {
    for (const pixels of inside) {
      for (let c = 0; c < channels; c++, o++) {
        visit(
          o,
          pixels.map((pixel) => (i * height * width + pixel) * channels + c),
        );
      }
    }
  }
}

/** The pixels y·width + x of an image that the window sees at position (oy, ox), row-major. */
function pixelsInside(window: Window, oy: number, ox: number): number[] {
  const { height, width, rows, columns, strideY, strideX, top, left } = window;
  const pixels: number[] = [];
  const [startY, startX] = [oy * strideY - top, ox * strideX - left];
  const [firstY, endY] = rowsInside(height, startY, rows, 1);
  const [firstX, endX] = rowsInside(width, startX, columns, 1);
  for (let ky = firstY; ky < endY; ky++) {
    for (let kx = firstX; kx < endX; kx++) pixels.push((startY + ky) * width + startX + kx);
  }
  return pixels;
}
