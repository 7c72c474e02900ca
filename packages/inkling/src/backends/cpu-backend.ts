/**
 * The door of every backend that computes on this machine's processor: an operation checks its operands, takes memory
 * for its results and hands both to the kernels. Composite operations are written out as their parts. Where the memory
 * lies and which kernels compute is said by the subclasses, in reference/ and fast/.
 *
 * The door has four pages, each a base class of the next: cpu-memory.ts (data sets, matrices, steps),
 * cpu-normalization.ts, cpu-images.ts (convolutions, pooling), and this one for all other operations.
 */
import { type Labels, type Matrix, Pixels, type Precision } from "../matrix.ts";
import type { ActivationName } from "../numbers/activations.ts";
import type { Backend } from "./backend.ts";
import { check, checkActivation, rules } from "./check.ts";
import { CpuImages } from "./cpu-images.ts";
import type { CpuMatrix } from "./cpu-matrix.ts";
import { checkDropout } from "./dropout.ts";
import type { KernelSet } from "./kernel-set.ts";
import type { MemoryPool } from "./pool.ts";
import type {
  AdamSettings,
  DescentSettings,
  DropoutSettings,
  MomentumSettings,
  RootSquareSettings,
} from "./settings.ts";
import type { Sharing } from "./sharing.ts";
import type { SquareSum, Totals } from "./totals.ts";

export abstract class CpuBackend extends CpuImages implements Backend {
  abstract readonly name: string;
  abstract readonly precision: Precision;
  abstract readonly threads: number;
  readonly arithmetic = "exact";
  sharing: Sharing | undefined;

  /**
   * Shares its batches with other machines: `wrap` makes kernels that exchange sums, of its own and of memory for
   * numbers, whatever they are, until the step ends.
   */
  share(sharing: Sharing, wrap: (own: KernelSet, matrix: MemoryPool["matrix"]) => KernelSet): void {
    this.sharing = sharing;
    this.kernels = wrap(this.kernels, (rows, columns) => this.pool.matrix(rows, columns));
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
    const dW = this.place("meanOuter", x.columns, delta.columns, into);
    this.kernels.meanOuter(x, delta, dW, x.rows);
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
    const db = this.place("meanRows", 1, delta.columns, into);
    this.kernels.meanRows(delta, db, delta.rows);
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
}
