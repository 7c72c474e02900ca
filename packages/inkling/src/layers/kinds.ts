/** The list of kinds, and how a specification is read from a file. */
import { ArgumentError } from "../errors.ts";
import { didYouMean } from "../options.ts";
import { shown } from "../shown.ts";
import { activationKind } from "./activation.ts";
import { batchNormKind } from "./batch-norm.ts";
import { conv2dKind } from "./conv2d.ts";
import { denseKind } from "./dense.ts";
import { dropoutKind } from "./dropout.ts";
import { flattenKind } from "./flatten.ts";
import { type LayerSpec, layerSpec } from "./layer.ts";
import { averagePool2dKind, globalAveragePool2dKind, maxPool2dKind } from "./pool2d.ts";
import { residualKind } from "./residual.ts";
import type { AnyKind } from "./specs.ts";

/** The kinds that a model file may name without being told. */
export const layerKinds: readonly AnyKind[] = [
  denseKind,
  flattenKind,
  conv2dKind,
  activationKind,
  maxPool2dKind,
  averagePool2dKind,
  globalAveragePool2dKind,
  batchNormKind,
  dropoutKind,
  residualKind,
];

/** How deep layers may stand inside of each other in a file. */
const MOST_DEPTH = 32;

/** A specification as it stands in a file, with its kind: one of ours, or one of `own`. `depth`: layers around it. */
export function specFromJson(json: unknown, own: readonly AnyKind[] = [], depth = 0): LayerSpec {
  if (depth > MOST_DEPTH) throw new ArgumentError("layer", `at most ${MOST_DEPTH} layers around a layer`, "more");
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
  const read = (inner: unknown) => specFromJson(inner, own, depth + 1);
  return layerSpec(kind, (kind.fromJson?.(fields as never, read) ?? fields) as never);
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
