/**
 * The layers of a tfjs model, or of Keras's, as ours. Both keep dense weights (inputs × outputs), images with the
 * channels last, and filters (rows × columns × channels × filters): as we do, so that nothing is rearranged.
 */
import { activation } from "../layers/activation.ts";
import { batchNorm } from "../layers/batch-norm.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { flatten } from "../layers/flatten.ts";
import type { LayerSpec } from "../layers/layer.ts";
import { averagePool2d, globalAveragePool2d, maxPool2d, type PoolOptions } from "../layers/pool2d.ts";
import type { Pair } from "../layers/window-options.ts";
import type { ActivationName } from "../numbers/activations.ts";
import type { Shape } from "../shapes.ts";
import { shown } from "../shown.ts";

/** A layer as a tfjs file describes it. */
export interface TfjsLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** One of our layers, and the tensors of the file that it has: ours by theirs (kernel → weights). */
export interface Made {
  readonly spec: LayerSpec;
  readonly tensors?: readonly TfjsTensor[];
}

export interface TfjsTensor {
  /** The last part of its name there: kernel. */
  readonly theirs: string;
  /** weights */
  readonly ours: string;
  /** What it is full of where the layer has none; undefined where it must have one. */
  readonly usual?: number;
}

/** What a file's layer becomes: layers of ours, and what its last activation says of the outputs. */
export interface Translated {
  readonly made: readonly Made[];
  /** softmax and sigmoid at the end belong to our loss. */
  readonly ending?: "softmax";
}

/** Thrown inside: what about the layer has no counterpart. */
class Unsupported extends Error {}

/**
 * Our layers for one of the file's, on inputs of this shape; a text that says what about it we have not, empty for a
 * kind of layer that we have not at all.
 */
export function translated({ className, config }: TfjsLayer, inputShape: Shape): Translated | string {
  if (!Object.hasOwn(LAYERS, className)) return "";
  try {
    return LAYERS[className](config, inputShape);
  } catch (error) {
    if (error instanceof Unsupported) return error.message;
    throw error;
  }
}

type Config = TfjsLayer["config"];

/** Their names of activations; "softmax" apart. */
const ACTIVATIONS: Readonly<Record<string, ActivationName>> = {
  linear: "identity",
  relu: "relu",
  sigmoid: "sigmoid",
  tanh: "tanh",
  gelu: "gelu",
  swish: "silu",
  silu: "silu",
  elu: "elu",
};

const LAYERS: Readonly<Record<string, (config: Config, inputShape: Shape) => Translated>> = {
  InputLayer: () => ({ made: [] }),
  Flatten: (config) => {
    expect(config, "data_format", "channels_last");
    return { made: [{ spec: flatten() }] };
  },
  Dropout: ({ rate }) => ({ made: [{ spec: dropout(number("rate", rate)) }] }),
  Dense(config, { length }) {
    // On images theirs looks at each pixel alone, ours at all of them.
    if (length !== 1) throw new Unsupported("on images, without Flatten before it");
    const units = number("units", config.units);
    return weighted(config, (sigma) => dense(units, sigma));
  },
  Conv2D(config) {
    expect(config, "data_format", "channels_last");
    expect(config, "groups", 1);
    const window = pair("kernel_size", config.kernel_size);
    const options = {
      stride: pair("strides", config.strides ?? 1),
      dilation: pair("dilation_rate", config.dilation_rate ?? 1),
      padding: padding(config),
    };
    const filters = number("filters", config.filters);
    return weighted(config, (sigma) => conv2d(filters, window, { ...options, activation: sigma }));
  },
  MaxPooling2D: (config) => ({ made: [{ spec: maxPool2d(...pooling(config)) }] }),
  AveragePooling2D: (config) => ({ made: [{ spec: averagePool2d(...pooling(config)) }] }),
  GlobalAveragePooling2D(config) {
    expect(config, "data_format", "channels_last");
    expect(config, "keepdims", false);
    return { made: [{ spec: globalAveragePool2d() }] };
  },
  BatchNormalization(config, { length }) {
    const axis = [config.axis ?? -1].flat();
    if (axis.length !== 1 || ![-1, length].includes(axis[0] as number)) {
      throw new Unsupported(`axis ${axisText(config.axis)}`);
    }
    // Their momentum is the share of the old mean, ours that of the batch.
    const momentum = Number((1 - number("momentum", config.momentum ?? 0.99)).toPrecision(12));
    const spec = batchNorm({ momentum, epsilon: number("epsilon", config.epsilon ?? 0.001) });
    const tensors = [
      { theirs: "gamma", ours: "scale", usual: 1 },
      { theirs: "beta", ours: "shift", usual: 0 },
      { theirs: "moving_mean", ours: "mean" },
      { theirs: "moving_variance", ours: "variance" },
    ];
    return { made: [{ spec, tensors }] };
  },
  Activation: ({ activation: name }) => activated([], name),
  Softmax(config) {
    expect(config, "axis", -1);
    return { made: [], ending: "softmax" };
  },
  ReLU(config) {
    for (const [name, usual] of [
      ["max_value", null],
      ["threshold", 0],
      ["negative_slope", 0],
    ] as const) {
      expect(config, name, usual);
    }
    return { made: [{ spec: activation("relu") }] };
  },
  LeakyReLU(config) {
    const slope = config.negative_slope ?? config.alpha ?? 0.3;
    if (Math.abs(Number(slope) - 0.01) > 1e-9) throw new Unsupported(`slope ${shown(slope)}, where ours is 0.01`);
    return { made: [{ spec: activation("leakyRelu") }] };
  },
  ELU(config) {
    expect(config, "alpha", 1);
    return { made: [{ spec: activation("elu") }] };
  },
};

/** A layer with weights, and its activation. */
function weighted(config: Config, make: (sigma: ActivationName) => LayerSpec): Translated {
  const tensors = [
    { theirs: "kernel", ours: "weights" },
    { theirs: "bias", ours: "bias", usual: 0 },
  ];
  const name = config.activation ?? "linear";
  if (name === "softmax") return { made: [{ spec: make("identity"), tensors }], ending: "softmax" };
  return { made: [{ spec: make(sigmaOf(name)), tensors }] };
}

function activated(made: readonly Made[], name: unknown): Translated {
  if (name === "softmax") return { made, ending: "softmax" };
  return { made: [...made, { spec: activation(sigmaOf(name)) }] };
}

function sigmaOf(name: unknown): ActivationName {
  if (typeof name === "string" && Object.hasOwn(ACTIVATIONS, name)) return ACTIVATIONS[name];
  throw new Unsupported(`activation ${shown(name)}`);
}

function pooling(config: Config): [window: Pair, options: PoolOptions] {
  expect(config, "data_format", "channels_last");
  const window = pair("pool_size", config.pool_size ?? 2);
  return [window, { stride: pair("strides", config.strides ?? config.pool_size ?? 2), padding: padding(config) }];
}

function padding({ padding: word = "valid" }: Config): 0 | "same" {
  if (word === "valid") return 0;
  if (word === "same") return "same";
  throw new Unsupported(`padding ${shown(word)}`);
}

/** Refuses another value than the usual one; a field that is not there has it. */
function expect(config: Config, name: string, usual: unknown): void {
  const value = config[name] ?? usual;
  if (value !== usual) throw new Unsupported(`${name} ${shown(value)}`);
}

function number(name: string, value: unknown): number {
  if (typeof value === "number") return value;
  throw new Unsupported(`${name} ${shown(value)}`);
}

function pair(name: string, value: unknown): Pair {
  if (typeof value === "number") return value;
  const isPair = Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "number");
  if (isPair) return value as unknown as Pair;
  throw new Unsupported(`${name} ${shown(value)}`);
}

function axisText(axis: unknown): string {
  return Array.isArray(axis) ? `[${axis.map(shown).join(", ")}]` : shown(axis);
}
