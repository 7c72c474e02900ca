/**
 * What computes: one method an operation, on operands that were checked, into results that were allocated. The plain
 * loops of reference/ are one set, the WebAssembly kernels another. cpu-backend.ts is the door in front of both.
 */
import type { Labels, Pixels } from "../matrix.ts";
import type { ActivationName } from "../numbers/activations.ts";
import type { CpuMatrix } from "./cpu-matrix.ts";
import type {
  AdamSettings,
  DescentSettings,
  DropoutSettings,
  MomentumSettings,
  RootSquareSettings,
  StatisticSettings,
} from "./settings.ts";
import type { SquareSum, Totals } from "./totals.ts";
import type { Window } from "./window.ts";

/** What `normalize` takes, each 1 × channels. */
export interface Normalization {
  readonly mean: CpuMatrix;
  readonly variance: CpuMatrix;
  readonly scale: CpuMatrix;
  readonly shift: CpuMatrix;
  readonly epsilon: number;
}

/** What `normalizeBackward` takes, each 1 × channels. */
export interface NormalizationBackward {
  readonly meanDelta: CpuMatrix;
  readonly meanProduct: CpuMatrix;
  readonly variance: CpuMatrix;
  readonly scale: CpuMatrix;
  readonly epsilon: number;
}

/** What `scaleShiftBackward` makes, each 1 × channels. */
export interface ScaleShiftOut {
  readonly dScale: CpuMatrix;
  readonly dShift: CpuMatrix;
  readonly meanProduct: CpuMatrix;
  readonly meanDelta: CpuMatrix;
}

/** What its sums are divided by: m examples, and the N numbers of a channel. */
export interface ScaleShiftTerms {
  readonly examples: number;
  readonly numbers: number;
}

/**
 * `terms` is what a sum over the batch is divided by: the examples, or the numbers of a channel. Of a part of a batch
 * it is 1, and the result a sum that is to be added to others (groups/).
 */
export interface KernelSet {
  /** z = x·W, plus b if there is one, added last. */
  product(x: CpuMatrix | Pixels, W: CpuMatrix, b: CpuMatrix | undefined, z: CpuMatrix): void;
  /** dW = xᵀ·δ / terms */
  meanOuter(x: CpuMatrix | Pixels, delta: CpuMatrix, dW: CpuMatrix, terms: number): void;
  /** dX = δ·Wᵀ */
  productTransposed(delta: CpuMatrix, W: CpuMatrix, dX: CpuMatrix): void;
  /** db = Σᵢ δᵢ / terms */
  meanRows(delta: CpuMatrix, db: CpuMatrix, terms: number): void;
  /** x = byte / 255 */
  unpack(pixels: Pixels, x: CpuMatrix): void;
  /** z = x + s·y */
  addScaled(x: CpuMatrix, y: CpuMatrix, scale: number, z: CpuMatrix): void;
  /** z_p = Σₜ x_(p+t)·Wₜ + b */
  convolve(x: CpuMatrix | Pixels, W: CpuMatrix, b: CpuMatrix, window: Window, z: CpuMatrix): void;
  /** dX_(p+t) = Σ δ_p·Wₜ */
  convolveBackward(delta: CpuMatrix, W: CpuMatrix, window: Window, dX: CpuMatrix): void;
  /** dWₜ = Σᵢ Σₚ x_(p+t)·δ_p / terms */
  convolveOuter(x: CpuMatrix | Pixels, delta: CpuMatrix, window: Window, dW: CpuMatrix, terms: number): void;
  /** db = Σᵢ Σₚ δ_p / terms */
  meanPositions(delta: CpuMatrix, db: CpuMatrix, terms: number): void;
  /** a = σ(z); never for the identity. */
  activate(z: CpuMatrix, activation: ActivationName, a: CpuMatrix): void;
  /** δ = ∂C/∂a ⊙ σ′(z); never for the identity. */
  activateBackward(dA: CpuMatrix, z: CpuMatrix, a: CpuMatrix, activation: ActivationName, delta: CpuMatrix): void;
  /** p = softmax(z), row by row */
  softmax(z: CpuMatrix, p: CpuMatrix): void;
  /** z = max x over each window */
  maxPool(x: CpuMatrix, window: Window, z: CpuMatrix): void;
  /** dX = Σ δ of the windows whose maximum it is */
  maxPoolBackward(x: CpuMatrix, z: CpuMatrix, delta: CpuMatrix, window: Window, dX: CpuMatrix): void;
  /** z = Σ x / n over each window's n pixels */
  averagePool(x: CpuMatrix, window: Window, z: CpuMatrix): void;
  /** dX = Σ δ / n of the windows that it is in */
  averagePoolBackward(delta: CpuMatrix, window: Window, dX: CpuMatrix): void;
  /** μ = Σ x / terms of each channel */
  channelMeans(x: CpuMatrix, mean: CpuMatrix, terms: number): void;
  /** v = Σ (x − μ)² / terms of each channel */
  channelVariances(x: CpuMatrix, mean: CpuMatrix, variance: CpuMatrix, terms: number): void;
  /** x̂ = (x − μ) / √(v + ε), y = γ·x̂ + β */
  normalize(x: CpuMatrix, by: Normalization, xHat: CpuMatrix, y: CpuMatrix): void;
  /** dScale = Σ δ·x̂ / m, dShift = Σ δ / m, meanProduct = Σ δ·x̂ / N, meanDelta = Σ δ / N */
  scaleShiftBackward(delta: CpuMatrix, xHat: CpuMatrix, out: ScaleShiftOut, terms: ScaleShiftTerms): void;
  /** dX = (γ / √(v + ε))·(δ − mean(δ) − x̂·mean(δ·x̂)) */
  normalizeBackward(delta: CpuMatrix, xHat: CpuMatrix, by: NormalizationBackward, dX: CpuMatrix): void;
  /** z = m ⊙ x / (1 − r) */
  dropout(x: CpuMatrix, settings: DropoutSettings, z: CpuMatrix): void;
  /** Cᵢ = −ln p_y, dZ = p − y */
  softmaxCrossEntropy(z: CpuMatrix, labels: Labels, losses: CpuMatrix, dZ: CpuMatrix): void;
  /** Cᵢ = w·Σ (aⱼ − yⱼ)², dA = 2w·(a − y) */
  squaredError(a: CpuMatrix, y: Labels | CpuMatrix, weight: number, losses: CpuMatrix, dA: CpuMatrix): void;
  /** With t_c = w_c·q_c: Cᵢ = −Σ t_c·ln p_c, dZ = p·Σ t_c − t */
  weightedCrossEntropy(
    z: CpuMatrix,
    labels: Labels,
    weights: CpuMatrix,
    smoothing: number,
    losses: CpuMatrix,
    dZ: CpuMatrix,
  ): void;
  /** Cᵢ = w·Σ (ln(1 + exp zⱼ) − zⱼ·yⱼ), dZ = w·(σ(z) − y) */
  binaryCrossEntropy(z: CpuMatrix, y: CpuMatrix, weight: number, losses: CpuMatrix, dZ: CpuMatrix): void;
  /** Cᵢ = w·Σ h(aⱼ − yⱼ), dA = w·(a − y held between −δ and δ) */
  huberError(a: CpuMatrix, y: CpuMatrix, delta: number, weight: number, losses: CpuMatrix, dA: CpuMatrix): void;
  /** Cᵢ = w·Σ |aⱼ − yⱼ|, dA = w·sign(a − y) */
  absoluteError(a: CpuMatrix, y: CpuMatrix, weight: number, losses: CpuMatrix, dA: CpuMatrix): void;
  sumLosses(losses: CpuMatrix, totals: Totals): void;
  countHits(outputs: CpuMatrix, labels: Labels, totals: Totals): void;
  sgd(W: CpuMatrix, dW: CpuMatrix, settings: DescentSettings): void;
  momentum(W: CpuMatrix, dW: CpuMatrix, v: CpuMatrix, settings: MomentumSettings): void;
  adam(W: CpuMatrix, dW: CpuMatrix, m: CpuMatrix, v: CpuMatrix, settings: AdamSettings): void;
  rootSquare(W: CpuMatrix, dW: CpuMatrix, v: CpuMatrix, settings: RootSquareSettings): void;
  /** s ← old·s + fresh·b */
  moveStatistic(statistic: CpuMatrix, batch: CpuMatrix, settings: StatisticSettings): void;
  /** dW ← dW + λ·sign(W) */
  addSign(dW: CpuMatrix, W: CpuMatrix, lambda: number): void;
  sumSquares(dW: CpuMatrix, squares: SquareSum): void;
  /** dW ← s·dW */
  scale(dW: CpuMatrix, s: number): void;
  /** Wⱼ ← s·Wⱼ where ‖Wⱼ‖ > c */
  limitColumns(W: CpuMatrix, limit: number): void;
  /** A ← d·A + (1 − d)·W */
  average(A: CpuMatrix, W: CpuMatrix, decay: number): void;
}
