/** A matrix whose numbers lie in memory that JavaScript can see. CPU backends, tests and proofs alone look at them. */
import { Matrix, type Numbers } from "../matrix.ts";

/** rows × columns numbers, row-major: element (i, j) is data[i · columns + j]. */
export class CpuMatrix extends Matrix {
  readonly #numbers: Numbers;

  constructor(owner: object, rows: number, columns: number, data: Numbers) {
    super(owner, rows, columns);
    this.#numbers = data;
  }

  /** Its numbers. If they were postponed, they are computed now: by other kernels, so no arguments may be set before. */
  get data(): Numbers {
    this.settle();
    return this.#numbers;
  }

  /** Computes what was postponed. */
  settle(): void {
    const { postponed } = this;
    if (postponed === undefined) return;
    this.postponed = undefined;
    postponed.compute();
  }
}
