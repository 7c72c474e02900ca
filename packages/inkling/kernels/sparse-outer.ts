/**
 * A convolution's ∂C/∂W below a max pool: dWₜ = Σᵢ Σₚ x_(p+t)·δ_p / m over the positions p whose δ is not 0
 * (sparse.ts).
 *
 * Lanes run across taps, which stand side by side in the image. For each example and filter its positions are listed,
 * row-major; then eight vectors of taps at a time run along the list. With pools of 2 × 2 that is a quarter of the
 * arithmetic, or less: of ReLU's zeros there are none in the lists.
 */
import * as argument from "./arguments";
import { BLOCK } from "./layout";
import { clear, scratch } from "./memory";
import { filterRowBytes, windowsBefore } from "./sparse";
import { carryAll, levelAfter, levelsOf } from "./tree";

/** An entry of a list: where the position's window begins in the image, in bytes, and δ. */
const ENTRY: usize = 8;

/** A tile is CONVOLUTION_TILE_FILTERS filters. Each block's sums are added up at a level of the tree. */
export function sparseOuterTile(tile: i32): void {
  const m = load<i32>(argument.CONVOLUTION_EXAMPLES);
  const filter = tile * load<i32>(argument.CONVOLUTION_TILE_FILTERS);
  const lastFilter = min(filter + load<i32>(argument.CONVOLUTION_TILE_FILTERS), load<i32>(argument.CONVOLUTION_FILTERS));
  const windows = load<i32>(argument.CONVOLUTION_POOLED_HEIGHT) * load<i32>(argument.CONVOLUTION_POOLED_WIDTH);
  const filterBytes = load<usize>(argument.CONVOLUTION_ROWS) * filterRowBytes();
  const bytes = <usize>(lastFilter - filter) * filterBytes;
  // Behind the list one entry that is written and not counted.
  const levels = scratch() + <usize>(windows + 1) * ENTRY;
  const blocks = (m + BLOCK - 1) / BLOCK;
  for (let block = 0; block < blocks; block++) {
    const isLast = block == blocks - 1;
    const sums = levels + <usize>levelAfter(block) * bytes;
    clear(sums, bytes);
    for (let i = block * BLOCK; i < min((block + 1) * BLOCK, m); i++) {
      let to = sums;
      for (let f = filter; f < lastFilter; f++, to += filterBytes) addExample(i, listOf(i, f), to);
    }
    const taken = levelsOf(block, isLast);
    if (taken != 0) carryAll(sums, sums, bytes, taken, levels, bytes);
    if (isLast) finish(sums, filter, lastFilter);
  }
}

/** Lists the positions of example i and a filter whose δ is not 0; returns where the list ends. */
function listOf(i: i32, filter: i32): usize {
  const next = load<usize>(argument.CONVOLUTION_FILTERS) << 2;
  const columns = load<u32>(argument.CONVOLUTION_POOL_COLUMNS);
  const across = load<usize>(argument.CONVOLUTION_STRIDE_X) * (load<usize>(argument.CONVOLUTION_CHANNELS) << 2);
  const down = load<usize>(argument.CONVOLUTION_STRIDE_Y) * load<usize>(argument.CONVOLUTION_ROW);
  const rowBytes = next * load<usize>(argument.CONVOLUTION_POOLED_WIDTH);
  const toChoices = load<usize>(argument.CONVOLUTION_CHOICES) - load<usize>(argument.CONVOLUTION_DELTA);
  let row = load<usize>(argument.CONVOLUTION_DELTA) + windowsBefore(i) + (<usize>filter << 2);
  let line: usize = 0;
  let end = scratch();
  for (let y = load<i32>(argument.CONVOLUTION_POOLED_HEIGHT); y > 0; y--, row += rowBytes) {
    for (let r = 0, from: u32 = 0; r < load<i32>(argument.CONVOLUTION_POOL_ROWS); r++, from += columns) {
      let place = line;
      for (let at = row; at < row + rowBytes; at += next) {
        const column = load<u32>(at + toChoices) - from;
        const delta = load<f32>(at);
        // Written always, and counted where it is in this row and not 0: there is no branch to be guessed.
        store<u32>(end, <u32>(place + <usize>column * across));
        store<f32>(end, delta, 4);
        end += <usize>(<i32>(column < columns) & <i32>(delta != 0)) * ENTRY;
        place += <usize>columns * across;
      }
      line += down;
    }
  }
  return end;
}

/** Adds an example's own sums of a filter, along the list that ends there. */
function addExample(i: i32, end: usize, sums: usize): void {
  const list = scratch();
  if (list == end) return;
  const rowBytes = filterRowBytes();
  const vectors = (load<i32>(argument.CONVOLUTION_COLUMNS) * load<i32>(argument.CONVOLUTION_CHANNELS) + 3) >> 2;
  const down = load<usize>(argument.CONVOLUTION_DILATION_Y) * load<usize>(argument.CONVOLUTION_ROW);
  let image = load<usize>(argument.CONVOLUTION_IMAGES) + <usize>i * load<usize>(argument.CONVOLUTION_IMAGE);
  for (let ky = load<i32>(argument.CONVOLUTION_ROWS); ky > 0; ky--) {
    let v = 0;
    let x = image;
    let to = sums;
    for (; v + 8 <= vectors; v += 8, x += 128, to += 128) eightVectors(x, list, end, to);
    if (v + 4 <= vectors) {
      fourVectors(x, list, end, to);
      v += 4;
      x += 64;
      to += 64;
    }
    for (; v < vectors; v += 2, x += 32, to += 32) twoVectors(x, list, end, to);
    image += down;
    sums += rowBytes;
  }
}

/** Eight vectors of taps: own sums from +0, then added to the block's. */
function eightVectors(x: usize, list: usize, end: usize, to: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (; list < end; list += ENTRY) {
    const at = x + <usize>load<u32>(list);
    const delta = v128.load32_splat(list, 4);
    s0 = f32x4.add(s0, f32x4.mul(v128.load(at), delta));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(at, 16), delta));
    s2 = f32x4.add(s2, f32x4.mul(v128.load(at, 32), delta));
    s3 = f32x4.add(s3, f32x4.mul(v128.load(at, 48), delta));
    s4 = f32x4.add(s4, f32x4.mul(v128.load(at, 64), delta));
    s5 = f32x4.add(s5, f32x4.mul(v128.load(at, 80), delta));
    s6 = f32x4.add(s6, f32x4.mul(v128.load(at, 96), delta));
    s7 = f32x4.add(s7, f32x4.mul(v128.load(at, 112), delta));
  }
  addTo(to, s0);
  addTo(to + 16, s1);
  addTo(to + 32, s2);
  addTo(to + 48, s3);
  addTo(to + 64, s4);
  addTo(to + 80, s5);
  addTo(to + 96, s6);
  addTo(to + 112, s7);
}

function fourVectors(x: usize, list: usize, end: usize, to: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (; list < end; list += ENTRY) {
    const at = x + <usize>load<u32>(list);
    const delta = v128.load32_splat(list, 4);
    s0 = f32x4.add(s0, f32x4.mul(v128.load(at), delta));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(at, 16), delta));
    s2 = f32x4.add(s2, f32x4.mul(v128.load(at, 32), delta));
    s3 = f32x4.add(s3, f32x4.mul(v128.load(at, 48), delta));
  }
  addTo(to, s0);
  addTo(to + 16, s1);
  addTo(to + 32, s2);
  addTo(to + 48, s3);
}

/** Two vectors, or one and what stands behind it: a row has room for both. */
function twoVectors(x: usize, list: usize, end: usize, to: usize): void {
  let s0 = f32x4.splat(0), s1 = s0;
  for (; list < end; list += ENTRY) {
    const at = x + <usize>load<u32>(list);
    const delta = v128.load32_splat(list, 4);
    s0 = f32x4.add(s0, f32x4.mul(v128.load(at), delta));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(at, 16), delta));
  }
  addTo(to, s0);
  addTo(to + 16, s1);
}

// @ts-ignore: decorator
@inline
function addTo(sums: usize, own: v128): void {
  v128.store(sums, f32x4.add(v128.load(sums), own));
}

/** Writes the sums of some filters, divided by the terms, to dW. */
function finish(sums: usize, filter: i32, lastFilter: i32): void {
  const rows = load<i32>(argument.CONVOLUTION_ROWS);
  const numbers = load<usize>(argument.CONVOLUTION_COLUMNS) * load<usize>(argument.CONVOLUTION_CHANNELS);
  const filters = load<usize>(argument.CONVOLUTION_FILTERS) << 2;
  const rowBytes = filterRowBytes();
  const terms = <f32>load<i32>(argument.CONVOLUTION_TERMS);
  for (let f = filter; f < lastFilter; f++) {
    let to = load<usize>(argument.CONVOLUTION_OUT) + (<usize>f << 2);
    for (let ky = 0; ky < rows; ky++, sums += rowBytes) {
      for (let at = sums; at < sums + (numbers << 2); at += 4, to += filters) {
        store<f32>(to, load<f32>(at) / terms);
      }
    }
  }
}
