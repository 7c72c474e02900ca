/**
 * Layers as plain data, before they know their input's shape: what `network` is given and what a model file holds.
 * A new layer is added here in three places: its specification, its shape, its constructor.
 */

import { ArgumentError } from "../errors.ts";
import { type ActivationName, activations } from "../numbers/activations.ts";
import { Dense } from "./dense.ts";
import { Flatten } from "./flatten.ts";
import { type InitializerName, initializers } from "./initializers.ts";
import { type Building, type Layer, type Shape, size } from "./layer.ts";

export interface DenseSpec {
  readonly type: "dense";
  readonly outputs: number;
  readonly activation: ActivationName;
  readonly initializer: InitializerName;
}

export interface FlattenSpec {
  readonly type: "flatten";
}

export type LayerSpec = DenseSpec | FlattenSpec;

/**
 * A dense layer of `outputs` neurons: a = σ(x·W + b). Without an activation it returns z: as the last layer, logits.
 * Its first weights are He's for the ReLUs and Glorot's otherwise, unless `initializer` names another.
 */
export function dense(
  outputs: number,
  activation: ActivationName = "identity",
  options: { readonly initializer?: InitializerName } = {},
): DenseSpec {
  const natural = activation === "relu" || activation === "leaky-relu" ? "he" : "glorot";
  const spec: DenseSpec = { type: "dense", outputs, activation, initializer: options.initializer ?? natural };
  checkSpec(spec);
  return spec;
}

/** Takes images for rows of numbers; dense layers want rows. */
export function flatten(): FlattenSpec {
  return { type: "flatten" };
}

/** Throws an ArgumentError unless this is the specification of a layer, from whatever source it comes. */
export function checkSpec(spec: LayerSpec): void {
  if (spec.type === "flatten") return;
  if (spec.type !== "dense") {
    throw new ArgumentError("layer", "type to be dense or flatten", String((spec as { type?: unknown }).type));
  }
  const { outputs, activation, initializer } = spec;
  if (!Number.isSafeInteger(outputs) || outputs < 1) {
    throw new ArgumentError("dense", "outputs to be a whole number of at least 1", String(outputs));
  }
  if (typeof activation !== "string" || !Object.hasOwn(activations, activation)) {
    throw new ArgumentError("dense", `activation to be one of ${Object.keys(activations).join(", ")}`, `${activation}`);
  }
  if (typeof initializer !== "string" || !Object.hasOwn(initializers, initializer)) {
    throw new ArgumentError(
      "dense",
      `initializer to be one of ${Object.keys(initializers).join(", ")}`,
      `${initializer}`,
    );
  }
}

/** The shape that a layer makes of its input's. */
export function outputShape(spec: LayerSpec, inputShape: Shape): Shape {
  return spec.type === "dense" ? [spec.outputs] : [size(inputShape)];
}

/** The names and shapes of a layer's parameters, in declared order, without building it. */
export function parameterShapes(spec: LayerSpec, name: string, inputShape: Shape): [name: string, shape: Shape][] {
  if (spec.type !== "dense") return [];
  return [
    [`${name}.weights`, [size(inputShape), spec.outputs]],
    [`${name}.bias`, [1, spec.outputs]],
  ];
}

/** Builds the layer. */
export function buildLayer(spec: LayerSpec, building: Building): Layer {
  return spec.type === "dense" ? new Dense(spec.outputs, spec.activation, building) : new Flatten(building);
}
