/**
 * The dense products, all of them one micro-kernel over A (rows × depth, any strides) and B (depth × columns):
 *
 *   matmul             z (m × n) = x·W          A = x    B = W     depth k
 *   matmulTransposeB   dX (m × k) = δ·Wᵀ        A = δ    B = Wᵀ    depth n
 *   meanOuter          dW (k × n) = xᵀ·δ / m    A = xᵀ   B = δ     depth m, in blocks of 128
 *
 * Four rows by eight columns are summed in eight registers: sixteen products a step for six loads, which is what two
 * multipliers and two adders can take without waiting for memory. Lanes run across columns, never across the sum. A
 * tile (64 rows by 32 columns) first copies its part of B into panels of eight columns, depth after depth, so that
 * the inner loop reads straight on; columns beyond the last are 0 and are not stored.
 *
 * Measured, one Zen 5 core, Node 20 (bench/products.js): the three products of a 512 × 512 layer at batch 128 (T4)
 * run at 54, 56 and 53 GFLOP/s of the 64 that two multipliers and two adders of 128 bits can do at 4 GHz, those of
 * 1024 × 1024 × 1024 at 48, 56 and 37. Two depths a round brought 7 of them, columns turned by shuffles 8. Fused
 * multiply-add gains nothing (docs/decisions/0006).
 */

import { scratch, storeFirst } from "./memory";
import { ARGUMENTS } from "./threads";

export const ROWS: i32 = 64;
export const COLUMNS: i32 = 32;
const PANEL: i32 = 8;
/** Examples in a block of a sum over the batch; as in backends/backend.ts. */
export const BLOCK: i32 = 128;

/** What happens to a finished sum before it is stored. */
const STORE: i32 = 0;
const ADD: i32 = 1;

/**
 * Arguments: a, b, c, bias (or 0), rows, columns, depth, A's bytes from row to row, from depth to depth, B's likewise,
 * examples to divide by (or 0), and the depth of a block.
 */
export function productTile(tile: i32): void {
  const a = <usize>load<u32>(ARGUMENTS, 0);
  const b = <usize>load<u32>(ARGUMENTS, 4);
  const c = <usize>load<u32>(ARGUMENTS, 8);
  const bias = <usize>load<u32>(ARGUMENTS, 12);
  const rows = load<i32>(ARGUMENTS, 16);
  const columns = load<i32>(ARGUMENTS, 20);
  const depth = load<i32>(ARGUMENTS, 24);
  const aRow = <usize>load<u32>(ARGUMENTS, 28);
  const aDepth = <usize>load<u32>(ARGUMENTS, 32);
  const bDepth = <usize>load<u32>(ARGUMENTS, 36);
  const bColumn = <usize>load<u32>(ARGUMENTS, 40);
  const divisor = load<i32>(ARGUMENTS, 44);
  const block = load<i32>(ARGUMENTS, 48);

  const groups = (columns + COLUMNS - 1) / COLUMNS;
  const firstRow = (tile / groups) * ROWS;
  const lastRow = min(firstRow + ROWS, rows);
  const firstColumn = (tile % groups) * COLUMNS;
  const lastColumn = min(firstColumn + COLUMNS, columns);
  const panels = scratch();

  for (let from = 0; from < depth; from += block) {
    const steps = min(block, depth - from);
    const panelBytes = <usize>(steps * PANEL * 4);
    let panel = panels;
    for (let column = firstColumn; column < lastColumn; column += PANEL) {
      const at = b + <usize>from * bDepth + <usize>column * bColumn;
      pack(at, steps, min(PANEL, lastColumn - column), bDepth, bColumn, panel);
      panel += panelBytes;
    }
    const how = from == 0 ? STORE : ADD;
    const over = from + steps == depth ? divisor : 0;
    let row = firstRow;
    for (; row + 4 <= lastRow; row += 4) {
      panel = panels;
      let rowsAt = a + <usize>row * aRow + <usize>from * aDepth;
      let depthBytes = aDepth;
      // Depths 4 kB apart fall into one place of the nearest cache: 28 GFLOP/s at 1024 × 1024 × 1024, copied first 37.
      if ((aDepth & 4095) == 0) {
        const copy = panels + <usize>(steps * COLUMNS * 4);
        for (let p = 0; p < steps; p++) v128.store(copy + (<usize>p << 4), v128.load(rowsAt + <usize>p * aDepth));
        rowsAt = copy;
        depthBytes = 16;
      }
      for (let column = firstColumn; column < lastColumn; column += PANEL) {
        const at = c + (<usize>(row * columns + column) << 2);
        const biasAt = bias == 0 ? <usize>0 : bias + <usize>(column << 2);
        const width = min(PANEL, lastColumn - column);
        if (aDepth == 4) fourAlong(rowsAt, aRow, panel, steps, at, <usize>columns << 2, width, biasAt, how, over);
        else fourAcross(rowsAt, depthBytes, panel, steps, at, <usize>columns << 2, width, biasAt, how, over);
        panel += panelBytes;
      }
    }
    for (; row < lastRow; row++) {
      panel = panels;
      for (let column = firstColumn; column < lastColumn; column += PANEL) {
        const at = c + (<usize>(row * columns + column) << 2);
        const biasAt = bias == 0 ? <usize>0 : bias + <usize>(column << 2);
        const width = min(PANEL, lastColumn - column);
        one(a + <usize>row * aRow + <usize>from * aDepth, aDepth, panel, steps, at, width, biasAt, how, over);
        panel += panelBytes;
      }
    }
  }
}

/** Copies `width` columns of B, depth after depth, into a panel of eight; the missing ones are 0. */
function pack(b: usize, steps: i32, width: i32, bDepth: usize, bColumn: usize, panel: usize): void {
  if (width == PANEL && bColumn == 4) {
    for (let p = 0; p < steps; p++) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
      b += bDepth;
      panel += 32;
    }
    return;
  }
  let p = 0;
  if (width == PANEL && bDepth == 4) {
    for (; p + 4 <= steps; p += 4) {
      turn(b, bColumn, panel);
      turn(b + 4 * bColumn, bColumn, panel + 16);
      b += 16;
      panel += 128;
    }
  }
  for (; p < steps; p++) {
    for (let j = 0; j < PANEL; j++) {
      store<f32>(panel + (j << 2), j < width ? load<f32>(b + <usize>j * bColumn) : <f32>0);
    }
    b += bDepth;
    panel += 32;
  }
}

/** Copies four columns of four numbers each as four rows, 32 bytes apart. */
// @ts-ignore: decorator
@inline
function turn(b: usize, bColumn: usize, panel: usize): void {
  const c0 = v128.load(b), c1 = v128.load(b + bColumn);
  const c2 = v128.load(b + 2 * bColumn), c3 = v128.load(b + 3 * bColumn);
  const low01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5), low23 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5);
  const high01 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7), high23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7);
  v128.store(panel, v128.shuffle<i64>(low01, low23, 0, 2));
  v128.store(panel, v128.shuffle<i64>(low01, low23, 1, 3), 32);
  v128.store(panel, v128.shuffle<i64>(high01, high23, 0, 2), 64);
  v128.store(panel, v128.shuffle<i64>(high01, high23, 1, 3), 96);
}

/**
 * Four rows by eight columns: each of the 32 sums from +0, depth ascending. A's rows are read along (its depths stand
 * side by side), two depths in a round. What ends the loop between them also keeps V8 from fetching both depths'
 * numbers first: then there are more than there are registers, and half of the speed is gone.
 */
function fourAlong(
  a: usize, aRow: usize, panel: usize, steps: i32,
  c: usize, cRow: usize, width: i32, bias: usize, how: i32, over: i32,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  let b0: v128, b1: v128, x: v128;
  const end = panel + (<usize>steps << 5);
  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
  for (;;) {
    // sᵢⱼ += aᵢ·bⱼ
    b0 = v128.load(panel);
    b1 = v128.load(panel, 16);
    x = v128.load32_splat(a);
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
    if (panel + 32 == end) break;
    b0 = v128.load(panel, 32);
    b1 = v128.load(panel, 48);
    x = v128.load32_splat(a, 4);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    x = v128.load32_splat(a1, 4);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    x = v128.load32_splat(a2, 4);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    x = v128.load32_splat(a3, 4);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    panel += 64;
    if (panel == end) break;
    a += 8;
    a1 += 8;
    a2 += 8;
    a3 += 8;
  }
  finish(s00, s01, c, width, bias, how, over);
  finish(s10, s11, c + cRow, width, bias, how, over);
  finish(s20, s21, c + 2 * cRow, width, bias, how, over);
  finish(s30, s31, c + 3 * cRow, width, bias, how, over);
}

/** The same, where A's four rows stand side by side. */
function fourAcross(
  a: usize, aDepth: usize, panel: usize, steps: i32,
  c: usize, cRow: usize, width: i32, bias: usize, how: i32, over: i32,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  let b0: v128, b1: v128, x: v128;
  const end = panel + (<usize>steps << 5);
  for (;;) {
    b0 = v128.load(panel);
    b1 = v128.load(panel, 16);
    x = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(x, b0));
    s01 = f32x4.add(s01, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(x, b0));
    s11 = f32x4.add(s11, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(x, b0));
    s21 = f32x4.add(s21, f32x4.mul(x, b1));
    x = v128.load32_splat(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(x, b0));
    s31 = f32x4.add(s31, f32x4.mul(x, b1));
    panel += 32;
    if (panel == end) break;
    a += aDepth;
  }
  finish(s00, s01, c, width, bias, how, over);
  finish(s10, s11, c + cRow, width, bias, how, over);
  finish(s20, s21, c + 2 * cRow, width, bias, how, over);
  finish(s30, s31, c + 3 * cRow, width, bias, how, over);
}

/** One row by eight columns. */
function one(
  a: usize, aDepth: usize, panel: usize, steps: i32, c: usize, width: i32, bias: usize, how: i32, over: i32,
): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0);
  for (let p = 0; p < steps; p++) {
    const x = v128.load32_splat(a);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(panel)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(panel, 16)));
    panel += 32;
    a += aDepth;
  }
  finish(s0, s1, c, width, bias, how, over);
}

/** Adds the block before or the bias, divides by the examples, and stores up to eight sums. */
// @ts-ignore: decorator
@inline
function finish(s0: v128, s1: v128, c: usize, width: i32, bias: usize, how: i32, over: i32): void {
  // What is read beyond the last column is not stored.
  if (how == ADD) {
    s0 = f32x4.add(v128.load(c), s0);
    s1 = f32x4.add(v128.load(c, 16), s1);
  }
  if (bias != 0) {
    s0 = f32x4.add(s0, v128.load(bias));
    s1 = f32x4.add(s1, v128.load(bias, 16));
  }
  if (over != 0) {
    s0 = f32x4.div(s0, f32x4.splat(<f32>over));
    s1 = f32x4.div(s1, f32x4.splat(<f32>over));
  }
  storeFirst(c, s0, width);
  if (width > 4) storeFirst(c + 16, s1, width - 4);
}
