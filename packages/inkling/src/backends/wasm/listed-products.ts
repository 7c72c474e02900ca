/**
 * Products that leave out zeros. Half of the numbers that come out of a ReLU or of dropout, and of the δ behind its
 * slope, are 0. For each row of A those that are not are listed, and the product runs along the lists:
 *
 *   C[r, :] = Σₚ A[r, p]·B[p, :] over the p with A[r, p] ≠ 0, ascending, from +0
 *
 * A term 0·b changes no sum from +0 as long as b is finite, which is asked before. Where that is not so, where too few
 * numbers are 0, or where there is no machine code for it (in WebAssembly the dense kernel is as fast), each of these
 * returns false, and the dense kernel computes.
 */
import * as argument from "../../../kernels/arguments.ts";
import {
  BLOCK,
  LIST_BY_PIXEL,
  LIST_ROWS,
  LISTED_COLUMNS,
  LISTED_PRODUCT,
  LISTED_ROWS,
  TILE_ROWS,
  TRANSPOSE,
} from "../../../kernels/layout.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address } from "../fast/calls.ts";
import type { House } from "../fast/fast.ts";
import type { ListedPixels } from "../fast/pixel-lists.ts";

/** The share of numbers that are not 0 up to which lists pay. */
const MOST = 0.65;
/** Rows, depths and columns of a product that has lists, at least, and its terms. */
const LEAST = 32;
const FEW_TERMS = 1 << 20;
/** Columns of a product with pixels that has lists, at least: to make these costs as much as 128 columns save. */
const MANY_COLUMNS = 256;

/** C = A·B, along A's rows: `row` and `depth` are bytes from one of them, and from one depth, to the next. */
interface Product {
  readonly A: CpuMatrix;
  readonly row: number;
  readonly depth: number;
  readonly rows: number;
  readonly depths: number;
  /** B, or of what it is the transpose. */
  readonly B: CpuMatrix;
  readonly isTurned: boolean;
  readonly columns: number;
  readonly C: CpuMatrix;
  /** A row that is added last, and what sums are divided by; or 0. */
  readonly bias: number;
  readonly examples: number;
}

export class ListedProducts {
  readonly #house: House;
  /** Matrices that may have many zeros, and the era in which that was so. */
  readonly #zeros = new WeakMap<CpuMatrix, number>();

  constructor(house: House) {
    this.#house = house;
  }

  /** Remembers that a matrix of this step may have many zeros. */
  remember(matrix: CpuMatrix): void {
    const { pool, postponed } = this.#house;
    if (pool.isStepping && matrix.rows * matrix.columns >= LEAST * LEAST) this.#zeros.set(matrix, postponed.era);
  }

  /** z = x·W, plus b if there is one */
  matmul(x: CpuMatrix, W: CpuMatrix, b: CpuMatrix | undefined, z: CpuMatrix): boolean {
    if (!this.#hasZeros(x)) return false;
    const bias = b === undefined ? 0 : address(b);
    return this.#run({ ...along(x), B: W, isTurned: false, columns: W.columns, C: z, bias, examples: 0 });
  }

  /** dX = δ·Wᵀ */
  matmulTransposeB(delta: CpuMatrix, W: CpuMatrix, dX: CpuMatrix): boolean {
    if (!this.#hasZeros(delta)) return false;
    return this.#run({ ...along(delta), B: W, isTurned: true, columns: W.rows, C: dX, bias: 0, examples: 0 });
  }

  /** dW = xᵀ·δ / terms, of one block of examples */
  meanOuter(x: CpuMatrix, delta: CpuMatrix, dW: CpuMatrix, terms: number): boolean {
    const m = x.rows;
    if (m > BLOCK) return false;
    const rest = { isTurned: false, bias: 0, examples: terms };
    if (this.#hasZeros(x)) return this.#run({ ...down(x), B: delta, columns: delta.columns, C: dW, ...rest });
    if (!this.#hasZeros(delta)) return false;
    // Along δ's zeros: its transpose, δᵀ·x.
    const turned = this.#house.pool.matrix(delta.columns, x.columns);
    if (!this.#run({ ...down(delta), B: x, columns: x.columns, C: turned, ...rest })) return false;
    this.#transpose(turned, dW);
    return true;
  }

  /**
   * The same of one block of images, along the lists of each pixel: for machine code fewer loads than of each image.
   */
  meanOuterOfPixels(x: ListedPixels, delta: CpuMatrix, dW: CpuMatrix, terms: number): boolean {
    const { calls } = this.#house;
    const [m, n] = [x.rows, delta.columns];
    if (m > BLOCK || m < LEAST || n < MANY_COLUMNS) return false;
    const rest = { isTurned: false, bias: 0, examples: terms };
    // Nothing of A is read but its lists.
    const product = { A: delta, row: 4, depth: 4, rows: x.columns, depths: m, B: delta, columns: n, C: dW, ...rest };
    this.#set(product, delta);
    if (!calls.hasMachineCode(LISTED_PRODUCT)) return false;
    this.#setLists(x.columns, m);
    calls.word(argument.PIXELS_OFFSETS, x.lists.offsets);
    calls.word(argument.PIXELS_ORDER, x.orderAt);
    calls.word(argument.PIXELS_ROWS, m);
    calls.word(argument.PIXELS_PER_IMAGE, x.columns);
    calls.word(argument.PIXELS_COLUMNS, n);
    calls.word(argument.PIXELS_BANDS, x.bands);
    calls.run(LIST_BY_PIXEL, x.bands, (m * x.columns) / 2);
    return this.#multiply(product, delta, (m * x.columns * n) / 16);
  }

  #hasZeros(matrix: CpuMatrix): boolean {
    return this.#zeros.get(matrix) === this.#house.postponed.era;
  }

  #run(product: Product): boolean {
    const { calls, pool } = this.#house;
    const { rows, depths, columns, B, isTurned } = product;
    if (Math.min(rows, depths, columns) < LEAST || rows * depths * columns < FEW_TERMS) return false;
    this.#set(product, B);
    if (!calls.hasMachineCode(LIST_ROWS) || !calls.hasMachineCode(LISTED_PRODUCT)) return false;
    const counts = this.#setLists(rows, depths);
    calls.run(LIST_ROWS, rows / LISTED_ROWS, (rows * depths) / 2);
    const { words } = calls.whole;
    let entries = 0;
    for (let r = 0; r < rows; r++) entries += words[counts / 4 + r];
    if (entries > MOST * rows * depths || !calls.areFinite(B)) return false;
    const own = isTurned ? pool.matrix(B.columns, B.rows) : B;
    if (isTurned) this.#transpose(B, own);
    return this.#multiply(product, own, (entries * columns) / 4);
  }

  /** C = A·B along the lists that are set. There is no WebAssembly kernel of it, so its form is asked for once more. */
  #multiply(product: Product, B: CpuMatrix, work: number): boolean {
    const { calls } = this.#house;
    this.#set(product, B);
    if (!calls.hasMachineCode(LISTED_PRODUCT)) return false;
    calls.run(LISTED_PRODUCT, Math.ceil(product.rows / TILE_ROWS) * Math.ceil(product.columns / LISTED_COLUMNS), work);
    return true;
  }

  /** Takes room for lists of so many rows; returns where their numbers of entries stand. */
  #setLists(rows: number, depths: number): number {
    const { calls, pool } = this.#house;
    const half = Math.ceil((depths + 16) / 16) * 64;
    const counts = address(pool.matrix(1, rows));
    calls.word(argument.PRODUCT_LISTS, address(pool.matrix(rows, half / 2)));
    calls.word(argument.PRODUCT_LIST_HALF, half);
    calls.word(argument.PRODUCT_COUNTS, counts);
    return counts;
  }

  /** All arguments but the lists. */
  #set(product: Product, B: CpuMatrix): void {
    const { calls } = this.#house;
    calls.word(argument.PRODUCT_A, address(product.A));
    calls.word(argument.PRODUCT_A_ROW, product.row);
    calls.word(argument.PRODUCT_A_DEPTH, product.depth);
    calls.word(argument.PRODUCT_B, address(B));
    calls.word(argument.PRODUCT_B_DEPTH, 4 * product.columns);
    calls.word(argument.PRODUCT_C, address(product.C));
    calls.word(argument.PRODUCT_ROWS, product.rows);
    calls.word(argument.PRODUCT_COLUMNS, product.columns);
    calls.word(argument.PRODUCT_DEPTH, product.depths);
    calls.word(argument.PRODUCT_BIAS, product.bias);
    calls.word(argument.PRODUCT_EXAMPLES, product.examples);
  }

  /** C = Aᵀ */
  #transpose(A: CpuMatrix, C: CpuMatrix): void {
    const { calls } = this.#house;
    calls.word(argument.PRODUCT_A, address(A));
    calls.word(argument.PRODUCT_C, address(C));
    calls.word(argument.PRODUCT_ROWS, A.rows);
    calls.word(argument.PRODUCT_COLUMNS, A.columns);
    calls.run(TRANSPOSE, A.rows / LISTED_ROWS, (A.rows * A.columns) / 2);
  }
}

/** The rows of a matrix, or its columns. */
function along(A: CpuMatrix) {
  return { A, row: 4 * A.columns, depth: 4, rows: A.rows, depths: A.columns };
}

function down(A: CpuMatrix) {
  return { A, row: 4, depth: 4 * A.columns, rows: A.columns, depths: A.rows };
}
