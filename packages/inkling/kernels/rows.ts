/**
 * What is done to each row, or down all rows: softmax and the losses, the mean of rows, the count of hits. The
 * outputs of a classifier are few: lanes run across four rows, and a row's sums keep their order. (One row at a time,
 * the loss of 41,000 rows of ten took 4.7 ms instead of 2.1.)
 */
import { exp4, log4 } from "./float32";
import { scratch } from "./memory";
import { BLOCK } from "./products";
import { ARGUMENTS } from "./threads";

/** Rows of a tile. */
export const TILE_ROWS: i32 = 64;

/** The same number of four rows: a lane a row. */
// @ts-ignore: decorator
@inline
function gather(row0: usize, row1: usize, row2: usize, row3: usize): v128 {
  let four = v128.load32_splat(row0);
  four = v128.load32_lane(row1, four, 1);
  four = v128.load32_lane(row2, four, 2);
  return v128.load32_lane(row3, four, 3);
}

/**
 * Writes softmax of four rows of n logits, a lane a row: 2.5 exponentials a row of ten instead of three, and one
 * logarithm for four. Leaves M and ln Σ exp(zₖ − M) of the rows at the scratch's begin. Beyond `last` the last row is
 * computed again.
 */
function softmaxFour(z: usize, p: usize, row: i32, last: i32, n: i32): void {
  const stride = <usize>n << 2;
  const row0 = <usize>row * stride;
  const row1 = <usize>min(row + 1, last) * stride;
  const row2 = <usize>min(row + 2, last) * stride;
  const row3 = <usize>min(row + 3, last) * stride;
  const room = scratch();
  let most = gather(z + row0, z + row1, z + row2, z + row3);
  v128.store(room, most);
  for (let j: usize = 1; j < <usize>n; j++) {
    const at = z + (j << 2);
    const value = gather(at + row0, at + row1, at + row2, at + row3);
    v128.store(room + (j << 4), value);
    most = v128.bitselect(value, most, f32x4.gt(value, most));
  }
  let sum = f32x4.splat(0);
  for (let j: usize = 0; j < <usize>n; j++) {
    const shifted = f32x4.sub(v128.load(room + (j << 4)), most);
    v128.store(room + (j << 4), shifted);
    sum = f32x4.add(sum, exp4(shifted));
  }
  const logSum = log4(sum);
  // pⱼ = exp((zⱼ − M) − ln Σ exp(zₖ − M))
  for (let j: usize = 0; j < <usize>n; j++) {
    const power = exp4(f32x4.sub(v128.load(room + (j << 4)), logSum));
    const at = p + (j << 2);
    v128.store32_lane(at + row0, power, 0);
    v128.store32_lane(at + row1, power, 1);
    v128.store32_lane(at + row2, power, 2);
    v128.store32_lane(at + row3, power, 3);
  }
  v128.store(room - 32, most);
  v128.store(room - 16, logSum);
}

/** Arguments: z, p, rows, columns. */
export function softmaxTile(tile: i32): void {
  const z = <usize>load<u32>(ARGUMENTS, 0);
  const p = <usize>load<u32>(ARGUMENTS, 4);
  const n = load<i32>(ARGUMENTS, 12);
  const last = min((tile + 1) * TILE_ROWS, load<i32>(ARGUMENTS, 8));
  for (let row = tile * TILE_ROWS; row < last; row += 4) softmaxFour(z, p, row, last - 1, n);
}

// @ts-ignore: decorator
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
  for (let first = tile * TILE_ROWS; first < last; first += 4) {
    softmaxFour(z, dZ, first, last - 1, n);
    for (let row = first; row < min(first + 4, last); row++) {
      const y = <usize>(row * n + labelOf(labels, row)) << 2;
      const most = load<f32>(room - 32 + (<usize>(row - first) << 2));
      const logSum = load<f32>(room - 16 + (<usize>(row - first) << 2));
      // Cᵢ = ln Σ exp(zₖ − M) − (z_y − M)
      store<f32>(losses + (<usize>row << 2), logSum - (load<f32>(z + y) - most));
      // ∂Cᵢ/∂z = p − y
      store<f32>(dZ + y, load<f32>(dZ + y) - 1);
    }
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
 * The sum of a block's losses, in float64, and its hits. Arguments: outputs, losses, labels, rows, columns, and where
 * the blocks' results go: sixteen bytes each, the sum, then the hits. A tile is a block.
 */
export function tallyTile(block: i32): void {
  const outputs = <usize>load<u32>(ARGUMENTS, 0);
  const losses = <usize>load<u32>(ARGUMENTS, 4);
  const labels = <usize>load<u32>(ARGUMENTS, 8);
  const n = load<i32>(ARGUMENTS, 16);
  const last = min((block + 1) * BLOCK, load<i32>(ARGUMENTS, 12));
  let sum: f64 = 0;
  let hits = 0;
  for (let row = block * BLOCK; row < last; row++) {
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
  const result = <usize>load<u32>(ARGUMENTS, 20) + (<usize>block << 4);
  store<f64>(result, sum);
  store<i32>(result, hits, 8);
}
