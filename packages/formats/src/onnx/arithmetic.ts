/** Sums, differences, products and quotients: of a value and constants, of two functions of one value, of branches. */
import {
  applied,
  type Coefficients,
  type Core,
  combined,
  coreAt,
  type Flow,
  isSameView,
  memoryMap,
  type Place,
  scaled,
  settle,
  size,
  stepsBetween,
  Unsupported,
} from "./flow.ts";
import type { Node } from "./graph-in.ts";
import { decide } from "./input-memory.ts";
import type { Constant } from "./tensors.ts";

const joins: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};

/** Add, Sub, Mul and Div. */
export const arithmetic: readonly string[] = Object.keys(joins);

/** A value and constants. `isReversed`: the constants stand first. */
export function withConstant(node: Node, x: Flow, constant: Constant, isReversed: boolean): Flow {
  const c = coefficients(node, x, constant);
  const each = (f: (value: number) => number): Coefficients => (typeof c === "number" ? f(c) : c.map(f));
  switch (node.operator) {
    case "Add":
      return scaled(x, 1, c);
    case "Sub":
      return isReversed
        ? scaled(x, -1, c)
        : scaled(
            x,
            1,
            each((value) => -value),
          );
    case "Mul":
      return scaled(x, c, 0);
  }
  if (!isReversed)
    return scaled(
      x,
      each((value) => 1 / value),
      0,
    );
  if (typeof c !== "number") throw new Unsupported(`${node.title} (of constants by a value)`);
  return applied(x, (value) => c / value, node.title);
}

/**
 * Constants that ONNX spreads over a value, in Inkling's order: one number, one for each channel of an image, or one
 * for each number of an example.
 */
export function coefficients(node: Node, x: Flow, { shape, values }: Constant): Coefficients {
  if (size(shape) === 1 && shape.length <= x.view.dims.length + 1) return values[0] ?? 0;
  const { dims } = x.view;
  const count = size(dims);
  // The lengths from the right, ones in front: what is left beyond the example's axes is the batch's, 1.
  const lengths = dims.map((_, i) => shape[shape.length - dims.length + i] ?? 1);
  const beyond = shape.slice(0, Math.max(0, shape.length - dims.length));
  const isFitting = lengths.every((length, i) => length === 1 || length === dims[i]) && size(beyond) === 1;
  if (!isFitting) throw new Unsupported(`${node.title} (constants of ${shape.join(" × ")} on N × ${dims.join(" × ")})`);
  if (x.view.axes.memory === undefined) decideByConstant(x, lengths);
  const map = memoryMap(x.view);
  const all = new Float64Array(count);
  const at = new Array<number>(dims.length).fill(0);
  for (let i = 0; i < count; i++) {
    const from = at.reduce(
      (place, position, axis) => place * (lengths[axis] ?? 1) + (lengths[axis] === 1 ? 0 : position),
      0,
    );
    all[map[i] ?? 0] = values[from] ?? 0;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] ?? 0) + 1;
      if ((at[axis] ?? 0) < (dims[axis] ?? 1)) break;
      at[axis] = 0;
    }
  }
  return byChannel(all, channelsAt(x.core));
}

/** The axis along which constants differ has the channels. */
function decideByConstant(x: Flow, lengths: readonly number[]): void {
  const { axes, order, dims } = x.view;
  const varied = lengths.flatMap((length, i) => (length > 1 ? [i] : []));
  const [channel] = varied;
  const isImage = dims.length === 3 && axes.lengths.join() === dims.join() && varied.length === 1;
  const isFirst = isImage && channel === 0 && order.every((axis, i) => axis === i);
  if (isFirst) {
    axes.memory = [1, 2, 0];
    x.core.at.shape = axes.memory.map((axis) => axes.lengths[axis] ?? 1);
  }
  decide(x);
}

/** How many channels the images at a place have; undefined for rows. */
function channelsAt({ at }: Core): number | undefined {
  return at.shape.length === 3 ? at.shape[2] : undefined;
}

/** One number a channel, or one number alone, where that says the same. */
function byChannel(all: Float64Array, channels: number | undefined): Coefficients {
  if (all.every((value) => value === all[0])) return all[0] ?? 0;
  if (channels === undefined || !all.every((value, i) => value === all[i % channels])) return all;
  return all.slice(0, channels);
}

/** Two values: functions of the same one, or a skip connection. */
export function withFlow(node: Node, a: Flow, b: Flow): Flow {
  const join = joins[node.operator];
  const isSum = node.operator === "Add" || node.operator === "Sub";
  const one = (join && combined(a, b, join, node.title)) ?? (node.operator === "Mul" ? product(a, b, node) : undefined);
  if (one !== undefined) return one;
  const sum =
    (isSum ? residual(a, b, node.operator === "Sub" ? -1 : 1) : undefined) ??
    (node.operator === "Add" ? residual(b, a, 1) : undefined);
  if (sum !== undefined) return sum;
  const what = isSum ? "a sum of two branches, neither of which is the other's input" : "of two values of the graph";
  throw new Unsupported(`${node.title} (${what})`);
}

/** (s·f(x))·(t·g(x)) = s·t·(f(x)·g(x)): optimisers move the scale of a batch norm into the activation before it. */
function product(a: Flow, b: Flow, node: Node): Flow | undefined {
  const [f, g] = [peeled(a.core), peeled(b.core)];
  const inner = combined({ ...a, core: f.core }, { ...b, core: g.core }, (x, y) => x * y, node.title);
  return inner && scaled(scaled(inner, f.scale, 0), g.scale, 0);
}

/** How deep skip connections may stand inside of each other; a model file takes 32. */
const MOST_DEPTH = 30;

/** y = x + s·f(x), if the second value comes from the first. */
function residual(x: Flow, f: Flow, sign: 1 | -1): Flow | undefined {
  if (!isSameView(x.view, f.view)) return undefined;
  const parent = settle(x.core);
  const { core, scale } = peeled(f.core);
  const last = settle(typeof scale === "number" ? core : f.core);
  const inner = stepsBetween(parent, last);
  if (inner === undefined || inner.length === 0 || parent.shape.join() !== last.shape.join()) return undefined;
  const depth = 1 + Math.max(...inner.map((step) => (step.kind === "residual" ? step.depth : 0)));
  if (depth > MOST_DEPTH) throw new Unsupported(`more than ${MOST_DEPTH} skip connections inside of each other`);
  const at: Place = {
    step: { kind: "residual", inner, depth, scale: typeof scale === "number" ? sign * scale : sign },
    parent,
    shape: parent.shape,
  };
  return { kind: "flow", view: x.view, core: coreAt(at) };
}

interface Peeled {
  readonly core: Core;
  readonly scale: Coefficients;
}

/** A value without what it was multiplied by last. */
function peeled(core: Core): Peeled {
  const { how } = core;
  if (how.kind !== "affine" || how.offset !== 0) return { core, scale: 1 };
  return { core: how.of, scale: how.scale };
}
