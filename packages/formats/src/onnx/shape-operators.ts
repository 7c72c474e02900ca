/** The operators that move or rename numbers, and compute nothing: on the way through them a value keeps its place. */
import { listOf, place } from "./constants.ts";
import { type Flow, longAxes, size, Unsupported, type View } from "./flow.ts";
import type { Node } from "./graph-in.ts";
import { namedAxes } from "./input-memory.ts";
import type { Constant } from "./tensors.ts";

type Move = (node: Node, x: Flow, inputs: readonly (Constant | undefined)[]) => Flow;

const withDims = (x: Flow, dims: readonly number[]): Flow => ({ ...x, view: { ...x.view, dims } });

export const moves: Readonly<Record<string, Move>> = {
  Identity: (_node, x) => x,
  Dropout: (_node, x) => x,
  Cast: (_node, x) => x,
  Flatten: (node, x) => {
    const rank = x.view.dims.length + 1;
    if (place(node.whole("axis", 1), rank) !== 1)
      throw new Unsupported(`${node.title} (axis ${node.whole("axis", 1)})`);
    return withDims(x, [size(x.view.dims)]);
  },
  Reshape: (node, x, inputs) => {
    const target = Array.from(inputs[1]?.values ?? node.wholes("shape") ?? []);
    return reshaped(node, x, target);
  },
  Squeeze: (node, x, inputs) => {
    const { dims } = x.view;
    const axes = listOf(node, "axes", inputs[1])?.map((axis) => place(axis, dims.length + 1) - 1);
    const isGone = (length: number, i: number) => length === 1 && (axes === undefined || axes.includes(i));
    if (axes?.some((axis) => dims[axis] !== 1))
      throw new Unsupported(`${node.title} (axes ${axes.map((axis) => axis + 1).join()})`);
    return withDims(
      x,
      dims.filter((length, i) => !isGone(length, i)),
    );
  },
  Unsqueeze: (node, x, inputs) => {
    const axes = listOf(node, "axes", inputs[1]) ?? [];
    const rank = x.view.dims.length + 1 + axes.length;
    const ones = axes.map((axis) => place(axis, rank));
    if (ones.includes(0) || rank > 8) throw new Unsupported(`${node.title} (axes ${axes.join()})`);
    const rest = [...x.view.dims];
    return withDims(
      x,
      Array.from({ length: rank - 1 }, (_, i) => (ones.includes(i + 1) ? 1 : (rest.shift() ?? 1))),
    );
  },
  Transpose: (node, x) => {
    const { view } = x;
    const rank = view.dims.length + 1;
    const perm = node.wholes("perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
    const isOne = perm.length === rank && perm[0] === 0 && perm.every((_, i) => perm.includes(i));
    if (!isOne) throw new Unsupported(`${node.title} (perm ${perm.join()})`);
    return {
      ...x,
      view: turned(
        view,
        perm.slice(1).map((axis) => axis - 1),
        node.title,
      ),
    };
  },
};

/** The axes of a view in another order. */
export function turned(view: View, perm: readonly number[], title: string): View {
  const named = namedAxes(view, title);
  const long = perm.map((axis) => named[axis]).filter((axis) => axis !== undefined);
  const short = view.axes.lengths.map((_, axis) => axis).filter((axis) => !long.includes(axis));
  return { axes: view.axes, order: [...long, ...short], dims: perm.map((axis) => view.dims[axis] ?? 1) };
}

/**
 * Other lengths for the same numbers. The first is the batch's: −1, 0 (as it is), the one example that a model was
 * exported with, or NaN, what the graph asked of its input.
 */
function reshaped(node: Node, x: Flow, target: readonly number[]): Flow {
  const { view } = x;
  const count = size(view.dims);
  const isExact = node.whole("allowzero", 0) === 1;
  const rest = target.slice(1).map((length, i) => (length === 0 && !isExact ? (view.dims[i] ?? 0) : length));
  const known = size(rest.filter((length) => length !== -1));
  const dims = rest.map((length) => (length === -1 ? count / known : length));
  if (target.length === 0 || target.length > 8 || size(dims) !== count) {
    const text = target.map((length) => (Number.isNaN(length) ? "N" : length)).join(" × ");
    throw new Unsupported(`${node.title} (from N × ${view.dims.join(" × ")} to ${text})`);
  }
  const { axes, order } = view;
  const isOpen = axes.memory === undefined && axes.lengths.length === 1 && dims.length > 1 && dims.length <= 3;
  if (!isOpen || longAxes(view).length === 0) return withDims(x, dims);
  // A row at the input that becomes an image was one.
  axes.lengths = dims;
  return { ...x, view: { axes, order: dims.length > order.length ? dims.map((_, i) => i) : order, dims } };
}
