/**
 * What a backend computes with. All are handles: only `await backend.read(matrix)` shows the numbers, and each matrix
 * belongs to the backend that made it.
 *
 *   Matrix   rows × columns numbers, row-major
 *   Pixels   a matrix whose numbers are bytes of a data set: a byte p stands for p / 255
 *   Labels   one class number a row
 *
 * A row is an example, so a batch is a matrix and z = x·W + b is one product (Nielsen writes columns, chapter 2).
 */
import { ShapeError } from "./errors.ts";

/** `float32` everywhere; `float64` is for checking: gradients, and runs against other programs. */
export type Precision = "float32" | "float64";

/** The numbers of one matrix. */
export type Numbers = Float32Array | Float64Array;

/** Computes the numbers of a matrix when somebody first looks at them. */
export interface Postponed {
  compute(): void;
}

/** rows × columns numbers of one backend. */
export class Matrix {
  readonly rows: number;
  readonly columns: number;
  /** The backend that made it; no other may compute with it. */
  readonly owner: object;
  /** Whether its memory was given back: then nothing may be computed with it. */
  isReleased = false;
  /** Whether its numbers are bytes of a data set: then it is Pixels. A field, because every operation asks. */
  readonly isPixels: boolean = false;
  /** What is still to be computed before its numbers are there; undefined if nothing is. */
  postponed: Postponed | undefined = undefined;

  constructor(owner: object, rows: number, columns: number) {
    this.owner = owner;
    this.rows = rows;
    this.columns = columns;
  }
}

/** rows × columns bytes: row i is image order[start + i] of `bytes`, and a byte p stands for the number p / 255. */
export class Pixels extends Matrix {
  override readonly isPixels = true;
  readonly bytes: Uint8Array;
  readonly order: Uint32Array;
  readonly start: number;

  constructor(owner: object, bytes: Uint8Array, columns: number, order: Uint32Array, start: number, rows: number) {
    super(owner, rows, columns);
    this.bytes = bytes;
    this.order = order;
    this.start = start;
  }

  /** Where row i begins in `bytes`. */
  offset(i: number): number {
    return this.order[this.start + i] * this.columns;
  }
}

/** Class numbers as they are stored: bytes where there are at most 256 classes. */
export type ClassNumbers = Uint8Array | Uint32Array;

/** rows class numbers: that of row i is values[order[start + i]]. */
export class Labels {
  readonly rows: number;
  readonly values: ClassNumbers;
  readonly order: Uint32Array;
  readonly start: number;

  constructor(values: ClassNumbers, order: Uint32Array, start: number, rows: number) {
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

/** The labels of a batch, one a row. */
export function labels(values: ArrayLike<number>): Labels {
  return new Labels(Uint32Array.from(values), inOrder(values.length), 0, values.length);
}

/** 0, 1, 2 … count − 1: the order that changes nothing. */
export function inOrder(count: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  return order;
}

/** The column of row i's largest number; of equal ones the first. A prediction, everywhere. */
export function largest(numbers: ArrayLike<number>, i: number, columns: number): number {
  let best = 0;
  for (let j = 1; j < columns; j++) if (numbers[i * columns + j] > numbers[i * columns + best]) best = j;
  return best;
}
