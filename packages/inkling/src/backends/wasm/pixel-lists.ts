/**
 * Images in the memory, as lists of their pixels that are not 0: four bytes for every such pixel (for MNIST 0.8 bytes a
 * pixel), and no image besides. A data set's are made once and kept as long as somebody holds it.
 * kernels/pixels.ts says what the lists look like.
 */
import { Pixels } from "../../matrix.ts";
import type { Lending } from "../lending.ts";
import type { Calls } from "./calls.ts";
import { operations } from "./kernels.ts";
import type { Arena } from "./memory.ts";

/** Pixels of a band; kernels/pixels.ts has the same number. */
export const BAND = 112;
/** Bytes of images that are looked at together. */
const STAGE = 1 << 21;
/** Images of a tile. */
const IMAGES = 64;

/** Lists in the memory; while somebody holds this, they are not overwritten. */
interface Lists {
  /** The address of where each image's bands begin. */
  readonly begins: number;
}

/** Pixels whose lists stand in the memory. */
export class ListedPixels extends Pixels {
  readonly lists: Lists;

  constructor(bytes: Uint8Array, columns: number, order: Uint32Array, start: number, rows: number, lists: Lists) {
    super(bytes, columns, order, start, rows);
    this.lists = lists;
  }

  /** How many bands an image has. */
  get bands(): number {
    return Math.ceil(this.columns / BAND);
  }

  /** Other rows of the same images. */
  select(order: Uint32Array, start: number, rows: number): ListedPixels {
    return new ListedPixels(this.bytes, this.columns, order, start, rows, this.lists);
  }
}

export class PixelLists {
  private readonly arena: Arena;
  private readonly calls: Calls;
  private readonly lending: Lending;

  constructor(arena: Arena, calls: Calls, lending: Lending) {
    this.arena = arena;
    this.calls = calls;
    this.lending = lending;
  }

  /** A data set of images, kept: they are copied in piece by piece, counted, and listed. */
  keep(bytes: Uint8Array, columns: number): ListedPixels {
    const { arena, calls } = this;
    const rows = bytes.length / columns;
    const words = Math.ceil(columns / BAND) + 1;
    const lists = { begins: arena.allocate(4 * rows * words) };
    arena.freeWith(lists, lists.begins, 4 * rows * words);
    const most = Math.max(1, Math.floor(STAGE / columns));
    const stage = arena.allocate(most * columns);
    for (let first = 0; first < rows; first += most) {
      const images = Math.min(most, rows - first);
      calls.allBytes().set(bytes.subarray(first * columns, (first + images) * columns), stage);
      const begins = lists.begins + 4 * first * words;
      this.run(operations.count, stage, begins, columns, images);
      // An image's count becomes the place where its list begins.
      const counts = calls.allWords().subarray(begins / 4);
      let total = 0;
      for (let i = 0; i < images; i++) total += counts[i * words];
      let at = arena.allocate(4 * total);
      arena.freeWith(lists, at, 4 * total);
      for (let i = 0; i < images; i++) {
        const count = counts[i * words];
        counts[i * words] = at;
        at += 4 * count;
      }
      this.run(operations.list, stage, begins, columns, images);
    }
    arena.release(stage, most * columns);
    const orderAt = arena.allocate(4 * rows);
    const order = new Uint32Array(arena.memory.buffer, orderAt, rows);
    arena.freeWith(order, orderAt, 4 * rows);
    for (let i = 0; i < rows; i++) order[i] = i;
    return new ListedPixels(bytes, columns, order, 0, rows, lists);
  }

  /** A few images, until the end of the step. */
  lend(bytes: Uint8Array, columns: number): ListedPixels {
    const { calls, lending } = this;
    const rows = bytes.length / columns;
    const words = Math.ceil(columns / BAND) + 1;
    const stage = lending.matrix(1, Math.ceil(bytes.length / 4)).data.byteOffset;
    const begins = lending.matrix(rows, words).data.byteOffset;
    const entries = lending.matrix(rows, columns).data.byteOffset;
    const orderAt = lending.matrix(1, rows).data.byteOffset / 4;
    calls.allBytes().set(bytes, stage);
    const memory = calls.allWords();
    for (let i = 0; i < rows; i++) {
      memory[begins / 4 + i * words] = entries + 4 * i * columns;
      memory[orderAt + i] = i;
    }
    this.run(operations.list, stage, begins, columns, rows);
    return new ListedPixels(bytes, columns, memory, orderAt, rows, { begins });
  }

  private run(operation: number, stage: number, begins: number, columns: number, images: number): void {
    this.calls.setWords(stage, begins, columns, images, IMAGES, Math.ceil(columns / BAND));
    this.calls.run(operation, images / IMAGES, (images * columns) / 8);
  }
}
