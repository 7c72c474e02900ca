/**
 * Lists of the pixels that are not 0, of a large batch that is a whole data set in its order: full-batch training comes
 * back to it in every epoch. They are made the second time they are asked for, and kept as long as the data; for MNIST
 * they take 0.4 bytes a pixel. kernels/pixels.ts says what they look like.
 */
import type { Pixels } from "../../matrix.ts";
import { BLOCK } from "../backend.ts";
import type { Calls } from "./calls.ts";
import { operations } from "./kernels.ts";
import type { Arena } from "./memory.ts";

/** Bytes of a pixel's list in a block while it is made; kernels/pixels.ts has the same number. */
export const LIST = 256;
/** A batch from which on lists are kept. */
const MANY_ROWS = 1024;

export class PixelLists {
  private readonly arena: Arena;
  private readonly calls: Calls;
  private readonly known = new WeakMap<Uint8Array, { rows: number; begins: number }>();

  constructor(arena: Arena, calls: Calls) {
    this.arena = arena;
    this.calls = calls;
  }

  /** Where the lists of these pixels begin; 0 if there are none (yet). */
  of(x: Pixels): number {
    if (x.rows < MANY_ROWS || x.start !== 0 || x.order[0] !== 0) return 0;
    const known = this.known.get(x.bytes);
    if (known === undefined || known.rows !== x.rows) {
      if (x.rows * x.columns === x.bytes.length) this.known.set(x.bytes, { rows: x.rows, begins: 0 });
      return 0;
    }
    if (known.begins === 0) known.begins = this.make(x);
    return known.begins;
  }

  private make(x: Pixels): number {
    const { calls } = this;
    const blocks = Math.ceil(x.rows / BLOCK);
    const totals = this.room(x, blocks);
    calls.setWords(x.bytes.byteOffset, addressOfOrder(x), totals, x.rows, x.columns);
    calls.run(operations.count, blocks, (x.rows * x.columns) / 8);
    // Each block's number of entries becomes the place where they begin.
    const counts = calls.allWords().slice(totals >>> 2, (totals >>> 2) + blocks);
    let at = this.room(x, Math.ceil(counts.reduce((sum, count) => sum + count, 0) / 2));
    const begins = this.room(x, blocks * (x.columns + 1));
    const words = calls.allWords();
    for (const [block, count] of counts.entries()) {
      words[(totals >>> 2) + block] = at;
      at += 2 * count;
    }
    calls.needScratch(x.columns * (LIST + 1));
    calls.setWords(x.bytes.byteOffset, addressOfOrder(x), begins, totals, x.rows, x.columns);
    calls.run(operations.list, blocks, x.rows * x.columns);
    return begins;
  }

  /** Room for words, as long as the data is held. */
  private room(x: Pixels, words: number): number {
    const at = this.arena.allocate(4 * words);
    this.arena.freeWith(x.bytes, at, 4 * words);
    return at;
  }
}

/** Where the order of these pixels stands, at their first row. */
export function addressOfOrder(x: Pixels): number {
  return x.order.byteOffset + 4 * x.start;
}
