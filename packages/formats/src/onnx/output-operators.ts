/**
 * What stands at the end of a graph and is no layer: probabilities, the class that is most probable, its name; and the
 * operators of ONNX's machine-learning domain, as scikit-learn's models are written with.
 */
import { withConstant } from "./arithmetic.ts";
import { applied, type Core, type Flow, flowAt, rowView, settle, Unsupported } from "./flow.ts";
import type { Node } from "./graph-in.ts";
import { denseFlow } from "./layer-operators.ts";
import { recognised } from "./pointwise.ts";
import type { Constant } from "./tensors.ts";

/** Probabilities of classes: softmax of a value. */
export interface Meaning {
  readonly kind: "meaning";
  readonly logits: Flow;
}

/** The answer itself, as a class's number or name, and whatever is made of it. */
export interface Answer {
  readonly kind: "answer";
}

/** The words by which a graph calls its classes, if they are more than their numbers. */
export function classNamesOf(names: readonly (string | number)[]): readonly string[] | undefined {
  const texts = names.map(String);
  return texts.length === 0 || texts.every((text, i) => text === String(i)) ? undefined : texts;
}

/** Softmax and LogSoftmax along the classes. */
export function softmax(node: Node, x: Flow, opset: number): Meaning {
  const rank = x.view.dims.length + 1;
  const axis = node.whole("axis", opset < 13 ? 1 : -1);
  const isLast = rank === 2 && (axis === 1 || axis === -1);
  if (!isLast) throw new Unsupported(`${node.title} (axis ${axis} of ${rank})`);
  return { kind: "meaning", logits: x };
}

/** Operators that leave probabilities as they are: classes by name, rows that have sum 1 already. */
export const sameMeaning = ["Identity", "Cast", "Reshape", "ai.onnx.ml.ZipMap"];

export function isNormalizer(node: Node): boolean {
  return node.operator === "ai.onnx.ml.Normalizer" && node.word("norm", "MAX") === "L1";
}

/**
 * The probabilities of no and yes, 1 − p and p with p = σ(z): softmax of −z/2 and z/2. The last layer becomes one of
 * two outputs. Undefined for anything else.
 */
export function noAndYes(no: Flow, yes: Flow): Meaning | undefined {
  const [{ how: outer }, { how: inner }] = [no.core, yes.core];
  const isRest = outer.kind === "affine" && outer.of === yes.core && outer.scale === -1 && outer.offset === 1;
  if (!isRest || inner.kind !== "unary" || recognised(inner.f) !== "sigmoid") return undefined;
  const logits = twoOf(inner.of);
  return logits && { kind: "meaning", logits };
}

/** −z/2 and z/2 of the one output of a dense layer. */
function twoOf(core: Core): Flow | undefined {
  const { step, parent, shape } = withBias(settle(core)) ?? {};
  if (step?.kind !== "dense" || parent === undefined || shape?.length !== 1 || step.outputs !== 1) return undefined;
  const halves = (values: ArrayLike<number>) => Float64Array.from(values).map((value) => value / 2);
  const half = halves(step.weights);
  const weights = new Float32Array(half.length * 2);
  for (const [i, w] of half.entries()) weights.set([-w, w], 2 * i);
  const [b = 0] = halves(step.bias ?? [0]);
  return flowAt({ kind: "dense", outputs: 2, weights, bias: [-b, b] }, parent, [2], rowView(2));
}

/** A dense layer with the number that is added behind it as its bias. */
function withBias({ step, parent, shape, ...rest }: ReturnType<typeof settle>) {
  if (step?.kind !== "affine" || step.scale !== 1 || parent?.step?.kind !== "dense")
    return { step, parent, shape, ...rest };
  if (parent.step.bias !== undefined || parent.step.outputs !== 1) return undefined;
  const bias = typeof step.offset === "number" ? [step.offset] : step.offset;
  return { step: { ...parent.step, bias }, parent: parent.parent, shape };
}

const listed = (values: ArrayLike<number>, shape: readonly number[] = [values.length]): Constant => {
  return { kind: "constant", shape, values };
};

/** (x − offset)·scale, column by column. */
export function scaler(node: Node, x: Flow): Flow {
  const centred = withConstant(node.as("Sub"), x, listed(node.numbers("offset")), false);
  return withConstant(node.as("Mul"), centred, listed(node.numbers("scale")), false);
}

/** x·W + b of the coefficients, which stand output after output. */
function linear(node: Node, x: Flow, outputs: number): { W: Constant; b: Constant; flow: Flow } {
  const coefficients = node.numbers("coefficients");
  const inputs = coefficients.length / outputs;
  const W = listed(
    Float32Array.from(coefficients, (_, i) => coefficients[(i % outputs) * inputs + Math.floor(i / outputs)] ?? 0),
    [inputs, outputs],
  );
  const given = node.numbers("intercepts");
  const b = listed(given.length === outputs ? given : new Float32Array(outputs));
  return { W, b, flow: denseFlow(node.title, x, W, b) };
}

export function linearRegressor(node: Node, x: Flow): Flow {
  if (node.word("post_transform", "NONE") !== "NONE") throw new Unsupported(`${node.title} (post_transform)`);
  return linear(node, x, node.whole("targets", 1)).flow;
}

/** What a linear classifier says, and how it calls its classes. */
export function linearClassifier(
  node: Node,
  x: Flow,
): { readonly said: Flow | Meaning; readonly classNames: readonly string[] | undefined } {
  const ints = node.wholes("classlabels_ints") ?? [];
  const names = ints.length > 0 ? ints : node.words("classlabels_strings");
  const classNames = classNamesOf(names);
  const { W, b, flow } = linear(node, x, names.length);
  switch (node.word("post_transform", "NONE")) {
    case "NONE":
      return { said: flow, classNames };
    case "SOFTMAX":
      return { said: { kind: "meaning", logits: flow }, classNames };
    case "LOGISTIC": {
      // Two classes: their logits are −z and z, and σ(z) is softmax of −z/2 and z/2.
      const [z = Number.NaN] = Array.from(b.values).slice(1);
      const isMirrored = names.length === 2 && b.values[0] === -z;
      if (!isMirrored) break;
      const half = (constant: Constant) =>
        listed(
          Float32Array.from(constant.values, (value) => value / 2),
          constant.shape,
        );
      return { said: { kind: "meaning", logits: denseFlow(node.title, x, half(W), half(b)) }, classNames };
    }
  }
  throw new Unsupported(
    `${node.title} (post_transform ${node.word("post_transform", "NONE")} of ${names.length} classes)`,
  );
}

/** Operators of a value and constants that are functions of one number. */
export function withBounds(node: Node, x: Flow, constants: readonly (Constant | undefined)[]): Flow | undefined {
  const alone = (constant: Constant | undefined) => (constant?.values.length === 1 ? constant.values[0] : undefined);
  const [first, second] = constants.map(alone);
  switch (node.operator) {
    case "Clip": {
      const least = first ?? node.number("min", Number.NEGATIVE_INFINITY);
      const most = second ?? node.number("max", Number.POSITIVE_INFINITY);
      return applied(x, (value) => Math.min(Math.max(value, least), most), node.title);
    }
    case "Max":
      return first === undefined ? undefined : applied(x, (value) => Math.max(value, first), node.title);
    case "Min":
      return first === undefined ? undefined : applied(x, (value) => Math.min(value, first), node.title);
    case "Pow":
      return first === undefined ? undefined : applied(x, (value) => value ** first, node.title);
    case "PRelu":
      return first === undefined ? undefined : applied(x, (value) => (value < 0 ? first * value : value), node.title);
  }
  return undefined;
}
