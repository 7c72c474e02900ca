/** How a layer's window slides: stride, padding and dilation as a caller writes them, and the window they make. */
import type { Window } from "../backends/window.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { isLength, type Shape, shapeText } from "../shapes.ts";
import { shown } from "../shown.ts";

/** One number for both directions, or [down, across]. */
export type Pair = number | readonly [down: number, across: number];

/** How a window slides. */
export interface WindowFields {
  /** Rows and columns of pixels that the window looks at. */
  readonly window: Pair;
  /** Pixels from one position to the next; 1 if absent. */
  readonly stride?: Pair;
  /**
   * Rows and columns of zeros around the image; 0 if absent. "same": as many as the output needs for ⌈size / stride⌉
   * positions, of an odd number one more below and on the right (as Keras pads).
   */
  readonly padding?: Pair | "same";
  /** Pixels from one pixel of the window to the next; 1 if absent. */
  readonly dilation?: Pair;
}

/** Throws an ArgumentError unless the fields can be those of a window, from whatever source they come. */
export function checkWindowFields(where: string, fields: WindowFields): void {
  const { window, stride = 1, padding = 0, dilation = 1 } = fields;
  checkPair(where, "a window", window, 1);
  checkPair(where, "a stride", stride, 1);
  checkPair(where, "a dilation", dilation, 1);
  if (padding !== "same") checkPair(where, 'padding "same", or', padding, 0);
}

/** The kernels count pixels in 32 bits. */
const MOST = 2 ** 30;

function checkPair(where: string, what: string, pair: unknown, least: 0 | 1): void {
  const isSize = (size: unknown) => isLength(least === 0 ? Number(size) + 1 : size) && typeof size === "number";
  const got = Array.isArray(pair) ? `[${pair.slice(0, 8).map(shown).join(", ")}]` : shown(pair);
  if (isSize(pair) || (Array.isArray(pair) && pair.length === 2 && pair.every(isSize))) {
    if ([pair].flat().every((size) => Number(size) < MOST)) return;
    throw new ArgumentError(where, `${what} below 2^30`, got);
  }
  throw new ArgumentError(where, `${what} of a whole number from ${least} up, or two: [down, across]`, got);
}

/**
 * The window on images of this shape. Throws a ShapeError for a shape that is no image's, and for an image that is
 * smaller than the window.
 */
export function windowOn(where: string, fields: WindowFields, inputShape: Shape): Window {
  if (inputShape.length !== 3) {
    const advice = "Put this layer before flatten() and before dense layers.";
    throw new ShapeError(where, "images of height × width × channels", shapeText(inputShape), advice);
  }
  const [height, width, channels] = inputShape as [number, number, number];
  const [rows, columns] = both(fields.window);
  const [strideY, strideX] = both(fields.stride ?? 1);
  const [dilationY, dilationX] = both(fields.dilation ?? 1);
  const down = along(height, rows, strideY, dilationY, fields.padding, 0);
  const across = along(width, columns, strideX, dilationX, fields.padding, 1);
  if (down.before >= down.reach || across.before >= across.reach) {
    const got = shapeText([down.before, across.before]);
    throw new ArgumentError(where, `less padding than its window, ${shapeText([down.reach, across.reach])}`, got);
  }
  if (down.positions < 1 || across.positions < 1) {
    const reach = shapeText([down.reach, across.reach]);
    const advice = "Take a smaller window, or padding.";
    throw new ShapeError(where, `images at least as large as its window, ${reach}`, shapeText(inputShape), advice);
  }
  return {
    ...{ height, width, channels, rows, columns, strideY, strideX, dilationY, dilationX },
    ...{ top: down.before, left: across.before, outHeight: down.positions, outWidth: across.positions },
  };
}

function both(pair: Pair): readonly [down: number, across: number] {
  return typeof pair === "number" ? [pair, pair] : pair;
}

/** In one direction: how many positions there are, the padding before the first pixel, and the window with its gaps. */
function along(
  size: number,
  length: number,
  stride: number,
  dilation: number,
  padding: Pair | "same" | undefined,
  direction: 0 | 1,
): { positions: number; before: number; reach: number } {
  const reach = (length - 1) * dilation + 1;
  if (padding === "same") {
    const positions = Math.ceil(size / stride);
    const missing = Math.max(0, (positions - 1) * stride + reach - size);
    return { positions, before: Math.floor(missing / 2), reach };
  }
  const before = both(padding ?? 0)[direction];
  // n_out = ⌊(n + 2p − k) / s⌋ + 1
  return { positions: Math.floor((size + 2 * before - reach) / stride) + 1, before, reach };
}
