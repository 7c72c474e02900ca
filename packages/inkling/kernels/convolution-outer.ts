/**
 * A convolution's ∂C/∂W, summed over the batch. (∂C/∂b is made of sums over positions: batch-norm.ts.)
 *
 *   convolveOuter   dWₜ = Σᵢ Σₚ x_(p+t)·δ_p / m    four taps by eight filters in registers, along an image's positions
 *
 * Below a max pool δ is spread to its positions first (sparse.ts). Terms with padding or a byte 0, which the law leaves
 * out, are handled as in convolution.ts.
 */
import * as argument from "./arguments";
import { BLOCK } from "./layout";
import { clear, scratch } from "./memory";
import { windowsBefore } from "./sparse";
import { carryAll, levelAfter, levelsOf } from "./tree";
import { areFinite, isInside, NO_TERMS, PANEL, PANEL_BYTES, storePosition, tapOffset, ZERO_PIXELS } from "./windows";

/**
 * convolveOuter. A tile is some taps by some filters. Each block's sums are added up at a level of the tree, example
 * after example: eight filters by all taps, and then the next eight. So δ comes from far memory once.
 */
export function convolveOuterTile(tile: i32): void {
  const filters = load<i32>(argument.CONVOLUTION_FILTERS);
  const m = load<i32>(argument.CONVOLUTION_EXAMPLES);
  const mostTaps = load<i32>(argument.CONVOLUTION_TILE);
  const mostFilters = load<i32>(argument.CONVOLUTION_TILE_FILTERS);
  const positions = load<i32>(argument.CONVOLUTION_OUT_HEIGHT) * load<i32>(argument.CONVOLUTION_OUT_WIDTH);
  const across = (filters + mostFilters - 1) / mostFilters;
  const first = (tile / across) * mostTaps;
  const last = min(first + mostTaps, load<i32>(argument.CONVOLUTION_COUNT));
  const filter = (tile % across) * mostFilters;
  const lastFilter = min(filter + mostFilters, filters);
  const panelBytes = <usize>(last - first) * PANEL_BYTES;
  const bytes = panelBytes * <usize>((lastFilter - filter + PANEL - 1) / PANEL);
  const levels = scratch() + <usize>positions * PANEL_BYTES;
  const blocks = (m + BLOCK - 1) / BLOCK;
  for (let block = 0; block < blocks; block++) {
    const isLast = block == blocks - 1;
    const sums = levels + <usize>levelAfter(block) * bytes;
    clear(sums, bytes);
    for (let i = block * BLOCK; i < min((block + 1) * BLOCK, m); i++) {
      let panel = sums;
      for (let f = filter; f < lastFilter; f += PANEL) {
        addExample(i, first, last, f, panel);
        panel += panelBytes;
      }
    }
    const taken = levelsOf(block, isLast);
    if (taken != 0) carryAll(sums, sums, bytes, taken, levels, bytes);
    if (isLast) finish(sums, first, last, filter, lastFilter);
  }
}

/** Writes the sums of some taps and filters, divided by the terms, to dW. */
function finish(sums: usize, first: i32, last: i32, filter: i32, lastFilter: i32): void {
  const filters = load<i32>(argument.CONVOLUTION_FILTERS);
  const over = f32x4.splat(<f32>load<i32>(argument.CONVOLUTION_TERMS));
  for (let f = filter; f < lastFilter; f += PANEL) {
    let dW = load<usize>(argument.CONVOLUTION_OUT) + (<usize>(first * filters + f) << 2);
    for (let t = first; t < last; t++) {
      const s0 = f32x4.div(v128.load(sums), over), s1 = f32x4.div(v128.load(sums, 16), over);
      storePosition(dW, s0, s1, min(PANEL, filters - f));
      sums += PANEL_BYTES;
      dW += <usize>filters << 2;
    }
  }
}

/** Adds example i's own sums Σₚ x_(p+t)·δ_p, of the taps [first … last) and eight filters, to `sums`. */
function addExample(i: i32, first: i32, last: i32, filter: i32, sums: usize): void {
  const filters = load<i32>(argument.CONVOLUTION_FILTERS);
  const positions = load<i32>(argument.CONVOLUTION_OUT_HEIGHT) * load<i32>(argument.CONVOLUTION_OUT_WIDTH);
  const image = load<usize>(argument.CONVOLUTION_IMAGES) + <usize>i * load<usize>(argument.CONVOLUTION_IMAGE);
  let delta = load<usize>(argument.CONVOLUTION_DELTA) + (<usize>(i * positions * filters + filter) << 2);
  // Eight of several filters are copied together once, and then read by every four taps.
  if (load<i32>(argument.CONVOLUTION_CHOICES) != 0) {
    spread(windowsBefore(i) + (<usize>filter << 2), positions);
    delta = scratch();
  } else if (filters != PANEL) {
    const deltaRow = <usize>filters << 2;
    let to = scratch();
    const end = to + <usize>positions * PANEL_BYTES;
    for (; to < end; to += PANEL_BYTES) {
      v128.store(to, v128.load(delta));
      v128.store(to, v128.load(delta, 16), 16);
      delta += deltaRow;
    }
    delta = scratch();
  }
  // By threes, as far as fours do not come out even: 9 = 3 + 3 + 3.
  let threes = (first - last) & 3;
  if (3 * threes > last - first) threes = 0;
  for (let t = first; t < last; ) {
    if (threes > 0) {
      threeTaps(image, t, delta, sums);
      threes -= 1;
      t += 3;
      sums += 3 * PANEL_BYTES;
    } else {
      fourTaps(image, t, min(4, last - t), delta, sums);
      t += 4;
      sums += 4 * PANEL_BYTES;
    }
  }
}

/**
 * Below a max pool (sparse.ts): copies δ of eight filters to their positions, zeros to the others. `before`: bytes
 * before their numbers of the example's first window.
 */
function spread(before: usize, positions: i32): void {
  const next = load<usize>(argument.CONVOLUTION_FILTERS) << 2;
  const row = load<usize>(argument.CONVOLUTION_OUT_WIDTH) * PANEL_BYTES;
  const rows = load<i32>(argument.CONVOLUTION_POOL_ROWS);
  const columns = load<i32>(argument.CONVOLUTION_POOL_COLUMNS);
  const height = load<i32>(argument.CONVOLUTION_POOLED_HEIGHT);
  const width = load<i32>(argument.CONVOLUTION_POOLED_WIDTH);
  let delta = load<usize>(argument.CONVOLUTION_DELTA) + before;
  let choice = load<usize>(argument.CONVOLUTION_CHOICES) + before;
  // Positions behind the last whole window are in none.
  if (height * rows * width * columns < positions) clear(scratch(), <usize>positions * PANEL_BYTES);
  for (let y = 0; y < height; y++) {
    const line = scratch() + <usize>(y * rows) * row;
    for (let x = 0; x < width; x++, delta += next, choice += next) {
      const d0 = v128.load(delta), d1 = v128.load(delta, 16);
      const c0 = v128.load(choice), c1 = v128.load(choice, 16);
      let to = line + <usize>(x * columns) * PANEL_BYTES;
      for (let r = 0, place = 0; r < rows; r++, to += row) {
        for (let c = 0; c < columns; c++, place++) {
          const at = to + <usize>c * PANEL_BYTES;
          v128.store(at, v128.and(d0, i32x4.eq(c0, i32x4.splat(place))));
          v128.store(at, v128.and(d1, i32x4.eq(c1, i32x4.splat(place))), 16);
        }
      }
    }
  }
}

/** Four taps by eight filters: an image's sums from +0, positions row-major; `count` of the taps are added. */
function fourTaps(image: usize, tap: i32, count: i32, delta: usize, sums: usize): void {
  const outWidth = load<usize>(argument.CONVOLUTION_OUT_WIDTH) * PANEL_BYTES;
  const next = (load<usize>(argument.CONVOLUTION_STRIDE_X) * load<usize>(argument.CONVOLUTION_CHANNELS)) << 2;
  const rowGap = load<usize>(argument.CONVOLUTION_POSITION_GAP);
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  let d0: v128, d1: v128, x: v128;
  let a0 = image + tapOffset(tap), a1 = a0, a2 = a0, a3 = a0;
  if (count > 1) a1 = image + tapOffset(tap + 1);
  if (count > 2) a2 = image + tapOffset(tap + 2);
  if (count > 3) a3 = image + tapOffset(tap + 3);
  let at = delta;
  for (let y = load<i32>(argument.CONVOLUTION_OUT_HEIGHT); y > 0; y--) {
    const end = at + outWidth;
    for (;;) {
      // s += x·δ
      d0 = v128.load(at);
      d1 = v128.load(at, 16);
      x = v128.load32_splat(a0);
      s00 = f32x4.add(s00, f32x4.mul(x, d0));
      s01 = f32x4.add(s01, f32x4.mul(x, d1));
      x = v128.load32_splat(a1);
      s10 = f32x4.add(s10, f32x4.mul(x, d0));
      s11 = f32x4.add(s11, f32x4.mul(x, d1));
      x = v128.load32_splat(a2);
      s20 = f32x4.add(s20, f32x4.mul(x, d0));
      s21 = f32x4.add(s21, f32x4.mul(x, d1));
      x = v128.load32_splat(a3);
      s30 = f32x4.add(s30, f32x4.mul(x, d0));
      s31 = f32x4.add(s31, f32x4.mul(x, d1));
      at += PANEL_BYTES;
      a0 += next;
      a1 += next;
      a2 += next;
      a3 += next;
      if (at == end) break;
    }
    a0 += rowGap;
    a1 += rowGap;
    a2 += rowGap;
    a3 += rowGap;
  }
  if (load<i32>(argument.CONVOLUTION_SKIPS) != NO_TERMS && !areFinite(s00, s01, s10, s11, s20, s21, s30, s31)) {
    for (let j = 0; j < count; j++) tapExactly(image, tap + j, delta, sums + <usize>j * PANEL_BYTES);
    return;
  }
  addPanel(sums, s00, s01);
  if (count > 1) addPanel(sums + PANEL_BYTES, s10, s11);
  if (count > 2) addPanel(sums + 2 * PANEL_BYTES, s20, s21);
  if (count > 3) addPanel(sums + 3 * PANEL_BYTES, s30, s31);
}

/** The same for three taps. */
function threeTaps(image: usize, tap: i32, delta: usize, sums: usize): void {
  const outWidth = load<usize>(argument.CONVOLUTION_OUT_WIDTH) * PANEL_BYTES;
  const next = (load<usize>(argument.CONVOLUTION_STRIDE_X) * load<usize>(argument.CONVOLUTION_CHANNELS)) << 2;
  const rowGap = load<usize>(argument.CONVOLUTION_POSITION_GAP);
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00;
  let d0: v128, d1: v128, x: v128;
  let a0 = image + tapOffset(tap), a1 = image + tapOffset(tap + 1), a2 = image + tapOffset(tap + 2);
  let at = delta;
  for (let y = load<i32>(argument.CONVOLUTION_OUT_HEIGHT); y > 0; y--) {
    const end = at + outWidth;
    for (;;) {
      // s += x·δ
      d0 = v128.load(at);
      d1 = v128.load(at, 16);
      x = v128.load32_splat(a0);
      s00 = f32x4.add(s00, f32x4.mul(x, d0));
      s01 = f32x4.add(s01, f32x4.mul(x, d1));
      x = v128.load32_splat(a1);
      s10 = f32x4.add(s10, f32x4.mul(x, d0));
      s11 = f32x4.add(s11, f32x4.mul(x, d1));
      x = v128.load32_splat(a2);
      s20 = f32x4.add(s20, f32x4.mul(x, d0));
      s21 = f32x4.add(s21, f32x4.mul(x, d1));
      at += PANEL_BYTES;
      a0 += next;
      a1 += next;
      a2 += next;
      if (at == end) break;
    }
    a0 += rowGap;
    a1 += rowGap;
    a2 += rowGap;
  }
  if (load<i32>(argument.CONVOLUTION_SKIPS) != NO_TERMS && !areFinite(s00, s01, s10, s11, s20, s21, s20, s21)) {
    for (let j = 0; j < 3; j++) tapExactly(image, tap + j, delta, sums + <usize>j * PANEL_BYTES);
    return;
  }
  addPanel(sums, s00, s01);
  addPanel(sums + PANEL_BYTES, s10, s11);
  addPanel(sums + 2 * PANEL_BYTES, s20, s21);
}

// @ts-ignore: decorator
@inline
function addPanel(sums: usize, s0: v128, s1: v128): void {
  v128.store(sums, f32x4.add(v128.load(sums), s0));
  v128.store(sums, f32x4.add(v128.load(sums, 16), s1), 16);
}

/** One tap by eight filters by the law's words: without padding and bytes that are 0. */
function tapExactly(image: usize, tap: i32, delta: usize, sums: usize): void {
  const channels = load<i32>(argument.CONVOLUTION_CHANNELS);
  const columns = load<i32>(argument.CONVOLUTION_COLUMNS);
  const isPixels = load<i32>(argument.CONVOLUTION_SKIPS) == ZERO_PIXELS;
  const ky = (tap / channels / columns) * load<i32>(argument.CONVOLUTION_DILATION_Y);
  const kx = ((tap / channels) % columns) * load<i32>(argument.CONVOLUTION_DILATION_X);
  let s0 = f32x4.splat(0), s1 = s0;
  for (let oy = 0; oy < load<i32>(argument.CONVOLUTION_OUT_HEIGHT); oy++) {
    const y = oy * load<i32>(argument.CONVOLUTION_STRIDE_Y) + ky;
    const isRow = isInside(y, load<i32>(argument.CONVOLUTION_TOP), load<i32>(argument.CONVOLUTION_HEIGHT));
    for (let ox = 0; ox < load<i32>(argument.CONVOLUTION_OUT_WIDTH); ox++) {
      const x = ox * load<i32>(argument.CONVOLUTION_STRIDE_X) + kx;
      const isThere = isRow && isInside(x, load<i32>(argument.CONVOLUTION_LEFT), load<i32>(argument.CONVOLUTION_WIDTH));
      const pixel = image + <usize>y * load<usize>(argument.CONVOLUTION_ROW);
      const number = v128.load32_splat(pixel + (<usize>(x * channels + (tap % channels)) << 2));
      if (isThere && !(isPixels && f32x4.extract_lane(number, 0) == 0)) {
        s0 = f32x4.add(s0, f32x4.mul(number, v128.load(delta)));
        s1 = f32x4.add(s1, f32x4.mul(number, v128.load(delta, 16)));
      }
      delta += PANEL_BYTES;
    }
  }
  addPanel(sums, s0, s1);
}
