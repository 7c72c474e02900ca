/**
 * Norms and averages: the arguments of kernels/norms.ts. A tile is TILE_NUMBERS numbers, of a sum of squares some blocks
 * of as many, of a limit some columns.
 */
import * as argument from "../../../kernels/arguments.ts";
import {
  ADD_SIGN,
  AVERAGE,
  LIMIT_COLUMNS,
  NORM_BLOCKS,
  SCALE,
  SUM_SQUARES,
  TILE_COLUMNS,
  TILE_NUMBERS,
} from "../../../kernels/layout.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address, type Calls } from "../fast/calls.ts";
import type { MemoryPool } from "../pool.ts";
import type { SquareSum } from "../totals.ts";

export class Norms {
  readonly #calls: Calls;
  readonly #pool: MemoryPool;

  constructor(calls: Calls, pool: MemoryPool) {
    this.#calls = calls;
    this.#pool = pool;
  }

  addSign(gradient: CpuMatrix, value: CpuMatrix, lambda: number): void {
    this.#setNorm(gradient, lambda);
    this.#calls.word(argument.NORM_OTHER, address(value));
    this.#calls.runOnNumbers(ADD_SIGN, argument.NORM_COUNT, gradient, 2);
  }

  sumSquares(gradient: CpuMatrix, squares: SquareSum): void {
    const calls = this.#calls;
    const count = gradient.rows * gradient.columns;
    const blocks = Math.ceil(count / TILE_NUMBERS);
    const sums = address(this.#pool.matrix(blocks, 2));
    this.#setNorm(gradient, 0);
    calls.word(argument.NORM_OTHER, sums);
    calls.word(argument.NORM_COUNT, count);
    calls.run(SUM_SQUARES, blocks / NORM_BLOCKS, count);
    const { doubles } = calls.whole;
    for (let block = 0; block < blocks; block++) squares.sum.add(doubles[sums / 8 + block]);
  }

  scale(gradient: CpuMatrix, s: number): void {
    this.#setNorm(gradient, s);
    this.#calls.runOnNumbers(SCALE, argument.NORM_COUNT, gradient, 1);
  }

  limitColumns(value: CpuMatrix, limit: number): void {
    const { rows, columns } = value;
    this.#setNorm(value, limit);
    this.#calls.word(argument.NORM_COUNT, rows);
    this.#calls.word(argument.NORM_COLUMNS, columns);
    this.#calls.run(LIMIT_COLUMNS, columns / TILE_COLUMNS, rows * columns);
  }

  average(mean: CpuMatrix, value: CpuMatrix, decay: number): void {
    this.#setNorm(mean, decay);
    this.#calls.word(argument.NORM_OTHER, address(value));
    this.#calls.float(argument.NORM_FRESH, 1 - decay);
    this.#calls.runOnNumbers(AVERAGE, argument.NORM_COUNT, mean, 2);
  }

  #setNorm(matrix: CpuMatrix, number: number): void {
    this.#calls.word(argument.NORM_IN, address(matrix));
    this.#calls.float(argument.NORM_NUMBER, number);
  }
}
