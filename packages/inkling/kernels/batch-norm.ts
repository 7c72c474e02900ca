/**
 * Batch normalization. A row of x has P positions of n channels each: channel c of position p is number p·n + c.
 *
 *   x, x̂, y, δ (m × P·n)   μ, v, γ, β (1 × n)
 *
 * A sum over the batch takes two passes, so that its order is the law's and all threads have work: each example's own
 * sum over its positions (m × n; a tile is some examples), then the sum of these rows by blocks as a tree (a tile is
 * some columns of a group of blocks). Lanes run across channels. What is done to each number by itself runs along the
 * memory as it lies: four numbers begin at some channel c, and the channels' numbers stand in scratch memory with the
 * first three once more behind the last, so that one unaligned load at c finds those of all four.
 */
import * as argument from "./arguments";
import { BLOCK, TILE_COLUMNS, TILE_NUMBERS } from "./layout";
import { scratch, storeFirst } from "./memory";
import { carry, levelAfter, levelsOf } from "./tree";

/** What is summed: x, (x − μ)² or x·y. */
const SQUARES: i32 = 1;
const PRODUCTS: i32 = 2;

/** Four terms of a sum; `mu` are their channels' means. */
// @ts-ignore: decorator
@inline
function termAt(kind: i32, x: usize, y: usize, mu: v128): v128 {
  const value = v128.load(x);
  if (kind == SQUARES) {
    const d = f32x4.sub(value, mu);
    return f32x4.mul(d, d);
  }
  if (kind == PRODUCTS) return f32x4.mul(value, v128.load(y));
  return value;
}

/** Each example's sum over its positions, from +0. A tile is NORM_TILE examples. */
export function positionSumsTile(tile: i32): void {
  const kind = load<i32>(argument.BATCH_NORM_KIND);
  const n = load<i32>(argument.BATCH_NORM_CHANNELS);
  const examples = load<i32>(argument.BATCH_NORM_EXAMPLES);
  const x = load<usize>(argument.BATCH_NORM_X);
  const y = load<usize>(argument.BATCH_NORM_Y);
  const mean = load<usize>(argument.BATCH_NORM_MEAN);
  const sums = load<usize>(argument.BATCH_NORM_OUT);
  const stride = <usize>n << 2;
  const bytes = stride * <usize>load<i32>(argument.BATCH_NORM_POSITIONS);
  const first = tile * load<i32>(argument.BATCH_NORM_TILE);
  const last = min(first + load<i32>(argument.BATCH_NORM_TILE), examples);
  for (let row = first; row < last; row += 4) {
    let column = 0;
    for (; column + 16 <= n; column += 16) {
      for (let i = row; i < min(row + 4, last); i++) {
        const at = <usize>i * bytes + (<usize>column << 2);
        const to = sums + <usize>i * stride + (<usize>column << 2);
        sixteenSums(kind, x + at, y + at, bytes, stride, mean + (<usize>column << 2), to);
      }
    }
    // Of fewer channels, four examples at once. Beyond the last one it is computed again.
    const row1 = min(row + 1, last - 1);
    const row2 = min(row + 2, last - 1);
    const row3 = min(row + 3, last - 1);
    for (; column < n; column += 4) {
      const at = <usize>column << 2;
      const mu = kind == SQUARES ? v128.load(mean + at) : f32x4.splat(0);
      const x0 = at + <usize>row * bytes;
      const x1 = at + <usize>row1 * bytes;
      const x2 = at + <usize>row2 * bytes;
      const x3 = at + <usize>row3 * bytes;
      let sum0 = f32x4.splat(0);
      let sum1 = f32x4.splat(0);
      let sum2 = f32x4.splat(0);
      let sum3 = f32x4.splat(0);
      for (let p: usize = 0; p < bytes; p += stride) {
        sum0 = f32x4.add(sum0, termAt(kind, x + x0 + p, y + x0 + p, mu));
        sum1 = f32x4.add(sum1, termAt(kind, x + x1 + p, y + x1 + p, mu));
        sum2 = f32x4.add(sum2, termAt(kind, x + x2 + p, y + x2 + p, mu));
        sum3 = f32x4.add(sum3, termAt(kind, x + x3 + p, y + x3 + p, mu));
      }
      storeFirst(sums + <usize>row * stride + at, sum0, n - column);
      storeFirst(sums + <usize>row1 * stride + at, sum1, n - column);
      storeFirst(sums + <usize>row2 * stride + at, sum2, n - column);
      storeFirst(sums + <usize>row3 * stride + at, sum3, n - column);
    }
  }
}

/** One example's sums of sixteen channels: a cache line of each position. */
function sixteenSums(kind: i32, x: usize, y: usize, bytes: usize, stride: usize, mean: usize, out: usize): void {
  let mu0 = f32x4.splat(0);
  let mu1 = mu0;
  let mu2 = mu0;
  let mu3 = mu0;
  let sum0 = mu0;
  let sum1 = mu0;
  let sum2 = mu0;
  let sum3 = mu0;
  if (kind == SQUARES) {
    mu0 = v128.load(mean);
    mu1 = v128.load(mean, 16);
    mu2 = v128.load(mean, 32);
    mu3 = v128.load(mean, 48);
  }
  for (let p: usize = 0; p < bytes; p += stride) {
    sum0 = f32x4.add(sum0, termAt(kind, x + p, y + p, mu0));
    sum1 = f32x4.add(sum1, termAt(kind, x + p + 16, y + p + 16, mu1));
    sum2 = f32x4.add(sum2, termAt(kind, x + p + 32, y + p + 32, mu2));
    sum3 = f32x4.add(sum3, termAt(kind, x + p + 48, y + p + 48, mu3));
  }
  v128.store(out, sum0);
  v128.store(out, sum1, 16);
  v128.store(out, sum2, 32);
  v128.store(out, sum3, 48);
}

/**
 * The sums of groups of rows, by the law: blocks from +0, added as a tree. They are divided later, by
 * `meanOfGroupsTile`. A tile is TILE_COLUMNS columns of a group of NORM_TILE rows.
 */
export function sumRowsTile(tile: i32): void {
  const rows = load<i32>(argument.BATCH_NORM_EXAMPLES);
  const n = load<i32>(argument.BATCH_NORM_CHANNELS);
  const groupRows = load<i32>(argument.BATCH_NORM_TILE);
  const panels = (n + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const group = tile / panels;
  const from = group * groupRows;
  const to = min(from + groupRows, rows);
  const stride = <usize>n << 2;
  const x = load<usize>(argument.BATCH_NORM_X) + <usize>from * stride;
  const out = load<usize>(argument.BATCH_NORM_OUT) + <usize>group * stride;
  const last = min((tile % panels + 1) * TILE_COLUMNS, n);
  const levels = scratch();
  // Of eight columns at once. The last vectors read into the next row; those lanes are not stored.
  for (let column = (tile % panels) * TILE_COLUMNS; column < last; column += 8) {
    let low = f32x4.splat(0);
    let high = low;
    let at = x + (<usize>column << 2);
    for (let first = from; first < to; first += BLOCK) {
      low = f32x4.splat(0);
      high = low;
      for (let row = first; row < min(first + BLOCK, to); row++) {
        low = f32x4.add(low, v128.load(at));
        high = f32x4.add(high, v128.load(at, 16));
        at += stride;
      }
      const block = (first - from) / BLOCK;
      const isLast = first + BLOCK >= to;
      const taken = levelsOf(block, isLast);
      low = carry(low, taken, levels, 32);
      high = carry(high, taken, levels + 16, 32);
      if (isLast) break;
      const level = levels + (<usize>levelAfter(block) << 5);
      v128.store(level, low);
      v128.store(level, high, 16);
    }
    storeFirst(out + (<usize>column << 2), low, last - column);
    if (column + 4 < last) storeFirst(out + (<usize>column << 2) + 16, high, last - column - 4);
  }
}

/** Bytes of one list of the channels' numbers in scratch memory. */
// @ts-ignore: decorator
@inline
function listBytes(n: i32): usize {
  return <usize>((n + 7) & ~3) << 2;
}

/** Puts the first three channels once more behind the last; of fewer than three, over and over. */
function close(list: usize, n: i32): void {
  const end = list + (<usize>n << 2);
  for (let k: usize = 0; k < 12; k += 4) store<f32>(end + k, load<f32>(list + k));
}

/** The channel, in bytes, that is `step` after channel c. */
// @ts-ignore: decorator
@inline
function after(c: usize, step: usize, bytes: usize): usize {
  c += step;
  return c >= bytes ? c - bytes : c;
}

/** √(v + ε) */
// @ts-ignore: decorator
@inline
function deviation(variance: v128): v128 {
  return f32x4.sqrt(f32x4.add(variance, v128.load32_splat(argument.BATCH_NORM_EPSILON)));
}

/** x̂ = (x − μ) / σ, y = γ·x̂ + β. A tile is NORM_TILE numbers. */
export function normalizeTile(tile: i32): void {
  const n = load<i32>(argument.BATCH_NORM_CHANNELS);
  const x = load<usize>(argument.BATCH_NORM_X);
  const xHat = load<usize>(argument.BATCH_NORM_Y);
  const y = load<usize>(argument.BATCH_NORM_OUT);
  const mean = load<usize>(argument.BATCH_NORM_MEAN);
  const variance = load<usize>(argument.BATCH_NORM_VARIANCE);
  const scale = load<usize>(argument.BATCH_NORM_SCALE);
  const shift = load<usize>(argument.BATCH_NORM_SHIFT);
  const means = scratch();
  const sigmas = means + listBytes(n);
  const scales = sigmas + listBytes(n);
  const shifts = scales + listBytes(n);
  const bytes = <usize>n << 2;
  for (let c: usize = 0; c < bytes; c += 16) {
    v128.store(means + c, v128.load(mean + c));
    v128.store(sigmas + c, deviation(v128.load(variance + c)));
    v128.store(scales + c, v128.load(scale + c));
    v128.store(shifts + c, v128.load(shift + c));
  }
  close(means, n);
  close(sigmas, n);
  close(scales, n);
  close(shifts, n);
  const first = tile * load<i32>(argument.BATCH_NORM_TILE);
  const last = <usize>min(first + load<i32>(argument.BATCH_NORM_TILE), load<i32>(argument.BATCH_NORM_COUNT)) << 2;
  const step = <usize>(4 % n) << 2;
  let c = <usize>(first % n) << 2;
  for (let e = <usize>first << 2; e < last; e += 16) {
    const own = f32x4.div(f32x4.sub(v128.load(x + e), v128.load(means + c)), v128.load(sigmas + c));
    v128.store(xHat + e, own);
    v128.store(y + e, f32x4.add(f32x4.mul(v128.load(scales + c), own), v128.load(shifts + c)));
    c = after(c, step, bytes);
  }
}

/** ∂C/∂x = (γ / σ)·(δ − mean(δ) − x̂·mean(δ·x̂)). A tile is NORM_TILE numbers. */
export function normalizeBackwardTile(tile: i32): void {
  const n = load<i32>(argument.BATCH_NORM_CHANNELS);
  const delta = load<usize>(argument.BATCH_NORM_X);
  const xHat = load<usize>(argument.BATCH_NORM_Y);
  const dX = load<usize>(argument.BATCH_NORM_OUT);
  const meanDelta = load<usize>(argument.BATCH_NORM_MEAN);
  const meanProduct = load<usize>(argument.BATCH_NORM_SHIFT);
  const variance = load<usize>(argument.BATCH_NORM_VARIANCE);
  const scale = load<usize>(argument.BATCH_NORM_SCALE);
  const slopes = scratch();
  const means = slopes + listBytes(n);
  const products = means + listBytes(n);
  const bytes = <usize>n << 2;
  for (let c: usize = 0; c < bytes; c += 16) {
    v128.store(slopes + c, f32x4.div(v128.load(scale + c), deviation(v128.load(variance + c))));
    v128.store(means + c, v128.load(meanDelta + c));
    v128.store(products + c, v128.load(meanProduct + c));
  }
  close(slopes, n);
  close(means, n);
  close(products, n);
  const first = tile * load<i32>(argument.BATCH_NORM_TILE);
  const last = <usize>min(first + load<i32>(argument.BATCH_NORM_TILE), load<i32>(argument.BATCH_NORM_COUNT)) << 2;
  const step = <usize>(4 % n) << 2;
  let c = <usize>(first % n) << 2;
  for (let e = <usize>first << 2; e < last; e += 16) {
    const centred = f32x4.sub(v128.load(delta + e), v128.load(means + c));
    const product = f32x4.mul(v128.load(xHat + e), v128.load(products + c));
    v128.store(dX + e, f32x4.mul(v128.load(slopes + c), f32x4.sub(centred, product)));
    c = after(c, step, bytes);
  }
}

/** s ← old·s + fresh·b */
export function moveStatisticTile(tile: i32): void {
  const statistic = load<usize>(argument.BATCH_NORM_OUT);
  const batch = load<usize>(argument.BATCH_NORM_X);
  const old = v128.load32_splat(argument.BATCH_NORM_OLD);
  const fresh = v128.load32_splat(argument.BATCH_NORM_FRESH);
  const last = <usize>min((tile + 1) * TILE_NUMBERS, load<i32>(argument.BATCH_NORM_COUNT)) << 2;
  for (let e = <usize>(tile * TILE_NUMBERS) << 2; e < last; e += 16) {
    const kept = f32x4.mul(old, v128.load(statistic + e));
    v128.store(statistic + e, f32x4.add(kept, f32x4.mul(fresh, v128.load(batch + e))));
  }
}
