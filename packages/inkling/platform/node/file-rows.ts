/**
 * Rows of fixed width that stay in their file. A batch of them is read where it lies: rows that stand one after the
 * other at once, others one by one. The system keeps in its own memory what it has room for, so that a second epoch
 * hardly touches the disk.
 */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { freemem } from "node:os";
import { type RowNumbers, type RowSource, Rows } from "../../src/formats/index.ts";
import { DataError } from "../../src/index.ts";
import { READABLE, readable } from "./files.ts";

/** Files whose rows nobody can ask for any more are closed. */
const closing = new FinalizationRegistry<number>((file) => closeSync(file));

/** Where rows stand in a file. */
export interface RowPlace {
  /** Bytes before the first row. */
  readonly offset: number;
  readonly count: number;
  readonly columns: number;
  /** Bytes, or little-endian float32 numbers. */
  readonly kind: RowSource["kind"];
}

/** A file whose parts are read when they are needed. */
export class FileRows {
  readonly #path: string;
  readonly #file: number;
  readonly #size: number;

  /** Throws a FileError for a file that cannot be read. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, "r");
      this.#size = fstatSync(this.#file).size;
    } catch (error) {
      throw readable(error, path, READABLE);
    }
    closing.register(this, this.#file);
  }

  /** Bytes of the file; fewer where it ends before. */
  bytes(from: number, count: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.max(0, Math.min(count, this.#size - from)));
    this.#read(bytes, from);
    return bytes;
  }

  /** The rest of the file as rows. Throws a DataError unless they are exactly that. */
  rows({ offset, count, columns, kind }: RowPlace): Rows {
    const width = columns * (kind === "bytes" ? 1 : 4);
    const got = this.#size - offset;
    if (got !== count * width) {
      const question = got < count * width ? "is it truncated?" : "is it over-long?";
      const expected = `${count * width} bytes for ${count} × ${columns}`;
      throw new DataError(this.#path, expected, `${got} (${question})`, "Nothing was loaded.");
    }
    return new Rows({
      ...{ kind, count, columns },
      read: (order, start, rows, into) => this.#readRows(order, start, rows, { into, offset, columns, width }),
      hasher() {
        const hash = createHash("sha256");
        return { add: (bytes) => void hash.update(bytes), end: () => hash.digest("hex") };
      },
    });
  }

  #readRows(
    order: ArrayLike<number>,
    start: number,
    rows: number,
    { into, offset, columns, width }: { into: RowNumbers; offset: number; columns: number; width: number },
  ): void {
    const end = start + rows;
    for (let at = start, next = at; at < end; at = next) {
      const first = order[at] ?? 0;
      next = at + 1;
      while (next < end && order[next] === first + next - at) next++;
      const piece = into.subarray((at - start) * columns, (next - start) * columns);
      this.#read(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength), offset + first * width);
    }
  }

  /** Fills the bytes from a place in the file. Throws a DataError where the file has become shorter. */
  #read(bytes: Uint8Array, from: number): void {
    let got = 0;
    try {
      while (got < bytes.length) {
        const more = readSync(this.#file, bytes, got, bytes.length - got, from + got);
        if (more === 0) break;
        got += more;
      }
    } catch (error) {
      throw readable(error, this.#path, READABLE);
    }
    if (got === bytes.length) return;
    const expected = `${this.#size} bytes, as it had when it was opened`;
    throw new DataError(
      this.#path,
      expected,
      String(fstatSync(this.#file).size),
      "Leave the file as it is while it is read.",
    );
  }
}

/** So much data is held in memory where nobody says it otherwise: a quarter of what is free, and at most 1 GiB. */
export function usualMemory(): number {
  // A container may have less than its machine; where there is no such limit, it is 0 or larger than any memory.
  const limit = process.constrainedMemory?.() || Number.POSITIVE_INFINITY;
  const left = limit - process.memoryUsage.rss();
  return Math.max(0, Math.min(2 ** 30, Math.floor(Math.min(freemem(), left) / 4)));
}
