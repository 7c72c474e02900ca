/**
 * Operations on constants alone: exporters write shapes and transposed weights as small graphs. A length that a graph
 * asks of its input is the batch's, which is free: NaN stands for it, and nothing is computed with it.
 */
import { size, Unsupported } from "./flow.ts";
import type { Node } from "./graph-in.ts";
import type { Constant } from "./tensors.ts";

type Fold = (node: Node, inputs: readonly (Constant | undefined)[]) => Constant;

const constant = (shape: readonly number[], values: ArrayLike<number>): Constant => ({
  kind: "constant",
  shape,
  values,
});

function first(node: Node, [x]: readonly (Constant | undefined)[]): Constant {
  if (x === undefined) throw new Unsupported(`${node.title} (it has no input)`);
  return x;
}

/** The numbers of an input that may also be an attribute: axes, in older and newer operator sets. */
export function listOf(node: Node, attribute: string, input: Constant | undefined): readonly number[] | undefined {
  return node.wholes(attribute) ?? (input === undefined ? undefined : Array.from(input.values));
}

/** Negative places count from the end. */
export function place(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

const element = (join: (a: number, b: number) => number): Fold => {
  return (node, [a, b]) => {
    if (a === undefined || b === undefined) throw new Unsupported(`${node.title} (it has no two inputs)`);
    const isLarger = size(a.shape) >= size(b.shape);
    const shape = isLarger ? a.shape : b.shape;
    const isFitting = [a, b].every((x) => size(x.shape) === 1 || x.shape.join() === shape.join());
    if (!isFitting)
      throw new Unsupported(`${node.title} (constants of ${a.shape.join(" × ")} and ${b.shape.join(" × ")})`);
    const at = (x: Constant, i: number) => x.values[x.values.length === 1 ? 0 : i] ?? Number.NaN;
    return constant(
      shape,
      Float64Array.from({ length: size(shape) }, (_, i) => join(at(a, i), at(b, i))),
    );
  };
};

/** What can be done to constants before a model runs. */
export const folds: Readonly<Record<string, Fold>> = {
  Identity: first,
  Cast: first,
  Add: element((a, b) => a + b),
  Sub: element((a, b) => a - b),
  Mul: element((a, b) => a * b),
  Div: element((a, b) => a / b),
  Reshape: (node, inputs) => {
    const x = first(node, inputs);
    const target = Array.from(inputs[1]?.values ?? []).map((length, i) => (length === 0 ? (x.shape[i] ?? 0) : length));
    const known = size(target.filter((length) => length !== -1));
    const shape = target.map((length) => (length === -1 ? size(x.shape) / known : length));
    if (size(shape) !== size(x.shape)) throw new Unsupported(`${node.title} (lengths of another size)`);
    return constant(shape, x.values);
  },
  Squeeze: (node, inputs) => {
    const x = first(node, inputs);
    const axes = listOf(node, "axes", inputs[1])?.map((axis) => place(axis, x.shape.length));
    return constant(
      x.shape.filter((length, i) => (axes === undefined ? length !== 1 : !axes.includes(i))),
      x.values,
    );
  },
  Unsqueeze: (node, inputs) => {
    const x = first(node, inputs);
    const axes = listOf(node, "axes", inputs[1]) ?? [];
    const rank = x.shape.length + axes.length;
    const ones = axes.map((axis) => place(axis, rank));
    if (rank > 8) throw new Unsupported(`${node.title} (${rank} axes)`);
    const rest = [...x.shape];
    return constant(
      Array.from({ length: rank }, (_, i) => (ones.includes(i) ? 1 : (rest.shift() ?? 1))),
      x.values,
    );
  },
  Transpose: (node, inputs) => {
    const x = first(node, inputs);
    const perm = node.wholes("perm") ?? x.shape.map((_, i) => x.shape.length - 1 - i);
    const isOne = perm.length === x.shape.length && perm.every((_, i) => perm.includes(i));
    if (!isOne) throw new Unsupported(`${node.title} (perm ${perm.join()})`);
    return transposed(x, perm);
  },
  Concat: (node, inputs) => {
    if (inputs.some((x) => x === undefined || x.shape.length !== 1))
      throw new Unsupported(`${node.title} (of constants)`);
    // Lists of lengths are short; a few nodes could make one long that is put together with itself again and again.
    if (inputs.reduce((sum, x) => sum + (x?.values.length ?? 0), 0) > 1000) throw new Unsupported(node.title);
    const values = inputs.flatMap((x) => Array.from(x?.values ?? []));
    return constant([values.length], values);
  },
  Gather: (node, inputs) => {
    const x = first(node, inputs);
    const indices = inputs[1];
    if (x.shape.length !== 1 || indices === undefined) throw new Unsupported(`${node.title} (of constants)`);
    const values = Array.from(indices.values, (i) => x.values[place(i, x.values.length)] ?? Number.NaN);
    return constant(indices.shape, values);
  },
  Slice: (node, inputs) => {
    const x = first(node, inputs);
    const [from] = listOf(node, "starts", inputs[1]) ?? [0];
    const [to] = listOf(node, "ends", inputs[2]) ?? [x.values.length];
    const [step] = inputs[4] === undefined ? [1] : Array.from(inputs[4].values);
    if (x.shape.length !== 1 || step !== 1) throw new Unsupported(`${node.title} (of constants)`);
    const values = Array.from(x.values).slice(from, to);
    return constant([values.length], values);
  },
};

/** The axes of a constant in another order. */
export function transposed({ shape, values }: Constant, perm: readonly number[]): Constant {
  const strides = shape.map((_, i) => size(shape.slice(i + 1)));
  const lengths = perm.map((axis) => shape[axis] ?? 1);
  const steps = perm.map((axis) => strides[axis] ?? 0);
  const result = new (values instanceof Float32Array ? Float32Array : Float64Array)(values.length);
  const at = new Array<number>(perm.length).fill(0);
  for (let i = 0, from = 0; i < result.length; i++) {
    result[i] = values[from] ?? 0;
    for (let axis = perm.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] ?? 0) + 1;
      from += steps[axis] ?? 0;
      if ((at[axis] ?? 0) < (lengths[axis] ?? 1)) break;
      from -= (steps[axis] ?? 0) * (lengths[axis] ?? 1);
      at[axis] = 0;
    }
  }
  return constant(lengths, result);
}
