/** The list of kinds, and what is asked of a specification without knowing which kind it is. */

import { ArgumentError } from "../errors.ts";
import { didYouMean } from "../options.ts";
import type { Shape } from "../shapes.ts";
import { shown } from "../shown.ts";
import { activationKind } from "./activation.ts";
import { batchNormKind } from "./batch-norm.ts";
import { denseKind } from "./dense.ts";
import { flattenKind } from "./flatten.ts";
import { KIND, type LayerKind, type LayerSpec, type TensorSpec } from "./layer.ts";
import { averagePool2dKind, globalAveragePool2dKind, maxPool2dKind } from "./pool2d.ts";

/** Any kind: what its fields are is its own business. */
export type AnyKind = LayerKind<never>;

/** The kinds that a model file may name without being told. */
export const layerKinds: readonly AnyKind[] = [
  denseKind,
  flattenKind,
  activationKind,
  maxPool2dKind,
  averagePool2dKind,
  globalAveragePool2dKind,
  batchNormKind,
];

/** The kind of a specification. Throws an ArgumentError for what is none. */
export function kindOf(spec: LayerSpec): AnyKind {
  const kind = (spec as Partial<LayerSpec> | null | undefined)?.[KIND];
  if (kind === undefined) {
    throw new ArgumentError("network", "layers as dense(10) or flatten()", shown(spec));
  }
  return kind;
}

/** A specification as it stands in a file, with its kind: one of ours, or one of `own`. */
export function specFromJson(json: unknown, own: readonly AnyKind[] = []): LayerSpec {
  const { type, ...fields } = (json ?? {}) as { type?: unknown };
  const known = [...layerKinds, ...own];
  const kind = known.find((candidate) => candidate.type === type);
  if (kind === undefined) {
    const names = known.map((candidate) => candidate.type);
    const hint = "A kind of your own is named when the model is loaded: { kinds: [yourKind] }.";
    const advice = `${hint} ${didYouMean(type, names)}`.trimEnd();
    throw new ArgumentError(
      "layer",
      `a layer of kind ${names.join(", ")}`,
      type === undefined ? "none" : shown(type),
      advice,
    );
  }
  kind.check(fields as never);
  return { type: kind.type, ...fields, [KIND]: kind };
}

/** Throws an ArgumentError for kinds of a caller's own that take a name of ours. */
export function checkOwnKinds(own: unknown): asserts own is readonly AnyKind[] {
  if (!Array.isArray(own)) {
    throw new ArgumentError("kinds", "a list of kinds of layers", shown(own), "Write { kinds: [yourKind] }.");
  }
  for (const kind of own) {
    if (!isKind(kind)) throw new ArgumentError("kinds", "kinds of layers (LayerKind)", shown(kind));
    const { type } = kind;
    if (layerKinds.some((kind) => kind.type === type)) {
      throw new ArgumentError("kinds", "names that no layer of Inkling has", type, "Give your kind another type.");
    }
  }
}

function isKind(kind: unknown): kind is AnyKind {
  const { type, check, outputShape, build, describe } = (kind ?? {}) as Partial<Record<keyof AnyKind, unknown>>;
  return typeof type === "string" && [check, outputShape, build, describe].every((part) => typeof part === "function");
}

/** The shape that a layer makes of its input's. */
export function outputShape(spec: LayerSpec, inputShape: Shape): Shape {
  return kindOf(spec).outputShape(spec as never, inputShape);
}

/** A layer's tensors, in declared order. */
export function tensorSpecs(spec: LayerSpec, inputShape: Shape): readonly TensorSpec[] {
  return kindOf(spec).tensors?.(spec as never, inputShape) ?? [];
}

/** "dense, relu" */
export function describe(spec: LayerSpec): string {
  return kindOf(spec).describe(spec as never);
}
