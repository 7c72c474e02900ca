/**
 * Batch normalization: each channel gets mean 0 and variance 1 over the batch, then a scale γ and a shift β that are
 * learned (Ioffe & Szegedy 2015). A channel is a column of rows [n], or a channel of images [h, w, c]; it has N = m or
 * N = m·h·w numbers in a batch of m examples.
 *
 *   x, x̂, y, δ (m × n, or m × h·w·c)   μ, v, σ, γ, β (1 × channels)
 *
 *   training      μ = Σ x / N,  v = Σ (x − μ)² / N
 *   evaluation    μ and v are the running ones, which training moves batch by batch:
 *                 running ← (1 − momentum)·running + momentum·batch,  with v·N / (N − 1) as the batch's variance
 *
 * The conventions are PyTorch's: v divides by N where it normalizes and by N − 1 where it is remembered. A row of δ is
 * m·∂C/∂y (for a layer below this one it is no longer that of its own example alone: x̂ depends on the whole batch).
 */
import type { Backend } from "../backends/backend.ts";
import { checkNumber } from "../checks.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { checkOptions } from "../options.ts";
import { type Shape, shapeText, size } from "../shapes.ts";
import {
  type Building,
  type CommonFields,
  type Layer,
  type LayerKind,
  type LayerSpec,
  layerSpec,
  type Parameter,
  type Pass,
  type Tensor,
} from "./layer.ts";

export interface BatchNormFields {
  /** The share of a batch's mean and variance in the running ones. */
  readonly momentum: number;
  /** ε, added to the variance before the root is taken. */
  readonly epsilon: number;
}

export const batchNormKind: LayerKind<BatchNormFields> = {
  type: "batchNorm",

  check({ momentum, epsilon }) {
    checkNumber("batchNorm", "momentum above 0 and at most 1", momentum, (share) => share > 0 && share <= 1);
    const isFloat32 = (value: number) => Math.fround(value) > 0 && Number.isFinite(Math.fround(value));
    checkNumber("batchNorm", "epsilon above 0, in float32 too", epsilon, isFloat32);
  },

  outputShape(_fields, inputShape) {
    channelsOf(inputShape);
    return inputShape;
  },

  tensors(_fields, inputShape) {
    const shape = [channelsOf(inputShape)];
    const tensor = (name: string, role: "parameter" | "statistic", first: 0 | 1) => {
      return { name, shape, role, first: () => first };
    };
    return [
      tensor("scale", "parameter", 1),
      tensor("shift", "parameter", 0),
      tensor("mean", "statistic", 0),
      tensor("variance", "statistic", 1),
    ];
  },

  build: (fields, building) => new BatchNorm(fields, building),
  describe: () => "batch norm",
};

/** Columns of rows, channels of images. Throws a ShapeError for other shapes. */
function channelsOf(inputShape: Shape): number {
  if (inputShape.length === 1 || inputShape.length === 3) return inputShape[inputShape.length - 1];
  const expected = "rows of n numbers or images of height × width × channels";
  throw new ShapeError("batchNorm", expected, shapeText(inputShape), "Put flatten() before it.");
}

/**
 * Normalizes each column of rows, or each channel of images, over the batch; after training, by the running mean and
 * variance. `momentum`: the share of a batch in the running ones, above 0 and at most 1; 0.1 if absent. `epsilon`: what
 * is added to the variance, above 0; 1e-5 if absent. `trainable: false` keeps γ and β as they are; the running mean and
 * variance still follow the batches. A batch with one number a channel has no variance: `train` refuses it. Throws an
 * ArgumentError for other options.
 */
export function batchNorm(options: Partial<BatchNormFields> & CommonFields = {}): LayerSpec<BatchNormFields> {
  checkOptions("batchNorm", options, ["momentum", "epsilon", "trainable"]);
  const { momentum = 0.1, epsilon = 1e-5, trainable } = options;
  return layerSpec(batchNormKind, { momentum, epsilon, trainable });
}

class BatchNorm implements Layer {
  /** One number a channel has no variance: two rows, two images of one pixel, or one larger image. */
  readonly leastExamples: number;
  readonly #fields: BatchNormFields;
  readonly #ops: Backend;
  readonly #scale: Parameter;
  readonly #shift: Parameter;
  readonly #mean: Tensor;
  readonly #variance: Tensor;
  readonly #channels: number;
  readonly #positions: number;
  readonly #isFrozen: boolean;
  #seen: { xHat: Matrix; variance: Matrix; isOfBatch: boolean } | undefined;

  constructor(fields: BatchNormFields, { ops, inputShape, isFrozen, parameter, statistic }: Building) {
    this.#fields = fields;
    this.#ops = ops;
    this.#isFrozen = isFrozen;
    this.#scale = parameter("scale");
    this.#shift = parameter("shift");
    this.#mean = statistic("mean");
    this.#variance = statistic("variance");
    this.#channels = channelsOf(inputShape);
    this.#positions = size(inputShape) / this.#channels;
    this.leastExamples = this.#positions === 1 ? 2 : 1;
  }

  /**
   * Takes x, returns y. Keeps x̂ and v, which `backward` needs. A pass that is no evaluation moves the running
   * statistics.
   */
  forward(x: Matrix, pass: Pass): Matrix {
    const isOfBatch = pass.purpose !== "evaluation";
    // μ = Σ x / N,  v = Σ (x − μ)² / N, or the running ones
    const { mean, variance } = isOfBatch
      ? this.#ops.batchMoments(x, this.#channels)
      : { mean: this.#mean.value, variance: this.#variance.value };
    const N = (pass.examples ?? x.rows) * this.#positions;
    if (isOfBatch) this.#move(mean, variance, N, pass.share ?? this.#fields.momentum);
    const [scale, shift] = [this.#scale.value, this.#shift.value];
    // x̂ = (x − μ) / √(v + ε),  y = γ·x̂ + β
    const { xHat, y } = this.#ops.normalize(x, mean, variance, scale, shift, this.#fields.epsilon);
    this.#seen = { xHat, variance, isOfBatch };
    return y;
  }

  /** Moves the running mean and variance towards those of a batch of N numbers a channel. One number has none. */
  #move(mean: Matrix, variance: Matrix, N: number, share: number): void {
    if (share === 0 || N === 1) return;
    // running ← (1 − share)·running + share·batch, with the unbiased variance v·N / (N − 1)
    this.#ops.moveStatistic(this.#mean.value, mean, { old: 1 - share, fresh: share });
    this.#ops.moveStatistic(this.#variance.value, variance, { old: 1 - share, fresh: (share * N) / (N - 1) });
  }

  /** Takes ∂C/∂y, stores ∂C/∂γ and ∂C/∂β unless frozen, returns ∂C/∂x: the ∂C/∂a of the layer below. */
  backward(delta: Matrix, isWanted: boolean): Matrix | undefined {
    if (this.#seen === undefined) throw new ArgumentError("BatchNorm.backward", "a forward pass before it", "none");
    const { xHat, variance, isOfBatch } = this.#seen;
    // ∂C/∂γ = Σ δ·x̂ / m,  ∂C/∂β = Σ δ / m
    const into = this.#isFrozen ? undefined : { dScale: this.#scale.gradient, dShift: this.#shift.gradient };
    const { meanDelta, meanProduct } = this.#ops.scaleShiftBackward(delta, xHat, this.#channels, into);
    if (!isWanted) return undefined;
    // ∂C/∂x = (γ / σ)·(δ − mean(δ) − x̂·mean(δ·x̂)); running statistics do not depend on x, so then both means are 0
    const zero = this.#ops.matrix(1, this.#channels);
    const [means, products] = isOfBatch ? [meanDelta, meanProduct] : [zero, zero];
    const { epsilon } = this.#fields;
    return this.#ops.normalizeBackward(delta, xHat, means, products, variance, this.#scale.value, epsilon);
  }
}
