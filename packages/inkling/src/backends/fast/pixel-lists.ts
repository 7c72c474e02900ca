/**
 * Images in the shared memory, as lists of their pixels that are not 0: four bytes for every such pixel (for MNIST 0.8
 * bytes a pixel). The images themselves are not kept there. A data set's lists are made once, and last as long as the
 * data set is in use. If they would take too much memory, the data set stays where it is, and the lists of each batch
 * are made in its step. kernels/pixel-lists.ts says what the lists look like.
 */
import * as argument from "../../../kernels/arguments.ts";
import { BAND, COUNT, LIST } from "../../../kernels/layout.ts";
import { ArgumentError } from "../../errors.ts";
import { Pixels } from "../../matrix.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address, type Shared } from "./calls.ts";

/** Bytes of images that are copied in and listed at a time. */
const STAGE = 1 << 21;
/** Images of a tile. */
const IMAGES = 64;
/** A pixel's number has 24 bits of its word. */
const MOST_PIXELS = 2 ** 24;

/** Lists in the memory. Those of a data set stay while this object is in use; those of a batch, until its step ends. */
interface Lists {
  /** The address of the images' offsets: where each one's list and its bands start. */
  readonly offsets: number;
  /** 0, 1, 2 … in the memory, from `start` on. */
  readonly inOrder: Uint32Array;
  readonly start: number;
}

/** Pixels whose lists stand in the memory, and their order too. */
export class ListedPixels extends Pixels {
  readonly lists: Lists;
  /** Memory that has to stay as long as these rows are in use. */
  readonly rooms: readonly CpuMatrix[];

  constructor(
    owner: object,
    bytes: Uint8Array,
    columns: number,
    order: Uint32Array,
    start: number,
    rows: number,
    lists: Lists,
    rooms: readonly CpuMatrix[] = [],
  ) {
    super(owner, bytes, columns, order, start, rows);
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
  /** The backend, which owns the pixels. */
  readonly #backend: Shared;
  readonly #most: number;
  readonly #ofStep: ListedPixels[] = [];
  /** The bytes of a piece of the pool's memory. */
  readonly #bytesOf = new WeakMap<CpuMatrix, Uint8Array>();

  /** `most`: bytes that the lists of one data set may take. */
  constructor(backend: Shared, most: number) {
    this.#backend = backend;
    this.#most = most;
  }

  /** A data set of images: copied in piece by piece, counted, and listed; or, if that is too much, as it is. */
  keep(bytes: Uint8Array, columns: number): Pixels {
    checkPixels(columns);
    const { arena } = this.#backend;
    const rows = bytes.length / columns;
    const words = Math.ceil(columns / BAND) + 1;
    const lists = { offsets: arena.allocate(4 * rows * words), inOrder: this.#inOrder(rows), start: 0 };
    arena.freeWith(lists, lists.offsets);
    const images = Math.max(1, Math.floor(STAGE / columns));
    const stage = arena.allocate(images * columns);
    let room = this.#most;
    try {
      for (let first = 0; first < rows && room >= 0; first += images) {
        const piece = bytes.subarray(first * columns, (first + images) * columns);
        room -= this.#listPiece(piece, columns, stage, lists, lists.offsets + 4 * first * words, room);
      }
    } finally {
      arena.release(stage);
    }
    if (room < 0) return new Pixels(this.#backend, bytes, columns, lists.inOrder, 0, rows);
    return new ListedPixels(this.#backend, bytes, columns, lists.inOrder, 0, rows, lists);
  }

  /** Lists some images of a data set, unless that takes more bytes than `room`; returns how many it takes. */
  #listPiece(piece: Uint8Array, columns: number, stage: number, lists: Lists, offsets: number, room: number): number {
    const { arena } = this.#backend;
    const { calls } = this.#backend;
    const words = Math.ceil(columns / BAND) + 1;
    const images = piece.length / columns;
    calls.whole.bytes.set(piece, stage);
    this.#run(COUNT, stage, offsets, columns, images);
    // An image's count becomes the place where its list starts.
    const counts = calls.whole.words.subarray(offsets / 4);
    let total = 0;
    for (let i = 0; i < images; i++) total += 4 * counts[i * words];
    if (total > room) return total;
    let at = arena.allocate(total);
    arena.freeWith(lists, at);
    for (let i = 0; i < images; i++) {
      const entries = counts[i * words];
      counts[i * words] = at;
      at += 4 * entries;
    }
    this.#run(LIST, stage, offsets, columns, images);
    return total;
  }

  /** Other rows of the same images. Where they have no lists yet, these are made, until the end of the step. */
  select(data: Pixels, order: Uint32Array, start: number, rows: number): ListedPixels {
    if (!(data instanceof ListedPixels)) return this.#listRows(data, order, start, rows);
    const { bytes, columns, lists, rooms } = data;
    if (isInOrder(lists, order, start, rows)) {
      return new ListedPixels(this.#backend, bytes, columns, lists.inOrder, lists.start + start, rows, lists, rooms);
    }
    // The kernels read the order where they compute.
    const room = this.#backend.pool.matrix(1, rows);
    const at = address(room);
    this.#backend.calls.setOrder(at, order, start, rows);
    const { words } = this.#backend.calls.whole;
    return this.#untilStepEnds(
      new ListedPixels(this.#backend, bytes, columns, words, at / 4, rows, lists, [...rooms, room]),
    );
  }

  /** Remembers pixels whose lists or order stand in memory that the next step uses again. */
  #untilStepEnds(pixels: ListedPixels): ListedPixels {
    if (this.#backend.pool.isStepping) this.#ofStep.push(pixels);
    return pixels;
  }

  /** The step has ended: what it made must not be used any more, since kernels would read foreign memory as lists. */
  forget(): void {
    for (const pixels of this.#ofStep) pixels.isReleased = true;
    this.#ofStep.length = 0;
  }

  /** These pixels with their lists. */
  of(x: Pixels): ListedPixels {
    return x instanceof ListedPixels ? x : this.#listRows(x, x.order, x.start, x.rows);
  }

  /** A few images: their lists until the end of the step. */
  listForStep(bytes: Uint8Array, columns: number): ListedPixels {
    checkPixels(columns);
    const rows = bytes.length / columns;
    const stage = this.#backend.pool.matrix(1, Math.ceil((rows * columns) / 4));
    this.#backend.calls.whole.bytes.set(bytes, stage.data.byteOffset);
    return this.#listStaged(bytes, columns, rows, stage);
  }

  /** Images that `make` writes at the address it is given: their lists until the end of the step. */
  listMade(rows: number, columns: number, make: (at: number) => void): ListedPixels {
    const stage = this.#backend.pool.matrix(1, Math.ceil((rows * columns) / 4));
    make(address(stage));
    let bytes = this.#bytesOf.get(stage);
    // Made once: a step makes no typed array.
    if (bytes?.length !== rows * columns) {
      bytes = this.#backend.calls.whole.bytes.subarray(address(stage), address(stage) + rows * columns);
      this.#bytesOf.set(stage, bytes);
    }
    return this.#listStaged(bytes, columns, rows, stage);
  }

  /** Rows of images that stay where they are: copied, and listed until the end of the step. */
  #listRows({ bytes, columns }: Pixels, order: Uint32Array, start: number, rows: number): ListedPixels {
    const stage = this.#backend.pool.matrix(1, Math.ceil((rows * columns) / 4));
    const from = stage.data.byteOffset;
    const memory = this.#backend.calls.whole.bytes;
    for (let i = 0; i < rows; i++) {
      const image = order[start + i] * columns;
      memory.set(bytes.subarray(image, image + columns), from + i * columns);
    }
    return this.#listStaged(memory.subarray(from, from + rows * columns), columns, rows, stage);
  }

  #listStaged(bytes: Uint8Array, columns: number, rows: number, stage: CpuMatrix): ListedPixels {
    const { pool } = this.#backend;
    const words = Math.ceil(columns / BAND) + 1;
    const rooms = [stage, pool.matrix(rows, words), pool.matrix(rows, columns), pool.matrix(1, rows)];
    const [images, offsets, entries, order] = rooms.map(({ data }) => data.byteOffset);
    const memory = this.#backend.calls.whole.words;
    for (let i = 0; i < rows; i++) {
      memory[offsets / 4 + i * words] = entries + 4 * i * columns;
      memory[order / 4 + i] = i;
    }
    this.#run(LIST, images, offsets, columns, rows);
    const lists = { offsets, inOrder: memory, start: order / 4 };
    return this.#untilStepEnds(new ListedPixels(this.#backend, bytes, columns, memory, order / 4, rows, lists, rooms));
  }

  /** 0, 1, 2 … in the memory. */
  #inOrder(rows: number): Uint32Array {
    const at = this.#backend.arena.allocate(4 * rows);
    const order = new Uint32Array(this.#backend.arena.memory.buffer, at, rows);
    this.#backend.arena.freeWith(order, at);
    for (let i = 0; i < rows; i++) order[i] = i;
    return order;
  }

  #run(operation: number, stage: number, offsets: number, columns: number, images: number): void {
    const { calls } = this.#backend;
    calls.word(argument.PIXELS_BYTES, stage);
    calls.word(argument.PIXELS_OFFSETS, offsets);
    calls.word(argument.PIXELS_ROWS, images);
    calls.word(argument.PIXELS_PER_IMAGE, columns);
    calls.word(argument.PIXELS_BANDS, Math.ceil(columns / BAND));
    calls.word(argument.PIXELS_TILE, IMAGES);
    calls.run(operation, images / IMAGES, (images * columns) / 8);
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
