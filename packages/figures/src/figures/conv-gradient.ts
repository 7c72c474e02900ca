/**
 * A convolution's way back, taken apart: the products of pixel and δ whose sum is the gradient of one weight, and the
 * products of δ and weight whose sum is what one pixel gets. All of it is said of a layer of one channel, with stride 1
 * and without padding; sums are in float32 and in the library's order.
 */
import type { ConvolutionTrace } from "inkling/proofs";
import { channelOf } from "./one-filter.ts";

/** What one weight of a filter is taught: a number for each place of the window. */
export interface WeightLesson {
  /** The pixel that the weight was multiplied with there. */
  readonly x: readonly number[];
  readonly delta: readonly number[];
  readonly products: readonly number[];
  /** ∂C/∂Wₜ = Σₚ xₚ₊ₜ·δₚ */
  readonly sum: number;
}

export function weightLesson(convolution: ConvolutionTrace, filter: number, tap: number): WeightLesson {
  const { x, window, filters, back } = convolution;
  const delta = channelOf(back?.delta ?? [], filter, filters);
  const [ky, kx] = [Math.floor(tap / window.columns), tap % window.columns];
  const seen = delta.map((_, p) => {
    const [row, column] = [Math.floor(p / window.outWidth), p % window.outWidth];
    return x[(row + ky) * window.width + column + kx] ?? 0;
  });
  const products = seen.map((pixel, p) => Math.fround(pixel * (delta[p] ?? 0)));
  return { x: seen, delta, products, sum: products.reduce((sum, product) => Math.fround(sum + product), 0) };
}

/** What a pixel gets from one filter: a number for each tap, as the filter turned by half a turn lies on the δ. */
export interface PixelLesson {
  /** The δ of the 25 places whose window sees the pixel, row by row; 0 where there is no such place. */
  readonly delta: readonly number[];
  /** The filter, turned by half a turn: the weight that each of these places has for the pixel. */
  readonly turned: readonly number[];
  readonly products: readonly number[];
  /** Σ δₚ·Wₜ over these places */
  readonly sum: number;
}

export function pixelLesson(convolution: ConvolutionTrace, filter: number, pixel: number): PixelLesson {
  const { W, window, filters, back } = convolution;
  const { rows, columns, outHeight, outWidth, width } = window;
  const [y, x] = [Math.floor(pixel / width), pixel % width];
  const weights = channelOf(W.values, filter, filters);
  const turned = weights.toReversed();
  const delta = turned.map((_, i) => {
    // The place whose window sees the pixel with the weight i from the end.
    const [row, column] = [y - (rows - 1) + Math.floor(i / columns), x - (columns - 1) + (i % columns)];
    const isPlace = row >= 0 && row < outHeight && column >= 0 && column < outWidth;
    return isPlace ? (back?.delta[(row * outWidth + column) * filters + filter] ?? 0) : 0;
  });
  const products = delta.map((value, i) => value * (turned[i] ?? 0));
  return { delta, turned, products, sum: products.reduce((sum, product) => sum + product, 0) };
}
