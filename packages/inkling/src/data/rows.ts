/**
 * Examples that do not fit into memory: rows of fixed width on a disk, say, which are read where they lie when a batch
 * needs them. A data set of such rows trains, is divided and is evaluated like any other, and to the same bits: its
 * examples have the same numbers in the same order.
 *
 * Whoever has such rows makes a `Rows` of them. Data sets only call its methods, so that a program without any holds
 * nothing of this file.
 */
import { type Backend, BLOCK } from "../backends/backend.ts";
import { DataError } from "../errors.ts";
import { inOrder, type Matrix } from "../matrix.ts";
import { isYieldDue, yieldIfDue } from "../yielding.ts";

/** Where the rows of a data set lie. Reading is synchronous, because a training step is. */
export interface RowSource {
  /** Bytes for images, float32 for tables. */
  readonly kind: "bytes" | "float32";
  /** How many rows there are. */
  readonly count: number;
  /** How many numbers a row has. */
  readonly columns: number;
  /** Reads rows order[start] … order[start + rows − 1] into the beginning of `into`. Throws an error of Inkling's. */
  read(order: ArrayLike<number>, start: number, rows: number, into: RowNumbers): void;
  /** A SHA-256 that is taken piece by piece. */
  hasher(): Hasher;
}

/** Rows as they are kept: one of the two kinds. */
export type RowNumbers = Uint8Array | Float32Array;

export interface Hasher {
  add(bytes: Uint8Array): void;
  /** In hexadecimal. */
  end(): string;
}

/** Rows that are read at once where all of them are read: about 1 MiB, in whole blocks of the law of sums. */
const PIECE = 2 ** 20;
/** The most numbers that are brought into memory together. */
const MOST_NUMBERS = 2 ** 31;

/** The rows of a source, or some of them: `stored` of a data set. */
export class Rows {
  readonly kind: RowSource["kind"];
  readonly count: number;
  readonly columns: number;
  readonly #source: RowSource;
  /** Which rows of the source; undefined for all, in their order. */
  readonly #order: Uint32Array | undefined;

  constructor(source: RowSource, order?: Uint32Array) {
    this.#source = source;
    this.#order = order;
    this.kind = source.kind;
    this.count = order?.length ?? source.count;
    this.columns = source.columns;
  }

  /** Room for so many rows. */
  room(rows: number): RowNumbers {
    return this.kind === "bytes" ? new Uint8Array(rows * this.columns) : new Float32Array(rows * this.columns);
  }

  /** Reads rows order[start] … order[start + rows − 1] into the beginning of `into`. */
  read(order: ArrayLike<number>, start: number, rows: number, into: RowNumbers): void {
    const own = this.#order;
    if (own === undefined) {
      this.#source.read(order, start, rows, into);
      return;
    }
    const asked = new Uint32Array(rows);
    for (let i = 0; i < rows; i++) asked[i] = own[order[start + i]];
    this.#source.read(asked, 0, rows, into);
  }

  /** Row i alone. */
  row(i: number): RowNumbers {
    const row = this.room(1);
    this.read([i], 0, 1, row);
    return row;
  }

  /** The rows of `order`, in that order. Nothing is read. */
  pick(order: ArrayLike<number>): Rows {
    const own = this.#order;
    const picked = Uint32Array.from(order);
    if (own !== undefined) for (const [i, at] of picked.entries()) picked[i] = own[at];
    return new Rows(this.#source, picked);
  }

  /** The first rows. */
  take(count: number): Rows {
    return this.pick(inOrder(count));
  }

  /** All rows, piece by piece, in their order; a piece is overwritten by the next one. */
  *pieces(): IterableIterator<RowNumbers> {
    const { kind, count, columns } = this;
    const most = BLOCK * Math.max(1, Math.floor(PIECE / (BLOCK * columns * (kind === "bytes" ? 1 : 4))));
    const room = this.room(Math.min(most, count));
    for (let first = 0; first < count; first += most) {
      const rows = Math.min(most, count - first);
      this.read(
        Uint32Array.from({ length: rows }, (_, i) => first + i),
        0,
        rows,
        room,
      );
      yield room.subarray(0, rows * columns);
    }
  }

  /** All rows in memory. Throws a DataError, in the name of `where`, for more than 2³¹ numbers. */
  all(where: string): RowNumbers {
    const { count, columns } = this;
    if (count * columns > MOST_NUMBERS) {
      const expected = `at most ${MOST_NUMBERS} numbers to hold in memory`;
      throw new DataError(where, expected, `${count} × ${columns}`, "Take fewer examples: take(count) or pick(order).");
    }
    const all = this.room(count);
    let at = 0;
    for (const piece of this.pieces()) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  /** SHA-256 over `before`, all rows, and `after`. */
  async sha256(before: ArrayBufferView, after: readonly ArrayBufferView[]): Promise<string> {
    const hasher = this.#source.hasher();
    const add = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
      hasher.add(new Uint8Array(buffer, byteOffset, byteLength));
    add(before);
    for (const piece of this.pieces()) {
      add(piece);
      if (isYieldDue()) await yieldIfDue();
    }
    for (const part of after) add(part);
    return hasher.end();
  }

  /** What reads a batch of rows and moves it to the backend, until the step ends. */
  batches(backend: Backend, scaling: { apply(numbers: Float32Array): Float32Array } | undefined) {
    let room = this.room(0);
    return (order: Uint32Array, start: number, rows: number): Matrix => {
      const length = rows * this.columns;
      if (room.length < length) room = this.room(rows);
      const read = room.length === length ? room : room.subarray(0, length);
      this.read(order, start, rows, read);
      if (read instanceof Uint8Array) return backend.temporaryPixels(read, this.columns);
      const x = backend.matrix(rows, this.columns);
      backend.write(x, scaling?.apply(read) ?? read);
      return x;
    };
  }
}
