/**
 * What flows through a graph while it is read, in terms of Inkling's layers. A `Place` is a point in the model that is
 * built: behind a layer, or at the input. A `Flow` is a value of the graph: the place where it is taken, what was done
 * since to each number, and how ONNX's axes lie over Inkling's memory.
 *
 * ONNX's images are channels × height × width, Inkling's height × width × channels, and a graph may turn one into the
 * other at any time, or read either as a row. So a value keeps the `order` in which the axes of Inkling's memory stand
 * in ONNX; from it follows which number of ONNX is which of ours. At the input the memory's own order is open until a
 * layer says which axis has the channels.
 */
import type { ActivationName, Shape } from "inkling";
import { type Pointwise, recognised } from "./pointwise.ts";
import type { Step } from "./steps.ts";

/** The lengths of an example's axes, and the order in which they stand in Inkling's memory, the slowest first. */
export interface Axes {
  lengths: readonly number[];
  /** Undefined at the input until it is decided. */
  memory: readonly number[] | undefined;
  /** At the input: whether the program that wrote the file has channels first; undefined if it is not known. */
  readonly isChannelsFirst?: boolean | undefined;
}

export interface View {
  readonly axes: Axes;
  /** The axes in the order in which ONNX has them. */
  readonly order: readonly number[];
  /** The lengths that ONNX says, without the batch; their product is the example's size. */
  readonly dims: readonly number[];
}

export interface Place {
  /** What stands before this point; undefined at the input. */
  readonly step: Step | undefined;
  readonly parent: Place | undefined;
  /** The shape of an example here. That of the input follows from what is done to it. */
  shape: Shape;
  /** The place behind it where an image is a row, once it was asked for. */
  flat?: Place;
}

/** What was done to a value since its place: nothing, a function, or numbers that were multiplied and added. */
type How =
  | { readonly kind: "place" }
  | { readonly kind: "unary"; readonly of: Core; readonly f: Pointwise; readonly title: string }
  | { readonly kind: "affine"; readonly of: Core; readonly scale: Coefficients; readonly offset: Coefficients }
  | { readonly kind: "both"; readonly title: string };

/** One number for all, or one for each: for each channel of an image, or each number of an example. */
export type Coefficients = number | Float64Array;

export interface Core {
  readonly at: Place;
  /** The function from the number at the place to this one; undefined where it is not the same for all. */
  readonly value: Pointwise | undefined;
  readonly how: How;
  /** How many operations `value` is made of. */
  readonly cost: number;
  /** The place where all of it is done. */
  settled?: Place;
}

export interface Flow {
  readonly kind: "flow";
  readonly core: Core;
  readonly view: View;
}

/** Something that no layer can do: a sentence that names the node. */
export class Unsupported extends Error {}

export function size(lengths: readonly number[]): number {
  return lengths.reduce((product, length) => product * length, 1);
}

/** The most operations on each number between two layers: a function of more is no activation of anybody. */
const MOST_OPERATIONS = 256;

/** The most numbers of an example, at any place. */
export const MOST_NUMBERS = 2 ** 22;

/** The value at a place. */
export function coreAt(at: Place): Core {
  return { at, value: (x) => x, how: { kind: "place" }, cost: 0 };
}

/** The value right behind a step. */
export function flowAt(step: Step, parent: Place, shape: Shape, view: View): Flow {
  if (size(shape) > MOST_NUMBERS) throw new Unsupported(`images of ${shape.join(" × ")} numbers`);
  return { kind: "flow", core: coreAt({ step, parent, shape }), view };
}

function checkedCost(cost: number): number {
  if (cost <= MOST_OPERATIONS) return cost;
  throw new Unsupported(`more than ${MOST_OPERATIONS} operations on each number between two layers`);
}

/** The view of rows of n numbers. */
export function rowView(n: number): View {
  return { axes: { lengths: [n], memory: [0] }, order: [0], dims: [n] };
}

/** The view of an image whose channels stand first in ONNX. */
export function imageView([height = 1, width = 1, channels = 1]: Shape): View {
  const axes = { lengths: [height, width, channels], memory: [0, 1, 2] };
  return { axes, order: [2, 0, 1], dims: [channels, height, width] };
}

/** The axes of a view that are longer than 1, as ONNX has them: an axis of length 1 lies anywhere. */
export function longAxes({ axes, order }: View): number[] {
  return order.filter((axis) => (axes.lengths[axis] ?? 1) > 1);
}

/** For each number of an example, as ONNX has them in a row: where it stands in Inkling's memory. */
export function memoryMap({ axes, order }: View): Uint32Array {
  const { lengths, memory = lengths.map((_, axis) => axis) } = axes;
  const strides = new Map<number, number>();
  let stride = 1;
  for (const axis of memory.toReversed()) {
    strides.set(axis, stride);
    stride *= lengths[axis] ?? 1;
  }
  let places = new Uint32Array(1);
  for (const axis of order) {
    const [length, step] = [lengths[axis] ?? 1, strides.get(axis) ?? 0];
    const next = new Uint32Array(places.length * length);
    for (let i = 0; i < next.length; i++) next[i] = (places[Math.floor(i / length)] ?? 0) + (i % length) * step;
    places = next;
  }
  return places;
}

/** Whether two values have the same numbers at the same places. */
export function isSameView(a: View, b: View): boolean {
  if (a.dims.join() !== b.dims.join()) return false;
  return a.axes === b.axes ? longAxes(a).join() === longAxes(b).join() : relative(a) === relative(b);
}

/** The order of a view's long axes by their rank in memory, with their lengths. */
function relative(view: View): string {
  const long = longAxes(view);
  const inMemory = (view.axes.memory ?? view.axes.lengths.map((_, axis) => axis)).filter((axis) => long.includes(axis));
  // Neighbours that stand in memory as in ONNX are one axis.
  const ranks = long.map((axis) => inMemory.indexOf(axis));
  if (ranks.every((rank, i) => rank === i)) return "in order";
  return ranks.map((rank, i) => `${rank}:${view.axes.lengths[long[i] ?? 0]}`).join();
}

/** A function of each number. */
export function applied(flow: Flow, f: Pointwise, title: string): Flow {
  const { core, view } = flow;
  const { value } = core;
  const composed = value && ((x: number) => f(value(x)));
  const cost = checkedCost(core.cost + 1);
  return {
    kind: "flow",
    view,
    core: { at: core.at, value: composed, how: { kind: "unary", of: core, f, title }, cost },
  };
}

/** scale·x + offset */
export function scaled(flow: Flow, scale: Coefficients, offset: Coefficients): Flow {
  const { core, view } = flow;
  const { value } = core;
  const isOne = typeof scale === "number" && typeof offset === "number";
  const composed = value && isOne ? (x: number) => scale * value(x) + offset : undefined;
  const how = { kind: "affine", of: core, scale, offset } as const;
  const next: Core = { at: core.at, value: composed, how, cost: checkedCost(core.cost + 1) };
  if (isOne || core.how.kind !== "place") return { kind: "flow", view, core: next };
  // As a bias behind a layer: the layer's part, so that functions of each number can follow.
  return { kind: "flow", view, core: coreAt(settle(next)) };
}

/** Two functions of the same number, as one. */
export function combined(a: Flow, b: Flow, join: (a: number, b: number) => number, title: string): Flow | undefined {
  const [f, g] = [a.core.value, b.core.value];
  if (a.core.at !== b.core.at || f === undefined || g === undefined || !isSameView(a.view, b.view)) return undefined;
  const cost = checkedCost(a.core.cost + b.core.cost + 1);
  const core: Core = { at: a.core.at, value: (x) => join(f(x), g(x)), how: { kind: "both", title }, cost };
  return { kind: "flow", view: a.view, core };
}

/** The place where everything that was done to a value is a layer. Throws Unsupported for a function that is none. */
export function settle(core: Core): Place {
  core.settled ??= settled(core);
  return core.settled;
}

function settled({ at, value, how }: Core): Place {
  if (how.kind === "place") return at;
  const whole = value && recognised(value);
  if (whole !== undefined) return activated(at, whole);
  if (how.kind === "affine") {
    const { scale, offset } = how;
    const before = settle(how.of);
    const isFull = [scale, offset].some((c) => typeof c !== "number" && c.length > (before.shape.at(-1) ?? 0));
    const parent = isFull && before.step !== undefined ? flattened(before) : before;
    return { step: { kind: "affine", scale, offset }, parent, shape: parent.shape };
  }
  if (how.kind === "unary") {
    const last = recognised(how.f);
    if (last !== undefined) return activated(settle(how.of), last);
  }
  // y = x + σ(x)
  const rest = value && recognised((x) => value(x) - x);
  if (rest !== undefined && how.kind === "both") {
    const inner: Step[] = [{ kind: "activation", name: rest }];
    return { step: { kind: "residual", inner, scale: 1, depth: 1 }, parent: at, shape: at.shape };
  }
  throw new Unsupported(`${how.title} (a function of each number that is none of Inkling's activations)`);
}

function activated(parent: Place, name: ActivationName): Place {
  return name === "identity" ? parent : { step: { kind: "activation", name }, parent, shape: parent.shape };
}

/** A place behind a flatten layer, unless it is a row already. */
export function flattened(at: Place): Place {
  if (at.shape.length === 1) return at;
  at.flat ??= { step: { kind: "flatten" }, parent: at, shape: [size(at.shape)] };
  return at.flat;
}

/** The steps from one place down to another; undefined if the second is not behind the first. */
export function stepsBetween(first: Place, last: Place): Step[] | undefined {
  const steps: Step[] = [];
  let place: Place | undefined = last;
  for (; place !== first && place !== undefined; place = place.parent) {
    if (place.step !== undefined) steps.push(place.step);
  }
  return place === first ? steps.reverse() : undefined;
}
