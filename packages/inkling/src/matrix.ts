/**
 * The three things that a backend computes with. All are handles: what they hold is read with
 * `await backend.read(matrix)`, and only backends touch `data`.
 *
 *   Matrix   rows × columns numbers, row-major: element (i, j) is data[i · columns + j]
 *   Pixels   rows × columns bytes, picked from a data set by an order and never copied; a byte p stands for p / 255
 *   Labels   rows class numbers, picked by the same order
 *
 * A row is an example, so a batch is a matrix and z = x·W + b is one product (Nielsen writes columns, chapter 2).
 */

import { ShapeError } from "./errors.ts";

/** `float32` everywhere; `float64` is for proofs: the gradient check and the golden runs. */
export type Precision = "float32" | "float64";

/** The numbers of one matrix. */
export type Numbers = Float32Array | Float64Array;

/** rows × columns numbers, row-major. */
export class Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Numbers;

  constructor(rows: number, columns: number, data: Numbers) {
    this.rows = rows;
    this.columns = columns;
    this.data = data;
  }
}

/** rows × columns bytes: row i is image order[start + i] of `bytes`, and a byte p stands for the number p / 255. */
export class Pixels {
  readonly rows: number;
  readonly columns: number;
  readonly bytes: Uint8Array;
  readonly order: Uint32Array;
  readonly start: number;

  constructor(bytes: Uint8Array, columns: number, order: Uint32Array, start: number, rows: number) {
    this.rows = rows;
    this.columns = columns;
    this.bytes = bytes;
    this.order = order;
    this.start = start;
  }

  /** Where row i begins in `bytes`. */
  offset(i: number): number {
    return this.order[this.start + i] * this.columns;
  }
}

/** rows class numbers: that of row i is values[order[start + i]]. */
export class Labels {
  readonly rows: number;
  readonly values: Uint8Array;
  readonly order: Uint32Array;
  readonly start: number;

  constructor(values: Uint8Array, order: Uint32Array, start: number, rows: number) {
    this.rows = rows;
    this.values = values;
    this.order = order;
    this.start = start;
  }

  /** The class of row i. */
  at(i: number): number {
    return this.values[this.order[this.start + i]];
  }

  /** Throws a ShapeError unless every class is below `outputs`. */
  check(outputs: number): void {
    for (let i = 0; i < this.rows; i++) {
      if (!(this.at(i) < outputs)) throw new ShapeError("loss", `labels from 0 to ${outputs - 1}`, String(this.at(i)));
    }
  }
}

/** 0, 1, 2 … count − 1: the order that changes nothing. */
export function inOrder(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}

/** The column of row i's largest number; of equal ones the first. A prediction, everywhere. */
export function largest(numbers: ArrayLike<number>, i: number, columns: number): number {
  let best = 0;
  for (let j = 1; j < columns; j++) if (numbers[i * columns + j] > numbers[i * columns + best]) best = j;
  return best;
}
