/**
 * Norms and what is done with them: a sum of squares, a scaling, the limit of each column's norm; the L1 penalty and
 * averages of weights. Squares are summed in float64, whose additions follow one another in a block. So that one need
 * not wait for the other, four blocks are summed beside each other, or four columns.
 */
import * as argument from "./arguments";
import { NORM_BLOCKS, TILE_COLUMNS, TILE_NUMBERS } from "./layout";
import { scratch, storeFirst } from "./memory";
import { levelAfter, levelsOf } from "./tree";

// @ts-ignore: decorator
@inline
function end(tile: i32, count: i32): usize {
  return <usize>(min((tile + 1) * TILE_NUMBERS, count) << 2);
}

/** ∂C/∂W ← ∂C/∂W + λ·sign(W); ±0 and NaN are their own signs. */
export function addSignTile(tile: i32): void {
  const gradient = load<usize>(argument.NORM_IN);
  const W = load<usize>(argument.NORM_OTHER);
  const plus = v128.load32_splat(argument.NORM_NUMBER);
  const minus = f32x4.neg(plus);
  const zero = f32x4.splat(0);
  const last = end(tile, load<i32>(argument.NORM_COUNT));
  for (let e = <usize>((tile * TILE_NUMBERS) << 2); e < last; e += 16) {
    const w = v128.load(W + e);
    const sign = v128.bitselect(plus, v128.bitselect(minus, w, f32x4.lt(w, zero)), f32x4.gt(w, zero));
    v128.store(gradient + e, f32x4.add(v128.load(gradient + e), sign));
  }
}

/** ∂C/∂W ← s·∂C/∂W */
export function scaleTile(tile: i32): void {
  const gradient = load<usize>(argument.NORM_IN);
  const s = v128.load32_splat(argument.NORM_NUMBER);
  const last = end(tile, load<i32>(argument.NORM_COUNT));
  for (let e = <usize>((tile * TILE_NUMBERS) << 2); e < last; e += 16) {
    v128.store(gradient + e, f32x4.mul(s, v128.load(gradient + e)));
  }
}

/** A ← d·A + (1 − d)·W */
export function averageTile(tile: i32): void {
  const A = load<usize>(argument.NORM_IN);
  const W = load<usize>(argument.NORM_OTHER);
  const d = v128.load32_splat(argument.NORM_NUMBER);
  const fresh = v128.load32_splat(argument.NORM_FRESH);
  const last = end(tile, load<i32>(argument.NORM_COUNT));
  for (let e = <usize>((tile * TILE_NUMBERS) << 2); e < last; e += 16) {
    const sum = f32x4.add(f32x4.mul(d, v128.load(A + e)), f32x4.mul(fresh, v128.load(W + e)));
    v128.store(A + e, sum);
  }
}

// @ts-ignore: decorator
@inline
function squareAt(at: usize): f64 {
  const x = <f64>load<f32>(at);
  return x * x;
}

/** Σ x² of NORM_BLOCKS blocks, each for itself. */
export function sumSquaresTile(tile: i32): void {
  const from = tile * NORM_BLOCKS * TILE_NUMBERS;
  const left = load<i32>(argument.NORM_COUNT) - from;
  const at = load<usize>(argument.NORM_IN) + (<usize>from << 2);
  const out = load<usize>(argument.NORM_OTHER) + (<usize>(tile * NORM_BLOCKS) << 3);
  let blocks = min(NORM_BLOCKS, (left + TILE_NUMBERS - 1) / TILE_NUMBERS);
  let last = <usize>(min(TILE_NUMBERS, left - (blocks - 1) * TILE_NUMBERS) << 2);
  let sum0: f64 = 0;
  let sum1: f64 = 0;
  let sum2: f64 = 0;
  let sum3: f64 = 0;
  let e: usize = 0;
  // All blocks to the end of the last one, which may be short, then those before it to their ends. Where a block is
  // missing, the first is summed in its place, and not stored.
  for (; blocks > 0; blocks--) {
    const at1 = blocks > 1 ? at + (TILE_NUMBERS << 2) : at;
    const at2 = blocks > 2 ? at + ((2 * TILE_NUMBERS) << 2) : at;
    const at3 = blocks > 3 ? at + ((3 * TILE_NUMBERS) << 2) : at;
    for (; e < last; e += 4) {
      sum0 += squareAt(at + e);
      sum1 += squareAt(at1 + e);
      sum2 += squareAt(at2 + e);
      sum3 += squareAt(at3 + e);
    }
    store<f64>(out, sum0);
    if (blocks > 1) store<f64>(out + 8, sum1);
    if (blocks > 2) store<f64>(out + 16, sum2);
    if (blocks > 3) store<f64>(out + 24, sum3);
    if (last == TILE_NUMBERS << 2) return;
    last = TILE_NUMBERS << 2;
  }
}

/** The factor of a column with this ‖Wⱼ‖², or 1. */
// @ts-ignore: decorator
@inline
function factor(squares: f64, limit: f64): f32 {
  const norm = sqrt<f64>(squares);
  return norm > limit ? <f32>(limit / norm) : 1;
}

/** Two sums plus the levels that they take up (tree.ts), in float64. */
// @ts-ignore: decorator
@inline
function carryTwo(sum: v128, taken: i32, level: usize): v128 {
  for (; taken != 0; taken >>= 1) {
    if (taken & 1) sum = f64x2.add(v128.load(level), sum);
    level += 32;
  }
  return sum;
}

/** Wⱼ ← s·Wⱼ where ‖Wⱼ‖ > c, of TILE_COLUMNS columns. */
export function limitColumnsTile(tile: i32): void {
  const W = load<usize>(argument.NORM_IN);
  const rows = load<i32>(argument.NORM_COUNT);
  const n = load<i32>(argument.NORM_COLUMNS);
  const limit = <f64>load<f32>(argument.NORM_NUMBER);
  const stride = <usize>n << 2;
  const levels = scratch();
  const last = min((tile + 1) * TILE_COLUMNS, n);
  for (let column = tile * TILE_COLUMNS; column < last; column += 4) {
    // The last vector reads into the next row; those lanes are not stored.
    let at = W + (<usize>column << 2);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let first = 0; first < rows; first += TILE_NUMBERS) {
      low = f64x2.splat(0);
      high = f64x2.splat(0);
      for (let row = first; row < min(first + TILE_NUMBERS, rows); row++) {
        const w = v128.load(at);
        const a = f64x2.promote_low_f32x4(w);
        const b = f64x2.promote_low_f32x4(v128.shuffle<i32>(w, w, 2, 3, 2, 3));
        low = f64x2.add(low, f64x2.mul(a, a));
        high = f64x2.add(high, f64x2.mul(b, b));
        at += stride;
      }
      const block = first / TILE_NUMBERS;
      const isLast = first + TILE_NUMBERS >= rows;
      low = carryTwo(low, levelsOf(block, isLast), levels);
      high = carryTwo(high, levelsOf(block, isLast), levels + 16);
      if (!isLast) {
        const level = levels + (<usize>levelAfter(block) << 5);
        v128.store(level, low);
        v128.store(level, high, 16);
      }
    }
    let s = f32x4.splat(factor(f64x2.extract_lane(low, 0), limit));
    s = f32x4.replace_lane(s, 1, factor(f64x2.extract_lane(low, 1), limit));
    s = f32x4.replace_lane(s, 2, factor(f64x2.extract_lane(high, 0), limit));
    s = f32x4.replace_lane(s, 3, factor(f64x2.extract_lane(high, 1), limit));
    if (v128.all_true<i32>(f32x4.eq(s, f32x4.splat(1)))) continue;
    at = W + (<usize>column << 2);
    for (let row = 0; row < rows; row++) {
      storeFirst(at, f32x4.mul(s, v128.load(at)), n - column);
      at += stride;
    }
  }
}
