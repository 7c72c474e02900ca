import type { Numbers } from "../matrix.ts";
import type { Totals } from "./totals.ts";

/** What a network makes of some examples. */
export interface Found {
  readonly outputs: Numbers;
  readonly meaning: Numbers;
}

/** A data set of `count` examples in chunks of so many, a multiple of a block; `columns`: numbers found of each. */
export interface Chunks {
  readonly count: number;
  readonly chunk: number;
  readonly columns: number;
}

/** Finds what there is of the chunk from `start` on, and adds its losses to `totals`. */
export type FindChunk = (start: number, totals: readonly Totals[] | undefined) => Promise<Found>;

/**
 * How a backend shares batches with other machines (groups/ has it). Between `begin` and `end` each sum over the batch
 * is over the examples of all machines, by the same law, so that it is what one machine alone would get. All machines
 * compute the same batches in the same order.
 */
export interface Sharing {
  /**
   * Begins a batch of so many examples. Returns which of them this machine computes: `rows` from `first` on. One that
   * has nothing to do computes the first example, and adds nothing to any sum.
   */
  begin(examples: number): { readonly first: number; readonly rows: number };
  end(): void;
  /**
   * Finds what there is of a data set: each machine asks `find` for some of the chunks, and all get what all have
   * found, and the sums of all losses.
   */
  findAll(
    chunks: Chunks,
    totals: readonly Totals[] | undefined,
    find: FindChunk,
  ): Promise<(start: number, rows: number) => Found>;
  /** Whether any machine says yes. All have to ask, and get the same answer. */
  any(isSo: boolean): boolean;
  /** What a training rejects with that another machine wants to end. */
  readonly reason: Error;
}
