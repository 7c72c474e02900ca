/**
 * The products of kernels/products.ts: C = A·B, where A or B may be the transpose of a matrix. One kernel computes all
 * three; they differ in how its arguments step through memory. The mean of rows is here too, because it is summed over
 * the batch as meanOuter is, and x + s·y (kernels/elementwise.ts).
 */
import * as argument from "../../../kernels/arguments.ts";
import {
  ADD_SCALED,
  BLOCK,
  MEAN_OF_GROUPS,
  MEAN_ROWS,
  PRODUCT,
  SMALL,
  TILE_COLUMNS,
  TILE_NUMBERS,
  TILE_ROWS,
} from "../../../kernels/layout.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address, type Calls } from "../fast/calls.ts";
import type { MemoryPool } from "../pool.ts";

export class DenseProducts {
  readonly #calls: Calls;
  readonly #pool: MemoryPool;
  readonly #threads: number;

  constructor(calls: Calls, pool: MemoryPool, threads: number) {
    this.#calls = calls;
    this.#pool = pool;
    this.#threads = threads;
  }

  /** z = x·W, plus the bias at that address if it is not 0. */
  matmul(x: CpuMatrix, W: CpuMatrix, bias: number, z: CpuMatrix): void {
    this.#setA(x, 4 * x.columns, 4);
    this.#setB(W, 4 * W.columns, 4);
    this.#run(z.rows, z.columns, x.columns, address(z), bias);
  }

  /** dX = δ·Wᵀ */
  matmulTransposeB(delta: CpuMatrix, W: CpuMatrix, dX: CpuMatrix): void {
    this.#setA(delta, 4 * delta.columns, 4);
    this.#setB(W, 4, 4 * W.columns);
    this.#run(dX.rows, dX.columns, delta.columns, address(dX), 0);
  }

  /** dW = xᵀ·δ / terms, in blocks of the batch */
  meanOuter(x: CpuMatrix, delta: CpuMatrix, dW: CpuMatrix, terms: number): void {
    const calls = this.#calls;
    const [m, k, n] = [x.rows, x.columns, delta.columns];
    this.#setA(x, 4, 4 * k);
    this.#setB(delta, 4 * n, 4);
    const tiles = Math.ceil(k / TILE_ROWS) * Math.ceil(n / TILE_COLUMNS);
    const group = this.#groupOf(m, tiles, (m * k * n) / 4);
    const groups = Math.ceil(m / group);
    const out = groups === 1 ? address(dW) : address(this.#pool.matrix(groups, k * n));
    calls.word(argument.PRODUCT_EXAMPLES, groups === 1 ? terms : 0);
    this.#run(k, n, m, out, 0, Math.min(BLOCK, m), group);
    if (groups > 1) this.#meanOfGroups(out, groups, terms, dW);
  }

  /** db = Σᵢ δᵢ / terms, in blocks of the batch */
  meanRows(delta: CpuMatrix, db: CpuMatrix, terms: number): void {
    const calls = this.#calls;
    const [m, n] = [delta.rows, delta.columns];
    const tiles = Math.ceil(n / TILE_COLUMNS);
    const group = this.#groupOf(m, tiles, (m * n) / 4);
    const groups = Math.ceil(m / group);
    const out = groups === 1 ? address(db) : address(this.#pool.matrix(groups, n));
    calls.word(argument.ROWS_IN, address(delta));
    calls.word(argument.ROWS_OUT, out);
    calls.word(argument.ROWS_COUNT, m);
    calls.word(argument.ROWS_COLUMNS, n);
    calls.word(argument.ROWS_TILE, group);
    calls.word(argument.ROWS_TERMS, terms);
    calls.run(MEAN_ROWS, groups * tiles, (m * n) / 4);
    if (groups > 1) this.#meanOfGroups(out, groups, terms, db);
  }

  /** z = x + s·y */
  addScaled(x: CpuMatrix, y: CpuMatrix, scale: number, z: CpuMatrix): void {
    const calls = this.#calls;
    calls.word(argument.SUM_X, address(x));
    calls.word(argument.SUM_Y, address(y));
    calls.word(argument.SUM_Z, address(z));
    calls.float(argument.SUM_SCALE, scale);
    calls.runOnNumbers(ADD_SCALED, argument.SUM_COUNT, z, 1);
  }

  /**
   * Examples of a group. A result of fewer tiles than there are threads is summed in groups of blocks, so that all
   * threads have work: on two threads 0.38 ms instead of 0.60 for 41,000 examples, ten inputs and ten outputs. A group
   * is a power of two of blocks, so it is a subtree of the sum.
   */
  #groupOf(m: number, tiles: number, work: number): number {
    if (tiles >= this.#threads || work < SMALL) return m;
    let group = BLOCK;
    while (Math.ceil(m / (2 * group)) * tiles >= 4 * this.#threads) group *= 2;
    return Math.min(group, m);
  }

  /** Adds the sums of groups to one mean. */
  #meanOfGroups(sums: number, groups: number, terms: number, mean: CpuMatrix): void {
    const calls = this.#calls;
    const count = mean.rows * mean.columns;
    calls.word(argument.SUM_X, sums);
    calls.word(argument.SUM_Z, address(mean));
    calls.word(argument.SUM_COUNT, count);
    calls.word(argument.SUM_GROUPS, groups);
    calls.word(argument.SUM_EXAMPLES, terms);
    calls.run(MEAN_OF_GROUPS, count / TILE_NUMBERS, (groups * count) / 4);
  }

  /** Bytes from one row of A to the next, and from one depth to the next. */
  #setA(A: CpuMatrix, row: number, depth: number): void {
    const calls = this.#calls;
    calls.word(argument.PRODUCT_A, address(A));
    calls.word(argument.PRODUCT_A_ROW, row);
    calls.word(argument.PRODUCT_A_DEPTH, depth);
    calls.word(argument.PRODUCT_EXAMPLES, 0);
  }

  /** Bytes from one depth of B to the next, and from one column to the next. */
  #setB(B: CpuMatrix, depth: number, column: number): void {
    const calls = this.#calls;
    calls.word(argument.PRODUCT_B, address(B));
    calls.word(argument.PRODUCT_B_DEPTH, depth);
    calls.word(argument.PRODUCT_B_COLUMN, column);
  }

  /** C (rows × columns) = A·B + bias. */
  #run(rows: number, columns: number, depth: number, C: number, bias: number, block = depth, group = depth): void {
    const calls = this.#calls;
    calls.word(argument.PRODUCT_C, C);
    calls.word(argument.PRODUCT_ROWS, rows);
    calls.word(argument.PRODUCT_COLUMNS, columns);
    calls.word(argument.PRODUCT_DEPTH, depth);
    calls.word(argument.PRODUCT_BIAS, bias);
    calls.word(argument.PRODUCT_BLOCK, block);
    calls.word(argument.PRODUCT_GROUP, group);
    // Panels of B, four rows of A, and the levels of the tree of block sums.
    const blocks = Math.ceil(group / block);
    const levels = blocks === 1 ? 0 : 33 - Math.clz32(blocks - 1);
    calls.needScratch(block * (4 * TILE_COLUMNS + 16) + 4 * TILE_ROWS * TILE_COLUMNS * levels);
    const tiles = Math.ceil(rows / TILE_ROWS) * Math.ceil(columns / TILE_COLUMNS) * Math.ceil(depth / group);
    calls.run(PRODUCT, tiles, (rows * columns * depth) / 4);
  }
}
