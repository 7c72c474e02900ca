/** δ below a max pool: of each window one number at most is not 0 (sparse-deltas.ts). */
import type { Postponed } from "../../matrix.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import type { Window } from "../window.ts";

/** A max pool: its window, what it was given, and what it made of it. */
export interface MaxPool {
  /** As far down and across as it is wide, on images without padding. */
  readonly window: Window;
  readonly x: CpuMatrix;
  readonly z: CpuMatrix;
}

/** δ of each window's maximum, and which pixel of the window that is: whole numbers, not floats. */
export interface Entries {
  readonly window: Window;
  readonly values: CpuMatrix;
  readonly choices: CpuMatrix;
}

/** ∂C/∂x of a max pool, or that times the slope of the activation below it. */
export class SparseDelta implements Postponed {
  readonly pool: MaxPool;
  /** Makes the dense matrix. */
  readonly compute: () => void;
  readonly #make: () => Entries;
  #made: Entries | undefined;

  constructor(pool: MaxPool, make: () => Entries, compute: () => void) {
    this.pool = pool;
    this.#make = make;
    this.compute = compute;
  }

  /** What is not 0; made once. Kernels may run: no arguments may be set before. */
  get entries(): Entries {
    this.#made ??= this.#make();
    return this.#made;
  }
}
