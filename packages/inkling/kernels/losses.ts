/**
 * The losses beside softmax's cross-entropy and the squared error (rows.ts): what each row costs, and the gradient at
 * it. The lanes run across four rows, so a row's sum keeps its order. Beyond the last row the last one is computed
 * again, which writes the same numbers once more.
 */
import * as argument from "./arguments";
import { exp4, log4 } from "./float32";
import { TILE_ROWS } from "./layout";
import { scratch, storeFirst } from "./memory";
import { gather, softmaxFour } from "./rows";

/** Stores the same number of four rows: the opposite of gather. */
// @ts-ignore: decorator
@inline
function scatter(four: v128, row0: usize, row1: usize, row2: usize, row3: usize): void {
  v128.store32_lane(row0, four, 0);
  v128.store32_lane(row1, four, 1);
  v128.store32_lane(row2, four, 2);
  v128.store32_lane(row3, four, 3);
}

/** With t_c = w_c·q_c:  Cᵢ = Σ_c t_c·(ln Σ exp(zₖ − M) − (z_c − M)),  ∂Cᵢ/∂zⱼ = pⱼ·Σ_c t_c − tⱼ */
export function weightedCrossEntropyTile(tile: i32): void {
  const z = load<usize>(argument.ROWS_IN);
  const labels = load<usize>(argument.ROWS_LABELS);
  const losses = load<usize>(argument.ROWS_LOSSES);
  const dZ = load<usize>(argument.ROWS_OUT);
  const weights = load<usize>(argument.LOSS_CLASS_WEIGHTS);
  const n = load<i32>(argument.ROWS_COLUMNS);
  const on = f32x4.splat(load<f32>(argument.LOSS_ON));
  const off = f32x4.splat(load<f32>(argument.LOSS_OFF));
  const end = min((tile + 1) * TILE_ROWS, load<i32>(argument.ROWS_COUNT));
  const stride = <usize>n << 2;
  const room = scratch();
  for (let row = tile * TILE_ROWS; row < end; row += 4) {
    const i1 = <usize>min(row + 1, end - 1);
    const i2 = <usize>min(row + 2, end - 1);
    const i3 = <usize>min(row + 3, end - 1);
    // dZ holds p first, and the scratch memory zⱼ − M, then tⱼ.
    softmaxFour(z, dZ, row, end - 1, n);
    const logSum = v128.load(room - 16);
    const y = gather(labels + (<usize>row << 2), labels + (i1 << 2), labels + (i2 << 2), labels + (i3 << 2));
    let total = f32x4.splat(0);
    let loss = f32x4.splat(0);
    for (let j = 0; j < n; j++) {
      const at = room + (<usize>j << 4);
      const q = v128.bitselect(on, off, i32x4.eq(i32x4.splat(j), y));
      const term = f32x4.mul(v128.load32_splat(weights + (<usize>j << 2)), q);
      total = f32x4.add(total, term);
      // Cᵢ = Σ_c t_c·(ln Σ exp(zₖ − M) − (z_c − M))
      loss = f32x4.add(loss, f32x4.mul(term, f32x4.sub(logSum, v128.load(at))));
      v128.store(at, term);
    }
    const row0 = dZ + <usize>row * stride;
    const row1 = dZ + i1 * stride;
    const row2 = dZ + i2 * stride;
    const row3 = dZ + i3 * stride;
    for (let j: usize = 0; j < <usize>n; j++) {
      const at = j << 2;
      const p = gather(row0 + at, row1 + at, row2 + at, row3 + at);
      // ∂Cᵢ/∂zⱼ = pⱼ·Σ_c t_c − tⱼ
      const slope = f32x4.sub(f32x4.mul(p, total), v128.load(room + (j << 4)));
      scatter(slope, row0 + at, row1 + at, row2 + at, row3 + at);
    }
    storeFirst(losses + (<usize>row << 2), loss, end - row);
  }
}

// Of a loss that is a mean over the outputs: which one.
const BINARY: i32 = 0;
const HUBER: i32 = 1;
const ABSOLUTE: i32 = 2;

/** Cᵢ = w·Σⱼ (ln(1 + exp zⱼ) − zⱼ·yⱼ),  ∂Cᵢ/∂zⱼ = w·(σ(zⱼ) − yⱼ) */
export function binaryCrossEntropyTile(tile: i32): void {
  meanTile(tile, BINARY);
}

/** Cᵢ = w·Σⱼ g·(d − g/2),  ∂Cᵢ/∂aⱼ = w·g,  d = aⱼ − yⱼ, g = d held between −δ and δ */
export function huberErrorTile(tile: i32): void {
  meanTile(tile, HUBER);
}

/** Cᵢ = w·Σⱼ |d|,  ∂Cᵢ/∂aⱼ = w·sign d,  d = aⱼ − yⱼ */
export function absoluteErrorTile(tile: i32): void {
  meanTile(tile, ABSOLUTE);
}

/** ln(1 + e) for e from 0 to 1, u = 1 + e: ln u·e / (u − 1) undoes the rounding of u; e itself where u = 1. */
// @ts-ignore: decorator
@inline
function logOfSum(e: v128, u: v128): v128 {
  const one = f32x4.splat(1);
  return v128.bitselect(e, f32x4.div(f32x4.mul(log4(u), e), f32x4.sub(u, one)), f32x4.eq(u, one));
}

/** A tile of rows of one of these losses: the sum of what each number costs, and the slope there, both times w. */
function meanTile(tile: i32, kind: i32): void {
  const a = load<usize>(argument.ROWS_IN);
  const y = load<usize>(argument.ROWS_TARGETS);
  const losses = load<usize>(argument.ROWS_LOSSES);
  const dA = load<usize>(argument.ROWS_OUT);
  const n = load<i32>(argument.ROWS_COLUMNS);
  const weight = f32x4.splat(load<f32>(argument.ROWS_WEIGHT));
  const delta = f32x4.splat(load<f32>(argument.LOSS_DELTA));
  const end = min((tile + 1) * TILE_ROWS, load<i32>(argument.ROWS_COUNT));
  const stride = <usize>n << 2;
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  for (let row = tile * TILE_ROWS; row < end; row += 4) {
    const row0 = <usize>row * stride;
    const row1 = <usize>min(row + 1, end - 1) * stride;
    const row2 = <usize>min(row + 2, end - 1) * stride;
    const row3 = <usize>min(row + 3, end - 1) * stride;
    let sum = f32x4.splat(0);
    for (let j: usize = 0; j < stride; j += 4) {
      const out = gather(a + row0 + j, a + row1 + j, a + row2 + j, a + row3 + j);
      const target = gather(y + row0 + j, y + row1 + j, y + row2 + j, y + row3 + j);
      let cost: v128;
      let slope: v128;
      if (kind == BINARY) {
        const e = exp4(f32x4.neg(f32x4.abs(out)));
        const u = f32x4.add(one, e);
        // ln(1 + exp z) − z·y = (max(0, z) − z·y) + ln(1 + exp(−|z|))
        const most = v128.bitselect(zero, out, f32x4.le(out, zero));
        cost = f32x4.add(f32x4.sub(most, f32x4.mul(out, target)), logOfSum(e, u));
        // σ(z) − y
        slope = f32x4.sub(f32x4.div(v128.bitselect(e, one, f32x4.lt(out, zero)), u), target);
      } else {
        const d = f32x4.sub(out, target);
        // Of Huber's d held between −δ and δ, else sign d; d itself where it is between, 0 or NaN.
        const limit = kind == HUBER ? delta : zero;
        const most = kind == HUBER ? delta : one;
        const low = v128.bitselect(f32x4.neg(most), d, f32x4.lt(d, f32x4.neg(limit)));
        slope = v128.bitselect(most, low, f32x4.gt(d, limit));
        // g·(d − g/2) is d²/2 between, δ·(|d| − δ/2) beyond.
        cost = kind == HUBER ? f32x4.mul(slope, f32x4.sub(d, f32x4.mul(f32x4.splat(0.5), slope))) : f32x4.abs(d);
      }
      sum = f32x4.add(sum, cost);
      scatter(f32x4.mul(weight, slope), dA + row0 + j, dA + row1 + j, dA + row2 + j, dA + row3 + j);
    }
    storeFirst(losses + (<usize>row << 2), f32x4.mul(weight, sum), end - row);
  }
}
