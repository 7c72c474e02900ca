/**
 * The door of every backend that computes on this machine's processor: an operation checks its operands, takes memory
 * for its results and hands both to the kernels. Where the memory lies and which kernels compute is said by its
 * subclasses: reference/ and fast/. Normalization has a file of its own. Composite operations are written out here as their parts.
 */
import { checkWhole } from "../checks.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { type Labels, type Matrix, type Numbers, Pixels, type Precision } from "../matrix.ts";
import type { ActivationName } from "../numbers/activations.ts";
import type {
  AdamSettings,
  Backend,
  DescentSettings,
  DropoutSettings,
  MomentumSettings,
  RootSquareSettings,
  SquareSum,
  Totals,
} from "./backend.ts";
import {
  check,
  checkActivation,
  checkData,
  checkOwner,
  checkPlace,
  checkPool,
  checkRows,
  checkSize,
  rules,
} from "./check.ts";
import type { CpuMatrix } from "./cpu-matrix.ts";
import { CpuNormalization } from "./cpu-normalization.ts";
import { checkDropout } from "./dropout.ts";
import type { KernelSet } from "./kernel-set.ts";
import type { MemoryPool } from "./pool.ts";
import type { Draws, Warp } from "./warp.ts";
import { checkWindow, imageSize, positions, taps, type Window } from "./window.ts";
import { checkPositions, checkTaps, wholeParts } from "./window-checks.ts";

export abstract class CpuBackend extends CpuNormalization implements Backend {
  abstract readonly name: string;
  abstract readonly precision: Precision;
  abstract readonly threads: number;
  readonly arithmetic = "exact";
  protected abstract override readonly kernels: KernelSet;
  protected abstract override readonly pool: MemoryPool;

  // Memory

  protected abstract keepPixels(bytes: Uint8Array, columns: number): Pixels;
  protected abstract pixelsForStep(bytes: Uint8Array, columns: number): Pixels;
  protected abstract keepTable(numbers: Float32Array, columns: number): Matrix;
  protected abstract selectRows(data: Matrix, order: Uint32Array, start: number, rows: number): CpuMatrix | Pixels;
  protected abstract augmentRows(pixels: Pixels, warp: Warp, draws: Draws): Pixels;
  /** New memory for rows × columns numbers, whatever they are. */
  protected abstract allocate(rows: number, columns: number): CpuMatrix;

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
    matrix.data.set(values);
  }

  copy(from: CpuMatrix, to: CpuMatrix): void {
    checkOwner("copy", "from", this, from);
    checkOwner("copy", "to", this, to);
    if (from.rows !== to.rows || from.columns !== to.columns) {
      throw new ShapeError("copy", `a matrix of ${from.rows} × ${from.columns}`, `${to.rows} × ${to.columns}`);
    }
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

  // Products

  matmul(x: CpuMatrix | Pixels, W: CpuMatrix): CpuMatrix {
    check(rules.matmul, this, x, W);
    const z = this.pool.matrix(x.rows, W.columns);
    this.kernels.product(x, W, undefined, z);
    return z;
  }

  meanOuter(x: CpuMatrix | Pixels, delta: CpuMatrix, into?: CpuMatrix): CpuMatrix {
    check(rules.meanOuter, this, x, delta);
    const dW = this.#place("meanOuter", x.columns, delta.columns, into);
    this.kernels.meanOuter(x, delta, dW);
    return dW;
  }

  matmulTransposeB(delta: CpuMatrix, W: CpuMatrix): CpuMatrix {
    check(rules.matmulTransposeB, this, delta, W);
    const dX = this.pool.matrix(delta.rows, W.rows);
    this.kernels.productTransposed(delta, W, dX);
    return dX;
  }

  meanRows(delta: CpuMatrix, into?: CpuMatrix): CpuMatrix {
    check(rules.meanRows, this, delta);
    const db = this.#place("meanRows", 1, delta.columns, into);
    this.kernels.meanRows(delta, db);
    return db;
  }

  /** Numbers are returned as they are. */
  unpack(pixels: Matrix): CpuMatrix {
    check(rules.unpack, this, pixels);
    if (!(pixels instanceof Pixels)) return pixels as CpuMatrix;
    const x = this.pool.matrix(pixels.rows, pixels.columns);
    this.kernels.unpack(pixels, x);
    return x;
  }

  addScaled(x: CpuMatrix, y: CpuMatrix, scale: number): CpuMatrix {
    check(rules.addScaled, this, x, y);
    const z = this.pool.matrix(x.rows, x.columns);
    this.kernels.addScaled(x, y, scale, z);
    return z;
  }

  // Convolutions

  convolve(
    x: CpuMatrix | Pixels,
    W: CpuMatrix,
    b: CpuMatrix,
    window: Window,
    activation: ActivationName,
  ): { z: CpuMatrix; a: CpuMatrix } {
    check(rules.convolve, this, x, W, b);
    checkTaps("convolve", window, x.columns, W.rows);
    checkActivation("convolve", activation);
    // z_p = Σₜ x_(p+t)·Wₜ + b
    const z = this.pool.matrix(x.rows, positions(window) * W.columns);
    this.kernels.convolve(x, W, b, window, z);
    if (activation === "identity") return { z, a: z };
    // a = σ(z)
    const a = this.pool.matrix(z.rows, z.columns);
    this.kernels.activate(z, activation, a);
    return { z, a };
  }

  convolveBackward(delta: CpuMatrix, W: CpuMatrix, window: Window): CpuMatrix {
    check(rules.convolveBackward, this, delta, W);
    checkTaps("convolveBackward", window, imageSize(window), W.rows);
    checkPositions("convolveBackward", window, W.columns, delta.columns);
    const dX = this.pool.matrix(delta.rows, imageSize(window));
    this.kernels.convolveBackward(delta, W, window, dX);
    return dX;
  }

  convolveOuter(x: CpuMatrix | Pixels, delta: CpuMatrix, window: Window, into?: CpuMatrix): CpuMatrix {
    check(rules.convolveOuter, this, x, delta);
    checkWindow("convolveOuter, window", window, x.columns);
    const filters = wholeParts("convolveOuter, delta", delta.columns, positions(window));
    const dW = this.#place("convolveOuter", taps(window), filters, into);
    this.kernels.convolveOuter(x, delta, window, dW);
    return dW;
  }

  meanPositions(delta: CpuMatrix, filters: number, into?: CpuMatrix): CpuMatrix {
    check(rules.meanPositions, this, delta);
    checkWhole("meanPositions", "filters", filters, 1);
    wholeParts("meanPositions, delta", delta.columns, filters);
    const db = this.#place("meanPositions", 1, filters, into);
    this.kernels.meanPositions(delta, db);
    return db;
  }

  // Activations

  affine(
    x: CpuMatrix | Pixels,
    W: CpuMatrix,
    b: CpuMatrix,
    activation: ActivationName,
  ): { z: CpuMatrix; a: CpuMatrix } {
    check(rules.affine, this, x, W, b);
    // z = x·W + b
    const z = this.pool.matrix(x.rows, W.columns);
    this.kernels.product(x, W, b, z);
    checkActivation("affine", activation);
    if (activation === "identity") return { z, a: z };
    // a = σ(z)
    const a = this.pool.matrix(z.rows, z.columns);
    this.kernels.activate(z, activation, a);
    return { z, a };
  }

  activate(z: CpuMatrix, activation: ActivationName): CpuMatrix {
    check(rules.activate, this, z);
    checkActivation("activate", activation);
    if (activation === "identity") return z;
    const a = this.pool.matrix(z.rows, z.columns);
    this.kernels.activate(z, activation, a);
    return a;
  }

  activateBackward(dA: CpuMatrix, z: CpuMatrix, a: CpuMatrix, activation: ActivationName): CpuMatrix {
    check(rules.activateBackward, this, dA, z, a);
    checkActivation("activateBackward", activation);
    if (activation === "identity") return dA;
    const delta = this.pool.matrix(dA.rows, dA.columns);
    this.kernels.activateBackward(dA, z, a, activation, delta);
    return delta;
  }

  softmax(z: CpuMatrix): CpuMatrix {
    check(rules.softmax, this, z);
    const p = this.pool.matrix(z.rows, z.columns);
    this.kernels.softmax(z, p);
    return p;
  }

  // Pooling

  maxPool(x: CpuMatrix, window: Window): CpuMatrix {
    check(rules.maxPool, this, x);
    const z = this.pool.matrix(x.rows, checkPool("maxPool", window, x));
    this.kernels.maxPool(x, window, z);
    return z;
  }

  maxPoolBackward(x: CpuMatrix, z: CpuMatrix, delta: CpuMatrix, window: Window): CpuMatrix {
    check(rules.maxPoolBackward, this, x, z, delta);
    checkPool("maxPoolBackward", window, x, delta);
    const dX = this.pool.matrix(x.rows, x.columns);
    this.kernels.maxPoolBackward(x, z, delta, window, dX);
    return dX;
  }

  averagePool(x: CpuMatrix, window: Window): CpuMatrix {
    check(rules.averagePool, this, x);
    const z = this.pool.matrix(x.rows, checkPool("averagePool", window, x));
    this.kernels.averagePool(x, window, z);
    return z;
  }

  averagePoolBackward(delta: CpuMatrix, window: Window): CpuMatrix {
    check(rules.averagePoolBackward, this, delta);
    checkPool("averagePoolBackward", window, undefined, delta);
    const dX = this.pool.matrix(delta.rows, imageSize(window));
    this.kernels.averagePoolBackward(delta, window, dX);
    return dX;
  }

  // Dropout

  dropout(x: CpuMatrix, settings: DropoutSettings): CpuMatrix {
    check(rules.dropout, this, x);
    checkDropout(settings, x.rows);
    const z = this.pool.matrix(x.rows, x.columns);
    this.kernels.dropout(x, settings, z);
    return z;
  }

  // Losses

  softmaxCrossEntropy(z: CpuMatrix, labels: Labels): { losses: CpuMatrix; dZ: CpuMatrix } {
    check(rules.softmaxCrossEntropy, this, z, labels);
    const losses = this.pool.matrix(z.rows, 1);
    const dZ = this.pool.matrix(z.rows, z.columns);
    this.kernels.softmaxCrossEntropy(z, labels, losses, dZ);
    return { losses, dZ };
  }

  squaredError(a: CpuMatrix, y: Labels | CpuMatrix, weight: number): { losses: CpuMatrix; dA: CpuMatrix } {
    check(rules.squaredError, this, a, y);
    const losses = this.pool.matrix(a.rows, 1);
    const dA = this.pool.matrix(a.rows, a.columns);
    this.kernels.squaredError(a, y, weight, losses, dA);
    return { losses, dA };
  }

  weightedCrossEntropy(
    z: CpuMatrix,
    labels: Labels,
    weights: CpuMatrix,
    smoothing: number,
  ): { losses: CpuMatrix; dZ: CpuMatrix } {
    check(rules.weightedCrossEntropy, this, z, labels, weights);
    const losses = this.pool.matrix(z.rows, 1);
    const dZ = this.pool.matrix(z.rows, z.columns);
    this.kernels.weightedCrossEntropy(z, labels, weights, smoothing, losses, dZ);
    return { losses, dZ };
  }

  binaryCrossEntropy(z: CpuMatrix, y: CpuMatrix, weight: number): { losses: CpuMatrix; dZ: CpuMatrix } {
    check(rules.binaryCrossEntropy, this, z, y);
    const losses = this.pool.matrix(z.rows, 1);
    const dZ = this.pool.matrix(z.rows, z.columns);
    this.kernels.binaryCrossEntropy(z, y, weight, losses, dZ);
    return { losses, dZ };
  }

  huberError(a: CpuMatrix, y: CpuMatrix, delta: number, weight: number): { losses: CpuMatrix; dA: CpuMatrix } {
    check(rules.huberError, this, a, y);
    const losses = this.pool.matrix(a.rows, 1);
    const dA = this.pool.matrix(a.rows, a.columns);
    this.kernels.huberError(a, y, delta, weight, losses, dA);
    return { losses, dA };
  }

  absoluteError(a: CpuMatrix, y: CpuMatrix, weight: number): { losses: CpuMatrix; dA: CpuMatrix } {
    check(rules.absoluteError, this, a, y);
    const losses = this.pool.matrix(a.rows, 1);
    const dA = this.pool.matrix(a.rows, a.columns);
    this.kernels.absoluteError(a, y, weight, losses, dA);
    return { losses, dA };
  }

  sumLosses(losses: CpuMatrix, totals: Totals): void {
    check(rules.sumLosses, this, losses);
    this.kernels.sumLosses(losses, totals);
  }

  countHits(outputs: CpuMatrix, labels: Labels, totals: Totals): void {
    check(rules.countHits, this, outputs, labels);
    this.kernels.countHits(outputs, labels, totals);
  }

  // Updates

  sgd(value: CpuMatrix, gradient: CpuMatrix, settings: DescentSettings): void {
    check(rules.sgd, this, value, gradient);
    this.kernels.sgd(value, gradient, settings);
  }

  momentum(value: CpuMatrix, gradient: CpuMatrix, velocity: CpuMatrix, settings: MomentumSettings): void {
    check(rules.momentum, this, value, gradient, velocity);
    this.kernels.momentum(value, gradient, velocity, settings);
  }

  adam(value: CpuMatrix, gradient: CpuMatrix, mean: CpuMatrix, square: CpuMatrix, settings: AdamSettings): void {
    check(rules.adam, this, value, gradient, mean, square);
    this.kernels.adam(value, gradient, mean, square, settings);
  }

  rootSquare(value: CpuMatrix, gradient: CpuMatrix, square: CpuMatrix, settings: RootSquareSettings): void {
    check(rules.rootSquare, this, value, gradient, square);
    this.kernels.rootSquare(value, gradient, square, settings);
  }

  addSign(gradient: CpuMatrix, value: CpuMatrix, lambda: number): void {
    check(rules.addSign, this, gradient, value);
    this.kernels.addSign(gradient, value, lambda);
  }

  clip(gradient: CpuMatrix, squares: SquareSum, limit: number): void {
    check(rules.clip, this, gradient);
    const { norm } = squares;
    // s = c / ‖g‖
    if (norm > limit) this.kernels.scale(gradient, limit / norm);
  }

  limitColumns(value: CpuMatrix, limit: number): void {
    check(rules.limitColumns, this, value);
    this.kernels.limitColumns(value, limit);
  }

  average(mean: CpuMatrix, value: CpuMatrix, decay: number): void {
    check(rules.average, this, mean, value);
    this.kernels.average(mean, value, decay);
  }

  // Norms

  sumSquares(gradient: CpuMatrix, squares: SquareSum): void {
    check(rules.sumSquares, this, gradient);
    this.kernels.sumSquares(gradient, squares);
  }

  /** Where a result goes: into the matrix that was given, if it fits, or into a new one. */
  #place(operation: string, rows: number, columns: number, into: CpuMatrix | undefined): CpuMatrix {
    if (into === undefined) return this.pool.matrix(rows, columns);
    checkPlace(operation, this, rows, columns, into);
    return into;
  }
}
