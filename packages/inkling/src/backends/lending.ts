/**
 * Memory for what is temporary. Every training step asks for the same shapes in the same order, so what a step was
 * lent is kept and lent again: from the second step on nothing is allocated.
 */
import { BugError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";

export class Lending {
  private readonly make: (rows: number, columns: number) => Matrix;
  /** By rows, then columns: the matrices made so far, and how many of them are lent. */
  private readonly shelves = new Map<number, Map<number, { matrices: Matrix[]; lent: number }>>();
  private stepping = false;

  /** `make` makes a new matrix, of whatever content. */
  constructor(make: (rows: number, columns: number) => Matrix) {
    this.make = make;
  }

  /** Whether a step is under way. */
  get isStepping(): boolean {
    return this.stepping;
  }

  /** rows × columns numbers of whatever value: lent inside a step, new outside. */
  matrix(rows: number, columns: number): Matrix {
    if (!this.stepping) return this.make(rows, columns);
    const shelf = this.shelf(rows, columns);
    const used = shelf.matrices[shelf.lent++];
    if (used !== undefined) return used;
    const made = this.make(rows, columns);
    shelf.matrices.push(made);
    return made;
  }

  /** Runs `body`; what it was lent may be lent again afterwards. */
  step<T>(body: () => T): T {
    if (this.stepping) throw new BugError("a step inside a step.");
    this.stepping = true;
    try {
      return body();
    } finally {
      this.stepping = false;
      for (const columns of this.shelves.values()) for (const shelf of columns.values()) shelf.lent = 0;
    }
  }

  private shelf(rows: number, columns: number): { matrices: Matrix[]; lent: number } {
    let byColumns = this.shelves.get(rows);
    if (byColumns === undefined) {
      byColumns = new Map();
      this.shelves.set(rows, byColumns);
    }
    let shelf = byColumns.get(columns);
    if (shelf === undefined) {
      shelf = { matrices: [], lent: 0 };
      byColumns.set(columns, shelf);
    }
    return shelf;
  }
}
