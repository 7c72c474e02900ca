/**
 * A convolution, forwards and backwards (chapter 6): filters of shared weights slide over images. Of each example an
 * image of height × width × channels comes in, and one of positions down × positions across × filters goes out. At
 * position p the window's tap t looks at the image's number p + t; on padding there is none (backends/window.ts).
 *
 *   x (m × height·width·channels)   W (taps × filters)   b (1 × filters)   z, a, δ (m × positions·filters)
 *
 * A tap is a place (row, column, channel) of the window: W's shape is rows × columns × channels × filters. As in every
 * library the window is not flipped: mathematics calls this a cross-correlation.
 */
import type { Backend } from "../backends/backend.ts";
import { taps, type Window } from "../backends/window.ts";
import { checkName, checkWhole } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { type ActivationName, kinked } from "../numbers/activations.ts";
import { checkOptions } from "../options.ts";
import { shapeText } from "../shapes.ts";
import { type InitializerName, initializers } from "./initializers.ts";
import {
  type Building,
  type CommonFields,
  type Layer,
  type LayerKind,
  type LayerSpec,
  layerSpec,
  type Parameter,
} from "./layer.ts";
import { checkWindowFields, type Pair, type WindowFields, windowOn } from "./window-options.ts";

export interface Conv2dFields extends WindowFields {
  /** How many filters: the channels that come out. */
  readonly filters: number;
  /** σ */
  readonly activation: ActivationName;
  /** How its weights and biases are first drawn. */
  readonly initializer: InitializerName;
}

export interface Conv2dOptions extends Omit<WindowFields, "window">, CommonFields {
  /** σ; "identity" if absent: a = z. */
  readonly activation?: ActivationName;
  /** "he" for the ReLUs, "glorot" for the others if absent. Its n_in are the taps, n_out rows · columns · filters. */
  readonly initializer?: InitializerName;
}

const OPTIONS = ["stride", "padding", "dilation", "activation", "initializer", "trainable"];

export const conv2dKind: LayerKind<Conv2dFields> = {
  type: "conv2d",

  check({ filters, activation, initializer, ...window }) {
    checkWhole("conv2d", "filters", filters, 1);
    checkWindowFields("conv2d", window);
    checkName("conv2d", "activation", activation, Object.keys(kinked));
    checkName("conv2d", "initializer", initializer, Object.keys(initializers));
  },

  outputShape(fields, inputShape) {
    const { outHeight, outWidth } = windowOn("conv2d", fields, inputShape);
    return [outHeight, outWidth, fields.filters];
  },

  tensors(fields, inputShape) {
    const { filters, initializer } = fields;
    const window = windowOn("conv2d", fields, inputShape);
    const { rows, columns, channels } = window;
    const [inputs, outputs] = [taps(window), rows * columns * filters];
    const { weight, bias } = initializers[initializer];
    return [
      {
        name: "weights",
        shape: [rows, columns, channels, filters],
        role: "parameter",
        decays: true,
        first: (stream, e) => weight(stream, e, inputs, outputs),
      },
      { name: "bias", shape: [filters], role: "parameter", first: (stream, e) => bias(stream, e, inputs, outputs) },
    ];
  },

  build: (fields, building) => new Conv2d(fields, building),

  describe({ filters, window, stride = 1, padding = 0, dilation = 1, activation }) {
    const notes = [
      ...(isBoth(stride, 1) ? [] : [`stride ${pairText(stride)}`]),
      ...(padding === "same" ? ["same padding"] : isBoth(padding, 0) ? [] : [`padding ${pairText(padding)}`]),
      ...(isBoth(dilation, 1) ? [] : [`dilation ${pairText(dilation)}`]),
    ];
    const size = shapeText(typeof window === "number" ? [window, window] : window);
    return [`conv2d ${filters} of ${size}`, ...notes, activation].join(", ");
  },
};

/** Whether a pair is the same number in both directions. */
function isBoth(pair: Pair, number: number): boolean {
  return [pair].flat().every((length) => length === number);
}

/** "2" or "2 × 1" */
function pairText(pair: Pair): string {
  return typeof pair === "number" ? String(pair) : shapeText(pair);
}

/**
 * A convolution of `filters` filters, each a window of rows × columns pixels: a = σ(z), where z at a position is the
 * window's pixels times the filter's weights, plus its bias. `window` is one number or [rows, columns]. Options:
 * `stride` and `dilation` (1), `padding` (0; rows and columns of zeros on each side, or "same"), one number or [down,
 * across] each; `activation` (none) and `initializer`. `conv2d(20, 5, "relu")` is short for
 * `conv2d(20, 5, { activation: "relu" })`. Throws an ArgumentError for what none of these can be.
 *
 * @example
 * network([28, 28, 1], [conv2d(8, 5, "relu"), flatten(), dense(10)]); // 24 × 24 × 8 numbers go into dense
 */
export function conv2d(
  filters: number,
  window: Pair,
  options: ActivationName | Conv2dOptions = {},
  ...more: never[]
): LayerSpec<Conv2dFields> {
  if (more.length > 0) {
    const advice = "Write conv2d(filters, window, { stride, padding, activation }).";
    const got = `${3 + more.length} arguments`;
    throw new ArgumentError("conv2d", "filters, a window and one object of options", got, advice);
  }
  const given = typeof options === "string" ? { activation: options } : options;
  checkOptions("conv2d", given, OPTIONS);
  const { stride = 1, padding = 0, dilation = 1, activation = "identity", trainable } = given;
  const { initializer = activation === "relu" || activation === "leakyRelu" ? "he" : "glorot" } = given;
  return layerSpec(conv2dKind, { filters, window, stride, padding, dilation, activation, initializer, trainable });
}

class Conv2d implements Layer {
  readonly takesPixels = true;
  readonly #activation: ActivationName;
  readonly #filters: number;
  readonly #window: Window;
  readonly #weights: Parameter;
  readonly #bias: Parameter;
  readonly #ops: Backend;
  readonly #isFrozen: boolean;
  #seen: { x: Matrix; z: Matrix; a: Matrix } | undefined;

  constructor(fields: Conv2dFields, building: Building) {
    this.#activation = fields.activation;
    this.#filters = fields.filters;
    this.#window = windowOn("conv2d", fields, building.inputShape);
    this.#ops = building.ops;
    this.#weights = building.parameter("weights");
    this.#bias = building.parameter("bias");
    this.#isFrozen = building.isFrozen;
  }

  get corners(): Matrix | undefined {
    return kinked[this.#activation] ? this.#seen?.z : undefined;
  }

  /** Takes x, returns a. Keeps x, z and a, which `backward` needs. */
  forward(x: Matrix): Matrix {
    // z_p = Σₜ x_(p+t)·Wₜ + b,  a = σ(z)
    const { z, a } = this.#ops.convolve(x, this.#weights.value, this.#bias.value, this.#window, this.#activation);
    this.#seen = { x, z, a };
    return a;
  }

  /** Takes each example's ∂C/∂a, stores ∂C/∂W and ∂C/∂b unless frozen, returns ∂C/∂x: the ∂C/∂a below. */
  backward(dA: Matrix, isWanted: boolean): Matrix | undefined {
    if (this.#seen === undefined) throw new ArgumentError("Conv2d.backward", "a forward pass before it", "none");
    const { x, z, a } = this.#seen;
    // δ = ∂C/∂a ⊙ σ′(z)
    const delta = this.#ops.activateBackward(dA, z, a, this.#activation);
    if (!this.#isFrozen) {
      // ∂C/∂b = Σₚ δ_p, the mean over the batch
      this.#ops.meanPositions(delta, this.#filters, this.#bias.gradient);
      // ∂C/∂Wₜ = Σₚ x_(p+t)·δ_p, the mean over the batch
      this.#ops.convolveOuter(x, delta, this.#window, this.#weights.gradient);
    }
    // ∂C/∂x_(p+t) = Σ δ_p·Wₜ, if the layer below needs it
    return isWanted ? this.#ops.convolveBackward(delta, this.#weights.value, this.#window) : undefined;
  }
}
