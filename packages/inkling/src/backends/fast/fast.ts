/**
 * What every compiled backend shares: memory, lists of pixels, calls and threads. Which set of kernels computes is
 * decided when a backend is made (backends/wasm/ is one set). The results are the reference's to the last bit.
 */
import { type Matrix, Pixels } from "../../matrix.ts";
import { CpuBackend } from "../cpu-backend.ts";
import { CpuMatrix } from "../cpu-matrix.ts";
import type { KernelSet } from "../kernel-set.ts";
import { MemoryPool } from "../pool.ts";
import type { Draws, Warp } from "../warp.ts";
import { Augmented } from "./augmented.ts";
import { Calls, type MakeCalls } from "./calls.ts";
import { type Kernels, kernelModule } from "./kernels.ts";
import { Arena } from "./memory.ts";
import { PixelLists } from "./pixel-lists.ts";
import { PostponedMatrices } from "./postponed.ts";
import { StepLabels } from "./step-labels.ts";
import { Tables } from "./tables.ts";
import type { Threads } from "./threads.ts";

/** What a set of kernels is made with. */
export interface House {
  readonly calls: Calls;
  readonly pool: MemoryPool;
  readonly lists: PixelLists;
  readonly labels: StepLabels;
  readonly postponed: PostponedMatrices;
  readonly threads: number;
}

/** What a backend is made with. */
export interface FastOptions {
  /** Those that compute; if absent, the caller alone. */
  readonly threads?: Threads | undefined;
  /** Bytes; a data set that takes more of the memory is brought in batch by batch. 1 GiB if absent. */
  readonly mostDataBytes?: number | undefined;
  /** Machine code for some of the operations, and the calls that use it. */
  readonly machine?: MakeCalls | undefined;
}

/** Without machine code no tile is run by it. (Outside of the backend: see `sleepOn`.) */
const foreign = () => {};

export class FastBackend extends CpuBackend implements House {
  readonly name: string;
  readonly precision = "float32";
  readonly threads: number;
  protected kernels: KernelSet;
  readonly pool: MemoryPool;
  readonly arena = new Arena();
  readonly #instance: Kernels;
  readonly calls: Calls;
  readonly lists: PixelLists;
  readonly #tables: Tables;
  readonly #augmented: Augmented;
  readonly labels: StepLabels;
  readonly postponed = new PostponedMatrices();
  readonly #helping: Threads | undefined;

  /** Throws an ArgumentError where there is too little memory. */
  constructor(name: string, makeKernels: (house: House) => KernelSet, options: FastOptions = {}) {
    super();
    const { threads, mostDataBytes = 2 ** 30 } = options;
    this.name = name;
    const { memory, limit } = this.arena;
    const sleep = sleepOn(new Int32Array(memory.buffer));
    const machine = options.machine?.(memory);
    const env = { memory, sleep, foreign: machine?.foreign ?? foreign };
    this.#instance = new WebAssembly.Instance(kernelModule(), { env }).exports as Kernels;
    this.#helping = threads;
    this.threads = threads?.start(this, this.#instance, memory, machine?.thread) ?? 1;
    this.pool = new MemoryPool(
      (rows, columns) => this.allocate(rows, columns),
      (matrix) => this.#free(matrix),
      () => {
        this.postponed.forget();
        this.labels.forget();
        this.lists.forget();
      },
    );
    const made = [this.arena, this.#instance, this.threads] as const;
    this.calls = machine?.calls(...made) ?? new Calls(...made);
    const most = Math.min(mostDataBytes, limit / 2);
    this.lists = new PixelLists(this, most);
    this.#tables = new Tables(this, most);
    this.#augmented = new Augmented(this, this.lists, (rows, columns) => this.allocate(rows, columns));
    this.labels = new StepLabels(this.calls, this.pool);
    this.kernels = makeKernels(this);
    this.#instance.makeBytes();
    this.calls.needScratch(1 << 16);
  }

  /** Bytes of memory, where the system grants less than the kernels could use. */
  get memoryLimit(): number | undefined {
    return this.arena.isLimited ? this.arena.limit : undefined;
  }

  /** Ends the helping threads; nothing may be computed afterwards. */
  close(): void {
    this.#helping?.quit(this, this.#instance);
  }

  override step<T>(body: () => T): T {
    const began = this.#helping === undefined ? 0 : performance.now();
    this.calls.work = 0;
    try {
      return this.pool.step(body);
    } finally {
      this.#helping?.after(this.#instance, this.calls.work, began);
    }
  }

  override willChange(matrix: Matrix): void {
    this.postponed.settleBefore(matrix);
  }

  override release(matrix: Matrix): void {
    this.willChange(matrix);
    if (matrix instanceof CpuMatrix && !this.pool.owns(matrix)) this.#free(matrix);
  }

  override relieved(): Promise<void> | undefined {
    return this.arena.relieved();
  }

  protected keepPixels(bytes: Uint8Array, columns: number): Pixels {
    return this.lists.keep(bytes, columns);
  }

  protected pixelsForStep(bytes: Uint8Array, columns: number): Pixels {
    return this.lists.listForStep(bytes, columns);
  }

  protected keepTable(numbers: Float32Array, columns: number): Matrix {
    return this.#tables.keep(numbers, columns, (rows) => this.allocate(rows, columns));
  }

  protected selectRows(data: Matrix, order: Uint32Array, start: number, rows: number): CpuMatrix | Pixels {
    if (data instanceof Pixels) return this.lists.select(data, order, start, rows);
    return this.#tables.select(data, order, start, rows);
  }

  protected augmentRows(pixels: Pixels, warp: Warp, draws: Draws): Pixels {
    return this.#augmented.augment(pixels, warp, draws);
  }

  protected allocate(rows: number, columns: number): CpuMatrix {
    const at = this.arena.allocate(4 * rows * columns);
    const numbers = new Float32Array(this.arena.memory.buffer, at, rows * columns);
    const matrix = new CpuMatrix(this, rows, columns, numbers);
    this.arena.freeWith(matrix, at);
    return matrix;
  }

  /** Frees a matrix of `allocate`; of one that is free already, nothing. */
  #free(matrix: CpuMatrix): void {
    if (this.arena.releaseWith(matrix, matrix.data.byteOffset)) matrix.isReleased = true;
  }
}

/**
 * What a kernel calls to wait at an address while it holds a number. A function of its own: closures of one function
 * share what they hold, and a backend must not be held by its kernels, whose threads end when nobody holds it.
 */
function sleepOn(words: Int32Array): (address: number, expected: number) => void {
  // On a page's main thread Atomics.wait throws; there the caller looks until it is time.
  let maySleep = true;
  return (address, expected) => {
    if (!maySleep) return;
    try {
      Atomics.wait(words, address >>> 2, expected);
    } catch {
      maySleep = false;
    }
  };
}
