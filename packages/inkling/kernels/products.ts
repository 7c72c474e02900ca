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
 * Measured, one Zen 5 core, Node 20 (bench/products.js wasm): the three products of a 512 × 512 layer at batch 128
 * run at 54, 56 and 53 GFLOP/s of the 64 that two multipliers and two adders of 128 bits can do at 4 GHz, those of
 * 1024 × 1024 × 1024 at 48, 56 and 37. Two depths a round gained 7 of them, columns transposed by shuffles
 * 8. Fused multiply-add gains nothing (docs/decisions/0006).
 */

import * as argument from "./arguments";
import { TILE_COLUMNS, TILE_ROWS } from "./layout";
import { scratch, storeFirst } from "./memory";
import { carryAll, levelAfter, levelsOf } from "./tree";

const PANEL: i32 = 8;
/** Bytes of a level of the tree of block sums, which is a tile; and from row to row in it. */
const LEVEL: usize = TILE_ROWS * TILE_COLUMNS * 4;
const LEVEL_ROW: usize = TILE_COLUMNS * 4;

/**
 * A tile of C = A·B, plus the bias, or divided by the examples. Where the depth is cut into groups of blocks, it is a
 * tile of one group's sum.
 */
export function productTile(tile: i32): void {
  const rows = load<i32>(argument.PRODUCT_ROWS);
  const columns = load<i32>(argument.PRODUCT_COLUMNS);
  const block = load<i32>(argument.PRODUCT_BLOCK);
  const across = (columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const tiles = across * ((rows + TILE_ROWS - 1) / TILE_ROWS);
  const group = tile / tiles;
  const row = ((tile % tiles) / across) * TILE_ROWS;
  const lastRow = min(row + TILE_ROWS, rows);
  const column = (tile % across) * TILE_COLUMNS;
  const lastColumn = min(column + TILE_COLUMNS, columns);
  const first = group * load<i32>(argument.PRODUCT_GROUP);
  const last = min(first + load<i32>(argument.PRODUCT_GROUP), load<i32>(argument.PRODUCT_DEPTH));
  const c = load<usize>(argument.PRODUCT_C) + (<usize>((group * rows + row) * columns + column) << 2);
  const stride = <usize>columns << 2;
  const examples = load<i32>(argument.PRODUCT_EXAMPLES);
  if (last - first <= block) {
    blockTile(row, lastRow, column, lastColumn, first, last - first, c, stride, examples);
    return;
  }
  // Behind what a block needs of the scratch memory stand the levels of the tree.
  const levels = scratch() + <usize>(block * (4 * TILE_COLUMNS + 16));
  const bytes = <usize>((lastColumn - column + 3) & ~3) << 2;
  for (let from = first, b = 0; from < last; from += block, b++) {
    const isLast = from + block >= last;
    const taken = levelsOf(b, isLast);
    const sums = levels + <usize>levelAfter(b) * LEVEL;
    blockTile(row, lastRow, column, lastColumn, from, min(block, last - from), sums, LEVEL_ROW, 0);
    for (let i: usize = 0; i < <usize>(lastRow - row); i++) {
      const own = sums + i * LEVEL_ROW;
      if (taken != 0) carryAll(own, own, bytes, taken, levels + i * LEVEL_ROW, LEVEL);
      if (isLast) finishRow(own, c + i * stride, lastColumn - column, examples);
    }
  }
}

/** Writes a row of sums to C, divided by the examples (if not 0). */
function finishRow(sums: usize, c: usize, width: i32, examples: i32): void {
  for (let j = 0; j < width; j += 4) {
    const sum = v128.load(sums);
    storeFirst(c, examples == 0 ? sum : f32x4.div(sum, f32x4.splat(<f32>examples)), width - j);
    sums += 16;
    c += 16;
  }
}

/**
 * The depths [from … from + steps) of a tile: sums from +0 in the order of the depths, to rows at `c`, `stride` bytes
 * apart.
 */
function blockTile(
  firstRow: i32, lastRow: i32, firstColumn: i32, lastColumn: i32, from: i32, steps: i32,
  c: usize, stride: usize, over: i32,
): void {
  const aRow = load<usize>(argument.PRODUCT_A_ROW);
  const aDepth = load<usize>(argument.PRODUCT_A_DEPTH);
  const bDepth = load<usize>(argument.PRODUCT_B_DEPTH);
  const bColumn = load<usize>(argument.PRODUCT_B_COLUMN);
  const bias = load<usize>(argument.PRODUCT_BIAS);
  const a = load<usize>(argument.PRODUCT_A) + <usize>from * aDepth;
  const b = load<usize>(argument.PRODUCT_B) + <usize>from * bDepth;
  const panels = scratch();
  const panelBytes = <usize>(steps * PANEL * 4);

  let panel = panels;
  for (let column = firstColumn; column < lastColumn; column += PANEL) {
    pack(b + <usize>column * bColumn, steps, min(PANEL, lastColumn - column), bDepth, bColumn, panel);
    panel += panelBytes;
  }
  let row = firstRow;
  for (; row + 4 <= lastRow; row += 4) {
    panel = panels;
    let rowsAt = a + <usize>row * aRow;
    let depthBytes = aDepth;
    // Depths 4 kB apart fall into one place of the nearest cache: 28 GFLOP/s at 1024 × 1024 × 1024, copied first 37.
    if ((aDepth & 4095) == 0) {
      const copy = panels + <usize>(steps * TILE_COLUMNS * 4);
      for (let p = 0; p < steps; p++) v128.store(copy + (<usize>p << 4), v128.load(rowsAt + <usize>p * aDepth));
      rowsAt = copy;
      depthBytes = 16;
    }
    let at = c;
    for (let column = firstColumn; column < lastColumn; column += PANEL) {
      const biasAt = bias == 0 ? <usize>0 : bias + <usize>(column << 2);
      const width = min(PANEL, lastColumn - column);
      if (aDepth == 4) fourAlong(rowsAt, aRow, panel, steps, at, stride, width, biasAt, over);
      else fourAcross(rowsAt, depthBytes, panel, steps, at, stride, width, biasAt, over);
      panel += panelBytes;
      at += PANEL * 4;
    }
    c += 4 * stride;
  }
  for (; row < lastRow; row++) {
    panel = panels;
    let at = c;
    for (let column = firstColumn; column < lastColumn; column += PANEL) {
      const biasAt = bias == 0 ? <usize>0 : bias + <usize>(column << 2);
      one(a + <usize>row * aRow, aDepth, panel, steps, at, min(PANEL, lastColumn - column), biasAt, over);
      panel += panelBytes;
      at += PANEL * 4;
    }
    c += stride;
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
 * numbers first: they would not fit the registers, and half of the speed would be lost.
 */
function fourAlong(
  a: usize, aRow: usize, panel: usize, steps: i32,
  c: usize, cRow: usize, width: i32, bias: usize, over: i32,
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
  finish(s00, s01, c, width, bias, over);
  finish(s10, s11, c + cRow, width, bias, over);
  finish(s20, s21, c + 2 * cRow, width, bias, over);
  finish(s30, s31, c + 3 * cRow, width, bias, over);
}

/** The same, where A's four rows stand side by side. */
function fourAcross(
  a: usize, aDepth: usize, panel: usize, steps: i32,
  c: usize, cRow: usize, width: i32, bias: usize, over: i32,
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
  finish(s00, s01, c, width, bias, over);
  finish(s10, s11, c + cRow, width, bias, over);
  finish(s20, s21, c + 2 * cRow, width, bias, over);
  finish(s30, s31, c + 3 * cRow, width, bias, over);
}

/** One row by eight columns. */
function one(
  a: usize, aDepth: usize, panel: usize, steps: i32, c: usize, width: i32, bias: usize, over: i32,
): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0);
  for (let p = 0; p < steps; p++) {
    const x = v128.load32_splat(a);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(panel)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(panel, 16)));
    panel += 32;
    a += aDepth;
  }
  finish(s0, s1, c, width, bias, over);
}

/** Adds the bias, divides by the examples, and stores up to eight sums. */
// @ts-ignore: decorator
@inline
function finish(s0: v128, s1: v128, c: usize, width: i32, bias: usize, over: i32): void {
  // What is read beyond the last column is not stored.
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
