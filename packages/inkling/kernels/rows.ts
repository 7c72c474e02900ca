/**
 * What is done to each row, or down all rows: softmax and the losses, the mean of rows, the count of hits. The outputs
 * of a classifier are few, so these are short; sums keep their order and only exponentials are taken four at a time.
 */
import { exp4, log4 } from "./float32";
import { scratch, TALLY } from "./memory";
import { BLOCK } from "./products";
import { ARGUMENTS } from "./threads";

/** Rows of a tile. */
export const TILE_ROWS: i32 = 64;

/** Writes softmax of a row of n logits to p; returns ln Σ exp(zₖ − M), and leaves M and that at the scratch's begin. */
function softmaxRow(z: usize, n: i32, p: usize): void {
  const room = scratch();
  let most = load<f32>(z);
  for (let j = 1; j < n; j++) {
    const value = load<f32>(z + (j << 2));
    if (value > most) most = value;
  }
  // The row is worked on in the scratch, whose last vector may be wider than the row.
  memory.copy(room, z, n << 2);
  const powers = room + <usize>(((n + 3) & ~3) << 2);
  for (let j = 0; j < n; j += 4) {
    const shifted = f32x4.sub(v128.load(room + (j << 2)), f32x4.splat(most));
    v128.store(room + (j << 2), shifted);
    v128.store(powers + (j << 2), exp4(shifted));
  }
  let sum: f32 = 0;
  for (let j = 0; j < n; j++) sum += load<f32>(powers + (j << 2));
  const logSum = f32x4.extract_lane(log4(f32x4.splat(sum)), 0);
  // pⱼ = exp((zⱼ − M) − ln Σ exp(zₖ − M))
  for (let j = 0; j < n; j += 4) {
    v128.store(powers + (j << 2), exp4(f32x4.sub(v128.load(room + (j << 2)), f32x4.splat(logSum))));
  }
  memory.copy(p, powers, n << 2);
  store<f32>(room - 16, most);
  store<f32>(room - 12, logSum);
}

/** Arguments: z, p, rows, columns. */
export function softmaxTile(tile: i32): void {
  const z = <usize>load<u32>(ARGUMENTS, 0);
  const p = <usize>load<u32>(ARGUMENTS, 4);
  const n = load<i32>(ARGUMENTS, 12);
  const last = min((tile + 1) * TILE_ROWS, load<i32>(ARGUMENTS, 8));
  for (let row = tile * TILE_ROWS; row < last; row++) {
    const at = <usize>((row * n) << 2);
    softmaxRow(z + at, n, p + at);
  }
}

// @ts-expect-error: decorator
@inline
function labelOf(labels: usize, row: i32): i32 {
  return <i32>load<u8>(labels + row);
}

/** Arguments: z, labels (a byte a row), losses, dZ, rows, columns. */
export function softmaxCrossEntropyTile(tile: i32): void {
  const z = <usize>load<u32>(ARGUMENTS, 0);
  const labels = <usize>load<u32>(ARGUMENTS, 4);
  const losses = <usize>load<u32>(ARGUMENTS, 8);
  const dZ = <usize>load<u32>(ARGUMENTS, 12);
  const n = load<i32>(ARGUMENTS, 20);
  const last = min((tile + 1) * TILE_ROWS, load<i32>(ARGUMENTS, 16));
  const room = scratch();
  for (let row = tile * TILE_ROWS; row < last; row++) {
    const at = <usize>((row * n) << 2);
    const y = labelOf(labels, row) << 2;
    softmaxRow(z + at, n, dZ + at);
    const most = load<f32>(room - 16);
    const logSum = load<f32>(room - 12);
    // Cᵢ = ln Σ exp(zₖ − M) − (z_y − M)
    store<f32>(losses + (row << 2), logSum - (load<f32>(z + at + y) - most));
    // ∂Cᵢ/∂z = p − y
    store<f32>(dZ + at + y, load<f32>(dZ + at + y) - 1);
  }
}

/** Arguments: a, labels, losses, dA, rows, columns. */
export function quadraticTile(tile: i32): void {
  const a = <usize>load<u32>(ARGUMENTS, 0);
  const labels = <usize>load<u32>(ARGUMENTS, 4);
  const losses = <usize>load<u32>(ARGUMENTS, 8);
  const dA = <usize>load<u32>(ARGUMENTS, 12);
  const n = load<i32>(ARGUMENTS, 20);
  const last = min((tile + 1) * TILE_ROWS, load<i32>(ARGUMENTS, 16));
  for (let row = tile * TILE_ROWS; row < last; row++) {
    const at = <usize>((row * n) << 2);
    const y = labelOf(labels, row);
    let sum: f32 = 0;
    for (let j = 0; j < n; j++) {
      // ∂Cᵢ/∂aⱼ = aⱼ − yⱼ
      const difference = load<f32>(a + at + (j << 2)) - (j == y ? <f32>1 : <f32>0);
      sum += difference * difference;
      store<f32>(dA + at + (j << 2), difference);
    }
    // Cᵢ = ½·Σ (aⱼ − yⱼ)²
    store<f32>(losses + (row << 2), <f32>0.5 * sum);
  }
}

/** The mean of rows. Arguments: δ, out, rows, columns. A tile is 32 columns. */
export function meanRowsTile(tile: i32): void {
  const delta = <usize>load<u32>(ARGUMENTS, 0);
  const out = <usize>load<u32>(ARGUMENTS, 4);
  const rows = load<i32>(ARGUMENTS, 8);
  const n = load<i32>(ARGUMENTS, 12);
  const last = min((tile + 1) * 32, n);
  const stride = <usize>(n << 2);
  for (let column = tile * 32; column < last; column += 4) {
    // The last vector reads into the next row; those lanes are not stored.
    let total = f32x4.splat(0);
    let at = delta + (column << 2);
    for (let first = 0; first < rows; first += BLOCK) {
      let sum = f32x4.splat(0);
      for (let row = first; row < min(first + BLOCK, rows); row++) {
        sum = f32x4.add(sum, v128.load(at));
        at += stride;
      }
      total = f32x4.add(total, sum);
    }
    v128.store(out + (column << 2), f32x4.div(total, f32x4.splat(<f32>rows)));
  }
}

/**
 * The sum of the losses in blocks, in float64, and the hits. Arguments: outputs, losses, labels, rows, columns. The
 * total so far stands at TALLY (float64); the hits are written behind it (32 bits).
 */
export function tallyTile(): void {
  const outputs = <usize>load<u32>(ARGUMENTS, 0);
  const losses = <usize>load<u32>(ARGUMENTS, 4);
  const labels = <usize>load<u32>(ARGUMENTS, 8);
  const rows = load<i32>(ARGUMENTS, 12);
  const n = load<i32>(ARGUMENTS, 16);
  let total = load<f64>(TALLY);
  let hits = 0;
  for (let first = 0; first < rows; first += BLOCK) {
    let sum: f64 = 0;
    for (let row = first; row < min(first + BLOCK, rows); row++) {
      sum += <f64>load<f32>(losses + (row << 2));
      const at = outputs + ((row * n) << 2);
      let best = 0;
      let most = load<f32>(at);
      for (let j = 1; j < n; j++) {
        const value = load<f32>(at + (j << 2));
        if (value > most) {
          most = value;
          best = j;
        }
      }
      if (best == labelOf(labels, row)) hits++;
    }
    total += sum;
  }
  store<f64>(TALLY, total);
  store<i32>(TALLY, hits, 8);
}
