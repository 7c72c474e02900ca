/**
 * Memory for what is temporary. Every training step asks for the same shapes in the same order, so what a step was
 * lent is kept and lent again: from the second step on nothing is allocated. Of shapes that no step asks for any more
 * (data sets and networks come and go) so much is kept as MOST says.
 */
import { BugError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";

/** Numbers on the shelves from which on those go that this step has not asked for: 64 MB in float32. */
const MOST = 1 << 24;

/** The matrices made so far of one shape, and how many of them are lent. */
interface Shelf {
  readonly matrices: Matrix[];
  lent: number;
}

export class Lending {
  private readonly make: (rows: number, columns: number) => Matrix;
  private readonly drop: (matrix: Matrix) => void;
  /** By rows, then columns. */
  private readonly shelves = new Map<number, Map<number, Shelf>>();
  private numbers = 0;
  private stepping = false;

  /** `make` makes a new matrix, of whatever content; `drop` is told of one that is not lent again. */
  constructor(make: (rows: number, columns: number) => Matrix, drop: (matrix: Matrix) => void = () => {}) {
    this.make = make;
    this.drop = drop;
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
    this.numbers += rows * columns;
    if (this.numbers > MOST) this.clear();
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

  private shelf(rows: number, columns: number): Shelf {
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

  /** Drops what this step has not asked for. */
  private clear(): void {
    for (const [rows, byColumns] of this.shelves) {
      for (const [columns, { matrices, lent }] of byColumns) {
        for (const matrix of matrices.splice(lent)) {
          this.numbers -= rows * columns;
          this.drop(matrix);
        }
        if (lent === 0) byColumns.delete(columns);
      }
      if (byColumns.size === 0) this.shelves.delete(rows);
    }
  }
}
