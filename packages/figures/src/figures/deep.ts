/**
 * Deep networks of equal layers, for the figure of vanishing gradients: how one is made, and how large the gradients of
 * each of its layers are for one digit.
 *
 *   ‖∂C/∂W‖ here is the root of the mean square over a layer's weights, or over those of one neuron.
 */
import {
  type ActivationName,
  activation,
  batchNorm,
  type Dataset,
  dense,
  flatten,
  type InitializerName,
  type LayerSpec,
  type Network,
  network,
  residual,
} from "inkling";
import { type LayerTrace, trace } from "inkling/proofs";
import type { Steps } from "./learning.ts";

/** Neurons in each hidden layer. */
const WIDTH = 30;
const EPOCHS = 15;
const BATCH = 10;

export interface Depth {
  readonly activation: ActivationName;
  readonly initializer: InitializerName;
  /** How many hidden layers. */
  readonly layers: number;
  /** Whether batch norm stands before each activation. */
  readonly normalizes: boolean;
  /** Whether each hidden layer but the first adds its input to what it gives. */
  readonly skips: boolean;
}

/** The gradients of one dense layer. */
export interface LayerGradients {
  /** The mean of σ′(z) over its neurons; undefined for the last layer, which has no σ. */
  readonly slope: number | undefined;
  /** The root of the mean square of δ. */
  readonly delta: number;
  /** The same of ∂C/∂W: of all its weights, and of those of each neuron. */
  readonly weights: number;
  readonly neurons: readonly number[];
}

/** How it is trained: a sigmoid, whose slopes are small, takes longer steps. */
export function stepsOf(name: ActivationName): Steps {
  return { epochs: EPOCHS, batchSize: BATCH, learningRate: name === "sigmoid" ? 0.5 : 0.1 };
}

/** How many steps a training on so many digits has. */
export function stepsIn(digits: number): number {
  return EPOCHS * Math.ceil(digits / BATCH);
}

/** The network, as seed 1 makes it. With batch norm it knows mean and variance of each sum over these digits. */
export function deepNetwork(depth: Depth, digits: Dataset): Network<"classes"> {
  const { activation: name, initializer, layers, normalizes, skips } = depth;
  const hidden = Array.from({ length: layers }, (_, i): LayerSpec[] => {
    const layer = normalizes
      ? [dense(WIDTH, { initializer }), batchNorm(), activation(name)]
      : [dense(WIDTH, { activation: name, initializer })];
    // The first layer makes 30 numbers of 784: they cannot be added.
    return skips && i > 0 ? [residual(layer)] : layer;
  });
  const model = network([28, 28, 1], [flatten(), ...hidden.flat(), dense(10, { initializer })], { seed: 1 });
  if (normalizes) findStatistics(model, digits);
  return model;
}

/** One pass in which batch norm finds mean and variance of all of these digits. */
function findStatistics(model: Network, { inputs, count }: Dataset): void {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const x = model.backend.pixels(inputs as Uint8Array, model.inputs);
  model.backend.step(() => model.forward(x, { purpose: "statistics", epoch: 0, order, start: 0, share: 1 }));
}

/** Each dense layer's gradients for one digit, from the first layer to the last. */
export async function gradientsOf(model: Network, pixels: Uint8Array, label: number): Promise<LayerGradients[]> {
  const { layers: outer } = await trace(model, pixels, { label });
  const layers = outer.flatMap((layer) => [layer, ...layer.layers]);
  return layers.flatMap(({ dense, parameters: [weights] }, i): LayerGradients[] => {
    if (dense?.back === undefined || weights?.gradient === undefined) return [];
    const { columns, values } = weights.gradient;
    return [
      {
        slope: slopeAbove(layers, i),
        delta: sizeOf(dense.back.delta),
        weights: sizeOf(values),
        neurons: Array.from({ length: columns }, (_, j) => sizeOf(values.filter((_, e) => e % columns === j))),
      },
    ];
  });
}

/** The mean slope of the σ that dense layer i goes through: its own, or that of the next layer that is only a σ. */
function slopeAbove(layers: readonly LayerTrace[], i: number): number | undefined {
  const own = layers[i]?.dense;
  const others = layers.slice(i + 1);
  const next = others.slice(
    0,
    Math.max(
      0,
      others.findIndex(({ dense }) => dense !== undefined),
    ),
  );
  const slopes = next.find(({ activation }) => activation !== undefined)?.activation?.slope ?? own?.slope;
  const isLast = i === layers.length - 1;
  if (slopes === undefined || isLast) return undefined;
  return Array.from(slopes).reduce((sum, slope) => sum + slope, 0) / slopes.length;
}

/** The root of the mean square. */
function sizeOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum / values.length);
}
