/**
 * Matrices of a step whose numbers are postponed: they are computed if somebody looks at them, and otherwise never. What
 * they are computed from must then still be the same, so they are computed at once where a matrix is about to be
 * written over.
 */
import type { Postponed } from "../../matrix.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";

export class PostponedMatrices {
  readonly #matrices: CpuMatrix[] = [];
  /** Rises when a matrix is written over and when a step ends: what was known of a matrix then holds no longer. */
  era = 0;

  /** `by` computes the matrix's numbers, if they are asked for before the step ends. */
  add(matrix: CpuMatrix, by: Postponed): void {
    matrix.postponed = by;
    this.#matrices.push(matrix);
  }

  /** Computes all numbers that are postponed: a matrix is about to be written over. */
  settle(): void {
    this.era++;
    for (const matrix of this.#matrices) matrix.settle();
    this.#matrices.length = 0;
  }

  /** The step has ended: nobody may look at its matrices any more. */
  forget(): void {
    this.era++;
    for (const matrix of this.#matrices) matrix.postponed = undefined;
    this.#matrices.length = 0;
  }
}
