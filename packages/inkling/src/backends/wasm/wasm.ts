/**
 * The wasm backend: every operation as WebAssembly SIMD kernels (packages/inkling/kernels) on all threads. This file
 * says which page of this folder calls the kernel of an operation; the page says with which arguments and in how many
 * tiles. The equations are in backends/operations.ts, the loops in the kernels.
 */
import { type Labels, Pixels } from "../../matrix.ts";
import type { ActivationName } from "../../numbers/activations.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address } from "../fast/calls.ts";
import { FastBackend, type House } from "../fast/fast.ts";
import type { Threads } from "../fast/threads.ts";
import type { KernelSet, Normalization, NormalizationBackward, ScaleShiftOut, ScaleShiftTerms } from "../kernel-set.ts";
import type {
  AdamSettings,
  DescentSettings,
  DropoutSettings,
  MomentumSettings,
  RootSquareSettings,
  StatisticSettings,
} from "../settings.ts";
import type { SquareSum, Totals } from "../totals.ts";
import type { Window } from "../window.ts";
import { Activations } from "./activations.ts";
import { BatchNorm } from "./batch-norm.ts";
import { Convolutions } from "./convolutions.ts";
import { DenseProducts } from "./dense-products.ts";
import { Dropout } from "./dropout.ts";
import { FusedConvolutions } from "./fused-convolutions.ts";
import { ListedProducts } from "./listed-products.ts";
import { Losses } from "./losses.ts";
import { Norms } from "./norms.ts";
import { PixelProducts } from "./pixel-products.ts";
import { Pooling } from "./pooling.ts";
import { SparseConvolutions } from "./sparse-convolutions.ts";
import { SparseDelta } from "./sparse-delta.ts";
import { SparseDeltas } from "./sparse-deltas.ts";
import { Updates } from "./updates.ts";

export class Wasm extends FastBackend {
  /** See FastOptions. */
  constructor(threads?: Threads, mostDataBytes?: number) {
    super("wasm", (house) => new WasmKernels(house), { threads, mostDataBytes });
  }
}

/** Hands each operation to the page that calls its kernel. */
export class WasmKernels implements KernelSet {
  readonly #house: House;
  readonly #denseProducts: DenseProducts;
  readonly #listedProducts: ListedProducts;
  readonly #pixelProducts: PixelProducts;
  readonly #convolutions: Convolutions;
  readonly #activations: Activations;
  readonly #pooling: Pooling;
  readonly #fusedConvolutions: FusedConvolutions;
  readonly #sparseDeltas: SparseDeltas;
  readonly #sparseConvolutions: SparseConvolutions;
  readonly #batchNorm: BatchNorm;
  readonly #dropout: Dropout;
  readonly #losses: Losses;
  readonly #updates: Updates;
  readonly #norms: Norms;

  constructor(house: House) {
    const { calls, pool, threads } = house;
    this.#house = house;
    this.#denseProducts = new DenseProducts(calls, pool, threads);
    this.#listedProducts = new ListedProducts(house);
    this.#pixelProducts = new PixelProducts(calls, pool, threads);
    this.#convolutions = new Convolutions(house);
    this.#activations = new Activations(calls);
    this.#pooling = new Pooling(calls);
    this.#fusedConvolutions = new FusedConvolutions(house, this.#convolutions, this.#activations);
    this.#sparseDeltas = new SparseDeltas(house, this.#pooling, this.#activations, this.#fusedConvolutions);
    this.#sparseConvolutions = new SparseConvolutions(house);
    this.#batchNorm = new BatchNorm(calls, pool, threads);
    this.#dropout = new Dropout(calls, pool);
    this.#losses = new Losses(house);
    this.#updates = new Updates(calls);
    this.#norms = new Norms(calls, pool);
  }

  // Products

  product(x: CpuMatrix | Pixels, W: CpuMatrix, b: CpuMatrix | undefined, z: CpuMatrix): void {
    const bias = b === undefined ? 0 : address(b);
    if (x instanceof Pixels) this.#pixelProducts.matmul(this.#house.lists.of(x), W, bias, z);
    else if (!this.#listedProducts.matmul(x, W, b, z)) this.#denseProducts.matmul(x, W, bias, z);
  }

  meanOuter(x: CpuMatrix | Pixels, delta: CpuMatrix, dW: CpuMatrix, terms: number): void {
    if (x instanceof Pixels) {
      const images = this.#house.lists.of(x);
      if (this.#listedProducts.meanOuterOfPixels(images, delta, dW, terms)) return;
      this.#pixelProducts.meanOuter(images, delta, dW, terms);
    } else if (!this.#listedProducts.meanOuter(x, delta, dW, terms)) {
      this.#denseProducts.meanOuter(x, delta, dW, terms);
    }
  }

  productTransposed(delta: CpuMatrix, W: CpuMatrix, dX: CpuMatrix): void {
    if (!this.#listedProducts.matmulTransposeB(delta, W, dX)) this.#denseProducts.matmulTransposeB(delta, W, dX);
  }

  meanRows(delta: CpuMatrix, db: CpuMatrix, terms: number): void {
    this.#denseProducts.meanRows(delta, db, terms);
  }

  unpack(pixels: Pixels, x: CpuMatrix): void {
    this.#pixelProducts.unpack(this.#house.lists.of(pixels), x);
  }

  addScaled(x: CpuMatrix, y: CpuMatrix, scale: number, z: CpuMatrix): void {
    this.#denseProducts.addScaled(x, y, scale, z);
  }

  // Convolutions

  convolve(x: CpuMatrix | Pixels, W: CpuMatrix, b: CpuMatrix, window: Window, z: CpuMatrix): void {
    this.#fusedConvolutions.convolve(x, W, b, window, z);
  }

  convolveBackward(delta: CpuMatrix, W: CpuMatrix, window: Window, dX: CpuMatrix): void {
    const sparse = sparseOf(delta, window, W.columns);
    if (sparse !== undefined && this.#sparseConvolutions.backward(sparse, W, window, dX)) return;
    delta.settle();
    this.#convolutions.convolveBackward(delta, W, window, dX);
  }

  convolveOuter(x: CpuMatrix | Pixels, delta: CpuMatrix, window: Window, dW: CpuMatrix, terms: number): void {
    const sparse = sparseOf(delta, window, dW.columns);
    if (sparse !== undefined && this.#sparseConvolutions.outer(x, sparse, window, dW, terms)) return;
    const isSpread = sparse !== undefined && x instanceof Pixels;
    if (!isSpread) delta.settle();
    this.#convolutions.convolveOuter(x, isSpread ? sparse.entries : delta, window, dW, terms);
  }

  meanPositions(delta: CpuMatrix, db: CpuMatrix, terms: number): void {
    const sparse = delta.postponed;
    if (sparse instanceof SparseDelta && sparse.pool.window.channels === db.columns) {
      this.#denseProducts.meanRows(this.#sparseConvolutions.positionSums(sparse), db, terms);
      return;
    }
    delta.settle();
    this.#denseProducts.meanRows(this.#batchNorm.positionSums(0, delta, delta, db), db, terms);
  }

  // Activations

  activate(z: CpuMatrix, activation: ActivationName, a: CpuMatrix): void {
    this.#fusedConvolutions.activate(z, activation, a);
    if (activation === "relu") this.#listedProducts.remember(a);
  }

  activateBackward(dA: CpuMatrix, z: CpuMatrix, a: CpuMatrix, activation: ActivationName, delta: CpuMatrix): void {
    this.#sparseDeltas.activateBackward(dA, z, a, activation, delta);
    if (activation === "relu") this.#listedProducts.remember(delta);
  }

  softmax(z: CpuMatrix, p: CpuMatrix): void {
    this.#losses.softmax(z, p);
  }

  // Pooling

  maxPool(x: CpuMatrix, window: Window, z: CpuMatrix): void {
    this.#sparseDeltas.maxPool(x, window, z);
  }

  maxPoolBackward(x: CpuMatrix, z: CpuMatrix, delta: CpuMatrix, window: Window, dX: CpuMatrix): void {
    this.#sparseDeltas.maxPoolBackward(x, z, delta, window, dX);
  }

  averagePool(x: CpuMatrix, window: Window, z: CpuMatrix): void {
    this.#pooling.averagePool(x, window, z);
  }

  averagePoolBackward(delta: CpuMatrix, window: Window, dX: CpuMatrix): void {
    this.#pooling.averagePoolBackward(delta, window, dX);
  }

  // Normalization

  channelMeans(x: CpuMatrix, mean: CpuMatrix, terms: number): void {
    this.#batchNorm.means(x, mean, terms);
  }

  channelVariances(x: CpuMatrix, mean: CpuMatrix, variance: CpuMatrix, terms: number): void {
    this.#batchNorm.variances(x, mean, variance, terms);
  }

  normalize(x: CpuMatrix, by: Normalization, xHat: CpuMatrix, y: CpuMatrix): void {
    this.#batchNorm.normalize(x, by, xHat, y);
  }

  scaleShiftBackward(delta: CpuMatrix, xHat: CpuMatrix, out: ScaleShiftOut, terms: ScaleShiftTerms): void {
    this.#batchNorm.scaleShiftBackward(delta, xHat, out, terms);
  }

  normalizeBackward(delta: CpuMatrix, xHat: CpuMatrix, by: NormalizationBackward, dX: CpuMatrix): void {
    this.#batchNorm.normalizeBackward(delta, xHat, by, dX);
  }

  moveStatistic(statistic: CpuMatrix, batch: CpuMatrix, settings: StatisticSettings): void {
    this.#batchNorm.moveStatistic(statistic, batch, settings);
  }

  // Dropout

  dropout(x: CpuMatrix, settings: DropoutSettings, z: CpuMatrix): void {
    this.#dropout.dropout(x, settings, z);
    this.#listedProducts.remember(z);
  }

  // Losses

  softmaxCrossEntropy(z: CpuMatrix, labels: Labels, losses: CpuMatrix, dZ: CpuMatrix): void {
    this.#losses.softmaxCrossEntropy(z, labels, losses, dZ);
  }

  squaredError(a: CpuMatrix, y: Labels | CpuMatrix, weight: number, losses: CpuMatrix, dA: CpuMatrix): void {
    this.#losses.squaredError(a, y, weight, losses, dA);
  }

  weightedCrossEntropy(
    z: CpuMatrix,
    labels: Labels,
    weights: CpuMatrix,
    smoothing: number,
    losses: CpuMatrix,
    dZ: CpuMatrix,
  ): void {
    this.#losses.weightedCrossEntropy(z, labels, weights, smoothing, losses, dZ);
  }

  binaryCrossEntropy(z: CpuMatrix, y: CpuMatrix, weight: number, losses: CpuMatrix, dZ: CpuMatrix): void {
    this.#losses.binaryCrossEntropy(z, y, weight, losses, dZ);
  }

  huberError(a: CpuMatrix, y: CpuMatrix, delta: number, weight: number, losses: CpuMatrix, dA: CpuMatrix): void {
    this.#losses.huberError(a, y, delta, weight, losses, dA);
  }

  absoluteError(a: CpuMatrix, y: CpuMatrix, weight: number, losses: CpuMatrix, dA: CpuMatrix): void {
    this.#losses.absoluteError(a, y, weight, losses, dA);
  }

  sumLosses(losses: CpuMatrix, totals: Totals): void {
    this.#losses.sumLosses(losses, totals);
  }

  countHits(outputs: CpuMatrix, labels: Labels, totals: Totals): void {
    this.#losses.countHits(outputs, labels, totals);
  }

  // Updates

  sgd(value: CpuMatrix, gradient: CpuMatrix, settings: DescentSettings): void {
    this.#updates.sgd(value, gradient, settings);
  }

  momentum(value: CpuMatrix, gradient: CpuMatrix, velocity: CpuMatrix, settings: MomentumSettings): void {
    this.#updates.momentum(value, gradient, velocity, settings);
  }

  adam(value: CpuMatrix, gradient: CpuMatrix, mean: CpuMatrix, square: CpuMatrix, settings: AdamSettings): void {
    this.#updates.adam(value, gradient, mean, square, settings);
  }

  rootSquare(value: CpuMatrix, gradient: CpuMatrix, square: CpuMatrix, settings: RootSquareSettings): void {
    this.#updates.rootSquare(value, gradient, square, settings);
  }

  // Norms and averages

  addSign(gradient: CpuMatrix, value: CpuMatrix, lambda: number): void {
    this.#norms.addSign(gradient, value, lambda);
  }

  sumSquares(gradient: CpuMatrix, squares: SquareSum): void {
    this.#norms.sumSquares(gradient, squares);
  }

  scale(gradient: CpuMatrix, s: number): void {
    this.#norms.scale(gradient, s);
  }

  limitColumns(value: CpuMatrix, limit: number): void {
    this.#norms.limitColumns(value, limit);
  }

  average(mean: CpuMatrix, value: CpuMatrix, decay: number): void {
    this.#norms.average(mean, value, decay);
  }
}

/** δ, if it is sparse on the images that come out of this convolution. */
function sparseOf({ postponed }: CpuMatrix, { outHeight, outWidth }: Window, filters: number): SparseDelta | undefined {
  if (!(postponed instanceof SparseDelta)) return undefined;
  const { height, width, channels } = postponed.pool.window;
  return height === outHeight && width === outWidth && channels === filters ? postponed : undefined;
}
