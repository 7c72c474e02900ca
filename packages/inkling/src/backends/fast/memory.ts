/**
 * The shared memory that kernels compute in. It grows when more is needed and never moves: a view of it stays valid.
 *
 *   0 … 4095   what kernels and their caller agree on: tickets, arguments, the table of bytes (kernels/layout.ts)
 *   then       the arena: all matrices and lists of pixels, each a piece of memory at a multiple of 64 bytes
 *
 * A piece is freed by its owner, or when the garbage collector has collected its owner. JavaScript
 * engines do not count this memory when they decide when to collect, so `relieved` calls the collector.
 */
import { ARENA, BEYOND } from "../../../kernels/layout.ts";
import { ArgumentError } from "../../errors.ts";
import { nextTurn } from "../../yielding.ts";
import { Allocator } from "./allocator.ts";

const PAGE = 65536;
/** Pages of 2 GiB, which signed 32-bit addresses can reach. */
const MOST_PAGES = 32768;
/** Pages of 128 MiB. With less memory than this the reference backend is the better choice. */
const LEAST_PAGES = 2048;
const MIB = 2 ** 20;

/** When the memory in use has grown by this many bytes, the garbage collector is called. */
const GROWTH = 64 * MIB;
/**
 * Bytes of an empty buffer that makes engines collect. Measured with Node 20 and 26, Deno, Bun and Chromium: 128 MiB
 * starts a collection nearly every time (64 MiB every second time), which frees pieces within four turns of the event
 * loop and takes 3 to 20 ms. A loop over 2,000 networks of up to 8 MiB then stays below 350 MiB.
 */
const BAIT = 128 * MIB;
const TURNS = 4;

/**
 * Frees a piece whose owner has been collected. One registry for all arenas, which never dies: V8 (Node 20) calls no
 * registry of the process any more after one has been collected that still had something to clean up.
 */
const pieces = new FinalizationRegistry<{ arena: Arena; at: number }>(({ arena, at }) => arena.release(at));

export class Arena {
  readonly memory: WebAssembly.Memory;
  /** The size in bytes that the memory can grow to. */
  readonly limit: number;
  readonly #allocator = new Allocator(ARENA);
  /** The least that has been in use since the collector was last called. */
  #least = 0;
  #relief: Promise<void> | undefined;

  /** Throws an ArgumentError where there is no shared memory of at least 128 MiB. */
  constructor() {
    const { memory, pages } = reserve();
    this.memory = memory;
    // Of 2 GiB the last page stays unused: addresses behind a piece do not reach 2 ** 31.
    this.limit = Math.min(pages, MOST_PAGES - 1) * PAGE;
  }

  /** Bytes up to the end of the last piece. */
  get top(): number {
    return this.#allocator.top;
  }

  /** Whether the system granted less than the 2 GiB that kernels could use. */
  get isLimited(): boolean {
    return this.limit < (MOST_PAGES - 1) * PAGE;
  }

  /** The address of a new piece of so many bytes. Throws an ArgumentError when the memory is full. */
  allocate(bytes: number): number {
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw full("a whole number of bytes", String(bytes));
    const at = this.#allocator.allocate(bytes + BEYOND, this.limit);
    if (at === undefined) {
      const wanted = this.#allocator.inUse + bytes;
      throw full(`data and parameters of at most ${this.limit} bytes together`, `${wanted} bytes`);
    }
    const missing = this.#allocator.top - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE));
      } catch {
        const wanted = this.#allocator.top;
        this.#allocator.release(at);
        throw full(`${wanted} bytes of memory`, `${this.memory.buffer.byteLength} bytes from the system`);
      }
    }
    return at;
  }

  /** Frees the piece at `at`. */
  release(at: number): void {
    this.#allocator.release(at);
    this.#least = Math.min(this.#least, this.#allocator.inUse);
  }

  /** Frees the piece at `at` when `owner` has been collected. */
  freeWith(owner: object, at: number): void {
    pieces.register(owner, { arena: this, at }, owner);
  }

  /** Frees a piece of `freeWith` at once. Returns whether there was one. */
  releaseWith(owner: object, at: number): boolean {
    if (!pieces.unregister(owner)) return false;
    this.release(at);
    return true;
  }

  /**
   * When the memory in use has grown by 64 MiB: a promise that resolves after the garbage collector has been called and
   * what it found is free again. Otherwise undefined.
   */
  relieved(): Promise<void> | undefined {
    if (this.#allocator.inUse - this.#least > GROWTH) this.#relief ??= this.#collect();
    return this.#relief;
  }

  async #collect(): Promise<void> {
    const before = this.#allocator.inUse;
    try {
      new ArrayBuffer(BAIT);
    } catch {
      // Where there is no room for it, the engine has just collected all that it can.
    }
    // Pieces are freed in a turn of the event loop; a promise alone does not let it have one.
    for (let turn = 0; turn < TURNS && this.#allocator.inUse >= before; turn++) await nextTurn();
    this.#least = this.#allocator.inUse;
    this.#relief = undefined;
  }
}

/** Shared memory that can grow as far as the system allows: where address space is limited (ulimit -v), less far. */
function reserve(): { memory: WebAssembly.Memory; pages: number } {
  for (let pages = MOST_PAGES; pages >= LEAST_PAGES; pages /= 2) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 1, maximum: pages, shared: true }), pages };
    } catch {
      // Half of it may be granted.
    }
  }
  throw new ArgumentError(
    "wasm backend",
    `shared memory of at least ${(LEAST_PAGES * PAGE) / MIB} MiB`,
    "less address space from the system",
    "Raise the limit (ulimit -v), or take the reference backend.",
  );
}

function full(expected: string, got: string): ArgumentError {
  return new ArgumentError(
    "wasm backend",
    expected,
    got,
    "Close networks (model.close()), take fewer examples, or take the reference backend.",
  );
}
