/**
 * Data sets of numbers. They stand in the shared memory if there is room, and all threads gather the rows of a batch;
 * one for which there is no room stays where it is, and its rows are copied by the caller.
 */
import * as argument from "../../../kernels/arguments.ts";
import { SELECT, TILE_NUMBERS } from "../../../kernels/layout.ts";
import { ArgumentError } from "../../errors.ts";
import { Matrix } from "../../matrix.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address, type Shared } from "./calls.ts";

/** A data set outside of the shared memory. Nothing but `select` can read it. */
class OutsideTable extends Matrix {
  readonly numbers: Float32Array;

  constructor(owner: object, numbers: Float32Array, columns: number) {
    super(owner, numbers.length / columns, columns);
    this.numbers = numbers;
  }

  get data(): never {
    throw new ArgumentError("wasm backend", "a matrix in its memory", "a table too large for it", "Select rows of it.");
  }
}

export class Tables {
  /** The backend, which owns the tables. */
  readonly #backend: Shared;
  readonly #most: number;

  /** `most`: bytes that one data set may take of the memory. */
  constructor(backend: Shared, most: number) {
    this.#backend = backend;
    this.#most = most;
  }

  /** A data set of numbers, row-major, in memory that `allocate` gives; never in the pool's, which steps share. */
  keep(numbers: Float32Array, columns: number, allocate: (rows: number) => CpuMatrix): Matrix {
    if (numbers.byteLength > this.#most) return new OutsideTable(this.#backend, numbers, columns);
    const table = allocate(numbers.length / columns);
    table.data.set(numbers);
    return table;
  }

  /** Rows order[start] … order[start + rows − 1], one after the other. */
  select(table: Matrix, order: Uint32Array, start: number, rows: number): CpuMatrix {
    const out = this.#backend.pool.matrix(rows, table.columns);
    if (table instanceof OutsideTable) copyRows(table, order, start, out);
    else this.#gather(table as CpuMatrix, order, start, out);
    return out;
  }

  #gather(table: CpuMatrix, order: Uint32Array, start: number, out: CpuMatrix): void {
    const { calls } = this.#backend;
    const { rows, columns } = out;
    const orderAt = address(this.#backend.pool.matrix(1, rows));
    calls.setOrder(orderAt, order, start, rows);
    const tile = Math.max(1, Math.floor(TILE_NUMBERS / columns));
    calls.word(argument.ROWS_IN, address(table));
    calls.word(argument.ROWS_OUT, address(out));
    calls.word(argument.ROWS_COUNT, rows);
    calls.word(argument.ROWS_COLUMNS, columns);
    calls.word(argument.ROWS_ORDER, orderAt);
    calls.word(argument.ROWS_TILE, tile);
    calls.run(SELECT, rows / tile, (rows * columns) / 4);
  }
}

/** Copies rows number by number: a view of each row would be garbage in every step. */
function copyRows({ numbers, columns }: OutsideTable, order: Uint32Array, start: number, out: CpuMatrix): void {
  for (let i = 0; i < out.rows; i++) {
    const from = order[start + i] * columns;
    for (let j = 0; j < columns; j++) out.data[i * columns + j] = numbers[from + j];
  }
}
