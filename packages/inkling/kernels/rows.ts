/**
 * What is done to each row, or down all rows: softmax and the losses, the mean of rows, the count of hits, a selection.
 * A classifier has few outputs, so in softmax the lanes run across four rows, and a row's sums keep their order. (One
 * row at a time, the loss of 41,000 rows of ten took 4.7 ms instead of 2.1.)
 */
import * as argument from "./arguments";
import { exp4, log4 } from "./float32";
import { BLOCK, TILE_COLUMNS, TILE_ROWS } from "./layout";
import { scratch, storeFirst } from "./memory";
import { carry, levelAfter, levelsOf } from "./tree";

/** The same number of four rows: a lane a row. */
// @ts-ignore: decorator
@inline
export function gather(row0: usize, row1: usize, row2: usize, row3: usize): v128 {
  let four = v128.load32_splat(row0);
  four = v128.load32_lane(row1, four, 1);
  four = v128.load32_lane(row2, four, 2);
  return v128.load32_lane(row3, four, 3);
}

/**
 * Writes softmax of four rows of n logits, a lane a row: 2.5 exponentials a row of ten instead of three, and one
 * logarithm for four. Leaves M and ln Σ exp(zₖ − M) of the rows just before the scratch memory, and zⱼ − M in it, four
 * numbers for each j. Beyond `last` the last row is computed again.
 */
export function softmaxFour(z: usize, p: usize, row: i32, last: i32, n: i32): void {
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

/** p = softmax(z), row by row */
export function softmaxTile(tile: i32): void {
  const z = load<usize>(argument.ROWS_IN);
  const p = load<usize>(argument.ROWS_OUT);
  const n = load<i32>(argument.ROWS_COLUMNS);
  const last = min((tile + 1) * TILE_ROWS, load<i32>(argument.ROWS_COUNT));
  for (let row = tile * TILE_ROWS; row < last; row += 4) softmaxFour(z, p, row, last - 1, n);
}

// @ts-ignore: decorator
@inline
function labelOf(labels: usize, row: i32): i32 {
  return load<i32>(labels + (<usize>row << 2));
}

/** Cᵢ = ln Σ exp(zₖ − M) − (z_y − M), ∂Cᵢ/∂z = p − y */
export function softmaxCrossEntropyTile(tile: i32): void {
  const z = load<usize>(argument.ROWS_IN);
  const labels = load<usize>(argument.ROWS_LABELS);
  const losses = load<usize>(argument.ROWS_LOSSES);
  const dZ = load<usize>(argument.ROWS_OUT);
  const n = load<i32>(argument.ROWS_COLUMNS);
  const last = min((tile + 1) * TILE_ROWS, load<i32>(argument.ROWS_COUNT));
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

/** Cᵢ = w·Σ (aⱼ − yⱼ)², ∂Cᵢ/∂a = 2w·(a − y). y is a label or a row of targets. */
export function squaredErrorTile(tile: i32): void {
  const a = load<usize>(argument.ROWS_IN);
  const labels = load<usize>(argument.ROWS_LABELS);
  const losses = load<usize>(argument.ROWS_LOSSES);
  const dA = load<usize>(argument.ROWS_OUT);
  const n = load<i32>(argument.ROWS_COLUMNS);
  const targets = load<usize>(argument.ROWS_TARGETS);
  const weight = load<f32>(argument.ROWS_WEIGHT);
  const twice = load<f32>(argument.ROWS_TWICE);
  const last = min((tile + 1) * TILE_ROWS, load<i32>(argument.ROWS_COUNT));
  for (let row = tile * TILE_ROWS; row < last; row++) {
    const at = <usize>(row * n) << 2;
    const label = labels == 0 ? -1 : labelOf(labels, row);
    let sum: f32 = 0;
    for (let j = 0; j < n; j++) {
      const place = at + (<usize>j << 2);
      const y = targets == 0 ? (j == label ? <f32>1 : <f32>0) : load<f32>(targets + place);
      const difference = load<f32>(a + place) - y;
      sum += difference * difference;
      // ∂Cᵢ/∂aⱼ = 2w·(aⱼ − yⱼ)
      store<f32>(dA + place, twice * difference);
    }
    // Cᵢ = w·Σ (aⱼ − yⱼ)²
    store<f32>(losses + (<usize>row << 2), weight * sum);
  }
}

/** Copies rows in another order. A tile is ROWS_TILE rows. */
export function selectTile(tile: i32): void {
  const data = load<usize>(argument.ROWS_IN);
  const order = load<usize>(argument.ROWS_ORDER);
  const n = load<i32>(argument.ROWS_COLUMNS);
  const first = tile * load<i32>(argument.ROWS_TILE);
  const last = min(first + load<i32>(argument.ROWS_TILE), load<i32>(argument.ROWS_COUNT));
  let to = load<usize>(argument.ROWS_OUT) + (<usize>(first * n) << 2);
  for (let row = first; row < last; row++) {
    let from = data + (<usize>load<u32>(order + (<usize>row << 2)) * <usize>n << 2);
    for (let left = n; left > 0; left -= 4) {
      storeFirst(to, v128.load(from), left);
      from += 16;
      to += 16;
    }
    // Behind the last number of the row.
    to -= <usize>(-n & 3) << 2;
  }
}

/**
 * The mean of rows, or the sums of groups of rows, one after the other, which `meanOfGroupsTile` adds. A tile is
 * TILE_COLUMNS columns of a group.
 */
export function meanRowsTile(tile: i32): void {
  const rows = load<i32>(argument.ROWS_COUNT);
  const n = load<i32>(argument.ROWS_COLUMNS);
  const groupRows = load<i32>(argument.ROWS_TILE);
  const panels = (n + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const group = tile / panels;
  const from = group * groupRows;
  const to = min(from + groupRows, rows);
  const stride = <usize>(n << 2);
  const delta = load<usize>(argument.ROWS_IN) + <usize>from * stride;
  const out = load<usize>(argument.ROWS_OUT) + <usize>group * stride;
  const last = min((tile % panels + 1) * TILE_COLUMNS, n);
  const levels = scratch();
  for (let column = (tile % panels) * TILE_COLUMNS; column < last; column += 4) {
    // The last vector reads into the next row; those lanes are not stored.
    let sum = f32x4.splat(0);
    let at = delta + (column << 2);
    for (let first = from; first < to; first += BLOCK) {
      sum = f32x4.splat(0);
      for (let row = first; row < min(first + BLOCK, to); row++) {
        sum = f32x4.add(sum, v128.load(at));
        at += stride;
      }
      const block = (first - from) / BLOCK;
      const isLast = first + BLOCK >= to;
      sum = carry(sum, levelsOf(block, isLast), levels, 16);
      if (!isLast) v128.store(levels + (<usize>levelAfter(block) << 4), sum);
    }
    if (groupRows >= rows) sum = f32x4.div(sum, f32x4.splat(<f32>load<i32>(argument.ROWS_TERMS)));
    storeFirst(out + (column << 2), sum, n - column);
  }
}

/** The sum of a block's losses, in float64. A tile is a block. */
export function sumLossesTile(block: i32): void {
  const losses = load<usize>(argument.ROWS_IN);
  const last = min((block + 1) * BLOCK, load<i32>(argument.ROWS_COUNT));
  let sum: f64 = 0;
  for (let row = block * BLOCK; row < last; row++) sum += <f64>load<f32>(losses + (<usize>row << 2));
  store<f64>(load<usize>(argument.ROWS_OUT) + (<usize>block << 3), sum);
}

/** The hits of a block. A tile is a block. */
export function countHitsTile(block: i32): void {
  const outputs = load<usize>(argument.ROWS_IN);
  const labels = load<usize>(argument.ROWS_LABELS);
  const n = load<i32>(argument.ROWS_COLUMNS);
  const last = min((block + 1) * BLOCK, load<i32>(argument.ROWS_COUNT));
  let hits = 0;
  for (let row = block * BLOCK; row < last; row++) {
    const at = outputs + (<usize>(row * n) << 2);
    let best = 0;
    let most = load<f32>(at);
    for (let j = 1; j < n; j++) {
      const value = load<f32>(at + (<usize>j << 2));
      if (value > most) {
        most = value;
        best = j;
      }
    }
    if (best == labelOf(labels, row)) hits++;
  }
  store<i32>(load<usize>(argument.ROWS_OUT) + (<usize>block << 2), hits);
}
