/**
 * The fast backend: every operation of backend.ts as WebAssembly SIMD kernels (packages/inkling/kernels) on all threads,
 * with the reference's result to the last bit. This page only says which kernel is called with which arguments and in
 * how many tiles; the equations are in backend.ts and the loops in the kernels.
 */

import { type Labels, Matrix, type Numbers, Pixels } from "../../matrix.ts";
import type { ActivationName } from "../../numbers/activations.ts";
import {
  type AdamSettings,
  type Backend,
  BLOCK,
  type DescentSettings,
  type MomentumSettings,
  type RootSquareSettings,
  type Totals,
} from "../backend.ts";
import { Lending } from "../pool.ts";
import { type Kernels, kernelModule, operations } from "../wasm/kernels.ts";
import { Pace } from "./adaptive-threads.ts";
import { address, Calls } from "./calls.ts";
import { Arena } from "./memory.ts";
import { PixelLists } from "./pixel-lists.ts";
import { PixelProducts } from "./pixel-products.ts";

/** Starts helping threads: each instantiates the module on the memory and calls its `work` with its number, from 1. */
export type StartThreads = (count: number, module: WebAssembly.Module, memory: WebAssembly.Memory) => void;

/** How the kernels cut their work; kernels/*.ts have the same numbers. */
const ROWS = 64;
const COLUMNS = 32;
const NUMBERS = 8192;
const TILE_ROWS = 64;
const SMALL = 12000;

/** The kernels' numbers of activations. The identity needs none. */
const activationNumbers = { identity: 0, relu: 1, "leaky-relu": 2, sigmoid: 3, tanh: 4 } as const;

/** Labels in the memory, and the largest of them. */
interface LentLabels {
  readonly labels: Labels;
  readonly at: number;
  readonly largest: number;
}

/** A backend that nobody holds any more ends its threads. */
const forgotten = new FinalizationRegistry<Kernels>((kernels) => kernels.quit());

export class Wasm implements Backend {
  readonly name = "wasm";
  readonly precision = "float32";
  readonly arithmetic = "exact";
  readonly threads: number;
  private readonly arena = new Arena();
  private readonly kernels: Kernels;
  private readonly calls: Calls;
  private readonly lending: Lending;
  private readonly lists: PixelLists;
  private readonly pixelProducts: PixelProducts;
  private readonly pace = new Pace();
  private lentLabels: LentLabels | undefined;

  /**
   * `threads`: how many compute, the caller included. Without `start` it is one. `mostListBytes`: a data set of images
   * whose lists take more is brought in batch by batch.
   */
  constructor(threads = 1, start?: StartThreads, mostListBytes = 2 ** 30) {
    const { memory } = this.arena;
    this.threads = start === undefined ? 1 : threads;
    const sleep = sleepOn(new Int32Array(memory.buffer));
    this.kernels = new WebAssembly.Instance(kernelModule(), { env: { memory, sleep } }).exports as Kernels;
    this.lending = new Lending(
      (rows, columns) => this.allocate(rows, columns),
      (matrix) => this.arena.releaseWith(matrix, address(matrix), matrix.data.byteLength),
    );
    this.calls = new Calls(this.arena, this.kernels, this.threads);
    this.lists = new PixelLists(this.arena, this.calls, this.lending, mostListBytes);
    this.pixelProducts = new PixelProducts(this.calls, this.lending, this.threads);
    this.kernels.makeBytes();
    this.calls.needScratch(1 << 16);
    if (this.threads > 1 && start !== undefined) {
      this.kernels.setThreads(this.threads);
      forgotten.register(this, this.kernels, this);
      start(this.threads - 1, kernelModule(), memory);
    }
  }

  /** Ends the helping threads; nothing may be computed afterwards. */
  close(): void {
    forgotten.unregister(this);
    this.kernels.quit();
  }

  // Memory

  matrix(rows: number, columns: number): Matrix {
    const matrix = this.lending.matrix(rows, columns);
    matrix.data.fill(0);
    return matrix;
  }

  keep(rows: number, columns: number): Matrix {
    const matrix = this.allocate(rows, columns);
    matrix.data.fill(0);
    return matrix;
  }

  write(matrix: Matrix, values: ArrayLike<number>): void {
    matrix.data.set(values);
  }

  copy(from: Matrix, to: Matrix): void {
    to.data.set(from.data);
  }

  async read(matrix: Matrix): Promise<Numbers> {
    return matrix.data.slice();
  }

  settled(): undefined {}

  step<T>(body: () => T): T {
    const { calls, pace } = this;
    const started = performance.now();
    calls.work = 0;
    try {
      return this.lending.step(body);
    } finally {
      this.lentLabels = undefined;
      // Of a step without an operation for several threads there is nothing to learn.
      if (this.threads > 1 && calls.work > SMALL) {
        const { alone } = pace;
        pace.after(calls.work, (performance.now() - started) / 1000);
        if (pace.alone !== alone) this.kernels.setThreads(pace.alone ? 1 : this.threads);
      }
    }
  }

  pixels(bytes: Uint8Array, columns: number): Pixels {
    return this.lending.isStepping ? this.lists.lend(bytes, columns) : this.lists.keep(bytes, columns);
  }

  select(data: Matrix | Pixels, order: Uint32Array, start: number, rows: number): Matrix | Pixels {
    if (data instanceof Pixels) return this.lists.select(data, order, start, rows);
    const { columns } = data;
    const out = this.lending.matrix(rows, columns);
    for (let i = 0; i < rows; i++) {
      const from = order[start + i] * columns;
      for (let j = 0; j < columns; j++) out.data[i * columns + j] = data.data[from + j];
    }
    return out;
  }

  // Products

  matmul(x: Matrix | Pixels, W: Matrix): Matrix {
    return this.product(x, W, 0);
  }

  meanOuter(x: Matrix | Pixels, delta: Matrix): Matrix {
    const [m, k, n] = [x.rows, x.columns, delta.columns];
    const dW = this.lending.matrix(k, n);
    if (x instanceof Pixels) {
      this.pixelProducts.meanOuter(this.lists.of(x), delta, dW);
    } else {
      this.calls.needScratch(BLOCK * (4 * COLUMNS + 16));
      this.calls.setWords(address(x), address(delta), address(dW), 0, k, n, m, 4, 4 * k, 4 * n, 4, m, BLOCK);
      this.calls.run(operations.product, Math.ceil(k / ROWS) * Math.ceil(n / COLUMNS), (m * k * n) / 4);
    }
    return dW;
  }

  matmulTransposeB(delta: Matrix, W: Matrix): Matrix {
    const [m, k, n] = [delta.rows, W.rows, W.columns];
    const dX = this.lending.matrix(m, k);
    this.calls.needScratch(n * COLUMNS * 4);
    this.calls.setWords(address(delta), address(W), address(dX), 0, m, k, n, 4 * n, 4, 4, 4 * n, 0, n);
    this.calls.run(operations.product, Math.ceil(m / ROWS) * Math.ceil(k / COLUMNS), (m * k * n) / 4);
    return dX;
  }

  meanRows(delta: Matrix): Matrix {
    const mean = this.lending.matrix(1, delta.columns);
    this.calls.setWords(address(delta), address(mean), delta.rows, delta.columns);
    this.calls.run(operations.meanRows, delta.columns / 32, (delta.rows * delta.columns) / 4);
    return mean;
  }

  unpack(pixels: Pixels): Matrix {
    const x = this.lending.matrix(pixels.rows, pixels.columns);
    for (let i = 0; i < pixels.rows; i++) {
      const from = pixels.offset(i);
      for (let j = 0; j < pixels.columns; j++) x.data[i * pixels.columns + j] = pixels.bytes[from + j] / 255;
    }
    return x;
  }

  // Activations

  affine(x: Matrix | Pixels, W: Matrix, b: Matrix, activation: ActivationName): { z: Matrix; a: Matrix } {
    const z = this.product(x, W, address(b));
    if (activation === "identity") return { z, a: z };
    const a = this.lending.matrix(z.rows, z.columns);
    const count = z.rows * z.columns;
    this.calls.setWords(address(z), address(a), count, activationNumbers[activation]);
    this.calls.run(operations.activate, count / NUMBERS, count / 2);
    return { z, a };
  }

  activateBackward(activation: ActivationName, dA: Matrix, z: Matrix, a: Matrix): Matrix {
    if (activation === "identity") return dA;
    const delta = this.lending.matrix(dA.rows, dA.columns);
    const count = dA.rows * dA.columns;
    this.calls.setWords(address(dA), address(z), address(a), address(delta), count, activationNumbers[activation]);
    this.calls.run(operations.activateBackward, count / NUMBERS, count / 2);
    return delta;
  }

  softmax(z: Matrix): Matrix {
    const p = this.lending.matrix(z.rows, z.columns);
    this.calls.needScratch(16 * z.columns);
    this.calls.setWords(address(z), address(p), z.rows, z.columns);
    this.calls.run(operations.softmax, z.rows / TILE_ROWS, 20 * z.rows * z.columns);
    return p;
  }

  // Losses

  softmaxCrossEntropy(z: Matrix, labels: Labels): { losses: Matrix; dZ: Matrix } {
    const { losses, gradient } = this.loss(operations.softmaxCrossEntropy, z, labels);
    return { losses, dZ: gradient };
  }

  quadratic(a: Matrix, labels: Labels): { losses: Matrix; dA: Matrix } {
    const { losses, gradient } = this.loss(operations.quadratic, a, labels);
    return { losses, dA: gradient };
  }

  tally(outputs: Matrix, losses: Matrix, labels: Labels, totals: Totals): void {
    const [rows, columns] = [outputs.rows, outputs.columns];
    const blocks = Math.ceil(rows / BLOCK);
    const results = address(this.lending.matrix(blocks, 4));
    this.calls.setWords(address(outputs), address(losses), this.lend(labels).at, rows, columns, results);
    this.calls.run(operations.tally, blocks, 5 * rows * columns);
    const [words, doubles] = [this.calls.allWords(), this.calls.allDoubles()];
    for (let block = 0; block < blocks; block++) {
      totals.loss += doubles[results / 8 + 2 * block];
      totals.correct += words[results / 4 + 4 * block + 2];
    }
    totals.examples += outputs.rows;
  }

  // Optimizers

  sgd(value: Matrix, gradient: Matrix, { learningRate, weightDecay }: DescentSettings): void {
    const count = value.rows * value.columns;
    this.calls.setWords(address(value), address(gradient), count);
    this.calls.setFloats(3, learningRate, weightDecay);
    this.calls.run(operations.sgd, count / NUMBERS, count / 4);
  }

  momentum(value: Matrix, gradient: Matrix, velocity: Matrix, settings: MomentumSettings): void {
    const count = value.rows * value.columns;
    this.calls.setWords(
      address(value),
      address(gradient),
      address(velocity),
      count,
      0,
      0,
      0,
      settings.nesterov ? 1 : 0,
    );
    this.calls.setFloats(4, settings.learningRate, settings.weightDecay, settings.momentum);
    this.calls.run(operations.momentum, count / NUMBERS, count / 3);
  }

  adam(value: Matrix, gradient: Matrix, mean: Matrix, square: Matrix, settings: AdamSettings): void {
    const { stepSize, epsilon, weightDecay, keep, beta1, beta2 } = settings;
    const count = value.rows * value.columns;
    this.calls.setWords(address(value), address(gradient), address(mean), address(square), count);
    this.calls.setFloats(5, stepSize, epsilon, weightDecay, keep, beta1, beta2, 1 - beta1, 1 - beta2);
    this.calls.run(operations.adam, count / NUMBERS, 2 * count);
  }

  rootSquare(value: Matrix, gradient: Matrix, square: Matrix, settings: RootSquareSettings): void {
    const { learningRate, weightDecay, old, fresh, epsilon } = settings;
    const count = value.rows * value.columns;
    this.calls.setWords(address(value), address(gradient), address(square), count);
    this.calls.setFloats(4, learningRate, weightDecay, old, fresh, epsilon);
    this.calls.run(operations.rootSquare, count / NUMBERS, 2 * count);
  }

  // What the operations share

  /** x·W, plus the bias at that address if it is not 0. */
  private product(x: Matrix | Pixels, W: Matrix, bias: number): Matrix {
    const [m, k, n] = [x.rows, x.columns, W.columns];
    const z = this.lending.matrix(m, n);
    if (x instanceof Pixels) {
      this.pixelProducts.matmul(this.lists.of(x), W, bias, z);
    } else {
      this.calls.needScratch(k * COLUMNS * 4);
      this.calls.setWords(address(x), address(W), address(z), bias, m, n, k, 4 * k, 4, 4 * n, 4, 0, k);
      this.calls.run(operations.product, Math.ceil(m / ROWS) * Math.ceil(n / COLUMNS), (m * k * n) / 4);
    }
    return z;
  }

  private loss(operation: number, outputs: Matrix, labels: Labels): { losses: Matrix; gradient: Matrix } {
    const [m, n] = [outputs.rows, outputs.columns];
    const { at, largest } = this.lend(labels);
    if (largest >= n) labels.check(n);
    const losses = this.lending.matrix(m, 1);
    const gradient = this.lending.matrix(m, n);
    this.calls.needScratch(16 * n);
    this.calls.setWords(address(outputs), at, address(losses), address(gradient), m, n);
    this.calls.run(operation, m / TILE_ROWS, 20 * m * n);
    return { losses, gradient };
  }

  /** A batch's labels in the memory, a byte a row; in a step written there once, for loss and tally. */
  private lend(labels: Labels): LentLabels {
    if (this.lentLabels?.labels === labels) return this.lentLabels;
    const { rows } = labels;
    const at = address(this.lending.matrix(1, Math.ceil(rows / 4)));
    const bytes = this.calls.allBytes();
    let largest = 0;
    for (let i = 0; i < rows; i++) {
      bytes[at + i] = labels.at(i);
      largest = Math.max(largest, labels.at(i));
    }
    const lent = { labels, at, largest };
    if (this.lending.isStepping) this.lentLabels = lent;
    return lent;
  }

  /** Rows × columns numbers of whatever value. */
  private allocate(rows: number, columns: number): Matrix {
    const at = this.arena.allocate(4 * rows * columns);
    const matrix = new Matrix(rows, columns, new Float32Array(this.arena.memory.buffer, at, rows * columns));
    this.arena.freeWith(matrix, at, 4 * rows * columns);
    return matrix;
  }
}

/**
 * What a kernel calls to wait at an address while it holds a number. A function of its own: closures of one function
 * share what they hold, and a backend must not be held by its kernels, whose threads end when nobody holds it.
 */
function sleepOn(words: Int32Array): (address: number, expected: number) => void {
  // On a page's main thread Atomics.wait throws; there the caller looks until it is time.
  let maySleep = true;
  return (address, expected) => {
    if (!maySleep) return;
    try {
      Atomics.wait(words, address >>> 2, expected);
    } catch {
      maySleep = false;
    }
  };
}
