/** A matrix whose numbers lie in memory that JavaScript can see. CPU backends, tests and proofs alone look at them. */
import { Matrix, type Numbers } from "../matrix.ts";

/** rows × columns numbers, row-major: element (i, j) is data[i · columns + j]. */
export class CpuMatrix extends Matrix {
  readonly data: Numbers;

  constructor(owner: object, rows: number, columns: number, data: Numbers) {
    super(owner, rows, columns);
    this.data = data;
  }
}
