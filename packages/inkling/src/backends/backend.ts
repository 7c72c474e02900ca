/**
 * What a network computes with: memory and operations. operations.ts is the table of all operations with their
 * equations and shapes; this page adds how they are called, and the order of every sum. The order is law: every backend
 * that calls itself exact returns the bits that reference/ returns.
 *
 *   x (m × k)   W (k × n)   b (1 × n)   z, a, δ (m × n)       m examples, at least one, one a row
 *
 * Values are rounded to the backend's precision after every + − × ÷ √. A sum over k, or over the n outputs, starts at
 * +0 and takes its terms in ascending order. A sum over the batch is made in blocks of 128 examples: inside a block
 * from +0, examples ascending. The block sums are added as a balanced tree:
 *
 *   S(lo, hi) = the one block's sum where hi = lo + 1, else S(lo, lo + h) + S(lo + h, hi),
 *               h the largest power of two below hi − lo
 *
 * A mean is that total divided by m, rounded. (In float64, which is for checking, a gradient's whole batch is one
 * block, as the original program adds.)
 *
 * The loss of a batch is the mean of its examples' losses, C = (1/m)·Σ Cᵢ. As in the book (chapter 2, "the two
 * assumptions") backpropagation goes through each example on its own: a row of δ is that example's ∂Cᵢ/∂z. The mean is
 * taken once, where rows become the gradient of a parameter: ∂C/∂W and ∂C/∂b are of C.
 * Batch normalization makes an example's outputs depend on the whole batch; below it a row of δ is m·∂C/∂zᵢ.
 *
 * Operations enqueue: only what `read` returns, and `Totals` after `settled`, may be looked at.
 */
import type { Labels, Matrix, Numbers, Pixels, Precision } from "../matrix.ts";
import type { ActivationName } from "../numbers/activations.ts";
import type {
  AdamSettings,
  DescentSettings,
  DropoutSettings,
  MomentumSettings,
  RootSquareSettings,
  StatisticSettings,
} from "./settings.ts";
import type { Sharing } from "./sharing.ts";
import type { SquareSum, Totals } from "./totals.ts";
import type { Draws, Warp } from "./warp.ts";
import type { Window } from "./window.ts";

/** Examples in a block of a sum over the batch, in float32. */
/** Elements in a block of a sum of squares: a tile of a kernel. */
export { BLOCK, TILE_NUMBERS as NORM_BLOCK } from "../../kernels/layout.ts";

/** What `scaleShiftBackward` makes of a batch: two gradients, which are means over the m examples, and two means. */
export interface ScaleShiftGradients {
  /** ∂C/∂γ = Σ δ·x̂ / m */
  readonly dScale: Matrix;
  /** ∂C/∂β = Σ δ / m */
  readonly dShift: Matrix;
  /** Σ δ·x̂ / N */
  readonly meanProduct: Matrix;
  /** Σ δ / N */
  readonly meanDelta: Matrix;
}

/** The operations of the table: what layers, losses and optimizers are written with. */
export interface Operations {
  // Products

  /**
   * x·W: each element from +0, k ascending. Of pixels, only the terms with a byte other than 0, and x is byte / 255.
   */
  matmul(x: Matrix, W: Matrix): Matrix;
  /**
   * xᵀ·δ / m (k × n), the mean of the batch's outer products: in blocks. Of pixels, only terms with a byte not 0.
   * `into`: where it goes, as a parameter's gradient; a new matrix if absent.
   */
  meanOuter(x: Matrix, delta: Matrix, into?: Matrix): Matrix;
  /** δ·Wᵀ (m × k): each element from +0, over n ascending. */
  matmulTransposeB(delta: Matrix, W: Matrix): Matrix;
  /** The mean of δ over the batch (1 × n): in blocks. `into` as for meanOuter. */
  meanRows(delta: Matrix, into?: Matrix): Matrix;
  /** The numbers byte / 255 of pixels (m × k), each divided and rounded once. */
  unpack(pixels: Matrix): Matrix;
  /** x + s·y, s rounded first, the product rounded before it is added. */
  addScaled(x: Matrix, y: Matrix, scale: number): Matrix;

  // Convolutions: a row of x is an image, a row of z or δ an image of positions with the filters side by side
  // (window.ts). Position p looks at the image's number p + t through tap t. A tap on padding has no term.

  /**
   * z_p = Σₜ x_(p+t)·Wₜ + b, a = σ(z), for each position p and each filter: from +0, taps ascending, the bias added
   * last. Of pixels, only the terms with a byte other than 0, and x is byte / 255. For the identity, z and a are one
   * matrix.
   */
  convolve(x: Matrix, W: Matrix, b: Matrix, window: Window, activation: ActivationName): { z: Matrix; a: Matrix };
  /**
   * ∂C/∂x (m × i): each number from +0 over the positions that look at it, row-major; of each position over the
   * filters, ascending: δ_p·Wₜ.
   */
  convolveBackward(delta: Matrix, W: Matrix, window: Window): Matrix;
  /**
   * ∂C/∂W (t × f), the mean over the batch of Σₚ x_(p+t)·δ_p: an example sums its positions from +0, row-major; the
   * examples are summed in blocks. Of pixels, only terms with a byte not 0. `into` as for meanOuter.
   */
  convolveOuter(x: Matrix, delta: Matrix, window: Window, into?: Matrix): Matrix;
  /**
   * ∂C/∂b (1 × f), the mean over the batch of Σₚ δ_p: an example sums its positions from +0, row-major; the examples
   * are summed in blocks. A row of δ has `filters` numbers a position. `into` as for meanOuter.
   */
  meanPositions(delta: Matrix, filters: number, into?: Matrix): Matrix;

  // Activations

  /** z = x·W + b with the bias added last, a = σ(z). For the identity, z and a are one matrix. */
  affine(x: Matrix, W: Matrix, b: Matrix, activation: ActivationName): { z: Matrix; a: Matrix };
  /** a = σ(z). For the identity, z itself. */
  activate(z: Matrix, activation: ActivationName): Matrix;
  /** δ = ∂C/∂a ⊙ σ′(z), a product also where the slope is 0 or 1 (so −2·0 = −0). For the identity, dA itself. */
  activateBackward(dA: Matrix, z: Matrix, a: Matrix, activation: ActivationName): Matrix;
  /** pⱼ = exp((zⱼ − M) − ln Σ exp(zₖ − M)) with M = max z; the sum from +0, ascending. */
  softmax(z: Matrix): Matrix;

  // Pooling: x (m × i) are images, z and δ (m × o) the images that come out, channel by channel. window.ts says which
  // pixels a position of the window looks at; here its gaps (dilation) are 1, and padding is no pixel.

  /**
   * The largest x of each window. A NaN is larger than every number. Of equal ones, +0 and −0 among them, the first in
   * the window's order is taken.
   */
  maxPool(x: Matrix, window: Window): Matrix;
  /**
   * ∂C/∂x of maxPool: δ goes to one pixel of each window, the first in the window's order that equals z or is NaN. A
   * pixel's sum is made from +0, positions of the window row-major. x and z are maxPool's.
   */
  maxPoolBackward(x: Matrix, z: Matrix, delta: Matrix, window: Window): Matrix;
  /** The mean of each window's pixels inside of the image: their sum from +0 in the window's order, / their number. */
  averagePool(x: Matrix, window: Window): Matrix;
  /**
   * ∂C/∂x of averagePool: each pixel of a window gets δ / n, rounded, n the number of its pixels inside of the image.
   * A pixel's sum is made from +0, positions of the window row-major.
   */
  averagePoolBackward(delta: Matrix, window: Window): Matrix;

  // Normalization: a channel's numbers over the batch. A row of x is an image whose channels stand side by side, h·w
  // positions of c channels, or a row of numbers: one position, each number a channel. N = m·h·w. A sum over the batch
  // is made of each example's own sum over its positions, row-major, from +0; then in blocks and as the tree.

  /**
   * μ = Σ x / N, then v = Σ (x − μ)² / N of each channel (1 × c). d = x − μ and d·d are rounded before they are added.
   * Throws a ShapeError unless x has whole positions of so many channels.
   */
  batchMoments(x: Matrix, channels: number): { mean: Matrix; variance: Matrix };
  /** σ = √(v + ε),  x̂ = (x − μ) / σ,  y = γ·x̂ + β; ε is rounded first. */
  normalize(
    x: Matrix,
    mean: Matrix,
    variance: Matrix,
    scale: Matrix,
    shift: Matrix,
    epsilon: number,
  ): { xHat: Matrix; y: Matrix };
  /**
   * ∂C/∂γ = Σ δ·x̂ / m and ∂C/∂β = Σ δ / m, and the same two sums divided by N, each 1 × c. `into`: where the gradients
   * go, as those of parameters; new matrices if absent.
   */
  scaleShiftBackward(
    delta: Matrix,
    xHat: Matrix,
    channels: number,
    into?: { readonly dScale: Matrix; readonly dShift: Matrix },
  ): ScaleShiftGradients;
  /** ∂C/∂x = (γ / σ)·((δ − mean(δ)) − x̂·mean(δ·x̂)), σ = √(v + ε). With means of 0 it is (γ / σ)·δ. */
  normalizeBackward(
    delta: Matrix,
    xHat: Matrix,
    meanDelta: Matrix,
    meanProduct: Matrix,
    variance: Matrix,
    scale: Matrix,
    epsilon: number,
  ): Matrix;

  // Dropout

  /**
   * z = s·x where a number is kept, s = 1 / (1 − r) in float64, rounded once; +0 where it is dropped, NaN and ∞ too.
   * Number j of a row is dropped if u < r·2³² (rounded), u the word j mod 4 of the draw ⌊j / 4⌋ for the row's example
   * and the epoch (numbers/random.ts). It is its own backward: of ∂C/∂z, with the same settings, it makes ∂C/∂x.
   */
  dropout(x: Matrix, settings: DropoutSettings): Matrix;

  // Losses: one number an example in `losses` (m × 1), and each example's own gradient

  /** Cross-entropy of softmax, on logits: Cᵢ = ln Σ exp(zₖ − M) − (z_y − M),  ∂Cᵢ/∂z = p − y, y a one-hot row. */
  softmaxCrossEntropy(z: Matrix, labels: Labels): { losses: Matrix; dZ: Matrix };
  /**
   * Cᵢ = w·Σ (aⱼ − yⱼ)², the sum from +0 ascending;  ∂Cᵢ/∂a = 2w·(a − y). w is ½ for the book's quadratic loss and 1/n
   * for the mean squared error. y is a one-hot row of a label, or numbers (m × n). w and 2w are rounded first.
   */
  squaredError(a: Matrix, y: Labels | Matrix, weight: number): { losses: Matrix; dA: Matrix };
  /**
   * Cross-entropy of softmax with class weights w (1 × n) and the smoothed target q: 1 − s + s/n at the label, s/n
   * elsewhere, each in float64 and rounded once. With t_c = w_c·q_c:  Cᵢ = Σ_c t_c·(ln Σ exp(zₖ − M) − (z_c − M)),
   * ∂Cᵢ/∂zⱼ = pⱼ·Σ_c t_c − tⱼ; both sums from +0, ascending. With w = 1 and s = 0 the bits of softmaxCrossEntropy.
   */
  weightedCrossEntropy(z: Matrix, labels: Labels, weights: Matrix, smoothing: number): { losses: Matrix; dZ: Matrix };
  /**
   * Cross-entropy of sigmoid, on logits, for each output by itself: Cᵢ = w·Σⱼ ((max(0, zⱼ) − zⱼ·yⱼ) + ln(1 + e)) with
   * e = exp(−|zⱼ|), the sum from +0, ascending;  ∂Cᵢ/∂z = w·(σ(z) − y). ln(1 + e) is (ln u·e) / (u − 1) with
   * u = 1 + e, and e where u = 1: so it keeps its digits where e is small. w is rounded first.
   */
  binaryCrossEntropy(z: Matrix, y: Matrix, weight: number): { losses: Matrix; dZ: Matrix };
  /**
   * With d = aⱼ − yⱼ, and g = d held between −δ and δ:  Cᵢ = w·Σⱼ g·(d − ½·g), the sum from +0, ascending;
   * ∂Cᵢ/∂a = w·g. δ and w are rounded first.
   */
  huberError(a: Matrix, y: Matrix, delta: number, weight: number): { losses: Matrix; dA: Matrix };
  /** Cᵢ = w·Σⱼ |aⱼ − yⱼ|, the sum from +0, ascending;  ∂Cᵢ/∂a = w·sign(a − y), 0 where they are equal. */
  absoluteError(a: Matrix, y: Matrix, weight: number): { losses: Matrix; dA: Matrix };
  /** Adds the examples' losses to `totals`, in float64: in blocks, as the tree. Counts the examples. */
  sumLosses(losses: Matrix, totals: Totals): void;
  /** Adds to `totals` how many rows have their largest output, of equal ones the first, at their label. */
  countHits(outputs: Matrix, labels: Labels, totals: Totals): void;

  // Updates: change `value` in place

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
  /** s ← old·s + fresh·b: a running mean takes up a batch's. */
  moveStatistic(statistic: Matrix, batch: Matrix, settings: StatisticSettings): void;
  /** ∂C/∂W ← ∂C/∂W + λ·sign(W), λ rounded first; the sign of ±0 is ±0, that of NaN is NaN. */
  addSign(gradient: Matrix, value: Matrix, lambda: number): void;
  /**
   * ∂C/∂W ← s·∂C/∂W with s = c / ‖g‖ where ‖g‖ > c; otherwise it stays as it is. `squares`: what sumSquares added over
   * all gradients. s in float64, rounded once.
   */
  clip(gradient: Matrix, squares: SquareSum, limit: number): void;
  /**
   * For each column j: Wⱼ ← s·Wⱼ with s = c / ‖Wⱼ‖ where ‖Wⱼ‖ > c; otherwise it stays. c is rounded first. ‖Wⱼ‖² in
   * float64: the column's rows in blocks of 8,192, inside a block from +0, ascending; the block sums as the tree. s in
   * float64, rounded once. A column is a neuron's incoming weights, in a convolution all taps of a filter.
   */
  limitColumns(value: Matrix, limit: number): void;
  /** A ← d·A + (1 − d)·W; 1 − d in float64; d and 1 − d rounded once. */
  average(mean: Matrix, value: Matrix, decay: number): void;

  // Norms

  /**
   * Adds the squares of all elements, in float64: in blocks of 8,192 elements, row-major, which begin anew in each
   * matrix; inside a block from +0, ascending. The block sums of all matrices, in the order of the calls, as the tree.
   */
  sumSquares(gradient: Matrix, squares: SquareSum): void;
}

/** Memory and operations. Matrices belong to the backend that made them; one of another backend is refused. */
export interface Backend extends Operations {
  readonly name: string;
  readonly precision: Precision;
  readonly arithmetic: "exact" | "fast";
  readonly threads: number;
  /** With which other machines it shares its batches; undefined for one alone. */
  readonly sharing?: Sharing | undefined;

  /** rows × columns zeros. Inside `step` they are taken back at its end; outside they live as long as their handle. */
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
  /** Runs one step of work: what it makes with `matrix` is temporary and taken back at its end. Steps do not nest. */
  step<T>(body: () => T): T;
  /**
   * As `step`, for a body that awaits between operations. Until it ends `busy` is a promise, and no other step may
   * begin: wait for `busy` first.
   */
  longStep<T>(body: () => Promise<T>): Promise<T>;
  /** Resolves when the long step that is under way has ended; undefined if there is none. */
  readonly busy: Promise<void> | undefined;
  /** Gives the memory of a matrix back at once. Nothing may be computed with it afterwards. */
  release(matrix: Matrix): void;
  /** Waits until the collector had a chance to give memory back, if much was allocated; undefined if not. */
  relieved(): Promise<void> | undefined;
  /**
   * A data set's bytes, moved to where the backend computes if there is room; all rows, in order. They stay there while
   * somebody holds them.
   */
  pixels(bytes: Uint8Array, columns: number): Pixels;
  /** A few images' bytes, inside a step until its end: for a prediction. */
  temporaryPixels(bytes: Uint8Array, columns: number): Pixels;
  /** A data set's numbers, moved to where the backend computes if there is room; all rows, in order. As `pixels`. */
  table(numbers: Float32Array, columns: number): Matrix;
  /**
   * Rows order[start] … order[start + rows − 1] of what `pixels` or `table` made; in a step until its end. Throws an
   * ArgumentError for a row that there is not.
   */
  select(data: Matrix, order: Uint32Array, start: number, rows: number): Matrix;
  /**
   * The images of a batch, changed as a warp says (warp.ts has the order): pixels again, until the end of the step. Row
   * i takes the random numbers of example order[start + i] of the draws. Throws an ArgumentError for numbers, a
   * ShapeError for images of another size.
   */
  augment(pixels: Matrix, warp: Warp, draws: Draws): Pixels;
  /** A view of this backend for one layer. A recording backend notes the layer with each call; others have none. */
  within?(layer: string): Backend;
  /** Ends what helps to compute: threads. Nothing may be computed afterwards. Without it they end with the program. */
  close?(): void;
}
