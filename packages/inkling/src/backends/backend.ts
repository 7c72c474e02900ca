/**
 * What a network computes with: the operations, each with its equation, its shapes and its order of summation. The
 * order is law. Every backend that calls itself exact returns the bits that `reference.ts` returns.
 *
 *   x (m × k)   W (k × n)   b (1 × n)   z, a, δ (m × n)       m examples, at least one, one a row
 *
 * Values are rounded to the backend's precision after every + − × ÷ √. A sum over k, or over the n outputs, starts
 * at +0 and takes its terms in ascending order. A mean over the batch is summed in blocks of 128 examples: inside a
 * block from +0, examples ascending; then the block sums from +0, in order; then the total is divided by m, rounded.
 * (In float64, which is for proofs, the whole batch is one block, as the original program adds.)
 *
 * The loss of a batch is the mean of its examples' losses, C = (1/m)·Σ Cᵢ. As in the book (chapter 2, "the two
 * assumptions") backpropagation goes through each example on its own: a row of δ is that example's ∂Cᵢ/∂z. The mean is
 * taken once, where rows become the gradient of a parameter: ∂C/∂W and ∂C/∂b are of C.
 *
 * Operations enqueue: only what `read` returns, and `Totals` after `settled`, may be looked at.
 */

import type { Labels, Matrix, Numbers, Pixels, Precision } from "../matrix.ts";
import type { ActivationName } from "../numbers/activations.ts";

/** Examples in a block of a sum over the batch, in float32. */
export const BLOCK = 128;

/** What a pass over data adds up: the loss and the hits of so many examples. */
export interface Totals {
  /** The sum of the examples' losses, in float64. */
  loss: number;
  /** How many examples had their largest output at their label. */
  correct: number;
  examples: number;
}

/** Plain gradient descent's numbers for one update; float64, rounded once by the operation. */
export interface DescentSettings {
  readonly learningRate: number;
  /** λ: adds λ·W to ∂C/∂W; with 0 nothing is added. Nielsen's λ / n (chapter 3). */
  readonly weightDecay: number;
}

export interface MomentumSettings extends DescentSettings {
  /** μ: the share of its velocity that a weight keeps (chapter 3, "momentum-based gradient descent"). */
  readonly momentum: number;
  /** Nesterov's variant: the gradient acts on the weight once more, before the velocity does. */
  readonly nesterov: boolean;
}

export interface AdamSettings {
  /** η·√(1 − β₂ᵗ) / (1 − β₁ᵗ) */
  readonly stepSize: number;
  readonly beta1: number;
  readonly beta2: number;
  /** ε·√(1 − β₂ᵗ) */
  readonly epsilon: number;
  /** λ of adam: adds λ·W to ∂C/∂W; with 0 nothing is added. */
  readonly weightDecay: number;
  /** 1 − η·λ of adamW: W is multiplied with it first; with 1 it is not. */
  readonly keep: number;
}

export interface RootSquareSettings extends DescentSettings {
  /** Of the squares so far, the share that is kept: α of RMSprop, 1 of Adagrad. */
  readonly old: number;
  /** Of the new square, the share that is added: 1 − α, or 1. */
  readonly fresh: number;
  readonly epsilon: number;
}

export interface Backend {
  readonly name: string;
  readonly precision: Precision;
  readonly arithmetic: "exact" | "fast";
  readonly threads: number;

  // Memory

  /** rows × columns zeros. Inside `step` they are lent until its end; outside they live as long as their handle. */
  matrix(rows: number, columns: number): Matrix;
  /** As `matrix`, but outliving the step it is made in: parameters, velocities. */
  keep(rows: number, columns: number): Matrix;
  /** Fills a matrix with rounded values, row-major. */
  write(matrix: Matrix, values: ArrayLike<number>): void;
  /** Copies all numbers of `from` into `to`, of the same shape. */
  copy(from: Matrix, to: Matrix): void;
  /** A copy of a matrix's numbers, row-major, once everything before has been computed. */
  read(matrix: Matrix): Promise<Numbers>;
  /** Resolves when everything before has been computed, and so when `Totals` hold; undefined if they do already. */
  settled(): Promise<void> | undefined;
  /** Runs one step of work: what it makes with `matrix` is lent, and taken back at its end. Steps do not nest. */
  step<T>(body: () => T): T;
  /** A data set's bytes, moved to where the backend computes if there is room; all rows, in order. */
  pixels(bytes: Uint8Array, columns: number): Pixels;
  /**
   * Rows order[start] … order[start + rows − 1] of the data. Numbers are copied, so that `data` may be a matrix over a
   * data set's own; pixels are only pointed at, where they have been moved.
   */
  select(data: Matrix | Pixels, order: Uint32Array, start: number, rows: number): Matrix | Pixels;

  /** Ends what helps to compute: threads. Nothing may be computed afterwards. Without it they end with the program. */
  close?(): void;

  // Products

  /** x·W: each element from +0, k ascending. Of pixels, only the terms with a byte other than 0, and x is byte / 255. */
  matmul(x: Matrix | Pixels, W: Matrix): Matrix;
  /** xᵀ·δ / m (k × n), the mean of the batch's outer products: in blocks. Of pixels, only terms with a byte not 0. */
  meanOuter(x: Matrix | Pixels, delta: Matrix): Matrix;
  /** δ·Wᵀ (m × k): each element from +0, over n ascending. */
  matmulTransposeB(delta: Matrix, W: Matrix): Matrix;
  /** The mean of δ over the batch (1 × n): in blocks. */
  meanRows(delta: Matrix): Matrix;
  /** The numbers byte / 255 of pixels (m × k), each divided and rounded once. */
  unpack(pixels: Pixels): Matrix;

  // Activations

  /** z = x·W + b with the bias added last, a = σ(z). For the identity, z and a are one matrix. */
  affine(x: Matrix | Pixels, W: Matrix, b: Matrix, activation: ActivationName): { z: Matrix; a: Matrix };
  /** δ = ∂C/∂a ⊙ σ′(z), a product also where the slope is 0 or 1 (so −2·0 = −0). For the identity, dA itself. */
  activateBackward(activation: ActivationName, dA: Matrix, z: Matrix, a: Matrix): Matrix;
  /** pⱼ = exp((zⱼ − M) − ln Σ exp(zₖ − M)) with M = max z; the sum from +0, ascending. */
  softmax(z: Matrix): Matrix;

  // Losses: one number an example in `losses` (m × 1), and each example's own gradient

  /** Cross-entropy of softmax, on logits: Cᵢ = ln Σ exp(zₖ − M) − (z_y − M),  ∂Cᵢ/∂z = p − y, y a one-hot row. */
  softmaxCrossEntropy(z: Matrix, labels: Labels): { losses: Matrix; dZ: Matrix };
  /** Quadratic: Cᵢ = ½·Σ (aⱼ − yⱼ)², y a one-hot row, the sum from +0 ascending;  ∂Cᵢ/∂a = a − y. */
  quadratic(a: Matrix, labels: Labels): { losses: Matrix; dA: Matrix };
  /** Adds losses and hits to `totals`: losses in float64, in blocks. The first largest output is the prediction. */
  tally(outputs: Matrix, losses: Matrix, labels: Labels, totals: Totals): void;

  // Optimizers: change `value` in place

  /** g = ∂C/∂W + λ·W;  W ← W − η·g */
  sgd(value: Matrix, gradient: Matrix, settings: DescentSettings): void;
  /** g = ∂C/∂W + λ·W;  v ← μ·v + g;  W ← W − η·v, or for Nesterov W ← W − η·(g + μ·v) */
  momentum(value: Matrix, gradient: Matrix, velocity: Matrix, settings: MomentumSettings): void;
  /**
   * W ← keep·W;  g = ∂C/∂W + λ·W;  m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·(g·g);
   * W ← W − (s·m) / (√v + ε), s the step size; 1 − β₁ and 1 − β₂ in float64, rounded once
   */
  adam(value: Matrix, gradient: Matrix, mean: Matrix, square: Matrix, settings: AdamSettings): void;
  /** g = ∂C/∂W + λ·W;  v ← old·v + fresh·(g·g);  W ← W − (η·g) / (√v + ε): RMSprop and Adagrad */
  rootSquare(value: Matrix, gradient: Matrix, square: Matrix, settings: RootSquareSettings): void;
}
