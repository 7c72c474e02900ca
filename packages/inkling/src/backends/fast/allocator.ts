/**
 * Which parts of a memory are in use. The allocator counts addresses only; the memory itself is the arena's
 * (memory.ts).
 *
 *   below the start   never given out
 *   start … top       pieces in use, and holes between them
 *   from top on       not in use
 *
 * A freed piece becomes a hole. Holes that touch are joined, and a hole at the top lowers the top, so what is free is
 * always one stretch as long as it can be. A new piece is cut from a hole if one is large enough, otherwise from the
 * top. Knuth describes all this in The Art of Computer Programming, 2.5 (dynamic storage allocation).
 */
import { BugError } from "../../errors.ts";

/** Every piece starts at a multiple of this, and its size is one: a cache line. */
const LINE = 64;

export class Allocator {
  /** The end of the last piece. */
  top: number;
  /** Bytes of all pieces together. */
  inUse = 0;
  /** Bytes of each piece, by its address. */
  readonly #pieces = new Map<number, number>();
  /** Bytes of each hole, by its address. */
  readonly #holes = new Map<number, number>();
  /** Addresses of the holes, by their ends. */
  readonly #holesByEnd = new Map<number, number>();
  /** Addresses of the holes, by their size class. */
  readonly #holesByClass: Set<number>[] = [];

  constructor(start: number) {
    this.top = start;
  }

  /** The address of a new piece of at least so many bytes; undefined if it would not end at or before `end`. */
  allocate(bytes: number, end: number): number | undefined {
    if (bytes > end) return undefined;
    const size = roundUp(bytes);
    let at = this.#holeOf(size);
    if (at === undefined) {
      at = this.top;
      if (at + size > end) return undefined;
      this.top += size;
    } else {
      const left = this.#removeHole(at) - size;
      if (left > 0) this.#addHole(at + size, left);
    }
    this.#pieces.set(at, size);
    this.inUse += size;
    return at;
  }

  /** Takes the piece at `at` back. */
  release(at: number): void {
    const size = this.#pieces.get(at);
    if (size === undefined) throw new BugError(`no piece of memory starts at ${at}.`);
    this.#pieces.delete(at);
    this.inUse -= size;
    const below = this.#holesByEnd.get(at);
    let [from, to] = [at, at + size];
    if (below !== undefined) from -= this.#removeHole(below);
    if (this.#holes.has(to)) to += this.#removeHole(to);
    if (to === this.top) this.top = from;
    else this.#addHole(from, to - from);
  }

  /** The address of a hole of at least so many bytes: the first of the lowest class that has any. */
  #holeOf(size: number): number | undefined {
    // `size` is the smallest size of its class, so every hole of the class is large enough.
    for (let i = classOf(size); i < this.#holesByClass.length; i++) {
      const holes = this.#holesByClass[i];
      if (holes !== undefined && holes.size > 0) return holes.values().next().value;
    }
    return undefined;
  }

  #addHole(at: number, size: number): void {
    this.#holes.set(at, size);
    this.#holesByEnd.set(at + size, at);
    const i = classOf(size);
    this.#holesByClass[i] ??= new Set();
    this.#holesByClass[i].add(at);
  }

  /** Returns how large it was. */
  #removeHole(at: number): number {
    const size = this.#holes.get(at);
    if (size === undefined) throw new BugError(`no hole in the memory starts at ${at}.`);
    this.#holes.delete(at);
    this.#holesByEnd.delete(at + size);
    this.#holesByClass[classOf(size)].delete(at);
    return size;
  }
}

/**
 * Sizes of pieces: multiples of 64, from 512 bytes on only eight for each power of two. So freed pieces often fit the
 * next network exactly, and a size class is found without looking at its holes. At most an eighth is unused.
 */
function roundUp(bytes: number): number {
  const step = Math.max(LINE, 2 ** (28 - Math.clz32(bytes)));
  return Math.max(LINE, Math.ceil(bytes / step) * step);
}

/** The class of a size: how many sizes of pieces are smaller than it or equal. */
function classOf(size: number): number {
  if (size < 8 * LINE) return Math.floor(size / LINE);
  const exponent = 31 - Math.clz32(size);
  return 8 * (exponent - 8) + ((size >>> (exponent - 3)) & 7);
}
