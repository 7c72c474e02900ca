/** The labels of the batch under way, in the shared memory: written there once a step, for the loss and the hits. */
import type { Labels } from "../../matrix.ts";
import type { MemoryPool } from "../pool.ts";
import { address, type Calls } from "./calls.ts";

/** Labels in the memory, a word each, and the largest of them. */
export interface PlacedLabels {
  readonly labels: Labels;
  readonly at: number;
  readonly largest: number;
}

export class StepLabels {
  readonly #calls: Calls;
  readonly #pool: MemoryPool;
  #placed: PlacedLabels | undefined;

  constructor(calls: Calls, pool: MemoryPool) {
    this.#calls = calls;
    this.#pool = pool;
  }

  /** Where a batch's labels stand. */
  place(labels: Labels): PlacedLabels {
    if (this.#placed?.labels === labels) return this.#placed;
    const { rows, values, order, start } = labels;
    const at = address(this.#pool.matrix(1, rows));
    const words = this.#calls.whole.words;
    const first = at >>> 2;
    let largest = 0;
    for (let i = 0; i < rows; i++) {
      const label = values[order[start + i]];
      words[first + i] = label;
      if (label > largest) largest = label;
    }
    const placed = { labels, at, largest };
    if (this.#pool.isStepping) this.#placed = placed;
    return placed;
  }

  /** The step has ended, and its memory is used again. */
  forget(): void {
    this.#placed = undefined;
  }
}
