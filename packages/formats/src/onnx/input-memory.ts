/**
 * How an example lies in Inkling's memory: as an image of height × width × channels, or as a row. At the input that is
 * open until the first layer that needs to know; then it is decided, once.
 */
import type { Shape } from "inkling";
import { type Flow, longAxes, type Place, settle, size, Unsupported, type View } from "./flow.ts";

/** An image in front of a layer. */
export interface Image {
  readonly at: Place;
  readonly shape: readonly [height: number, width: number, channels: number];
}

/**
 * The image that a value is, where ONNX has it as channels × height × width. Throws Unsupported, in the name of
 * `title`, for anything else.
 */
export function imageOf({ core, view }: Flow, title: string): Image {
  const { axes, dims } = view;
  const at = settle(core);
  const [channels, height, width] = dims;
  if (channels === undefined || height === undefined || width === undefined || dims.length !== 3) {
    throw new Unsupported(`${title} (on ${dims.join(" × ")} numbers, not images of channels × height × width)`);
  }
  const shape = [height, width, channels] as const;
  const [c, h, w] = namedAxes(view, title);
  const wanted = [h, w, c].filter((axis) => axis !== undefined);
  if (axes.memory === undefined) {
    axes.memory = [...wanted, ...axes.lengths.map((_, axis) => axis).filter((axis) => !wanted.includes(axis))];
    inputOf(at).shape = shape;
  }
  const long = axes.memory.filter((axis) => wanted.includes(axis));
  if (long.join() !== wanted.join() || at.shape.join() !== shape.join()) {
    throw new Unsupported(`${title} (its channels are what Inkling has as ${at.shape.join(" × ")})`);
  }
  return { at, shape };
}

/** Which axis each of ONNX's lengths is; undefined for a length of 1, which can be any. */
export function namedAxes(view: View, title: string): (number | undefined)[] {
  const long = longAxes(view);
  const named = view.dims.map((length) => {
    if (length === 1) return undefined;
    const axis = long.shift();
    if (axis === undefined || view.axes.lengths[axis] !== length) {
      throw new Unsupported(`${title} (on ${view.dims.join(" × ")}, which no longer are the axes of the layer before)`);
    }
    return axis;
  });
  if (long.length > 0) throw new Unsupported(`${title} (on ${view.dims.join(" × ")}, which hide an axis)`);
  return named;
}

/** The place of the input above a place. */
function inputOf(place: Place): Place {
  let first = place;
  while (first.parent !== undefined) first = first.parent;
  return first;
}

/**
 * Decides how the input lies in memory, if that is open. Images that no layer has told the channels of have them first
 * in PyTorch's files and last in Keras's; in others they are the shorter end.
 */
export function decide({ core, view }: Flow): void {
  const { axes, order } = view;
  if (axes.memory !== undefined) return;
  const { lengths } = axes;
  const [first = 1, , last = 1] = lengths;
  const isInOrder = order.every((axis, i) => axis === i);
  const isFirst = isInOrder && lengths.length === 3 && (axes.isChannelsFirst ?? first < last);
  axes.memory = isFirst ? [1, 2, 0] : [...order];
  inputOf(core.at).shape = imageShape(axes.memory.map((axis) => lengths[axis] ?? 1));
}

/** Two lengths are those of an image of one channel. */
function imageShape(lengths: readonly number[]): Shape {
  return lengths.length === 2 ? [...lengths, 1] : lengths;
}

/** A row of numbers in front of a layer: its place, and how many there are. */
export function rowOf(flow: Flow, title: string): { readonly at: Place; readonly count: number } {
  const { dims } = flow.view;
  if (dims.length !== 1) {
    throw new Unsupported(`${title} (on ${dims.join(" × ")} numbers an example; Inkling's dense layers want one row)`);
  }
  decide(flow);
  return { at: settle(flow.core), count: size(dims) };
}
