/**
 * What a trace holds of the layers between dense ones: convolution, pooling, activation, residual; and of a pass of a
 * training, where dropout leaves numbers out and batch normalization takes the batch's statistics. A batch of one
 * example, so x, z, a and δ are rows; an image lies in one row by row, the channels of a pixel side by side.
 */
import type { Snapshot } from "../backends/recording.ts";
import type { Window } from "../backends/window.ts";
import type { Augmentation, AugmentOptions } from "../data/augmentation.ts";
import type { InitializerName } from "../layers/initializers.ts";
import type { Numbers } from "../matrix.ts";
import type { ActivationName } from "../numbers/activations.ts";

/** A convolution: z_p = Σₜ x_(p+t)·Wₜ + b, a = σ(z), and back. `convolutionAt` works one number out. */
export interface ConvolutionTrace {
  readonly activation: ActivationName;
  /** How its first weights were drawn. */
  readonly initializer: InitializerName;
  /** Where it looks: sizes, stride, padding, positions. */
  readonly window: Window;
  readonly filters: number;
  readonly x: Numbers;
  /** taps × filters; a tap is (row·columns + column)·channels + channel of the window. */
  readonly W: Snapshot;
  readonly b: Numbers;
  /** positions·filters: at each position, row by row, a number of each filter. */
  readonly z: Numbers;
  readonly a: Numbers;
  /** σ′(z) */
  readonly slope: Numbers;
  readonly back: ConvolutionBackTrace | undefined;
}

export interface ConvolutionBackTrace {
  /** ∂C/∂a */
  readonly dA: Numbers;
  /** δ = ∂C/∂z */
  readonly delta: Numbers;
  /** ∂C/∂Wₜ = Σₚ x_(p+t)·δ_p */
  readonly dW: Snapshot;
  /** ∂C/∂b = Σₚ δ_p */
  readonly db: Numbers;
  readonly WAfter: Snapshot;
  readonly bAfter: Numbers;
}

/** A number that comes out of a layer of images: its channel (the filter), its row and column. */
export interface ImagePlace {
  /** The filter of a convolution, the channel of pooling. */
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

/** What a window looks at with one tap. */
export interface WindowTap {
  readonly tap: number;
  /** Which pixel of the layer's input, and which channel of it. On padding row or column is outside of the image. */
  readonly row: number;
  readonly column: number;
  readonly channel: number;
  /** Its place in x; undefined on padding. */
  readonly at: number | undefined;
  /** 0 on padding. */
  readonly x: number;
}

/** One term of z = Σ x·W + b. */
export interface ConvolutionTerm extends WindowTap {
  readonly w: number;
  /** x·w, in float32 */
  readonly product: number;
  /** The sum so far, in float32; on padding as it was before. */
  readonly sum: number;
}

/** One number of a convolution, worked out. */
export interface ConvolutionPlace extends ImagePlace {
  /** Every tap, in the order of the sum. */
  readonly terms: readonly ConvolutionTerm[];
  readonly bias: number;
  readonly z: number;
  readonly a: number;
  readonly slope: number;
  /** δ at this place; undefined without a way back. */
  readonly delta: number | undefined;
}

/** Pooling: z is the largest number of a window, or the mean; and back. `poolingAt` works one number out. */
export interface PoolingTrace {
  readonly keeps: "maximum" | "mean";
  readonly window: Window;
  readonly x: Numbers;
  readonly z: Numbers;
  /** Which number of x each maximum is: its place; of equal ones the first. Undefined for a mean. */
  readonly sources: readonly number[] | undefined;
  readonly back: { readonly delta: Numbers; readonly dX: Numbers } | undefined;
}

/** One number of a pooling layer, worked out. */
export interface PoolingPlace extends ImagePlace {
  /** The window's pixels of this channel, padding among them; none of it is counted. */
  readonly pixels: readonly WindowTap[];
  /** How many of them are pixels of the image. */
  readonly count: number;
  /** The pixel that is the maximum; undefined for a mean. */
  readonly source: WindowTap | undefined;
  readonly z: number;
  readonly delta: number | undefined;
}

/** An activation by itself: a = σ(z), and back. */
export interface ActivationTrace {
  readonly activation: ActivationName;
  readonly z: Numbers;
  readonly a: Numbers;
  /** σ′(z) */
  readonly slope: Numbers;
  /** δ = ∂C/∂z = ∂C/∂a ⊙ σ′(z) */
  readonly back: { readonly dA: Numbers; readonly delta: Numbers } | undefined;
}

/** A skip connection: y = x + s·f(x). */
export interface ResidualTrace {
  readonly scale: number;
  /** The way past the layers, and the way through them. */
  readonly x: Numbers;
  readonly f: Numbers;
  readonly y: Numbers;
  /** ∂C/∂x = ∂C/∂y, past the layers, + what comes back through them. */
  readonly back: { readonly dY: Numbers; readonly through: Numbers; readonly dX: Numbers } | undefined;
}

export interface TrainingTraceOptions {
  /** The epoch, from 1; 1 if absent. */
  readonly epoch?: number | undefined;
  /** The example's number in the data that are trained on; 0 if absent. Dropout and augmentation count by it. */
  readonly example?: number | undefined;
  /** How images are changed; not at all if absent. */
  readonly augmentation?: Augmentation | undefined;
}

/** A pass of a training: the traced example is the first row of the batch. The layers' part is in each layer. */
export interface TrainingTrace {
  readonly epoch: number;
  readonly example: number;
  /** Examples of the batch: this one, and the first others of the sample, 128 at most. */
  readonly examples: number;
  /** What augmentation did to the example: byte / 255 before and after; undefined without one. */
  readonly augmentation:
    | { readonly settings: AugmentOptions; readonly before: Numbers; readonly after: Numbers }
    | undefined;
  readonly outputs: Numbers;
  /** C of the example in this pass; undefined without a label or target. */
  readonly loss: number | undefined;
}

/** What a layer did with the example in the pass of a training. */
export interface LayerTrainingTrace {
  readonly input: Numbers;
  readonly output: Numbers;
  readonly dropout: DropoutTrace | undefined;
  readonly batchNorm: BatchNormTrainingTrace | undefined;
}

/** Dropout: z = m ⊙ x / (1 − r). */
export interface DropoutTrace {
  /** r */
  readonly rate: number;
  /** 1 / (1 − r), in float32: what is kept is multiplied with it. */
  readonly factor: number;
  readonly x: Numbers;
  /** m: 1 where a number is kept, 0 where it is left out. */
  readonly mask: Uint8Array;
  /** The places that are left out. */
  readonly dropped: readonly number[];
  readonly z: Numbers;
}

/** Batch normalization by the statistics of the batch, and how far they move the running ones. */
export interface BatchNormTrainingTrace {
  /** N: numbers of a channel in the batch. */
  readonly numbers: number;
  readonly x: Numbers;
  /** μ = Σ x / N and v = Σ (x − μ)² / N of the batch */
  readonly mean: Numbers;
  readonly variance: Numbers;
  readonly xHat: Numbers;
  readonly y: Numbers;
  /** The running ones before and after: running ← (1 − share)·running + share·batch, v there as v·N / (N − 1). */
  readonly running: { readonly mean: Numbers; readonly variance: Numbers };
  readonly moved: { readonly mean: Numbers; readonly variance: Numbers };
}
