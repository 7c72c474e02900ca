/** Checks of what a network is made of: its input shape, layers and backend. */
import type { Backend } from "../backends/backend.ts";
import { has } from "../checks.ts";
import type { Scaling } from "../data/scaling.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { activationKind } from "../layers/activation.ts";
import type { LayerSpec } from "../layers/layer.ts";
import { checkSpec } from "../layers/specs.ts";
import type { Loss } from "../losses/loss.ts";
import { checkShape } from "../shapes.ts";
import { shown } from "../shown.ts";

/**
 * Whether the last layer that says something about activations has none of its own, so that its outputs are logits. A
 * sum, as `residual` makes it, has none. A layer that is an activation by itself and does nothing says nothing.
 */
export function endsInLogits(specs: readonly LayerSpec[]): boolean {
  const says = (spec: LayerSpec & { activation?: unknown }) =>
    spec.type === "residual" ||
    ("activation" in spec && !(spec.type === activationKind.type && spec.activation === "identity"));
  const last = specs.findLast(says);
  return (
    last?.type === "residual" || last === undefined || (last as { activation?: unknown }).activation === "identity"
  );
}

export function checkParts(inputShape: unknown, specs: unknown): asserts specs is readonly LayerSpec[] {
  if (typeof inputShape === "number") {
    throw new ArgumentError("network", "an input shape as [784]", shown(inputShape), `Write [${inputShape}].`);
  }
  checkShape("network, input shape", inputShape);
  if (!Array.isArray(specs)) {
    throw new ArgumentError("network", "a list of layers, as [dense(10)]", shown(specs), "Put them in brackets.");
  }
  if (specs.length === 0) throw new ArgumentError("network", "at least one layer", "0");
  for (const spec of specs) checkSpec(spec);
}

export function checkBackend(backend: unknown): void {
  if (typeof (backend as Partial<Backend> | null)?.keep === "function") return;
  const isChoice = has(backend, "reason") || has(backend, "then");
  const advice = isChoice ? "Write const { backend } = await chooseBackend()." : "";
  throw new ArgumentError("network", "a backend, as chooseBackend finds one", shown(backend), advice);
}

/** Throws an ArgumentError for names of classes where the loss is for numbers, and the other way round. */
export function checkTaskNames({ task, type }: Loss, names: { classNames?: unknown; targetNames?: unknown }): void {
  const [field, other] =
    task === "classes" ? (["targetNames", "classNames"] as const) : (["classNames", "targetNames"] as const);
  if (names[field] === undefined) return;
  const expected = `no ${field} (the loss ${type} is for ${task})`;
  throw new ArgumentError("network", expected, shown(names[field]), `Take ${other}.`);
}

/**
 * A scaling of so many columns, or none. Throws an ArgumentError for something else, a ShapeError for another number.
 */
export function checkedScaling(name: string, given: unknown, columns: number): Scaling | undefined {
  if (given === undefined) return undefined;
  const scaling = given as Partial<Scaling> | null;
  if (typeof scaling?.apply !== "function") {
    throw new ArgumentError(`network, ${name}`, "a scaling, as standardize() makes one", shown(given));
  }
  if (scaling.columns !== columns) {
    throw new ShapeError(`network, ${name}`, `a scaling of ${columns} columns`, String(scaling.columns));
  }
  return given as Scaling;
}
