/**
 * Matrices of a step whose numbers are postponed: they are computed if somebody looks at them, and otherwise never. What
 * they are computed from must then still be the same, so they are computed at once where one of those matrices is about
 * to change.
 */
import type { Matrix, Postponed } from "../../matrix.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";

export class PostponedMatrices {
  readonly #matrices: CpuMatrix[] = [];
  /** What they are computed from, and what else was noted of this step's matrices rests on. */
  readonly #grounds = new Set<Matrix>();
  /** Rises when one of the grounds changes and when a step ends: what was noted of a matrix then holds no longer. */
  era = 0;

  /** `by` computes the matrix's numbers from these others, if they are asked for before the step ends. */
  add(matrix: CpuMatrix, by: Postponed, from: readonly Matrix[]): void {
    matrix.postponed = by;
    this.#matrices.push(matrix);
    this.restOn(from);
  }

  /** What is noted in this era holds as long as these matrices do not change. */
  restOn(matrices: readonly Matrix[]): void {
    for (const matrix of matrices) this.#grounds.add(matrix);
  }

  /** A matrix is about to change. If anything rests on it, all numbers that are postponed are computed. */
  settleBefore(matrix: Matrix): void {
    if (!this.#grounds.has(matrix)) return;
    for (const waiting of this.#matrices) waiting.settle();
    this.forget();
  }

  /** The step has ended: nobody may look at its matrices any more. */
  forget(): void {
    this.era++;
    for (const matrix of this.#matrices) matrix.postponed = undefined;
    this.#matrices.length = 0;
    this.#grounds.clear();
  }
}
