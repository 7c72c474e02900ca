/**
 * What the kernels of convolutions share: how images and weights are laid out before they run, and small parts. Images
 * are NHWC (src/backends/window.ts).
 *
 * Images with padding are copied with zeros around them, pixels as numbers byte / 255. Columns of W are copied together
 * as they stand in registers: eight at a time, or for machine code sixteen.
 */
import * as argument from "./arguments";
import { BYTES } from "./layout";
import { clear, storeFirst } from "./memory";

/** Filters or channels that are computed together, and their bytes. */
export const PANEL: i32 = 8;
export const PANEL_BYTES: usize = 32;

/** Which terms the law leaves out: CONVOLUTION_SKIPS. */
export const NO_TERMS: i32 = 0;
export const ZERO_PIXELS: i32 = 2;

/** Copies an image, with zeros for padding around it. A tile is one image. */
export function padTile(tile: i32): void {
  const image = load<usize>(argument.CONVOLUTION_IMAGE);
  const rowBytes = load<usize>(argument.CONVOLUTION_ROW);
  const channels = load<usize>(argument.CONVOLUTION_CHANNELS);
  const width = (load<usize>(argument.CONVOLUTION_WIDTH) * channels) << 2;
  const height = load<i32>(argument.CONVOLUTION_HEIGHT);
  const start = load<usize>(argument.CONVOLUTION_IMAGES) + <usize>tile * image;
  clear(start, image);
  const left = (load<usize>(argument.CONVOLUTION_LEFT) * channels) << 2;
  let to = start + load<usize>(argument.CONVOLUTION_TOP) * rowBytes + left;
  if (load<i32>(argument.CONVOLUTION_SKIPS) == ZERO_PIXELS) {
    unpackImage(tile, to, <i32>(width >> 2), rowBytes);
    return;
  }
  let from = load<usize>(argument.CONVOLUTION_X) + <usize>tile * <usize>height * width;
  for (let y = 0; y < height; y++) {
    let at: usize = 0;
    for (; at + 16 <= width; at += 16) v128.store(to + at, v128.load(from + at));
    for (; at < width; at += 4) store<f32>(to + at, load<f32>(from + at));
    from += width;
    to += rowBytes;
  }
}

/** Writes byte / 255 of an image's listed pixels to rows of so many numbers, `rowBytes` apart. */
function unpackImage(i: i32, to: usize, numbers: i32, rowBytes: usize): void {
  const bands = load<usize>(argument.CONVOLUTION_BANDS) << 2;
  const image = <usize>load<u32>(load<usize>(argument.CONVOLUTION_ORDER) + (<usize>i << 2));
  const own = load<usize>(argument.CONVOLUTION_OFFSETS) + image * (bands + 4);
  const last = <usize>load<u32>(own + bands);
  let from: usize = 0;
  let end = <usize>numbers;
  for (let at = <usize>load<u32>(own); at < last; at += 4) {
    const entry = <usize>load<u32>(at);
    while (entry >> 8 >= end) {
      from = end;
      end += <usize>numbers;
      to += rowBytes;
    }
    store<f32>(to + (((entry >> 8) - from) << 2), load<f32>(BYTES + ((entry & 255) << 2)));
  }
}

/**
 * Copies a panel of W's columns together. For `convolve` they are filters: [tap][filter]. For `convolveBackward` they
 * are channels: [pixel of the window][filter][channel]. Missing columns are 0. Says whether all numbers are finite. A
 * tile is one panel.
 */
export function packTile(tile: i32): void {
  const W = load<usize>(argument.CONVOLUTION_W);
  const filters = load<i32>(argument.CONVOLUTION_FILTERS);
  const channels = load<i32>(argument.CONVOLUTION_CHANNELS);
  const pixels = load<i32>(argument.CONVOLUTION_ROWS) * load<i32>(argument.CONVOLUTION_COLUMNS);
  const isTurned = load<i32>(argument.CONVOLUTION_TURNED) != 0;
  const size = load<i32>(argument.CONVOLUTION_PANEL);
  const first = tile * size;
  const width = min(size, (isTurned ? channels : filters) - first);
  const rows = pixels * (isTurned ? filters : channels);
  const next = <usize>(isTurned ? filters : 1) << 2;
  let panel = load<usize>(argument.CONVOLUTION_PANELS) + (<usize>(tile * rows * size) << 2);
  // A sum of differences w − w: 0, or of infinity and NaN it is NaN.
  let check: f32 = 0;
  for (let row = 0; row < rows; row++) {
    const element = isTurned
      ? ((row / filters) * channels + first) * filters + (row % filters)
      : row * filters + first;
    const from = W + (<usize>element << 2);
    for (let j = 0; j < size; j++) {
      const w = j < width ? load<f32>(from + <usize>j * next) : <f32>0;
      store<f32>(panel + (<usize>j << 2), w);
      check += w - w;
    }
    panel += <usize>size << 2;
  }
  if (check != 0) store<i32>(argument.CONVOLUTION_NOT_FINITE, 1);
}

/** Bytes from an image's first number to what position p looks at first. */
// @ts-ignore: decorator
@inline
export function offsetOf(position: i32): usize {
  return <usize>load<u32>(load<usize>(argument.CONVOLUTION_POSITIONS) + (<usize>position << 2));
}

/** Bytes from what a position looks at first to what tap t looks at. */
// @ts-ignore: decorator
@inline
export function tapOffset(tap: i32): usize {
  return <usize>load<u32>(load<usize>(argument.CONVOLUTION_TAPS) + (<usize>tap << 2));
}

/** Stores up to eight numbers. */
// @ts-ignore: decorator
@inline
export function storePosition(z: usize, s0: v128, s1: v128, width: i32): void {
  if (width == PANEL) {
    v128.store(z, s0);
    v128.store(z, s1, 16);
    return;
  }
  storeFirst(z, s0, width);
  if (width > 4) storeFirst(z + 16, s1, width - 4);
}

/** Whether the sum of these numbers is finite: then all of them are. */
// @ts-ignore: decorator
@inline
export function areFinite(
  s00: v128, s01: v128, s10: v128, s11: v128, s20: v128, s21: v128, s30: v128, s31: v128,
): bool {
  const even = f32x4.add(f32x4.add(s00, s10), f32x4.add(s20, s30));
  const odd = f32x4.add(f32x4.add(s01, s11), f32x4.add(s21, s31));
  const sum = f32x4.add(even, odd);
  // Of infinity and NaN the difference is NaN, which is no number's equal.
  const difference = f32x4.sub(sum, sum);
  return !v128.any_true(f32x4.ne(difference, difference));
}

/** Whether row y (or column y) of the image with its padding is one of its own `length`, behind `before` of padding. */
// @ts-ignore: decorator
@inline
export function isInside(y: i32, before: i32, length: i32): bool {
  return y >= before && y < before + length;
}
