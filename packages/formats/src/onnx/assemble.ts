/**
 * From steps to Inkling's layers with their numbers. What a graph multiplies and adds by itself goes where it belongs:
 * a sum behind a product is its bias; a scale and an offset go into the weights before them; at the input they are the
 * scaling of the data, at the output that of the targets. Where none of this fits they become a frozen layer of their
 * own: a convolution of 1 × 1 on images, a dense layer on rows.
 */
import {
  type ActivationName,
  activation,
  averagePool2d,
  batchNorm,
  conv2d,
  dense,
  flatten,
  globalAveragePool2d,
  type LayerSpec,
  maxPool2d,
  residual,
  type Shape,
} from "inkling";
import { outputShape } from "inkling/layers";
import { type Coefficients, Unsupported } from "./flow.ts";
import type { AffineStep, ConvStep, DenseStep, Step } from "./steps.ts";

/** Layers, and the numbers of their tensors by name. */
export interface Assembled {
  readonly specs: readonly LayerSpec[];
  readonly values: Map<string, ArrayLike<number>>;
}

/** Two steps of scale and offset as one: the second of the first. */
export function joined(a: AffineStep, b: AffineStep): AffineStep {
  return {
    kind: "affine",
    scale: each(a.scale, b.scale, (s, t) => s * t),
    offset: each(
      each(a.offset, b.scale, (o, t) => o * t),
      b.offset,
      (o, p) => o + p,
    ),
  };
}

function each(a: Coefficients, b: Coefficients, join: (a: number, b: number) => number): Coefficients {
  if (typeof a === "number" && typeof b === "number") return join(a, b);
  const at = (c: Coefficients, i: number) => (typeof c === "number" ? c : (c[i % c.length] ?? 0));
  const length = Math.max(typeof a === "number" ? 1 : a.length, typeof b === "number" ? 1 : b.length);
  return Float64Array.from({ length }, (_, i) => join(at(a, i), at(b, i)));
}

/** Each of so many coefficients. */
export function spreadOut(coefficients: Coefficients, count: number): Float64Array {
  if (typeof coefficients === "number") return new Float64Array(count).fill(coefficients);
  return Float64Array.from({ length: count }, (_, i) => coefficients[i % coefficients.length] ?? 0);
}

/** The steps with scales and offsets joined, and put into the weights before them. */
export function simplified(steps: readonly Step[]): Step[] {
  const result: Step[] = [];
  for (const step of steps) {
    const last = result.at(-1);
    if (step.kind === "residual") result.push({ ...step, inner: simplified(step.inner) });
    else if (step.kind === "affine" && last?.kind === "affine") result.splice(-1, 1, joined(last, step));
    else if (step.kind === "affine" && isLinear(last) && isBias(last, step)) result.splice(-1, 1, folded(last, step));
    else result.push(step);
  }
  return result;
}

function isLinear(step: Step | undefined): step is DenseStep | ConvStep {
  return step?.kind === "dense" || step?.kind === "conv2d";
}

function outputsOf(step: DenseStep | ConvStep): number {
  return step.kind === "dense" ? step.outputs : step.filters;
}

/** Whether all that is done behind a product is its bias. */
function isBias(step: DenseStep | ConvStep, { scale, offset }: AffineStep): boolean {
  const isFitting = typeof offset === "number" || offset.length === outputsOf(step);
  return scale === 1 && step.bias === undefined && isFitting;
}

/** A product with the scale and offset behind it in its weights and bias. */
function folded<S extends DenseStep | ConvStep>(step: S, { scale, offset }: AffineStep): S {
  const count = outputsOf(step);
  const [s, o] = [spreadOut(scale, count), spreadOut(offset, count)];
  const bias = Float64Array.from({ length: count }, (_, j) => (step.bias?.[j] ?? 0) * (s[j] ?? 1) + (o[j] ?? 0));
  if (scale === 1) return { ...step, bias };
  return { ...step, bias, weights: Float64Array.from(step.weights, (w, i) => w * (s[i % count] ?? 1)) };
}

/** A dense layer with the scale and offset of its inputs in its weights and bias. */
function foldedBefore({ scale, offset }: AffineStep, step: DenseStep): DenseStep {
  const { outputs, weights } = step;
  const inputs = weights.length / outputs;
  const [s, o] = [spreadOut(scale, inputs), spreadOut(offset, inputs)];
  const bias = spreadOut(0, outputs).map((_, j) => step.bias?.[j] ?? 0);
  for (let i = 0; i < weights.length; i++) {
    // W·(s·x + o) = (W·s)·x + W·o
    bias[i % outputs] = (bias[i % outputs] ?? 0) + (weights[i] ?? 0) * (o[Math.floor(i / outputs)] ?? 0);
  }
  return { ...step, bias, weights: Float64Array.from(weights, (w, i) => w * (s[Math.floor(i / outputs)] ?? 1)) };
}

/** The layers of steps on inputs of this shape. `changed` is told where a scale became a layer. */
export function assembled(steps: readonly Step[], inputShape: Shape, changed: (what: string) => void): Assembled {
  const values = new Map<string, ArrayLike<number>>();
  const specs = layersOf(foldedAll(steps), inputShape, "", values, changed);
  return { specs, values };
}

/** Scales and offsets that stand beside a product become part of it. */
function foldedAll(steps: readonly Step[]): Step[] {
  const result: Step[] = [];
  for (const step of steps) {
    const last = result.at(-1);
    const before = last?.kind === "flatten" ? result.at(-2) : last;
    if (step.kind === "affine" && isLinear(last) && isFitting(step, outputsOf(last))) {
      result.splice(-1, 1, folded(last, step));
    } else if (step.kind === "dense" && before?.kind === "affine") {
      result.splice(result.indexOf(before), 1);
      result.push(foldedBefore(before, step));
    } else result.push(step);
  }
  return result;
}

function isFitting({ scale, offset }: AffineStep, count: number): boolean {
  return [scale, offset].every((c) => typeof c === "number" || c.length === count);
}

function layersOf(
  steps: readonly Step[],
  inputShape: Shape,
  prefix: string,
  values: Map<string, ArrayLike<number>>,
  changed: (what: string) => void,
): LayerSpec[] {
  const specs: LayerSpec[] = [];
  let shape = inputShape;
  const push = (spec: LayerSpec) => {
    specs.push(spec);
    shape = outputShape(spec, shape);
  };
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as Step;
    const next = steps[i + 1];
    const wantsRow = step.kind === "dense" || (step.kind === "affine" && isOfRow(step, shape));
    if ((wantsRow || (step.kind === "batchNorm" && step.scale.length !== shape.at(-1))) && shape.length > 1)
      push(flatten());
    const place = `${prefix}layers.${specs.length}`;
    if (isLinear(step)) {
      const name = next?.kind === "activation" ? next.name : "identity";
      if (name !== "identity") i++;
      values.set(`${place}.weights`, step.weights);
      values.set(`${place}.bias`, step.bias ?? new Float32Array(outputsOf(step)));
      push(step.kind === "dense" ? dense(step.outputs, name) : convLayer(step, name));
    } else if (step.kind === "residual") {
      const inner = layersOf(foldedAll(step.inner), shape, `${place}.`, values, changed);
      push(residual(inner, { scale: step.scale }));
    } else if (step.kind === "batchNorm") {
      for (const name of ["scale", "shift", "mean", "variance"] as const) values.set(`${place}.${name}`, step[name]);
      push(batchNorm({ momentum: shortest(step.momentum, 6), epsilon: shortest(step.epsilon, 9) }));
    } else if (step.kind === "affine") {
      const channels = shape.at(-1) ?? 0;
      values.set(`${place}.weights`, diagonal(spreadOut(step.scale, channels)));
      values.set(`${place}.bias`, spreadOut(step.offset, channels));
      push(shape.length === 3 ? conv2d(channels, 1, FROZEN) : dense(channels, FROZEN));
      changed(`layers.${specs.length - 1}`);
    } else push(plainLayer(step));
  }
  return specs;
}

function convLayer({ filters, fields }: ConvStep, name: ActivationName): LayerSpec {
  const { window, ...slides } = fields;
  return conv2d(filters, window, { ...slides, activation: name });
}

function isOfRow({ scale, offset }: AffineStep, shape: Shape): boolean {
  return shape.length === 2 || [scale, offset].some((c) => typeof c !== "number" && c.length !== shape.at(-1));
}

function plainLayer(
  step: Exclude<Step, { kind: "dense" | "conv2d" | "residual" | "batchNorm" | "affine" }>,
): LayerSpec {
  switch (step.kind) {
    case "maxPool2d":
      return maxPool2d(step.fields.window, { stride: step.fields.stride, padding: step.fields.padding });
    case "averagePool2d":
      return averagePool2d(step.fields.window, { stride: step.fields.stride, padding: step.fields.padding });
    case "globalAveragePool2d":
      return globalAveragePool2d();
    case "flatten":
      return flatten();
    case "activation":
      return activation(step.name);
  }
}

const FROZEN = { trainable: false } as const;

/** The most columns of a row that is scaled by a layer of its own: its weights are columns × columns. */
const MOST_COLUMNS = 2048;

/** A matrix with these numbers on its diagonal. */
function diagonal(numbers: Float64Array): Float32Array {
  const n = numbers.length;
  if (n > MOST_COLUMNS) throw new Unsupported(`a scale of ${n} columns between layers`);
  const matrix = new Float32Array(n * n);
  for (const [i, value] of numbers.entries()) matrix[i * (n + 1)] = value;
  return matrix;
}

/** The decimal of fewest digits that is the same float32: what was written before it was rounded. */
function shortest(value: number, most: number): number {
  for (let digits = 1; digits < most; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return Number(value.toPrecision(most));
}
