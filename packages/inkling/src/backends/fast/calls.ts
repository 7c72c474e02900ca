/** How a kernel is called: arguments as 32-bit words in the shared memory, then its number and its tiles. */
import { BugError } from "../../errors.ts";
import type { Matrix } from "../../matrix.ts";
import type { Kernels } from "../wasm/kernels.ts";
import { ARGUMENTS, type Arena, FAILED, SCRATCH } from "./memory.ts";

/** Bytes that kernels use before a thread's scratch memory, and a vector behind it; kernels/memory.ts has the first. */
const BEFORE = 256;

export class Calls {
  private readonly arena: Arena;
  private readonly kernels: Kernels;
  private readonly threads: number;
  private readonly words: Int32Array;
  private readonly floats: Float32Array;
  private everyWord: Uint32Array = new Uint32Array(0);
  private everyByte: Uint8Array = new Uint8Array(0);
  private everyDouble: Float64Array = new Float64Array(0);
  private scratchBytes = 0;
  /** Vector operations since somebody set this to 0. */
  work = 0;

  constructor(arena: Arena, kernels: Kernels, threads: number) {
    this.arena = arena;
    this.kernels = kernels;
    this.threads = threads;
    this.words = new Int32Array(arena.memory.buffer);
    this.floats = new Float32Array(arena.memory.buffer);
  }

  /**
   * Runs all tiles of an operation whose arguments are set; `work` is its size in vector operations. Throws a BugError if
   * a helping thread has died.
   */
  run(operation: number, tiles: number, work: number): void {
    this.work += work;
    this.kernels.run(operation, Math.max(1, Math.ceil(tiles)), Math.min(work, 0x7fffffff));
    if (this.words[FAILED / 4] !== 0) throw new BugError("a helping thread has died.");
  }

  setWords(...values: number[]): void {
    for (let i = 0; i < values.length; i++) this.words[(ARGUMENTS >>> 2) + i] = values[i];
  }

  /** Float arguments from word `first` on; rounded here, once. */
  setFloats(first: number, ...values: number[]): void {
    for (let i = 0; i < values.length; i++) this.floats[(ARGUMENTS >>> 2) + first + i] = values[i];
  }

  /** Makes sure that every thread has so many bytes of scratch memory, and what kernels use before them. */
  needScratch(bytes: number): void {
    if (bytes <= this.scratchBytes) return;
    const { arena, threads, words, scratchBytes: before } = this;
    const wanted = Math.ceil(bytes / 65536) * 65536;
    const at = arena.allocate((wanted + BEFORE) * threads);
    if (before > 0) arena.release(words[SCRATCH / 4], (before + BEFORE) * threads);
    words[SCRATCH / 4] = at;
    words[SCRATCH / 4 + 1] = wanted + BEFORE;
    this.scratchBytes = wanted;
  }

  /** The whole memory as words: it may have grown since the last look. */
  allWords(): Uint32Array {
    const { buffer } = this.arena.memory;
    if (this.everyWord.byteLength < buffer.byteLength) this.everyWord = new Uint32Array(buffer);
    return this.everyWord;
  }

  /** The whole memory as bytes. */
  allBytes(): Uint8Array {
    const { buffer } = this.arena.memory;
    if (this.everyByte.byteLength < buffer.byteLength) this.everyByte = new Uint8Array(buffer);
    return this.everyByte;
  }

  /** The whole memory as float64 numbers. */
  allDoubles(): Float64Array {
    const { buffer } = this.arena.memory;
    if (this.everyDouble.byteLength < buffer.byteLength) this.everyDouble = new Float64Array(buffer);
    return this.everyDouble;
  }
}

/** Where a matrix begins in the shared memory. */
export function address(matrix: Matrix): number {
  return matrix.data.byteOffset;
}
