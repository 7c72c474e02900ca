/**
 * Pooling: an image becomes smaller, channel by channel. A window slides over it; of each position one number is kept,
 * the largest (chapter 6, "Introducing convolutional networks") or the mean. Nothing is learned here.
 *
 *   x (m × height · width · channels)   z (m × outHeight · outWidth · channels)   outHeight = ⌊(height + 2p − k) / s⌋ + 1
 *
 * k is the window's length, s the stride, p the padding, and of the width the same. Padding is no pixel: it is never
 * the maximum, and a mean does not count it (PyTorch's count_include_pad=False; Keras counts so too).
 */
import type { Backend } from "../backends/backend.ts";
import type { Window } from "../backends/window.ts";
import { ArgumentError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { checkNoOptions, checkOptions } from "../options.ts";
import type { Shape } from "../shapes.ts";
import { type Building, type Layer, type LayerKind, type LayerSpec, layerSpec } from "./layer.ts";
import { checkWindowFields, type Pair, windowOn } from "./window-options.ts";

export interface PoolFields {
  /** Rows and columns of pixels of which one number is kept. */
  readonly window: Pair;
  /** Pixels from one position of the window to the next. */
  readonly stride: Pair;
  /** Rows and columns around the image that are no pixels. */
  readonly padding: Pair | "same";
}

export interface PoolOptions {
  /** Pixels from one position of the window to the next; if absent, the window's size: windows then touch. */
  readonly stride?: Pair;
  /**
   * Rows and columns around the image that the window may reach into, less than the window; 0 if absent: what is left
   * at the image's end is not looked at. "same": as many as ⌈size / stride⌉ positions need.
   */
  readonly padding?: Pair | "same";
}

export const maxPool2dKind: LayerKind<PoolFields> = {
  type: "maxPool2d",
  check: (fields) => checkFields("maxPool2d", fields),
  outputShape: (fields, inputShape) => shapeOf(poolOn("maxPool2d", fields, inputShape)),
  build: (fields, { ops, inputShape }) => new MaxPool2d(ops, poolOn("maxPool2d", fields, inputShape)),
  describe: (fields) => `max pool ${described(fields)}`,
};

export const averagePool2dKind: LayerKind<PoolFields> = {
  type: "averagePool2d",
  check: (fields) => checkFields("averagePool2d", fields),
  outputShape: (fields, inputShape) => shapeOf(poolOn("averagePool2d", fields, inputShape)),
  build: (fields, { ops, inputShape }) => new AveragePool2d(ops, poolOn("averagePool2d", fields, inputShape)),
  describe: (fields) => `average pool ${described(fields)}`,
};

export const globalAveragePool2dKind: LayerKind = {
  type: "globalAveragePool2d",
  check: () => {},
  outputShape: (_fields, inputShape) => [wholeImage(inputShape).channels],
  build: (_fields, { ops, inputShape }: Building) => new AveragePool2d(ops, wholeImage(inputShape)),
  describe: () => "global average pool",
};

/**
 * Keeps the largest number of each window: `maxPool2d(2)` halves an image's height and width. `window`, `stride` and
 * `padding` are one number or [down, across]. Of equal numbers the first, row by row, gets the gradient; a NaN is
 * larger than every number. Throws an ArgumentError for what can be no window; `network` throws a ShapeError for images
 * that are smaller than it.
 */
export function maxPool2d(window: Pair, options: PoolOptions = {}, ...more: never[]): LayerSpec<PoolFields> {
  return layerSpec(maxPool2dKind, fieldsOf("maxPool2d", window, options, more));
}

/** Keeps the mean of each window's pixels; padding is not counted. Options and errors as for `maxPool2d`. */
export function averagePool2d(window: Pair, options: PoolOptions = {}, ...more: never[]): LayerSpec<PoolFields> {
  return layerSpec(averagePool2dKind, fieldsOf("averagePool2d", window, options, more));
}

/** Keeps the mean of each channel. Takes height × width × channels, returns [channels]: a dense layer can follow. */
export function globalAveragePool2d(...none: never[]): LayerSpec {
  checkNoOptions("globalAveragePool2d", none);
  return layerSpec(globalAveragePool2dKind, {});
}

function fieldsOf(where: string, window: Pair, options: PoolOptions, more: readonly unknown[]): PoolFields {
  if (more.length > 0) {
    const advice = `Write ${where}(window, { stride, padding }).`;
    throw new ArgumentError(where, "a window and one object of options", `${2 + more.length} arguments`, advice);
  }
  checkOptions(where, options, ["stride", "padding"]);
  return { window, stride: options.stride ?? window, padding: options.padding ?? 0 };
}

/** As the functions above write them, all fields are there; a file's have to be, too. */
function checkFields(where: string, { window, stride = Number.NaN, padding = Number.NaN }: PoolFields): void {
  checkWindowFields(where, { window, stride, padding });
}

function poolOn(where: string, { window, stride, padding }: PoolFields, inputShape: Shape): Window {
  return windowOn(where, { window, stride, padding }, inputShape);
}

function wholeImage(inputShape: Shape): Window {
  const [height = 1, width = 1] = inputShape;
  return windowOn("globalAveragePool2d", { window: [height, width] }, inputShape);
}

function shapeOf({ outHeight, outWidth, channels }: Window): Shape {
  return [outHeight, outWidth, channels];
}

/** "3 × 3, stride 2, padding 1": a stride that is the window's size, or no padding, is left out. */
function described({ window, stride, padding }: PoolFields): string {
  const size = sizeText(window);
  const steps = sizeText(stride) === size ? "" : `, stride ${pairText(stride)}`;
  return size + steps + (padding === "same" || pairText(padding) !== "0" ? `, padding ${pairText(padding)}` : "");
}

/** "2 × 2" */
function sizeText(pair: Pair): string {
  return typeof pair === "number" ? `${pair} × ${pair}` : pair.join(" × ");
}

/** "2", "2 × 3" or "same" */
function pairText(pair: Pair | "same"): string {
  if (typeof pair !== "object") return String(pair);
  return pair[0] === pair[1] ? String(pair[0]) : sizeText(pair);
}

class MaxPool2d implements Layer {
  readonly #ops: Backend;
  readonly #window: Window;
  #seen: { x: Matrix; z: Matrix } | undefined;

  constructor(ops: Backend, window: Window) {
    this.#ops = ops;
    this.#window = window;
  }

  /** At each pixel the sum of the numbers 1, 2, 3 … of those positions of the window whose maximum it is. */
  get choices(): Matrix | undefined {
    if (this.#seen === undefined) return undefined;
    const { x, z } = this.#seen;
    const numbers = this.#ops.matrix(z.rows, z.columns);
    this.#ops.write(
      numbers,
      Array.from({ length: z.rows * z.columns }, (_, o) => o + 1),
    );
    return this.#ops.maxPoolBackward(x, z, numbers, this.#window);
  }

  /** Takes m images x, returns z. Keeps both, which `backward` needs. */
  forward(x: Matrix): Matrix {
    // z = max x, over each window
    const z = this.#ops.maxPool(x, this.#window);
    this.#seen = { x, z };
    return z;
  }

  /** Takes ∂C/∂z, returns ∂C/∂x: each window gives its own to the pixel that is its maximum. */
  backward(delta: Matrix, isWanted: boolean): Matrix | undefined {
    if (this.#seen === undefined) throw new ArgumentError("maxPool2d, backward", "a forward pass before it", "none");
    const { x, z } = this.#seen;
    // ∂C/∂x = Σ ∂C/∂z, of the windows whose maximum is x
    return isWanted ? this.#ops.maxPoolBackward(x, z, delta, this.#window) : undefined;
  }
}

class AveragePool2d implements Layer {
  readonly #ops: Backend;
  readonly #window: Window;

  constructor(ops: Backend, window: Window) {
    this.#ops = ops;
    this.#window = window;
  }

  /** Takes m images x, returns z. */
  forward(x: Matrix): Matrix {
    // z = Σ x / n, over each window's n pixels
    return this.#ops.averagePool(x, this.#window);
  }

  /** Takes ∂C/∂z, returns ∂C/∂x: each window gives every of its n pixels the same share. */
  backward(delta: Matrix, isWanted: boolean): Matrix | undefined {
    // ∂C/∂x = Σ ∂C/∂z / n, of the windows that x is in
    return isWanted ? this.#ops.averagePoolBackward(delta, this.#window) : undefined;
  }
}
