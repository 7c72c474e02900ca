/**
 * Convolutions and pooling as PyTorch writes them. Its modules pad both sides alike; where our "same" pads one side
 * more, a module of its own pads before them.
 */
import type { Window } from "../backends/window.ts";
import type { Conv2dFields } from "../layers/conv2d.ts";
import type { PoolFields } from "../layers/pool2d.ts";
import { type WindowFields, windowOn } from "../layers/window-options.ts";
import type { Shape } from "../shapes.ts";

/** A module, and what pads before it. */
export interface Padded {
  readonly before: readonly string[];
  readonly module: string;
  readonly window: Window;
}

interface Sides {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export function convolutionModules(fields: Conv2dFields, inputShape: Shape): Padded {
  const window = windowOn("conv2d", fields, inputShape);
  const { rows, columns, channels, strideY, strideX, dilationY, dilationX } = window;
  const sides = sidesOf(fields, window);
  const isEven = sides.top === sides.bottom && sides.left === sides.right;
  const parts = [
    `${channels}, ${fields.filters}, ${pair(rows, columns)}`,
    ...option("stride", strideY, strideX, 1),
    ...(isEven ? option("padding", sides.top, sides.left, 0) : []),
    ...option("dilation", dilationY, dilationX, 1),
  ];
  const { left, right, top, bottom } = sides;
  const before = isEven ? [] : [`nn.ZeroPad2d((${left}, ${right}, ${top}, ${bottom}))`];
  return { before, module: `nn.Conv2d(${parts.join(", ")})`, window };
}

/** Pooling; undefined for a mean that PyTorch has no module for. */
export function poolModules(
  type: "maxPool2d" | "averagePool2d",
  fields: PoolFields,
  inputShape: Shape,
): Padded | undefined {
  const window = windowOn(type, fields, inputShape);
  const { rows, columns, strideY, strideX } = window;
  const { top, bottom, left, right } = sidesOf(fields, window);
  const isMax = type === "maxPool2d";
  const written = (before: readonly string[], ...more: readonly string[]): Padded => {
    const parts = [pair(rows, columns), `stride=${pair(strideY, strideX)}`, ...more];
    if (!isMax) parts.push("count_include_pad=False");
    return { before, module: `nn.${isMax ? "MaxPool2d" : "AvgPool2d"}(${parts.join(", ")})`, window };
  };
  // PyTorch pads at most half of the window.
  if (top === bottom && left === right && 2 * top <= rows && 2 * left <= columns) {
    return written([], ...option("padding", top, left, 0));
  }
  // No pixel is as small as −infinity: padding is never the maximum.
  if (isMax) return written([`nn.ConstantPad2d((${left}, ${right}, ${top}, ${bottom}), float("-inf"))`]);
  // Windows that reach over the end of the image: a mean does not count what is beyond it.
  const reaches = (size: number, length: number, stride: number, positions: number) =>
    Math.ceil((size - length) / stride) + 1 === positions;
  const { height, width, outHeight, outWidth } = window;
  const isAtEnd =
    top === 0 && left === 0 && reaches(height, rows, strideY, outHeight) && reaches(width, columns, strideX, outWidth);
  return isAtEnd ? written([], "ceil_mode=True") : undefined;
}

/** The padding of each side. */
function sidesOf({ padding = 0 }: WindowFields, window: Window): Sides {
  const { top, left } = window;
  if (padding !== "same") return { top, bottom: top, left, right: left };
  const { height, width, rows, columns, strideY, strideX, dilationY, dilationX, outHeight, outWidth } = window;
  const after = (size: number, length: number, stride: number, dilation: number, positions: number, before: number) =>
    Math.max(0, (positions - 1) * stride + (length - 1) * dilation + 1 - size - before);
  return {
    ...{ top, left },
    bottom: after(height, rows, strideY, dilationY, outHeight, top),
    right: after(width, columns, strideX, dilationX, outWidth, left),
  };
}

/** 5 or (5, 3) */
function pair(down: number, across: number): string {
  return down === across ? String(down) : `(${down}, ${across})`;
}

function option(name: string, down: number, across: number, usual: number): string[] {
  return down === usual && across === usual ? [] : [`${name}=${pair(down, across)}`];
}
