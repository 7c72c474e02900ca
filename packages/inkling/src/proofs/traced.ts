/**
 * What a trace holds: one example's numbers on their way through a network and back. The letters are those of
 * layers/dense.ts; the batch has one example, so that x, z, a and δ are rows, and a mean over the batch is the
 * example's own number.
 */
import type { Call, Snapshot } from "../backends/recording.ts";
import type { Dataset } from "../data/dataset.ts";
import type { InitializerName } from "../layers/initializers.ts";
import type { Numbers } from "../matrix.ts";
import type { Prediction } from "../network/prediction.ts";
import type { ActivationName } from "../numbers/activations.ts";
import type { Shape } from "../shapes.ts";
import type { Optimizer } from "../training/optimizers.ts";
import type {
  ActivationTrace,
  ConvolutionTrace,
  LayerTrainingTrace,
  PoolingTrace,
  ResidualTrace,
  TrainingTrace,
  TrainingTraceOptions,
} from "./traced-layers.ts";

export interface TraceOptions {
  /** The class that the example has. With it, or with a target, there is a way back. */
  readonly label?: number | undefined;
  /** The numbers that should be predicted, in the units of the data. */
  readonly target?: ArrayLike<number> | undefined;
  /** η of one step of gradient descent; 0.1 if absent. */
  readonly learningRate?: number | undefined;
  /** What makes the step in place of gradient descent. It remembers nothing: this is its first step. */
  readonly optimizer?: Optimizer | undefined;
  /** Examples in which dead neurons are looked for. */
  readonly sample?: Dataset | undefined;
  /**
   * A pass of a training is shown too: what dropout leaves out, what augmentation changes, and the statistics of a
   * batch of this example and the sample's first others. `{}` is the first epoch, and the example is number 0.
   */
  readonly training?: TrainingTraceOptions | undefined;
}

export interface Trace {
  /** The example as it enters: of pixels byte / 255, of a table's columns scaled. */
  readonly inputs: Numbers;
  readonly prediction: Prediction;
  /** The last layer's outputs: logits, or activations. */
  readonly outputs: Numbers;
  /** How probabilities come from logits; undefined where the outputs are something else. */
  readonly softmax: SoftmaxTrace | undefined;
  /** Each layer of the model, in its order. */
  readonly layers: readonly LayerTrace[];
  /** The way back; undefined without a label or target. */
  readonly back: BackTrace | undefined;
  /** A pass of a training; undefined unless the options ask for one. */
  readonly training: TrainingTrace | undefined;
  /** Every operation of both ways, as it was recorded. */
  readonly calls: readonly Call[];
  /** One update of the model as it was when it was traced, by the gradients of this example. */
  step(optimizer: Optimizer): Promise<StepTrace>;
  /**
   * Is the gradient right? ∂C/∂W of a dense layer from an input to a neuron, or of a convolution from a tap to a
   * filter, in float64, beside the central difference. `layer` is its place in `layers`, or its name. Without `weight`
   * it is the neuron's bias. Of batch normalization `neuron` is a channel, weight 0 its γ, and without `weight` it is
   * its β. `h`, above 0, is how far it is moved to either side; 1e-5 if absent.
   */
  difference(layer: number | string, neuron: number, weight?: number, h?: number): Promise<DifferenceTrace>;
}

/** Softmax as it is computed: the maximum is subtracted first, so that exp does not overflow. */
export interface SoftmaxTrace {
  /** M = max z */
  readonly max: number;
  /** z − M */
  readonly shifted: Numbers;
  /** exp(z − M) */
  readonly exps: Numbers;
  /** Σ exp(zₖ − M) */
  readonly sum: number;
  /** ln Σ exp(zₖ − M) */
  readonly logSum: number;
  /** pⱼ = exp((zⱼ − M) − ln Σ exp(zₖ − M)) */
  readonly probabilities: Numbers;
}

/** What one layer took and gave. */
export interface LayerTrace {
  /** Its place in the model, or in the layer that it is inside of; from 0. */
  readonly index: number;
  /** layers.1; inside of that layer layers.1.layers.0 */
  readonly name: string;
  /** dense */
  readonly type: string;
  /** dense, relu */
  readonly description: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly input: Numbers;
  readonly output: Numbers;
  /** ∂C/∂input; undefined without a way back. */
  readonly dInput: Numbers | undefined;
  readonly dOutput: Numbers | undefined;
  /** Its parameters, as inputs × outputs or 1 × outputs, with what backpropagation and the step made of them. */
  readonly parameters: readonly ParameterTrace[];
  /** Its equations; undefined for a layer of another kind. */
  readonly dense: DenseTrace | undefined;
  /** Its equations; undefined for a layer of another kind. */
  readonly batchNorm: BatchNormTrace | undefined;
  readonly convolution: ConvolutionTrace | undefined;
  readonly pooling: PoolingTrace | undefined;
  readonly activation: ActivationTrace | undefined;
  readonly residual: ResidualTrace | undefined;
  /** What it did with the example in the pass of a training; undefined unless the options ask for one. */
  readonly training: LayerTrainingTrace | undefined;
  /** The layers inside of it, as in a residual one. */
  readonly layers: readonly LayerTrace[];
}

export interface ParameterTrace {
  /** layers.1.weights */
  readonly name: string;
  readonly value: Snapshot;
  /** ∂C/∂value; undefined without a way back. */
  readonly gradient: Snapshot | undefined;
  /** After the step. */
  readonly after: Snapshot | undefined;
}

/** A dense layer in the book's letters: z = x·W + b, a = σ(z), and back. */
export interface DenseTrace {
  readonly activation: ActivationName;
  /** How its first weights were drawn. */
  readonly initializer: InitializerName;
  readonly x: Numbers;
  /** inputs × outputs */
  readonly W: Snapshot;
  readonly b: Numbers;
  readonly z: Numbers;
  readonly a: Numbers;
  /** σ′(z) */
  readonly slope: Numbers;
  /** The neurons that are silent here: a = 0. */
  readonly silent: readonly number[];
  /** The neurons that are silent for every example of the sample; undefined without one. */
  readonly dead: readonly number[] | undefined;
  readonly back: DenseBackTrace | undefined;
}

export interface DenseBackTrace {
  /** ∂C/∂a */
  readonly dA: Numbers;
  /** δ = ∂C/∂z */
  readonly delta: Numbers;
  /** ∂C/∂W */
  readonly dW: Snapshot;
  /** ∂C/∂b */
  readonly db: Numbers;
  readonly WAfter: Snapshot;
  readonly bAfter: Numbers;
}

/** Batch normalization: x̂ = (x − μ) / √(v + ε), y = γ·x̂ + β, and back. μ, v, γ and β have a number a channel. */
export interface BatchNormTrace {
  readonly x: Numbers;
  /** μ and v, the running ones: one example alone has no variance. */
  readonly mean: Numbers;
  readonly variance: Numbers;
  /** γ and β */
  readonly scale: Numbers;
  readonly shift: Numbers;
  readonly epsilon: number;
  readonly xHat: Numbers;
  readonly y: Numbers;
  /** Mean and variance of a batch of the sample, as a training would take them; undefined without a sample. */
  readonly ofSample: { readonly examples: number; readonly mean: Numbers; readonly variance: Numbers } | undefined;
  readonly back: BatchNormBackTrace | undefined;
}

/** By the running statistics: they do not depend on x, so ∂C/∂x = (γ / √(v + ε))·δ. */
export interface BatchNormBackTrace {
  /** δ = ∂C/∂y */
  readonly delta: Numbers;
  /** ∂C/∂γ */
  readonly dScale: Numbers;
  /** ∂C/∂β */
  readonly dShift: Numbers;
  readonly dX: Numbers;
}

export interface BackTrace {
  /** What the outputs are compared with: a 1 at the label, or the target as the network sees it (scaled). */
  readonly y: Numbers;
  /** C */
  readonly loss: number;
  /** ∂C/∂outputs; of a classifier's logits p − y. */
  readonly dOutputs: Numbers;
  /** ∂C/∂x: how the loss depends on each pixel or column as it enters. */
  readonly dInputs: Numbers | undefined;
  readonly step: StepTrace;
}

/** One update, and what the same example costs afterwards. */
export interface StepTrace {
  readonly optimizer: { readonly name: string; readonly settings: Readonly<Record<string, number | boolean>> };
  /** η */
  readonly learningRate: number;
  /** C after the step. */
  readonly loss: number;
  readonly outputs: Numbers;
  /** Probabilities, or predicted numbers as the network sees them. */
  readonly meaning: Numbers;
  /** Every parameter by its name, row-major; those of frozen layers as they were. */
  readonly parameters: Readonly<Record<string, Numbers>>;
}

/** One derivative in two ways, in float64. */
export interface DifferenceTrace {
  /** How far the weight is moved to either side. */
  readonly h: number;
  /** C(w + h) */
  readonly above: number;
  /** C(w − h) */
  readonly below: number;
  /** (C(w + h) − C(w − h)) / 2h */
  readonly numeric: number;
  /** ∂C/∂w by backpropagation */
  readonly analytic: number;
  /** |numeric − analytic|, as a share of the larger one; 0 where both are 0. */
  readonly relativeError: number;
  /** Whether a ReLU changes sides between w − h and w + h, or a maximum its pixel: then no derivative is compared. */
  readonly crossesCorner: boolean;
}
