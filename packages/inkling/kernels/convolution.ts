/**
 * Convolutions, directly: no matrix of patches is made. Images are NHWC (src/backends/window.ts).
 *
 *   convolve           z_p = Σₜ x_(p+t)·Wₜ + b       four positions by eight filters in registers, taps ascending
 *   convolveBackward   dX_(p+t) += δ_p·Wₜ            convolution-backward.ts
 *   convolveOuter      dWₜ = Σᵢ Σₚ x_(p+t)·δ_p / m   convolution-outer.ts
 *
 * All three are the four-by-eight loop of products.ts: sixteen products for six loads. Lanes run across filters (or
 * channels), which stand side by side, and never across a sum.
 *
 * The law has no term for padding, nor for a byte 0; these loops add 0·w instead. That is the same as long as w is
 * finite: a sum from +0 is never −0, so ±0 does not change it. Where w is not finite the sum isn't either. So sums that
 * are not finite are made once more, term by term, by the functions that end in `Exactly`.
 *
 * Measured (bench/convolutions.js wasm), one core of a busy machine whose dense products ran at 33 to 38 GFLOP/s,
 * forwards, ∂C/∂x, ∂C/∂W: 16 filters of 5 × 5 on 12 × 12 × 8 at 37, 30 and 34; 64 of 3 × 3 on 13 × 13 × 32 at 37, 33
 * and 36. Of images with one channel, forwards and ∂C/∂W: 8 of 5 × 5 on 28 × 28 at 28 and 37; 32 of 3 × 3 at 17 and 17,
 * since nine taps are little work for 11 MB of outputs.
 */
import * as argument from "./arguments";
import { LEAK } from "./elementwise";
import { LEAKY_RELU, RELU } from "./layout";
import { scratch, storeFirst } from "./memory";
import { areFinite, isInside, NO_TERMS, offsetOf, PANEL, PANEL_BYTES, storePosition, ZERO_PIXELS } from "./windows";

/** Numbers of the output that a strip has. */
const STRIP_NUMBERS: i32 = 4096;

/**
 * convolve. A tile is some positions of an image, taken in strips: the output of all filters at a strip's positions
 * stays in the nearest cache while one panel of filters after the other fills its columns.
 */
export function convolveTile(tile: i32): void {
  const positions = load<i32>(argument.CONVOLUTION_OUT_HEIGHT) * load<i32>(argument.CONVOLUTION_OUT_WIDTH);
  const most = load<i32>(argument.CONVOLUTION_TILE);
  const parts = (positions + most - 1) / most;
  const i = tile / parts;
  const first = (tile % parts) * most;
  const images = load<usize>(argument.CONVOLUTION_OUT);
  const out = images + (<usize>(i * positions * load<i32>(argument.CONVOLUTION_FILTERS)) << 2);
  convolvePositions(i, first, min(first + most, positions), out);
}

/** The positions [first … last) of image i by all filters. `out`: where position 0 of the image goes. */
function convolvePositions(i: i32, first: i32, last: i32, out: usize): void {
  const filters = load<i32>(argument.CONVOLUTION_FILTERS);
  const panelBytes = load<usize>(argument.CONVOLUTION_COUNT) * PANEL_BYTES;
  const strip = max(4, (STRIP_NUMBERS / filters) & ~3);
  const image = load<usize>(argument.CONVOLUTION_IMAGES) + <usize>i * load<usize>(argument.CONVOLUTION_IMAGE);
  for (let from = first; from < last; from += strip) {
    const to = min(from + strip, last);
    let panel = load<usize>(argument.CONVOLUTION_PANELS);
    for (let f = 0; f < filters; f += PANEL) {
      panelOfStrip(image, from, to, panel, out, f);
      panel += panelBytes;
    }
  }
}

/**
 * convolvePool: a convolution, its ReLU and its max pool. A tile is some rows of the pool's windows in an image. What comes
 * out of the convolution stands in scratch memory alone.
 */
export function convolvePoolTile(tile: i32): void {
  const filters = load<i32>(argument.CONVOLUTION_FILTERS);
  const width = load<i32>(argument.CONVOLUTION_OUT_WIDTH);
  const rows = load<i32>(argument.CONVOLUTION_POOL_ROWS);
  const height = load<i32>(argument.CONVOLUTION_POOLED_HEIGHT);
  const most = load<i32>(argument.CONVOLUTION_TILE);
  const parts = (height + most - 1) / most;
  const i = tile / parts;
  const first = (tile % parts) * most;
  const last = min(first + most, height);
  const positionBytes = <usize>filters << 2;
  const from = first * rows * width;
  convolvePositions(i, from, last * rows * width, scratch() - <usize>from * positionBytes);
  const pooledRow = load<usize>(argument.CONVOLUTION_POOLED_WIDTH) * positionBytes;
  let before = <usize>(i * height + first) * pooledRow;
  let line = scratch();
  for (let y = first; y < last; y++) {
    let window = line;
    for (const end = before + pooledRow; before < end; before += positionBytes) {
      for (let f = 0; f < filters; f += 4) maximum(window + (<usize>f << 2), before + (<usize>f << 2), filters - f);
      window += load<usize>(argument.CONVOLUTION_POOL_COLUMNS) * positionBytes;
    }
    line += <usize>(rows * width) * positionBytes;
  }
}

/** The maximum of σ(z) of a window, and which pixel it is, for four filters; `before`: bytes before them in the results. */
function maximum(window: usize, before: usize, count: i32): void {
  const positionBytes = load<usize>(argument.CONVOLUTION_FILTERS) << 2;
  const lineBytes = load<usize>(argument.CONVOLUTION_OUT_WIDTH) * positionBytes;
  const across = load<usize>(argument.CONVOLUTION_POOL_COLUMNS) * positionBytes;
  const activation = load<i32>(argument.CONVOLUTION_ACTIVATION);
  let most = f32x4.splat(-Infinity);
  let choice = i32x4.splat(0), number = choice;
  for (let row = load<i32>(argument.CONVOLUTION_POOL_ROWS); row > 0; row--, window += lineBytes) {
    for (let at = window; at < window + across; at += positionBytes) {
      let a = v128.load(at);
      const isLow = f32x4.le(a, f32x4.splat(0));
      if (activation == RELU) a = v128.andnot(a, isLow);
      else if (activation == LEAKY_RELU) a = v128.bitselect(f32x4.mul(f32x4.splat(LEAK), a), a, isLow);
      // Larger, or the first NaN.
      const isFirst = v128.and(f32x4.ne(a, a), f32x4.eq(most, most));
      const isMost = v128.or(f32x4.gt(a, most), isFirst);
      most = v128.bitselect(a, most, isMost);
      choice = v128.bitselect(number, choice, isMost);
      number = i32x4.add(number, i32x4.splat(1));
    }
  }
  storeFirst(load<usize>(argument.CONVOLUTION_OUT) + before, most, count);
  storeFirst(load<usize>(argument.CONVOLUTION_CHOICES) + before, choice, count);
}

/** The positions [from … to) of an image, by eight filters from `filter` on. */
function panelOfStrip(image: usize, from: i32, to: i32, panel: usize, out: usize, filter: i32): void {
  const filters = load<i32>(argument.CONVOLUTION_FILTERS);
  const width = min(PANEL, filters - filter);
  const bias = load<usize>(argument.CONVOLUTION_BIAS) + (<usize>filter << 2);
  const zRow = <usize>filters << 2;
  let z = out + (<usize>(from * filters + filter) << 2);
  for (let p = from; p < to; p += 4) {
    const count = min(4, to - p);
    if (!fourPositions(image, p, panel, z, zRow, count, width, bias)) {
      positionsExactly(image, p, panel, z, zRow, count, width, bias);
    }
    z += 4 * zRow;
  }
}

/**
 * Four positions by eight filters: each of the 32 sums from +0, taps ascending. Taps that stand side by side in the
 * image are a run: a row of the window, or with dilation one pixel of it. (With a table of the taps' places in memory
 * the loop is simpler, and takes a sixth more time.) Stores `count` positions of `width` filters. Returns false for
 * sums that may hold terms which the law leaves out, and change by them.
 */
function fourPositions(
  image: usize, position: i32, panel: usize, z: usize, zRow: usize, count: i32, width: i32, bias: usize,
): bool {
  const run = load<usize>(argument.CONVOLUTION_RUN);
  const gap = load<usize>(argument.CONVOLUTION_GAP);
  const rowGap = load<usize>(argument.CONVOLUTION_ROW_GAP);
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  let b0: v128, b1: v128, x: v128;
  let a0 = image + offsetOf(position), a1 = image + offsetOf(position + 1);
  let a2 = image + offsetOf(position + 2), a3 = image + offsetOf(position + 3);
  for (let row = load<i32>(argument.CONVOLUTION_ROWS); row > 0; row--) {
    for (let runs = load<i32>(argument.CONVOLUTION_RUNS); runs > 0; runs--) {
      const end = a0 + run;
      for (;;) {
        // s += x·w
        b0 = v128.load(panel);
        b1 = v128.load(panel, 16);
        x = v128.load32_splat(a0);
        s00 = f32x4.add(s00, f32x4.mul(x, b0));
        s01 = f32x4.add(s01, f32x4.mul(x, b1));
        x = v128.load32_splat(a1);
        s10 = f32x4.add(s10, f32x4.mul(x, b0));
        s11 = f32x4.add(s11, f32x4.mul(x, b1));
        x = v128.load32_splat(a2);
        s20 = f32x4.add(s20, f32x4.mul(x, b0));
        s21 = f32x4.add(s21, f32x4.mul(x, b1));
        x = v128.load32_splat(a3);
        s30 = f32x4.add(s30, f32x4.mul(x, b0));
        s31 = f32x4.add(s31, f32x4.mul(x, b1));
        panel += PANEL_BYTES;
        a0 += 4;
        a1 += 4;
        a2 += 4;
        a3 += 4;
        if (a0 == end) break;
      }
      a0 += gap;
      a1 += gap;
      a2 += gap;
      a3 += gap;
    }
    a0 += rowGap;
    a1 += rowGap;
    a2 += rowGap;
    a3 += rowGap;
  }
  // What is read beyond the last filter is not stored.
  b0 = v128.load(bias);
  b1 = v128.load(bias, 16);
  storePosition(z, f32x4.add(s00, b0), f32x4.add(s01, b1), width);
  if (count > 1) storePosition(z + zRow, f32x4.add(s10, b0), f32x4.add(s11, b1), width);
  if (count > 2) storePosition(z + 2 * zRow, f32x4.add(s20, b0), f32x4.add(s21, b1), width);
  if (count > 3) storePosition(z + 3 * zRow, f32x4.add(s30, b0), f32x4.add(s31, b1), width);
  return load<i32>(argument.CONVOLUTION_SKIPS) == NO_TERMS || areFinite(s00, s01, s10, s11, s20, s21, s30, s31);
}

/** The sums of some positions by the law's words, one after the other. */
function positionsExactly(
  image: usize, position: i32, panel: usize, z: usize, zRow: usize, count: i32, width: i32, bias: usize,
): void {
  for (let j = 0; j < count; j++) {
    for (let f = 0; f < width; f++) {
      const sum = positionExactly(image, position + j, panel + (<usize>f << 2));
      store<f32>(z + <usize>j * zRow + (<usize>f << 2), sum + load<f32>(bias + (<usize>f << 2)));
    }
  }
}

/** Σₜ x_(p+t)·Wₜ of one position and one filter, without padding and bytes that are 0. */
function positionExactly(image: usize, position: i32, w: usize): f32 {
  const outWidth = load<i32>(argument.CONVOLUTION_OUT_WIDTH);
  const channels = load<i32>(argument.CONVOLUTION_CHANNELS);
  const isPixels = load<i32>(argument.CONVOLUTION_SKIPS) == ZERO_PIXELS;
  const top = (position / outWidth) * load<i32>(argument.CONVOLUTION_STRIDE_Y);
  const left = (position % outWidth) * load<i32>(argument.CONVOLUTION_STRIDE_X);
  let sum: f32 = 0;
  for (let ky = 0; ky < load<i32>(argument.CONVOLUTION_ROWS); ky++) {
    const y = top + ky * load<i32>(argument.CONVOLUTION_DILATION_Y);
    const isRow = isInside(y, load<i32>(argument.CONVOLUTION_TOP), load<i32>(argument.CONVOLUTION_HEIGHT));
    for (let kx = 0; kx < load<i32>(argument.CONVOLUTION_COLUMNS); kx++) {
      const x = left + kx * load<i32>(argument.CONVOLUTION_DILATION_X);
      const isThere = isRow && isInside(x, load<i32>(argument.CONVOLUTION_LEFT), load<i32>(argument.CONVOLUTION_WIDTH));
      const at = image + <usize>y * load<usize>(argument.CONVOLUTION_ROW) + (<usize>(x * channels) << 2);
      for (let c = 0; c < channels; c++) {
        const number = load<f32>(at + (<usize>c << 2));
        if (isThere && !(isPixels && number == 0)) sum += number * load<f32>(w);
        w += PANEL_BYTES;
      }
    }
  }
  return sum;
}
