/** What the doctor measures of a layer: its neurons, its slopes, its gradient, its change. Nothing here decides a weight. */
import { outputShape } from "../layers/specs.ts";
import type { Numbers } from "../matrix.ts";
import type { Network } from "../network/network.ts";
import type { ActivationName } from "../numbers/activations.ts";
import type { Shape } from "../shapes.ts";

/** The activation of a layer that has one. */
export function activationOf(spec: object): ActivationName | undefined {
  return (spec as { activation?: ActivationName }).activation;
}

/** Whether batch norm comes after layer i, pooling between them or not: it subtracts the mean, and a bias with it. */
export function isNormalised(specs: readonly { readonly type: string }[], i: number): boolean {
  const next = specs.slice(i + 1).find(({ type }) => !/pool2d$/i.test(type));
  return next?.type === "batchNorm";
}

/** The shape of each layer's output. */
export function outputShapes({ specs, inputShape }: Network): Shape[] {
  let shape = inputShape;
  return specs.map((spec) => {
    shape = outputShape(spec, shape);
    return shape;
  });
}

/** The share of a layer's neurons that are 0 throughout; of a convolution a neuron is a filter. */
export function deadShare(a: Numbers, neurons: number): number {
  const lives = new Uint8Array(neurons);
  for (let e = 0; e < a.length; e++) if (a[e] !== 0) lives[e % neurons] = 1;
  return lives.filter((alive) => alive === 0).length / neurons;
}

/** The mean of σ′(z) over all neurons and rows, as a share of the steepest slope. */
export function slopeShare(activation: ActivationName | undefined, a: Numbers): number | undefined {
  if (activation !== "sigmoid" && activation !== "tanh") return undefined;
  let sum = 0;
  // σ′ = a·(1 − a), at most ¼;  tanh′ = 1 − a², at most 1
  for (const value of a) sum += activation === "sigmoid" ? 4 * value * (1 - value) : 1 - value * value;
  return sum / a.length;
}

/** Whether all columns of a matrix are equal, and there is more than one: each neuron, or filter, has a column. */
export function areColumnsEqual(weights: Numbers, columns: number): boolean {
  return columns > 1 && weights.every((weight, e) => weight === weights[e - (e % columns)]);
}

export function rootMeanSquare(values: Numbers): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}

/** ‖after − before‖ / ‖before‖ */
export function changeOf(before: Numbers, after: Numbers): number {
  let [moved, size] = [0, 0];
  for (let e = 0; e < before.length; e++) {
    moved += (after[e] - before[e]) ** 2;
    size += before[e] ** 2;
  }
  return size > 0 ? Math.sqrt(moved / size) : 0;
}
