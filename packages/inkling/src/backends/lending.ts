/**
 * Memory for what is temporary. Every training step asks for the same shapes in the same order, so what a step was
 * lent is kept and lent again: from the second step on nothing is allocated.
 */
import { BugError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";

export class Lending {
  private readonly make: (rows: number, columns: number) => Matrix;
  /** Per shape, the matrices made so far and how many of them are lent. */
  private readonly shelves = new Map<string, { matrices: Matrix[]; lent: number }>();
  private stepping = false;

  /** `make` makes a new matrix of zeros. */
  constructor(make: (rows: number, columns: number) => Matrix) {
    this.make = make;
  }

  /** rows × columns zeros: lent inside a step, new outside. */
  matrix(rows: number, columns: number): Matrix {
    if (!this.stepping) return this.make(rows, columns);
    const key = `${rows} × ${columns}`;
    let shelf = this.shelves.get(key);
    if (shelf === undefined) {
      shelf = { matrices: [], lent: 0 };
      this.shelves.set(key, shelf);
    }
    const used = shelf.matrices[shelf.lent++];
    if (used !== undefined) {
      used.data.fill(0);
      return used;
    }
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
      for (const shelf of this.shelves.values()) shelf.lent = 0;
    }
  }
}
