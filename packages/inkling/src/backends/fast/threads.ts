/** Helping threads of a backend. A backend without them holds nothing of this. */
import { SMALL } from "../../../kernels/layout.ts";
import { checkWithin } from "../../checks.ts";
import { AdaptiveThreads } from "./adaptive-threads.ts";
import { type Kernels, kernelModule } from "./kernels.ts";

/** How a helping thread runs machine code. */
export interface MachineThread {
  /**
   * The address of a module, with an export `runTiles(data, number): Promise<RunTiles>`; the number is the thread's.
   */
  readonly module: string;
  /** What it is given; it can be posted to a thread. */
  readonly data: unknown;
}

/**
 * Starts helping threads: each instantiates the module on the memory and calls its `work` with its number: 1, 2, 3 …
 * Returns how many were started, which may be fewer than asked for. Throws nothing. `machine`: where their machine code
 * comes from, if there is some; its RunTiles is the import `foreign`.
 */
export type StartThreads = (
  count: number,
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  machine?: MachineThread,
) => number;

/** The most threads. More are probably a typing error, and V8 ends the process when there are thousands. */
export const MOST_THREADS = 64;

/** When a backend has been collected, its threads end. */
const forgotten = new FinalizationRegistry<Kernels>((kernels) => kernels.quit());

export class Threads {
  readonly #asked: number;
  readonly #start: StartThreads;
  readonly #adaptive = new AdaptiveThreads();
  #started = 0;

  /**
   * `count`: how many threads compute, the caller included. Throws an ArgumentError for a number that is not from 1 to
   * 64. None is started yet.
   */
  constructor(count: number, start: StartThreads) {
    checkWithin("threads", `a whole number from 1 to ${MOST_THREADS}`, count, 1, MOST_THREADS);
    this.#asked = count;
    this.#start = start;
  }

  /**
   * Starts them on a backend's memory; they end when it is collected. Returns how many compute, the caller included.
   */
  start(backend: object, kernels: Kernels, memory: WebAssembly.Memory, machine?: MachineThread): number {
    this.#started = this.#asked > 1 ? this.#start(this.#asked - 1, kernelModule(), memory, machine) : 0;
    kernels.setThreads(1 + this.#started);
    if (this.#started > 0) forgotten.register(backend, kernels, backend);
    return 1 + this.#started;
  }

  /**
   * Takes the work of a step and when it began; the next one may be computed by the caller alone, where that is faster.
   */
  after(kernels: Kernels, work: number, began: number): void {
    // Of a step without an operation for several threads there is nothing to learn.
    if (this.#started === 0 || work <= SMALL) return;
    const { alone } = this.#adaptive;
    this.#adaptive.after(work, (performance.now() - began) / 1000);
    if (this.#adaptive.alone !== alone) kernels.setThreads(alone ? 1 + this.#started : 1);
  }

  /** Ends them. */
  quit(backend: object, kernels: Kernels): void {
    forgotten.unregister(backend);
    kernels.quit();
  }
}
