/**
 * The shared memory that kernels compute in. It grows as it is asked for and never moves: a view of it stays valid.
 *
 *   0 … 4095   what kernels and their caller agree on: tickets and arguments (kernels/threads.ts), the table of bytes
 *   then       the arena: everything that is kept or lent, each piece at a multiple of 64 bytes
 *
 * What is no longer held by anybody is used again for the next piece of the same size.
 */
import { ArgumentError } from "../../errors.ts";

/** Where kernels and caller meet; kernels/threads.ts and kernels/memory.ts have the same numbers. */
export const ARGUMENTS = 512;
export const SCRATCH = 832;
export const FAILED = 704;
const ARENA = 4096;

/** What kernels may read beyond a piece: twelve cache lines (kernels/pixels.ts, `fetch`). They write at most a vector. */
const BEYOND = 768;

const PAGE = 65536;
/** 2 GiB: what kernels can address with signed numbers, and not more of a page's address space than is needed. */
const MOST_PAGES = 32768;
const MOST = (MOST_PAGES - 1) * PAGE;

export class Arena {
  readonly memory: WebAssembly.Memory;
  private top = ARENA;
  private readonly free = new Map<number, number[]>();
  private readonly registry = new FinalizationRegistry<{ at: number; bytes: number }>(({ at, bytes }) =>
    this.release(at, bytes),
  );

  constructor() {
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  }

  /** Room for so many bytes, and for what kernels touch beyond them. Returns its address. */
  allocate(bytes: number): number {
    const size = roomFor(bytes);
    const used = this.free.get(size)?.pop();
    if (used !== undefined) return used;
    const at = this.top;
    if (at + size > MOST) {
      throw new ArgumentError(
        "wasm backend",
        `data and parameters of at most ${MOST} bytes together`,
        String(at + size),
        "Take fewer examples, hold fewer networks at once, or take the reference backend.",
      );
    }
    this.top += size;
    const missing = this.top - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    return at;
  }

  /** Takes the room at `at` back. */
  release(at: number, bytes: number): void {
    const places = this.free.get(roomFor(bytes));
    if (places) places.push(at);
    else this.free.set(roomFor(bytes), [at]);
  }

  /** Takes the room at `at` back when nobody holds `holder` any more. */
  freeWith(holder: object, at: number, bytes: number): void {
    this.registry.register(holder, { at, bytes }, holder);
  }

  /** Takes a room of `freeWith` back at once. */
  releaseWith(holder: object, at: number, bytes: number): void {
    if (this.registry.unregister(holder)) this.release(at, bytes);
  }
}

/**
 * Bytes of a piece of the arena. Sizes are few, an eighth of a power of two apart, so that what one data set leaves
 * another of about its size can use.
 */
function roomFor(bytes: number): number {
  const needed = bytes + BEYOND;
  const step = Math.max(64, 2 ** (28 - Math.clz32(needed)));
  return Math.ceil(needed / step) * step;
}
