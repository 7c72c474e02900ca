/**
 * What is asked of a specification without knowing which kind it is, and how its layer is built at its place in a
 * model. Kinds that hold other layers (residual.ts) ask here too; the list of kinds is in kinds.ts.
 */
import type { Backend } from "../backends/backend.ts";
import { ArgumentError } from "../errors.ts";
import type { Stream } from "../numbers/random.ts";
import type { Shape } from "../shapes.ts";
import { shown } from "../shown.ts";
import {
  checkFields,
  KIND,
  type Layer,
  type LayerKind,
  type LayerSpec,
  type Parameter,
  type Tensor,
  type TensorSpec,
} from "./layer.ts";

/** Any kind: what its fields are is its own business. */
export type AnyKind = LayerKind<never>;

/** The kind of a specification. Throws an ArgumentError, in the name of `where`, for what is none. */
export function kindOf(spec: LayerSpec, where = "network"): AnyKind {
  const kind = (spec as Partial<LayerSpec> | null | undefined)?.[KIND];
  if (kind === undefined) {
    throw new ArgumentError(where, "layers as dense(10) or flatten()", shown(spec));
  }
  return kind;
}

/** Throws an ArgumentError for what is no specification, or for one with fields that its kind refuses. */
export function checkSpec(spec: LayerSpec, where?: string): void {
  checkFields(kindOf(spec, where), spec as never);
}

/** The shape that a layer makes of its input's. */
export function outputShape(spec: LayerSpec, inputShape: Shape): Shape {
  return kindOf(spec).outputShape(spec as never, inputShape);
}

/** A layer's tensors, in declared order. Those of a frozen layer, and of all layers inside of it, are frozen. */
export function tensorSpecs(spec: LayerSpec, inputShape: Shape): readonly TensorSpec[] {
  const tensors = kindOf(spec).tensors?.(spec as never, inputShape) ?? [];
  return spec.trainable === false ? tensors.map((tensor) => ({ ...tensor, isFrozen: true })) : tensors;
}

/** The layers inside of a layer; none for most kinds. */
export function innerSpecs(spec: LayerSpec): readonly LayerSpec[] {
  return kindOf(spec).inner?.(spec as never) ?? [];
}

/** "dense, relu", of a frozen layer "dense, relu, frozen" */
export function describe(spec: LayerSpec): string {
  const description = kindOf(spec).describe(spec as never);
  return spec.trainable === false ? `${description}, frozen` : description;
}

/** Layers with those inside of them: each, then what it holds. Whoever asks layers for something asks all of these. */
export function allLayers(layers: readonly Layer[]): Layer[] {
  return layers.flatMap((layer) => [layer, ...allLayers(layer.inner ?? [])]);
}

/** What all layers of a model are built with, wherever they stand. */
export interface Site {
  readonly ops: Backend;
  /** The model's tensors by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The model's random numbers, by the whole name of a stream. */
  stream(name: string): Stream;
}

/** Builds a layer at its place (layers.3). `isFrozen`: whether one around it is frozen. */
export function buildLayer(spec: LayerSpec, place: string, inputShape: Shape, site: Site, isFrozen = false): Layer {
  const { ops, tensors } = site;
  const find = (name: string, role: Tensor["role"]) => {
    const tensor = tensors.get(`${place}.${name}`);
    if (tensor?.role === role) return tensor;
    throw new ArgumentError(`layer ${spec.type}`, `a ${role} among its tensors`, `${name}, which is none`);
  };
  const isFrozenHere = isFrozen || spec.trainable === false;
  return kindOf(spec).build(spec as never, {
    ops: ops.within?.(place) ?? ops,
    inputShape,
    outputShape: outputShape(spec, inputShape),
    isFrozen: isFrozenHere,
    parameter: (name) => find(name, "parameter") as Parameter,
    statistic: (name) => find(name, "statistic"),
    stream: (purpose) => site.stream(`${place}.${purpose}`),
    layer: (i, inner, shape) => buildLayer(inner, innerPlace(place, i), shape, site, isFrozenHere),
  });
}

/** The place of layer i inside of the one at `place`: layers.3.layers.0 */
export function innerPlace(place: string, i: number): string {
  return `${place}.layers.${i}`;
}
