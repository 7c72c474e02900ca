/**
 * The memory of every backend on this machine's processor: data sets, matrices, steps. Each call checks what it is
 * given; where the memory lies is said by the subclasses in reference/ and fast/. The operations on it are in
 * cpu-backend.ts.
 */
import { ArgumentError, ShapeError } from "../errors.ts";
import { type Matrix, type Numbers, Pixels } from "../matrix.ts";
import { checkData, checkOwner, checkPlace, checkRows, checkSize } from "./check.ts";
import type { CpuMatrix } from "./cpu-matrix.ts";
import type { MemoryPool } from "./pool.ts";
import type { Draws, Warp } from "./warp.ts";

export abstract class CpuMemory {
  /** The memory of a step. */
  protected abstract readonly pool: MemoryPool;
  protected abstract keepPixels(bytes: Uint8Array, columns: number): Pixels;
  protected abstract pixelsForStep(bytes: Uint8Array, columns: number): Pixels;
  protected abstract keepTable(numbers: Float32Array, columns: number): Matrix;
  protected abstract selectRows(data: Matrix, order: Uint32Array, start: number, rows: number): CpuMatrix | Pixels;
  protected abstract augmentRows(pixels: Pixels, warp: Warp, draws: Draws): Pixels;
  /** New memory for rows × columns numbers, whatever they are. */
  protected abstract allocate(rows: number, columns: number): CpuMatrix;

  /** Called before the numbers of a matrix change, or its memory is given back. */
  willChange(_matrix: Matrix): void {}

  pixels(bytes: Uint8Array, columns: number): Pixels {
    checkData("pixels", bytes, columns);
    return this.keepPixels(bytes, columns);
  }

  temporaryPixels(bytes: Uint8Array, columns: number): Pixels {
    checkData("temporaryPixels", bytes, columns);
    return this.pixelsForStep(bytes, columns);
  }

  table(numbers: Float32Array, columns: number): Matrix {
    checkData("table", numbers, columns);
    return this.keepTable(numbers, columns);
  }

  select(data: Matrix, order: Uint32Array, start: number, rows: number): CpuMatrix | Pixels {
    checkOwner("select", "data", this, data);
    checkRows(data, order, start, rows);
    return this.selectRows(data, order, start, rows);
  }

  augment(pixels: Matrix, warp: Warp, draws: Draws): Pixels {
    checkOwner("augment", "pixels", this, pixels);
    if (!(pixels instanceof Pixels)) throw new ArgumentError("augment, pixels", "pixels", "numbers");
    const { height, width, channels } = warp;
    if (pixels.columns !== height * width * channels) {
      throw new ShapeError(
        "augment, pixels",
        `images of ${height} × ${width} × ${channels}`,
        `${pixels.columns} bytes`,
      );
    }
    if (!(draws.start >= 0 && draws.start + pixels.rows <= draws.order.length)) {
      const got = `an order of ${draws.order.length}, from ${draws.start} on`;
      throw new ShapeError("augment, order", `the numbers of ${pixels.rows} examples`, got);
    }
    return this.augmentRows(pixels, warp, draws);
  }

  matrix(rows: number, columns: number): CpuMatrix {
    checkSize("matrix", rows, columns);
    const matrix = this.pool.matrix(rows, columns);
    matrix.data.fill(0);
    return matrix;
  }

  keep(rows: number, columns: number): CpuMatrix {
    checkSize("keep", rows, columns);
    const matrix = this.allocate(rows, columns);
    matrix.data.fill(0);
    return matrix;
  }

  write(matrix: CpuMatrix, values: ArrayLike<number>): void {
    checkOwner("write", "matrix", this, matrix);
    if (values.length !== matrix.data.length) {
      const expected = `${matrix.data.length} numbers (${matrix.rows} × ${matrix.columns})`;
      throw new ShapeError("write", expected, String(values.length));
    }
    this.willChange(matrix);
    matrix.data.set(values);
  }

  copy(from: CpuMatrix, to: CpuMatrix): void {
    checkOwner("copy", "from", this, from);
    checkOwner("copy", "to", this, to);
    if (from.rows !== to.rows || from.columns !== to.columns) {
      throw new ShapeError("copy", `a matrix of ${from.rows} × ${from.columns}`, `${to.rows} × ${to.columns}`);
    }
    this.willChange(to);
    to.data.set(from.data);
  }

  async read(matrix: Matrix): Promise<Numbers> {
    checkOwner("read", "matrix", this, matrix);
    if (matrix instanceof Pixels)
      throw new ArgumentError("read", "a matrix of numbers", "pixels", "Call unpack first.");
    return (matrix as CpuMatrix).data.slice();
  }

  settled(): undefined {}

  step<T>(body: () => T): T {
    return this.pool.step(body);
  }

  longStep<T>(body: () => Promise<T>): Promise<T> {
    return this.pool.longStep(body);
  }

  get busy(): Promise<void> | undefined {
    return this.pool.busy;
  }

  /** A matrix of the pool stays the pool's. Where numbers are arrays of JavaScript's, the collector does the rest. */
  release(matrix: Matrix): void {
    if (!this.pool.owns(matrix)) matrix.isReleased = true;
  }

  relieved(): Promise<void> | undefined {
    return undefined;
  }

  /** Where a result goes: into the matrix that was given, if it fits, or into a new one. */
  protected place(operation: string, rows: number, columns: number, into: CpuMatrix | undefined): CpuMatrix {
    if (into === undefined) return this.pool.matrix(rows, columns);
    checkPlace(operation, this, rows, columns, into);
    return into;
  }
}
