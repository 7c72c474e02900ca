/** δ below a max pool: of each window one number at most is not 0 (sparse-deltas.ts). */
import type { Postponed } from "../../matrix.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import type { Window } from "../window.ts";

/** ∂C/∂x of a max pool, or that times the slope of the activation below it. */
export class SparseDelta implements Postponed {
  /** The pool's window: as far down and across as it is wide, on images without padding. */
  readonly pool: Window;
  /** What the pool was given, and what it made of it. */
  readonly x: CpuMatrix;
  readonly z: CpuMatrix;
  /** δ of each window's maximum. */
  readonly values: CpuMatrix;
  /** Which pixel of each window is its maximum: whole numbers, not floats. */
  readonly choices: CpuMatrix;
  readonly #compute: () => void;

  constructor(pooled: Pick<SparseDelta, "pool" | "x" | "z" | "choices">, values: CpuMatrix, compute: () => void) {
    this.pool = pooled.pool;
    this.x = pooled.x;
    this.z = pooled.z;
    this.choices = pooled.choices;
    this.values = values;
    this.#compute = compute;
  }

  /** Makes the dense matrix. */
  compute(): void {
    this.#compute();
  }
}
