/**
 * The table of operations: name, family, equation, and the shape of each operand in the order in which it is given. The
 * checks of every backend, the recording of calls, `explain` and the tests of all operations come from it, so that a
 * new operation cannot be forgotten. How each is summed stands in backend.ts.
 *
 *   m  examples    k  inputs    n  outputs    p × q  any matrix
 *   i  numbers of an image    o  numbers of the image that comes out    t  taps of a window (window.ts)    f  filters
 *   c  channels    hwc  numbers of an image of c channels, a multiple of c; of a row of numbers each is a channel
 */
import type { Operations } from "./backend.ts";

export type Family =
  | "products"
  | "convolutions"
  | "activations"
  | "pooling"
  | "normalization"
  | "dropout"
  | "losses"
  | "updates"
  | "norms";

/** A matrix's rows and columns; labels have rows alone. */
type Operand =
  | readonly [rows: Length, columns: Length]
  | readonly [rows: Length]
  /** Labels, or a matrix of that shape. */
  | readonly [rows: Length, columns: Length, "or labels"]
  /** Numbers, or pixels: the sum then takes the pixels that are not 0. */
  | readonly [rows: Length, columns: Length, "or pixels"];
type Length = "m" | "k" | "n" | "p" | "q" | "i" | "o" | "t" | "f" | "c" | "hwc" | 1;

/** The matrices and labels that an operation takes, in order, by the names of the equation. Options come after them. */
export type Operands = Readonly<Record<string, Operand>>;

/** What an operation computes. */
interface Computed {
  readonly family: Family;
  readonly equation: string;
  /** What it makes, by name; an update changes its first operand instead. */
  readonly results: Readonly<Record<string, readonly [rows: Length, columns: Length]>>;
}

export interface Operation extends Computed {
  readonly operands: Operands;
}

export type OperationName = keyof Operations;

/** What each takes. It stands apart from the rest because a page that trains needs it for its checks, and no more. */
export const operandsOf = {
  matmul: { x: ["m", "k", "or pixels"], W: ["k", "n"] },
  meanOuter: { x: ["m", "k", "or pixels"], delta: ["m", "n"] },
  matmulTransposeB: { delta: ["m", "n"], W: ["k", "n"] },
  meanRows: { delta: ["m", "n"] },
  unpack: { pixels: ["m", "k", "or pixels"] },
  addScaled: { x: ["p", "q"], y: ["p", "q"] },
  convolve: { x: ["m", "i", "or pixels"], W: ["t", "f"], b: [1, "f"] },
  convolveBackward: { delta: ["m", "o"], W: ["t", "f"] },
  convolveOuter: { x: ["m", "i", "or pixels"], delta: ["m", "o"] },
  meanPositions: { delta: ["m", "o"] },
  affine: { x: ["m", "k", "or pixels"], W: ["k", "n"], b: [1, "n"] },
  activate: { z: ["m", "n"] },
  activateBackward: { dA: ["m", "n"], z: ["m", "n"], a: ["m", "n"] },
  softmax: { z: ["m", "n"] },
  maxPool: { x: ["m", "i"] },
  maxPoolBackward: { x: ["m", "i"], z: ["m", "o"], delta: ["m", "o"] },
  averagePool: { x: ["m", "i"] },
  averagePoolBackward: { delta: ["m", "o"] },
  batchMoments: { x: ["m", "hwc"] },
  normalize: { x: ["m", "hwc"], mean: [1, "c"], variance: [1, "c"], scale: [1, "c"], shift: [1, "c"] },
  scaleShiftBackward: { delta: ["m", "hwc"], xHat: ["m", "hwc"] },
  normalizeBackward: {
    ...{ delta: ["m", "hwc"], xHat: ["m", "hwc"], meanDelta: [1, "c"], meanProduct: [1, "c"] },
    ...{ variance: [1, "c"], scale: [1, "c"] },
  },
  dropout: { x: ["p", "q"] },
  softmaxCrossEntropy: { z: ["m", "n"], labels: ["m"] },
  squaredError: { a: ["m", "n"], y: ["m", "n", "or labels"] },
  weightedCrossEntropy: { z: ["m", "n"], labels: ["m"], weights: [1, "n"] },
  binaryCrossEntropy: { z: ["m", "n"], y: ["m", "n"] },
  huberError: { a: ["m", "n"], y: ["m", "n"] },
  absoluteError: { a: ["m", "n"], y: ["m", "n"] },
  sumLosses: { losses: ["m", 1] },
  countHits: { outputs: ["m", "n"], labels: ["m"] },
  sgd: { W: ["p", "q"], dW: ["p", "q"] },
  momentum: { W: ["p", "q"], dW: ["p", "q"], v: ["p", "q"] },
  adam: { W: ["p", "q"], dW: ["p", "q"], m: ["p", "q"], v: ["p", "q"] },
  rootSquare: { W: ["p", "q"], dW: ["p", "q"], v: ["p", "q"] },
  moveStatistic: { statistic: ["p", "q"], batch: ["p", "q"] },
  addSign: { dW: ["p", "q"], W: ["p", "q"] },
  sumSquares: { dW: ["p", "q"] },
  clip: { dW: ["p", "q"] },
  limitColumns: { W: ["p", "q"] },
  average: { A: ["p", "q"], W: ["p", "q"] },
} as const satisfies Record<OperationName, Operands>;

const computed = {
  matmul: { family: "products", equation: "z = x·W", results: { z: ["m", "n"] } },
  meanOuter: { family: "products", equation: "∂C/∂W = xᵀ·δ / m", results: { dW: ["k", "n"] } },
  matmulTransposeB: { family: "products", equation: "∂C/∂x = δ·Wᵀ", results: { dX: ["m", "k"] } },
  meanRows: { family: "products", equation: "∂C/∂b = Σᵢ δᵢ / m", results: { db: [1, "n"] } },
  unpack: { family: "products", equation: "x = byte / 255", results: { x: ["m", "k"] } },
  addScaled: { family: "products", equation: "z = x + s·y", results: { z: ["p", "q"] } },
  convolve: {
    family: "convolutions",
    equation: "z_p = Σₜ x_(p+t)·Wₜ + b,  a = σ(z)",
    results: { z: ["m", "o"], a: ["m", "o"] },
  },
  convolveBackward: {
    family: "convolutions",
    equation: "∂C/∂x_(p+t) = Σ δ_p·Wₜ",
    results: { dX: ["m", "i"] },
  },
  convolveOuter: {
    family: "convolutions",
    equation: "∂C/∂Wₜ = Σᵢ Σₚ x_(p+t)·δ_p / m",
    results: { dW: ["t", "f"] },
  },
  meanPositions: { family: "convolutions", equation: "∂C/∂b = Σᵢ Σₚ δ_p / m", results: { db: [1, "f"] } },
  affine: { family: "activations", equation: "z = x·W + b,  a = σ(z)", results: { z: ["m", "n"], a: ["m", "n"] } },
  activate: { family: "activations", equation: "a = σ(z)", results: { a: ["m", "n"] } },
  activateBackward: { family: "activations", equation: "δ = ∂C/∂a ⊙ σ′(z)", results: { delta: ["m", "n"] } },
  softmax: { family: "activations", equation: "pⱼ = exp(zⱼ) / Σₖ exp(zₖ)", results: { p: ["m", "n"] } },
  maxPool: { family: "pooling", equation: "z = max x over a window", results: { z: ["m", "o"] } },
  maxPoolBackward: {
    family: "pooling",
    equation: "∂C/∂x = Σ δ of the windows whose maximum it is",
    results: { dX: ["m", "i"] },
  },
  averagePool: { family: "pooling", equation: "z = Σ x / n over a window's n pixels", results: { z: ["m", "o"] } },
  averagePoolBackward: {
    family: "pooling",
    equation: "∂C/∂x = Σ δ / n of the windows that it is in",
    results: { dX: ["m", "i"] },
  },
  batchMoments: {
    family: "normalization",
    equation: "μ = Σ x / N,  v = Σ (x − μ)² / N",
    results: { mean: [1, "c"], variance: [1, "c"] },
  },
  normalize: {
    family: "normalization",
    equation: "x̂ = (x − μ) / √(v + ε),  y = γ·x̂ + β",
    results: { xHat: ["m", "hwc"], y: ["m", "hwc"] },
  },
  scaleShiftBackward: {
    family: "normalization",
    equation: "∂C/∂γ = Σ δ·x̂ / m,  ∂C/∂β = Σ δ / m;  mean(δ·x̂) = Σ δ·x̂ / N,  mean(δ) = Σ δ / N",
    results: { dScale: [1, "c"], dShift: [1, "c"], meanProduct: [1, "c"], meanDelta: [1, "c"] },
  },
  normalizeBackward: {
    family: "normalization",
    equation: "∂C/∂x = (γ / √(v + ε))·(δ − mean(δ) − x̂·mean(δ·x̂))",
    results: { dX: ["m", "hwc"] },
  },
  dropout: { family: "dropout", equation: "z = m ⊙ x / (1 − r)", results: { z: ["p", "q"] } },
  softmaxCrossEntropy: {
    family: "losses",
    equation: "Cᵢ = −ln p_y,  ∂Cᵢ/∂z = p − y",
    results: { losses: ["m", 1], dZ: ["m", "n"] },
  },
  squaredError: {
    family: "losses",
    equation: "Cᵢ = w·Σⱼ (aⱼ − yⱼ)²,  ∂Cᵢ/∂a = 2w·(a − y)",
    results: { losses: ["m", 1], dA: ["m", "n"] },
  },
  weightedCrossEntropy: {
    family: "losses",
    equation: "Cᵢ = −Σ_c w_c·q_c·ln p_c,  ∂Cᵢ/∂zⱼ = pⱼ·Σ_c w_c·q_c − wⱼ·qⱼ",
    results: { losses: ["m", 1], dZ: ["m", "n"] },
  },
  binaryCrossEntropy: {
    family: "losses",
    equation: "Cᵢ = w·Σⱼ (ln(1 + exp zⱼ) − zⱼ·yⱼ),  ∂Cᵢ/∂z = w·(σ(z) − y)",
    results: { losses: ["m", 1], dZ: ["m", "n"] },
  },
  huberError: {
    family: "losses",
    equation: "Cᵢ = w·Σⱼ h(aⱼ − yⱼ),  ∂Cᵢ/∂a = w·(a − y, held between −δ and δ)",
    results: { losses: ["m", 1], dA: ["m", "n"] },
  },
  absoluteError: {
    family: "losses",
    equation: "Cᵢ = w·Σⱼ |aⱼ − yⱼ|,  ∂Cᵢ/∂a = w·sign(a − y)",
    results: { losses: ["m", 1], dA: ["m", "n"] },
  },
  sumLosses: { family: "losses", equation: "Σᵢ Cᵢ", results: {} },
  countHits: { family: "losses", equation: "Σᵢ [the largest output of i is at its label]", results: {} },
  sgd: { family: "updates", equation: "g = ∂C/∂W + λ·W,  W ← W − η·g", results: {} },
  momentum: { family: "updates", equation: "v ← μ·v + g,  W ← W − η·v", results: {} },
  adam: {
    family: "updates",
    equation: "m ← β₁·m + (1 − β₁)·g,  v ← β₂·v + (1 − β₂)·g²,  W ← W − s·m / (√v + ε)",
    results: {},
  },
  rootSquare: { family: "updates", equation: "v ← old·v + fresh·g²,  W ← W − η·g / (√v + ε)", results: {} },
  moveStatistic: { family: "updates", equation: "s ← old·s + fresh·b", results: {} },
  addSign: { family: "updates", equation: "∂C/∂W ← ∂C/∂W + λ·sign(W)", results: {} },
  sumSquares: { family: "norms", equation: "Σ (∂C/∂W)²", results: {} },
  clip: { family: "updates", equation: "∂C/∂W ← min(1, c / ‖g‖)·∂C/∂W", results: {} },
  limitColumns: { family: "updates", equation: "Wⱼ ← min(1, c / ‖Wⱼ‖)·Wⱼ", results: {} },
  average: { family: "updates", equation: "A ← d·A + (1 − d)·W", results: {} },
} as const satisfies Record<OperationName, Computed>;

/** The whole table. */
export const operations = /* @__PURE__ */ wholeTable();

type Table = { readonly [Name in OperationName]: (typeof computed)[Name] & { operands: (typeof operandsOf)[Name] } };

function wholeTable(): Table {
  const names = Object.keys(operandsOf) as OperationName[];
  return Object.fromEntries(names.map((name) => [name, { ...computed[name], operands: operandsOf[name] }])) as Table;
}
