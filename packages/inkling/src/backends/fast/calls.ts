/** How a kernel is called: its arguments are written into the shared memory, then it is run by its number. */
import { CONVOLUTION_NOT_FINITE, SUM_COUNT, SUM_X } from "../../../kernels/arguments.ts";
import { AROUND_SCRATCH, CHECK_FINITE, FAILED, SCRATCH, TILE_NUMBERS } from "../../../kernels/layout.ts";
import { BugError } from "../../errors.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import type { MemoryPool } from "../pool.ts";
import type { Kernels } from "./kernels.ts";
import type { Arena } from "./memory.ts";
import type { MachineThread } from "./threads.ts";

export class Calls {
  readonly #arena: Arena;
  readonly #kernels: Kernels;
  readonly #threads: number;
  /** The memory as it was at first: what kernels and their caller agree on. */
  protected readonly words: Int32Array;
  readonly #floats: Float32Array;
  #views: Views;
  #scratchBytes = 0;
  /** Vector operations so far; FastBackend sets it to 0 when a step starts. */
  work = 0;

  constructor(arena: Arena, kernels: Kernels, threads: number) {
    this.#arena = arena;
    this.#kernels = kernels;
    this.#threads = threads;
    this.words = new Int32Array(arena.memory.buffer);
    this.#floats = new Float32Array(arena.memory.buffer);
    this.#views = viewsOf(arena.memory.buffer);
  }

  /**
   * Runs all tiles of an operation whose arguments are set; `work` is its size in vector operations. Throws a BugError
   * if a helping thread has died.
   */
  run(operation: number, tiles: number, work: number): void {
    this.work += work;
    this.#kernels.run(operation, Math.max(1, Math.ceil(tiles)), Math.min(work, 0x7fffffff));
    if (this.words[FAILED / 4] !== 0) throw new BugError("a helping thread has died.");
  }

  /** Whether machine code computes an operation, by the arguments that are set. */
  hasMachineCode(_operation: number): boolean {
    return false;
  }

  /** Runs an operation on each number of a matrix; `work`: vector operations for one vector of them. */
  runOnNumbers(operation: number, countArgument: number, { rows, columns }: CpuMatrix, work: number): void {
    const count = rows * columns;
    this.word(countArgument, count);
    this.run(operation, count / TILE_NUMBERS, (work * count) / 4);
  }

  /** Sets an argument of kernels/arguments.ts: an address or a whole number. */
  word(argument: number, value: number): void {
    this.words[argument >>> 2] = value;
  }

  /** What stands in an argument's place: some kernels write there. */
  argument(argument: number): number {
    return this.words[argument >>> 2];
  }

  /** Whether all numbers of a matrix are finite. No arguments may be set before. */
  areFinite(numbers: CpuMatrix): boolean {
    this.word(SUM_X, address(numbers));
    this.word(CONVOLUTION_NOT_FINITE, 0);
    this.runOnNumbers(CHECK_FINITE, SUM_COUNT, numbers, 1);
    return this.argument(CONVOLUTION_NOT_FINITE) === 0;
  }

  /** Sets an argument that is a float32; rounded here, once. */
  float(argument: number, value: number): void {
    this.#floats[argument >>> 2] = value;
  }

  /** Makes sure that every thread has so many bytes of scratch memory, and what kernels use before them. */
  needScratch(bytes: number): void {
    if (bytes <= this.#scratchBytes) return;
    const arena = this.#arena;
    const threads = this.#threads;
    const words = this.words;
    const before = this.#scratchBytes;
    const wanted = Math.ceil(bytes / 65536) * 65536;
    const at = arena.allocate((wanted + AROUND_SCRATCH) * threads);
    if (before > 0) arena.release(words[SCRATCH / 4]);
    words[SCRATCH / 4] = at;
    words[SCRATCH / 4 + 1] = wanted + AROUND_SCRATCH;
    this.#scratchBytes = wanted;
  }

  /** All memory in use: it may have grown since the last look. To ask a memory for its buffer takes 40 ns. */
  get whole(): Views {
    if (this.#views.bytes.length < this.#arena.top) this.#views = viewsOf(this.#arena.memory.buffer);
    return this.#views;
  }

  /** Copies part of an order of examples to an address, where kernels read it. */
  setOrder(at: number, order: Uint32Array, start: number, rows: number): void {
    const { words } = this.whole;
    for (let i = 0; i < rows; i++) words[at / 4 + i] = order[start + i];
  }
}

/** Makes calls that use machine code on a memory, and says how threads run it. */
export type MakeCalls = (memory: WebAssembly.Memory) => {
  readonly foreign: (operation: number, tile: number) => void;
  readonly thread: MachineThread;
  calls(arena: Arena, kernels: Kernels, threads: number): Calls;
};

/** What the parts of a backend share. */
export interface Shared {
  readonly arena: Arena;
  readonly calls: Calls;
  readonly pool: MemoryPool;
}

/** A memory as numbers of three kinds. */
interface Views {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
}

function viewsOf(buffer: ArrayBufferLike): Views {
  return { bytes: new Uint8Array(buffer), words: new Uint32Array(buffer), doubles: new Float64Array(buffer) };
}

/** Where a matrix starts in the shared memory. */
export function address(matrix: CpuMatrix): number {
  return matrix.data.byteOffset;
}
