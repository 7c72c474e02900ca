/**
 * Images in the memory, as lists of their pixels that are not 0: four bytes for every such pixel (for MNIST 0.8 bytes a
 * pixel), and no image besides. A data set's are made once and kept as long as somebody holds it. One whose lists would
 * take too much stays where it is, and each batch's are made in its step.
 * kernels/pixels.ts says what the lists look like.
 */
import { ArgumentError } from "../../errors.ts";
import { type Matrix, Pixels } from "../../matrix.ts";
import type { Lending } from "../pool.ts";
import { operations } from "../wasm/kernels.ts";
import type { Calls } from "./calls.ts";
import type { Arena } from "./memory.ts";

/** Pixels of a band; kernels/pixels.ts has the same number. */
export const BAND = 112;
/** Bytes of images that are looked at together. */
const STAGE = 1 << 21;
/** Images of a tile. */
const IMAGES = 64;
/** A pixel's number has 24 bits of its word. */
const MOST_PIXELS = 2 ** 24;

/** Lists in a memory. A data set's stay there while somebody holds this; a batch's, until the end of its step. */
interface Lists {
  readonly arena: Arena;
  /** The address of where each image's bands begin. */
  readonly begins: number;
  /** 0, 1, 2 … in the memory, from `start` on. */
  readonly inOrder: Uint32Array;
  readonly start: number;
}

/** Pixels whose lists stand in the memory, and their order too. */
export class ListedPixels extends Pixels {
  readonly lists: Lists;
  /** What else has to be held as long as these rows. */
  readonly rooms: readonly Matrix[];

  constructor(
    bytes: Uint8Array,
    columns: number,
    order: Uint32Array,
    start: number,
    rows: number,
    lists: Lists,
    rooms: readonly Matrix[] = [],
  ) {
    super(bytes, columns, order, start, rows);
    this.lists = lists;
    this.rooms = rooms;
  }

  /** How many bands an image has. */
  get bands(): number {
    return Math.ceil(this.columns / BAND);
  }

  /** Where the order of these rows stands. */
  get orderAt(): number {
    return this.order.byteOffset + 4 * this.start;
  }
}

export class PixelLists {
  private readonly arena: Arena;
  private readonly calls: Calls;
  private readonly lending: Lending;
  private readonly most: number;

  /** `most`: bytes that the lists of one data set may take. */
  constructor(arena: Arena, calls: Calls, lending: Lending, most: number) {
    this.arena = arena;
    this.calls = calls;
    this.lending = lending;
    this.most = most;
  }

  /** A data set of images: copied in piece by piece, counted, and listed; or, if that is too much, as it is. */
  keep(bytes: Uint8Array, columns: number): Pixels {
    checkPixels(columns);
    const { arena } = this;
    const rows = bytes.length / columns;
    const words = Math.ceil(columns / BAND) + 1;
    const lists = { arena, begins: arena.allocate(4 * rows * words), inOrder: this.inOrder(rows), start: 0 };
    arena.freeWith(lists, lists.begins, 4 * rows * words);
    const images = Math.max(1, Math.floor(STAGE / columns));
    const stage = arena.allocate(images * columns);
    let room = this.most;
    try {
      for (let first = 0; first < rows && room >= 0; first += images) {
        const piece = bytes.subarray(first * columns, (first + images) * columns);
        room -= this.listPiece(piece, columns, stage, lists, lists.begins + 4 * first * words, room);
      }
    } finally {
      arena.release(stage, images * columns);
    }
    if (room < 0) return new Pixels(bytes, columns, lists.inOrder, 0, rows);
    return new ListedPixels(bytes, columns, lists.inOrder, 0, rows, lists);
  }

  /** Lists some images of a data set, unless that takes more bytes than there is room for; returns how many it takes. */
  private listPiece(
    piece: Uint8Array,
    columns: number,
    stage: number,
    lists: Lists,
    begins: number,
    room: number,
  ): number {
    const { arena, calls } = this;
    const words = Math.ceil(columns / BAND) + 1;
    const images = piece.length / columns;
    calls.allBytes().set(piece, stage);
    this.run(operations.count, stage, begins, columns, images);
    // An image's count becomes the place where its list begins.
    const counts = calls.allWords().subarray(begins / 4);
    let total = 0;
    for (let i = 0; i < images; i++) total += 4 * counts[i * words];
    if (total > room) return total;
    let at = arena.allocate(total);
    arena.freeWith(lists, at, total);
    for (let i = 0; i < images; i++) {
      const entries = counts[i * words];
      counts[i * words] = at;
      at += 4 * entries;
    }
    this.run(operations.list, stage, begins, columns, images);
    return total;
  }

  /** Other rows of the same images; of images without lists in this memory they are made, until the end of the step. */
  select(data: Pixels, order: Uint32Array, start: number, rows: number): ListedPixels {
    if (!this.has(data)) return this.feed(data, order, start, rows);
    const { bytes, columns, lists, rooms } = data;
    if (isInOrder(lists, order, start, rows)) {
      return new ListedPixels(bytes, columns, lists.inOrder, lists.start + start, rows, lists, rooms);
    }
    // The kernels read the order where they compute.
    const room = this.lending.matrix(1, rows);
    const words = this.calls.allWords();
    const at = room.data.byteOffset / 4;
    for (let i = 0; i < rows; i++) words[at + i] = order[start + i];
    return new ListedPixels(bytes, columns, words, at, rows, lists, [...rooms, room]);
  }

  /** These pixels with their lists. */
  of(x: Pixels): ListedPixels {
    return this.has(x) ? x : this.feed(x, x.order, x.start, x.rows);
  }

  /** Whether the lists of these pixels stand in this memory. */
  private has(x: Pixels): x is ListedPixels {
    return x instanceof ListedPixels && x.lists.arena === this.arena;
  }

  /** A few images: their lists until the end of the step. */
  lend(bytes: Uint8Array, columns: number): ListedPixels {
    checkPixels(columns);
    const rows = bytes.length / columns;
    const stage = this.lending.matrix(1, Math.ceil((rows * columns) / 4));
    this.calls.allBytes().set(bytes, stage.data.byteOffset);
    return this.listStaged(bytes, columns, rows, stage);
  }

  /** Rows of images that stay where they are: copied, and listed until the end of the step. */
  private feed({ bytes, columns }: Pixels, order: Uint32Array, start: number, rows: number): ListedPixels {
    const stage = this.lending.matrix(1, Math.ceil((rows * columns) / 4));
    const from = stage.data.byteOffset;
    const memory = this.calls.allBytes();
    for (let i = 0; i < rows; i++) {
      const image = order[start + i] * columns;
      memory.set(bytes.subarray(image, image + columns), from + i * columns);
    }
    return this.listStaged(memory.subarray(from, from + rows * columns), columns, rows, stage);
  }

  private listStaged(bytes: Uint8Array, columns: number, rows: number, stage: Matrix): ListedPixels {
    const { arena, lending } = this;
    const words = Math.ceil(columns / BAND) + 1;
    const rooms = [stage, lending.matrix(rows, words), lending.matrix(rows, columns), lending.matrix(1, rows)];
    const [images, begins, entries, order] = rooms.map(({ data }) => data.byteOffset);
    const memory = this.calls.allWords();
    for (let i = 0; i < rows; i++) {
      memory[begins / 4 + i * words] = entries + 4 * i * columns;
      memory[order / 4 + i] = i;
    }
    this.run(operations.list, images, begins, columns, rows);
    const lists = { arena, begins, inOrder: memory, start: order / 4 };
    return new ListedPixels(bytes, columns, memory, order / 4, rows, lists, rooms);
  }

  /** 0, 1, 2 … in the memory. */
  private inOrder(rows: number): Uint32Array {
    const at = this.arena.allocate(4 * rows);
    const order = new Uint32Array(this.arena.memory.buffer, at, rows);
    this.arena.freeWith(order, at, 4 * rows);
    for (let i = 0; i < rows; i++) order[i] = i;
    return order;
  }

  private run(operation: number, stage: number, begins: number, columns: number, images: number): void {
    this.calls.setWords(stage, begins, columns, images, IMAGES, Math.ceil(columns / BAND));
    this.calls.run(operation, images / IMAGES, (images * columns) / 8);
  }
}

/** Whether the rows asked for stand one after the other, as the lists do. */
function isInOrder({ inOrder, start: zero }: Lists, order: Uint32Array, start: number, rows: number): boolean {
  for (let i = start; i < start + rows; i++) if (order[i] !== i || inOrder[zero + i] !== i) return false;
  return true;
}

/** Throws an ArgumentError for images whose pixels' numbers do not fit the lists. */
function checkPixels(columns: number): void {
  if (columns > MOST_PIXELS) {
    throw new ArgumentError("wasm backend", `images of at most ${MOST_PIXELS} pixels`, String(columns));
  }
}
