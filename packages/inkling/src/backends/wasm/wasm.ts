/**
 * The wasm backend: every operation as WebAssembly SIMD kernels (packages/inkling/kernels) on all threads. This file
 * says which kernel is called with which arguments and in how many tiles. The equations are in backends/operations.ts,
 * the loops in the kernels, and the products in files of their own beside this one.
 */
import * as argument from "../../../kernels/arguments.ts";
import {
  ABSOLUTE_ERROR,
  ACTIVATE,
  ACTIVATE_BACKWARD,
  ADAM,
  ADD_SCALED,
  ADD_SIGN,
  AVERAGE,
  BINARY_CROSS_ENTROPY,
  BLOCK,
  COUNT_HITS,
  DROPOUT,
  ELU,
  GELU,
  HUBER_ERROR,
  LEAKY_RELU,
  LIMIT_COLUMNS,
  MOMENTUM,
  NORM_BLOCKS,
  RELU,
  ROOT_SQUARE,
  SCALE,
  SGD,
  SIGMOID,
  SILU,
  SOFTMAX,
  SOFTMAX_CROSS_ENTROPY,
  SQUARED_ERROR,
  SUM_LOSSES,
  SUM_SQUARES,
  TANH,
  TILE_COLUMNS,
  TILE_DRAWS,
  TILE_NUMBERS,
  TILE_ROWS,
  WEIGHTED_CROSS_ENTROPY,
} from "../../../kernels/layout.ts";
import { Labels, Pixels } from "../../matrix.ts";
import type { ActivationName } from "../../numbers/activations.ts";
import type {
  AdamSettings,
  DescentSettings,
  DropoutSettings,
  MomentumSettings,
  RootSquareSettings,
  SquareSum,
  StatisticSettings,
  Totals,
} from "../backend.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { thresholdOf } from "../dropout.ts";
import { address, type Calls } from "../fast/calls.ts";
import { FastBackend, type House } from "../fast/fast.ts";
import type { Threads } from "../fast/threads.ts";
import type { KernelSet, Normalization, NormalizationBackward, ScaleShiftOut } from "../kernel-set.ts";
import type { Window } from "../window.ts";
import { BatchNorm } from "./batch-norm.ts";
import { Convolutions } from "./convolutions.ts";
import { DenseProducts } from "./dense-products.ts";
import { PixelProducts } from "./pixel-products.ts";
import { Pooling } from "./pooling.ts";

/** The kernels' numbers of activations. The identity needs none. */
const activationNumbers: Readonly<Record<ActivationName, number>> = {
  identity: 0,
  relu: RELU,
  leakyRelu: LEAKY_RELU,
  sigmoid: SIGMOID,
  tanh: TANH,
  gelu: GELU,
  silu: SILU,
  elu: ELU,
};

export class Wasm extends FastBackend {
  /** See FastOptions. */
  constructor(threads?: Threads, mostDataBytes?: number) {
    super("wasm", (house) => new WasmKernels(house), { threads, mostDataBytes });
  }
}

/** Sets each operation's arguments and calls its kernel. */
export class WasmKernels implements KernelSet {
  readonly #house: House;
  readonly #calls: Calls;
  readonly #denseProducts: DenseProducts;
  readonly #pixelProducts: PixelProducts;
  readonly #pooling: Pooling;
  readonly #batchNorm: BatchNorm;
  readonly #convolutions: Convolutions;

  constructor(house: House) {
    this.#house = house;
    this.#calls = house.calls;
    this.#denseProducts = new DenseProducts(house.calls, house.pool, house.threads);
    this.#pixelProducts = new PixelProducts(house.calls, house.pool, house.threads);
    this.#pooling = new Pooling(house.calls);
    this.#batchNorm = new BatchNorm(house.calls, house.pool, house.threads);
    this.#convolutions = new Convolutions(house);
  }

  // Products

  product(x: CpuMatrix | Pixels, W: CpuMatrix, b: CpuMatrix | undefined, z: CpuMatrix): void {
    const bias = b === undefined ? 0 : address(b);
    if (x instanceof Pixels) this.#pixelProducts.matmul(this.#house.lists.of(x), W, bias, z);
    else this.#denseProducts.matmul(x, W, bias, z);
  }

  meanOuter(x: CpuMatrix | Pixels, delta: CpuMatrix, dW: CpuMatrix): void {
    if (x instanceof Pixels) this.#pixelProducts.meanOuter(this.#house.lists.of(x), delta, dW);
    else this.#denseProducts.meanOuter(x, delta, dW);
  }

  productTransposed(delta: CpuMatrix, W: CpuMatrix, dX: CpuMatrix): void {
    this.#denseProducts.matmulTransposeB(delta, W, dX);
  }

  meanRows(delta: CpuMatrix, db: CpuMatrix): void {
    this.#denseProducts.meanRows(delta, db);
  }

  unpack(pixels: Pixels, x: CpuMatrix): void {
    this.#pixelProducts.unpack(this.#house.lists.of(pixels), x);
  }

  addScaled(x: CpuMatrix, y: CpuMatrix, scale: number, z: CpuMatrix): void {
    const calls = this.#calls;
    calls.word(argument.SUM_X, address(x));
    calls.word(argument.SUM_Y, address(y));
    calls.word(argument.SUM_Z, address(z));
    calls.float(argument.SUM_SCALE, scale);
    this.#runOnNumbers(ADD_SCALED, argument.SUM_COUNT, z, 1);
  }

  // Convolutions

  convolve(x: CpuMatrix | Pixels, W: CpuMatrix, b: CpuMatrix, window: Window, z: CpuMatrix): void {
    this.#convolutions.convolve(x, W, b, window, z);
  }

  convolveBackward(delta: CpuMatrix, W: CpuMatrix, window: Window, dX: CpuMatrix): void {
    this.#convolutions.convolveBackward(delta, W, window, dX);
  }

  convolveOuter(x: CpuMatrix | Pixels, delta: CpuMatrix, window: Window, dW: CpuMatrix): void {
    this.#convolutions.convolveOuter(x, delta, window, dW);
  }

  meanPositions(delta: CpuMatrix, db: CpuMatrix): void {
    this.#denseProducts.meanRows(this.#convolutions.sumPositions(delta, db.columns), db);
  }

  // Activations

  activate(z: CpuMatrix, activation: ActivationName, a: CpuMatrix): void {
    const calls = this.#calls;
    calls.word(argument.ACTIVATION_Z, address(z));
    calls.word(argument.ACTIVATION_A, address(a));
    calls.word(argument.ACTIVATION_KIND, activationNumbers[activation]);
    this.#runOnNumbers(ACTIVATE, argument.ACTIVATION_COUNT, z, 2);
  }

  activateBackward(dA: CpuMatrix, z: CpuMatrix, a: CpuMatrix, activation: ActivationName, delta: CpuMatrix): void {
    const calls = this.#calls;
    calls.word(argument.ACTIVATION_DA, address(dA));
    calls.word(argument.ACTIVATION_Z, address(z));
    calls.word(argument.ACTIVATION_A, address(a));
    calls.word(argument.ACTIVATION_DELTA, address(delta));
    calls.word(argument.ACTIVATION_KIND, activationNumbers[activation]);
    this.#runOnNumbers(ACTIVATE_BACKWARD, argument.ACTIVATION_COUNT, dA, 2);
  }

  softmax(z: CpuMatrix, p: CpuMatrix): void {
    this.#calls.needScratch(16 * z.columns);
    this.#setRows(z, address(p));
    this.#calls.run(SOFTMAX, z.rows / TILE_ROWS, 20 * z.rows * z.columns);
  }

  // Pooling

  maxPool(x: CpuMatrix, window: Window, z: CpuMatrix): void {
    this.#pooling.maxPool(x, window, z);
  }

  maxPoolBackward(x: CpuMatrix, z: CpuMatrix, delta: CpuMatrix, window: Window, dX: CpuMatrix): void {
    this.#pooling.maxPoolBackward(x, z, delta, window, dX);
  }

  averagePool(x: CpuMatrix, window: Window, z: CpuMatrix): void {
    this.#pooling.averagePool(x, window, z);
  }

  averagePoolBackward(delta: CpuMatrix, window: Window, dX: CpuMatrix): void {
    this.#pooling.averagePoolBackward(delta, window, dX);
  }

  // Normalization

  batchMoments(x: CpuMatrix, mean: CpuMatrix, variance: CpuMatrix): void {
    this.#batchNorm.moments(x, mean, variance);
  }

  normalize(x: CpuMatrix, by: Normalization, xHat: CpuMatrix, y: CpuMatrix): void {
    this.#batchNorm.normalize(x, by, xHat, y);
  }

  scaleShiftBackward(delta: CpuMatrix, xHat: CpuMatrix, out: ScaleShiftOut): void {
    this.#batchNorm.scaleShiftBackward(delta, xHat, out);
  }

  normalizeBackward(delta: CpuMatrix, xHat: CpuMatrix, by: NormalizationBackward, dX: CpuMatrix): void {
    this.#batchNorm.normalizeBackward(delta, xHat, by, dX);
  }

  moveStatistic(statistic: CpuMatrix, batch: CpuMatrix, settings: StatisticSettings): void {
    this.#batchNorm.moveStatistic(statistic, batch, settings);
  }

  // Dropout

  dropout(x: CpuMatrix, { rate, stream, epoch, order, start }: DropoutSettings, z: CpuMatrix): void {
    const calls = this.#calls;
    const { rows, columns } = x;
    const examples = address(this.#house.pool.matrix(1, rows));
    calls.setOrder(examples, order, start, rows);
    const [low, high] = stream.key;
    const tile = Math.max(1, Math.floor(TILE_DRAWS / columns));
    calls.word(argument.DROPOUT_X, address(x));
    calls.word(argument.DROPOUT_Z, address(z));
    calls.word(argument.DROPOUT_ROWS, rows);
    calls.word(argument.DROPOUT_COLUMNS, columns);
    calls.word(argument.DROPOUT_TILE, tile);
    calls.word(argument.DROPOUT_EXAMPLES, examples);
    calls.word(argument.DROPOUT_EPOCH, epoch);
    calls.word(argument.DROPOUT_KEY, low);
    calls.word(argument.DROPOUT_KEY_HIGH, high);
    calls.word(argument.DROPOUT_THRESHOLD, thresholdOf(rate));
    calls.float(argument.DROPOUT_SCALE, 1 / (1 - rate));
    // Ten rounds of Philox are some 150 vector operations for sixteen numbers.
    calls.run(DROPOUT, rows / tile, 10 * rows * columns);
  }

  // Losses

  softmaxCrossEntropy(z: CpuMatrix, labels: Labels, losses: CpuMatrix, dZ: CpuMatrix): void {
    const calls = this.#calls;
    const labelsAt = this.#placeLabels(labels, z.columns);
    calls.needScratch(16 * z.columns);
    this.#setRows(z, address(dZ));
    calls.word(argument.ROWS_LABELS, labelsAt);
    calls.word(argument.ROWS_LOSSES, address(losses));
    calls.run(SOFTMAX_CROSS_ENTROPY, z.rows / TILE_ROWS, 20 * z.rows * z.columns);
  }

  squaredError(a: CpuMatrix, y: Labels | CpuMatrix, weight: number, losses: CpuMatrix, dA: CpuMatrix): void {
    const calls = this.#calls;
    const labelsAt = y instanceof Labels ? this.#placeLabels(y, a.columns) : 0;
    this.#setRows(a, address(dA));
    calls.word(argument.ROWS_LABELS, labelsAt);
    calls.word(argument.ROWS_TARGETS, y instanceof Labels ? 0 : address(y));
    calls.word(argument.ROWS_LOSSES, address(losses));
    calls.float(argument.ROWS_WEIGHT, weight);
    calls.float(argument.ROWS_TWICE, 2 * weight);
    calls.run(SQUARED_ERROR, a.rows / TILE_ROWS, 4 * a.rows * a.columns);
  }

  weightedCrossEntropy(
    z: CpuMatrix,
    labels: Labels,
    weights: CpuMatrix,
    smoothing: number,
    losses: CpuMatrix,
    dZ: CpuMatrix,
  ): void {
    const calls = this.#calls;
    const n = z.columns;
    const labelsAt = this.#placeLabels(labels, n);
    calls.needScratch(16 * n);
    this.#setRows(z, address(dZ));
    calls.word(argument.ROWS_LABELS, labelsAt);
    calls.word(argument.ROWS_LOSSES, address(losses));
    calls.word(argument.LOSS_CLASS_WEIGHTS, address(weights));
    calls.float(argument.LOSS_ON, 1 - smoothing + smoothing / n);
    calls.float(argument.LOSS_OFF, smoothing / n);
    calls.run(WEIGHTED_CROSS_ENTROPY, z.rows / TILE_ROWS, 24 * z.rows * n);
  }

  binaryCrossEntropy(z: CpuMatrix, y: CpuMatrix, weight: number, losses: CpuMatrix, dZ: CpuMatrix): void {
    this.#meanLoss(BINARY_CROSS_ENTROPY, z, y, weight, losses, dZ, 16);
  }

  huberError(a: CpuMatrix, y: CpuMatrix, delta: number, weight: number, losses: CpuMatrix, dA: CpuMatrix): void {
    this.#calls.float(argument.LOSS_DELTA, delta);
    this.#meanLoss(HUBER_ERROR, a, y, weight, losses, dA, 4);
  }

  absoluteError(a: CpuMatrix, y: CpuMatrix, weight: number, losses: CpuMatrix, dA: CpuMatrix): void {
    this.#meanLoss(ABSOLUTE_ERROR, a, y, weight, losses, dA, 4);
  }

  /** Runs a loss that is a weighted sum over the outputs; `work`: vector operations for one number. */
  #meanLoss(
    operation: number,
    outputs: CpuMatrix,
    y: CpuMatrix,
    weight: number,
    losses: CpuMatrix,
    slopes: CpuMatrix,
    work: number,
  ): void {
    const calls = this.#calls;
    this.#setRows(outputs, address(slopes));
    calls.word(argument.ROWS_TARGETS, address(y));
    calls.word(argument.ROWS_LOSSES, address(losses));
    calls.float(argument.ROWS_WEIGHT, weight);
    calls.run(operation, outputs.rows / TILE_ROWS, work * outputs.rows * outputs.columns);
  }

  sumLosses(losses: CpuMatrix, totals: Totals): void {
    const blocks = Math.ceil(losses.rows / BLOCK);
    const sums = address(this.#house.pool.matrix(blocks, 2));
    this.#setRows(losses, sums);
    this.#calls.run(SUM_LOSSES, blocks, losses.rows);
    const doubles = this.#calls.whole.doubles;
    for (let block = 0; block < blocks; block++) totals.loss.add(doubles[sums / 8 + block]);
    totals.examples += losses.rows;
  }

  countHits(outputs: CpuMatrix, labels: Labels, totals: Totals): void {
    const blocks = Math.ceil(outputs.rows / BLOCK);
    const counts = address(this.#house.pool.matrix(blocks, 1));
    const { at } = this.#house.labels.place(labels);
    this.#setRows(outputs, counts);
    this.#calls.word(argument.ROWS_LABELS, at);
    this.#calls.run(COUNT_HITS, blocks, 4 * outputs.rows * outputs.columns);
    const words = this.#calls.whole.words;
    for (let block = 0; block < blocks; block++) totals.hits += words[counts / 4 + block];
  }

  /** What all operations on rows are given. */
  #setRows(from: CpuMatrix, to: number): void {
    const calls = this.#calls;
    calls.word(argument.ROWS_IN, address(from));
    calls.word(argument.ROWS_OUT, to);
    calls.word(argument.ROWS_COUNT, from.rows);
    calls.word(argument.ROWS_COLUMNS, from.columns);
  }

  /** Where labels stand in the memory. Throws a ShapeError unless every class is below `outputs`. */
  #placeLabels(labels: Labels, outputs: number): number {
    const { at, largest } = this.#house.labels.place(labels);
    if (largest >= outputs) labels.check(outputs);
    return at;
  }

  // Updates

  sgd(value: CpuMatrix, gradient: CpuMatrix, settings: DescentSettings): void {
    this.#update(SGD, value, gradient, settings.learningRate, settings.weightDecay, 1);
  }

  momentum(value: CpuMatrix, gradient: CpuMatrix, velocity: CpuMatrix, settings: MomentumSettings): void {
    const calls = this.#calls;
    calls.word(argument.UPDATE_VELOCITY, address(velocity));
    calls.float(argument.UPDATE_MU, settings.momentum);
    calls.word(argument.UPDATE_NESTEROV, settings.nesterov ? 1 : 0);
    this.#update(MOMENTUM, value, gradient, settings.learningRate, settings.weightDecay, 2);
  }

  adam(value: CpuMatrix, gradient: CpuMatrix, mean: CpuMatrix, square: CpuMatrix, settings: AdamSettings): void {
    const calls = this.#calls;
    calls.word(argument.UPDATE_MEAN, address(mean));
    calls.word(argument.UPDATE_SQUARE, address(square));
    calls.float(argument.UPDATE_MEAN_OLD, settings.beta1);
    calls.float(argument.UPDATE_MEAN_FRESH, 1 - settings.beta1);
    calls.float(argument.UPDATE_OLD, settings.beta2);
    calls.float(argument.UPDATE_FRESH, 1 - settings.beta2);
    calls.float(argument.UPDATE_EPSILON, settings.epsilon);
    calls.float(argument.UPDATE_KEEP, settings.keep);
    this.#update(ADAM, value, gradient, settings.stepSize, settings.weightDecay, 8);
  }

  rootSquare(value: CpuMatrix, gradient: CpuMatrix, square: CpuMatrix, settings: RootSquareSettings): void {
    const calls = this.#calls;
    calls.word(argument.UPDATE_SQUARE, address(square));
    calls.float(argument.UPDATE_OLD, settings.old);
    calls.float(argument.UPDATE_FRESH, settings.fresh);
    calls.float(argument.UPDATE_EPSILON, settings.epsilon);
    this.#update(ROOT_SQUARE, value, gradient, settings.learningRate, settings.weightDecay, 8);
  }

  /** Runs an update whose own arguments are set; `work` is how much longer than plain descent it takes for a number. */
  #update(operation: number, value: CpuMatrix, gradient: CpuMatrix, eta: number, lambda: number, work: number): void {
    const calls = this.#calls;
    calls.word(argument.UPDATE_W, address(value));
    calls.word(argument.UPDATE_GRADIENT, address(gradient));
    calls.float(argument.UPDATE_ETA, eta);
    calls.float(argument.UPDATE_LAMBDA, lambda);
    this.#runOnNumbers(operation, argument.UPDATE_COUNT, value, work);
  }

  // Norms and averages

  addSign(gradient: CpuMatrix, value: CpuMatrix, lambda: number): void {
    this.#setNorm(gradient, lambda);
    this.#calls.word(argument.NORM_OTHER, address(value));
    this.#runOnNumbers(ADD_SIGN, argument.NORM_COUNT, gradient, 2);
  }

  sumSquares(gradient: CpuMatrix, squares: SquareSum): void {
    const calls = this.#calls;
    const count = gradient.rows * gradient.columns;
    const blocks = Math.ceil(count / TILE_NUMBERS);
    const sums = address(this.#house.pool.matrix(blocks, 2));
    this.#setNorm(gradient, 0);
    calls.word(argument.NORM_OTHER, sums);
    calls.word(argument.NORM_COUNT, count);
    calls.run(SUM_SQUARES, blocks / NORM_BLOCKS, count);
    const { doubles } = calls.whole;
    for (let block = 0; block < blocks; block++) squares.sum.add(doubles[sums / 8 + block]);
  }

  scale(gradient: CpuMatrix, s: number): void {
    this.#setNorm(gradient, s);
    this.#runOnNumbers(SCALE, argument.NORM_COUNT, gradient, 1);
  }

  limitColumns(value: CpuMatrix, limit: number): void {
    const { rows, columns } = value;
    this.#setNorm(value, limit);
    this.#calls.word(argument.NORM_COUNT, rows);
    this.#calls.word(argument.NORM_COLUMNS, columns);
    this.#calls.run(LIMIT_COLUMNS, columns / TILE_COLUMNS, rows * columns);
  }

  average(mean: CpuMatrix, value: CpuMatrix, decay: number): void {
    this.#setNorm(mean, decay);
    this.#calls.word(argument.NORM_OTHER, address(value));
    this.#calls.float(argument.NORM_FRESH, 1 - decay);
    this.#runOnNumbers(AVERAGE, argument.NORM_COUNT, mean, 2);
  }

  #setNorm(matrix: CpuMatrix, number: number): void {
    this.#calls.word(argument.NORM_IN, address(matrix));
    this.#calls.float(argument.NORM_NUMBER, number);
  }

  /** Runs an operation on each number of a matrix; `work`: vector operations for one vector of them. */
  #runOnNumbers(operation: number, countArgument: number, { rows, columns }: CpuMatrix, work: number): void {
    const count = rows * columns;
    this.#calls.word(countArgument, count);
    this.#calls.run(operation, count / TILE_NUMBERS, (work * count) / 4);
  }
}
