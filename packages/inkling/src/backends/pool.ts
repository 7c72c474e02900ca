/**
 * A pool of matrices for temporary results. Every training step asks for the same shapes in the same order, so the pool
 * keeps the matrices of a step and gives them to the next one: from the second step on nothing is allocated.
 * Data sets and networks come and go, and with them the shapes; MOST says how much of old shapes the pool keeps.
 */
import { ArgumentError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import type { CpuMatrix } from "./cpu-matrix.ts";

/**
 * When the pool holds more numbers than this, the matrices that this step does not use are dropped: 64 MiB in float32.
 */
const MOST = 1 << 24;

/** All matrices of one shape; the first `inUse` of them are in use in this step. */
interface SameShape {
  readonly matrices: CpuMatrix[];
  inUse: number;
}

export class MemoryPool {
  readonly #make: (rows: number, columns: number) => CpuMatrix;
  readonly #drop: (matrix: CpuMatrix) => void;
  readonly #ended: () => void;
  /** By rows, then columns. */
  readonly #shapes = new Map<number, Map<number, SameShape>>();
  /** Those with matrices in use: a step does not look at the shapes of all networks before it. */
  readonly #shapesInUse: SameShape[] = [];
  /** Numbers in all matrices of the pool. */
  #numbers = 0;
  #stepping = false;
  #longStepEnd: Promise<void> | undefined;

  /**
   * `make` makes a new matrix, with any values in it. `drop` is told of each matrix that the pool gives up, `ended`
   * when a step has ended.
   */
  constructor(
    make: (rows: number, columns: number) => CpuMatrix,
    drop: (matrix: CpuMatrix) => void = () => {},
    ended = () => {},
  ) {
    this.#make = make;
    this.#drop = drop;
    this.#ended = ended;
  }

  /** Whether a step is under way. */
  get isStepping(): boolean {
    return this.#stepping;
  }

  /** While a long step is under way, a promise that resolves at its end; otherwise undefined. */
  get busy(): Promise<void> | undefined {
    return this.#longStepEnd;
  }

  /** A matrix of rows × columns numbers of any value. Inside a step it is the pool's; outside it is a new one. */
  matrix(rows: number, columns: number): CpuMatrix {
    if (!this.#stepping) return this.#make(rows, columns);
    const same = this.#sameShape(rows, columns);
    if (same.inUse === 0) this.#shapesInUse.push(same);
    const kept = same.matrices[same.inUse++];
    if (kept !== undefined) return kept;
    if (this.#numbers + rows * columns > MOST) this.#clear();
    const made = this.#make(rows, columns);
    this.#numbers += rows * columns;
    same.matrices.push(made);
    return made;
  }

  /** Whether a matrix belongs to the pool, which gives it to one step after the other. */
  owns(matrix: Matrix): boolean {
    return (
      this.#shapes
        .get(matrix.rows)
        ?.get(matrix.columns)
        ?.matrices.includes(matrix as CpuMatrix) ?? false
    );
  }

  /** Runs `body`. The matrices that it was given may be given to the next step. */
  step<T>(body: () => T): T {
    this.#begin();
    try {
      return body();
    } finally {
      this.#end();
    }
  }

  /**
   * As `step`, for a body that awaits: other steps throw until its promise settles, so `busy` is awaited before them.
   */
  async longStep<T>(body: () => Promise<T>): Promise<T> {
    this.#begin();
    let settle = () => {};
    this.#longStepEnd = new Promise((resolve) => {
      settle = resolve;
    });
    try {
      return await body();
    } finally {
      this.#end();
      this.#longStepEnd = undefined;
      settle();
    }
  }

  #begin(): void {
    if (this.#stepping) throw new ArgumentError("step", "no other step under way", "one", "Await backend.busy first.");
    this.#stepping = true;
  }

  #end(): void {
    this.#stepping = false;
    for (const same of this.#shapesInUse) same.inUse = 0;
    this.#shapesInUse.length = 0;
    this.#ended();
  }

  #sameShape(rows: number, columns: number): SameShape {
    let byColumns = this.#shapes.get(rows);
    if (byColumns === undefined) {
      byColumns = new Map();
      this.#shapes.set(rows, byColumns);
    }
    let same = byColumns.get(columns);
    if (same === undefined) {
      same = { matrices: [], inUse: 0 };
      byColumns.set(columns, same);
    }
    return same;
  }

  /** Drops the matrices that this step does not use. */
  #clear(): void {
    for (const [rows, byColumns] of this.#shapes) {
      for (const [columns, { matrices, inUse }] of byColumns) {
        for (const matrix of matrices.splice(inUse)) {
          this.#numbers -= rows * columns;
          this.#drop(matrix);
        }
        if (inUse === 0) byColumns.delete(columns);
      }
      if (byColumns.size === 0) this.#shapes.delete(rows);
    }
  }
}
