/**
 * What a convolution's gradients need below a max pool, where δ is sparse: of each window one number at most is not 0.
 * Two matrices with a number for each window hold it: δ of the window's maximum, and which of its pixels that is, its
 * choice (pooling.ts finds it). sparse-backward.ts and sparse-outer.ts leave out the terms of all other positions, as
 * long as x and W are finite: a term 0·x is then 0, and changes no sum that starts at +0.
 *
 *   δ, choices (m × windows·F)      position (oy, ox) is in window (⌊oy / rows⌋, ⌊ox / columns⌋)
 *
 * A row of a filter is FILTER_ROW numbers long, or a multiple of that: the window's columns · channels and then zeros.
 */
import * as argument from "./arguments";
import { FILTER_ROW, TILE_NUMBERS } from "./layout";
import { clear, storeFirst } from "./memory";

/** Bytes of a row of a filter. */
// @ts-ignore: decorator
@inline
export function filterRowBytes(): usize {
  const numbers = load<i32>(argument.CONVOLUTION_COLUMNS) * load<i32>(argument.CONVOLUTION_CHANNELS);
  return <usize>((numbers + FILTER_ROW - 1) & -FILTER_ROW) << 2;
}

/** Where the windows' numbers of example i begin, in bytes. */
// @ts-ignore: decorator
@inline
export function windowsBefore(i: i32): usize {
  const windows = load<i32>(argument.CONVOLUTION_POOLED_HEIGHT) * load<i32>(argument.CONVOLUTION_POOLED_WIDTH);
  return (<usize>i * <usize>windows * load<usize>(argument.CONVOLUTION_FILTERS)) << 2;
}

/** Says whether all numbers are finite. A tile is TILE_NUMBERS of them. */
export function checkFiniteTile(tile: i32): void {
  const first = tile * TILE_NUMBERS;
  const count = min(TILE_NUMBERS, load<i32>(argument.SUM_COUNT) - first);
  let at = load<usize>(argument.SUM_X) + (<usize>first << 2);
  // Sums of differences x − x: 0, or of infinity and NaN they are NaN.
  let check0 = f32x4.splat(0), check1 = check0;
  let i = 0;
  for (; i + 8 <= count; i += 8, at += 32) {
    const x0 = v128.load(at), x1 = v128.load(at, 16);
    check0 = f32x4.add(check0, f32x4.sub(x0, x0));
    check1 = f32x4.add(check1, f32x4.sub(x1, x1));
  }
  for (; i < count; i++, at += 4) {
    const x = v128.load32_splat(at);
    check0 = f32x4.add(check0, f32x4.sub(x, x));
  }
  if (v128.any_true(f32x4.ne(f32x4.add(check0, check1), f32x4.splat(0)))) {
    store<i32>(argument.CONVOLUTION_NOT_FINITE, 1);
  }
}

/** Copies a filter together: [row][column · channel], zeros behind each row. A tile is a filter. */
export function packFilterTile(filter: i32): void {
  const filters = load<usize>(argument.CONVOLUTION_FILTERS) << 2;
  const rows = load<i32>(argument.CONVOLUTION_ROWS);
  const numbers = load<i32>(argument.CONVOLUTION_COLUMNS) * load<i32>(argument.CONVOLUTION_CHANNELS);
  const rowBytes = filterRowBytes();
  let from = load<usize>(argument.CONVOLUTION_W) + (<usize>filter << 2);
  let to = load<usize>(argument.CONVOLUTION_PANELS) + <usize>(filter * rows) * rowBytes;
  let check: f32 = 0;
  for (let ky = 0; ky < rows; ky++, to += rowBytes) {
    const end = to + (<usize>numbers << 2);
    for (let at = to; at < end; at += 4, from += filters) {
      const w = load<f32>(from);
      store<f32>(at, w);
      check += w - w;
    }
    clear(end, to + rowBytes - end);
  }
  if (check != 0) store<i32>(argument.CONVOLUTION_NOT_FINITE, 1);
}

/**
 * Each example's own sum of δ over the positions, row-major: all of one row of pixels, then those of the next. A tile is
 * CONVOLUTION_TILE examples.
 */
export function chosenSumsTile(tile: i32): void {
  const filters = load<i32>(argument.CONVOLUTION_FILTERS);
  const first = tile * load<i32>(argument.CONVOLUTION_TILE);
  const last = min(first + load<i32>(argument.CONVOLUTION_TILE), load<i32>(argument.CONVOLUTION_EXAMPLES));
  let to = load<usize>(argument.CONVOLUTION_OUT) + (<usize>(first * filters) << 2);
  for (let i = first; i < last; i++) {
    for (let f = 0; f < filters; f += 8) {
      chosenSums(windowsBefore(i) + (<usize>f << 2), to + (<usize>f << 2), filters - f);
    }
    to += <usize>filters << 2;
  }
}

/** The sums of eight filters. `before`: bytes before their numbers of the example's first window. */
function chosenSums(before: usize, to: usize, count: i32): void {
  const next = load<usize>(argument.CONVOLUTION_FILTERS) << 2;
  const columns = i32x4.splat(load<i32>(argument.CONVOLUTION_POOL_COLUMNS));
  const rowBytes = next * load<usize>(argument.CONVOLUTION_POOLED_WIDTH);
  const toChoices = load<usize>(argument.CONVOLUTION_CHOICES) - load<usize>(argument.CONVOLUTION_DELTA);
  let row = load<usize>(argument.CONVOLUTION_DELTA) + before;
  let s0 = f32x4.splat(0), s1 = s0;
  for (let y = load<i32>(argument.CONVOLUTION_POOLED_HEIGHT); y > 0; y--, row += rowBytes) {
    let from = i32x4.splat(0);
    for (let line = load<i32>(argument.CONVOLUTION_POOL_ROWS); line > 0; line--) {
      for (let at = row; at < row + rowBytes; at += next) {
        // Choices from `from` to before from + columns are in this row of pixels. Of the others +0 is added.
        const c0 = i32x4.sub(v128.load(at + toChoices), from), c1 = i32x4.sub(v128.load(at + toChoices, 16), from);
        s0 = f32x4.add(s0, v128.and(v128.load(at), i32x4.lt_u(c0, columns)));
        s1 = f32x4.add(s1, v128.and(v128.load(at, 16), i32x4.lt_u(c1, columns)));
      }
      from = i32x4.add(from, columns);
    }
  }
  storeFirst(to, s0, count);
  if (count > 4) storeFirst(to + 16, s1, count - 4);
}
