/**
 * The seam for machine code: other kernels for the same operations, arguments, tiles and memory. Which operations it
 * computes it says itself, call by call; WebAssembly computes the others. An operation's code is called tile by tile,
 * on the threads that there are, and finds its arguments where the WebAssembly kernel finds them
 * (kernels/arguments.ts).
 */
import { CODE, FAILED, FOREIGN, SMALL } from "../../../kernels/layout.ts";
import { BugError } from "../../errors.ts";
import { Calls, type MakeCalls } from "./calls.ts";
import type { Kernels } from "./kernels.ts";
import type { Arena } from "./memory.ts";
import type { MachineThread } from "./threads.ts";

/** The number of this seam. A package of machine code says which one it is made for. */
export const SEAM_VERSION = 7;

/** The most tiles of one call. A tile takes some microseconds. */
const MOST_TILES = 256;

/** Where the code of an operation stands: an address of 64 bits, as two words. */
export interface CodeAddress {
  readonly low: number;
  readonly high: number;
}

/** Runs the tiles from `first` to before `end` of the operation that is published in a memory, on this thread. */
export type RunTiles = (first: number, end: number) => void;

export interface MachineCode {
  /** What it is called in a sentence: "AVX-512". */
  readonly instructions: string;
  /**
   * The code of an operation whose arguments are set in these words of the memory; undefined where WebAssembly is to
   * compute it.
   */
  codeOf(operation: number, words: Int32Array): CodeAddress | undefined;
  /** How this thread runs it on a memory, and how helping threads do. */
  on(memory: WebAssembly.Memory): { readonly run: RunTiles; readonly thread: MachineThread };
}

/** What a backend needs to compute with this machine code. */
export function callsOf(machine: MachineCode): MakeCalls {
  return (memory) => {
    const { run, thread } = machine.on(memory);
    return {
      foreign: (_operation, tile) => run(tile, tile + 1),
      thread,
      calls: (arena, kernels, threads) => new MachineCalls(arena, kernels, threads, machine, run),
    };
  };
}

/** Calls that are machine code where there is some. */
class MachineCalls extends Calls {
  readonly #machine: MachineCode;
  readonly #run: RunTiles;
  readonly #isAlone: boolean;

  constructor(arena: Arena, kernels: Kernels, threads: number, machine: MachineCode, run: RunTiles) {
    super(arena, kernels, threads);
    this.#machine = machine;
    this.#run = run;
    this.#isAlone = threads === 1;
  }

  override hasMachineCode(operation: number): boolean {
    return this.#machine.codeOf(operation, this.words) !== undefined;
  }

  override run(operation: number, tiles: number, work: number): void {
    const { words } = this;
    // A helping thread has died: its tiles may be half done, and another thread may still be inside one.
    if (words[FAILED / 4] !== 0) throw new BugError("a helping thread has died; this backend computes no more.");
    const code = this.#machine.codeOf(operation, words);
    if (code === undefined) {
      super.run(operation, tiles, work);
      return;
    }
    words[CODE / 4] = code.low;
    words[CODE / 4 + 1] = code.high;
    if (this.#isAlone || tiles <= 1 || work < SMALL) {
      this.work += work;
      // In pieces: code that runs cannot be interrupted, for example by the end of a worker.
      const end = Math.max(1, Math.ceil(tiles));
      for (let first = 0; first < end; first += MOST_TILES) this.#run(first, Math.min(first + MOST_TILES, end));
    } else {
      super.run(FOREIGN, tiles, work);
    }
  }
}
