/**
 * A window that slides over an image, for convolution and pooling. An image is height × width × channels, row-major:
 * the channels of a pixel stand side by side (NHWC). A batch has one image a row.
 *
 *   output position (oy, ox) looks at the image's pixels   y = oy·strideY − top + ky·dilationY,   ky = 0 … rows − 1
 *                                                          x = ox·strideX − left + kx·dilationX,  kx = 0 … columns − 1
 *
 * Pixels outside of the image are padding: their number is 0. A place (ky, kx, channel) of the window is a tap; taps
 * are numbered row-major, t = (ky·columns + kx)·channels + channel. That is the order of every sum over a window.
 */
import { ArgumentError, ShapeError } from "../errors.ts";
import { shapeText } from "../shapes.ts";

export interface Window {
  /** The image's size. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** The window's size, in pixels that it looks at. */
  readonly rows: number;
  readonly columns: number;
  /** Pixels from one position to the next. */
  readonly strideY: number;
  readonly strideX: number;
  /** Pixels between two neighbours in the window; 1 where they touch. */
  readonly dilationY: number;
  readonly dilationX: number;
  /** Rows of padding above the image, columns of padding left of it. Below and on the right: what positions need. */
  readonly top: number;
  readonly left: number;
  /** Positions down and across: the size of the output. */
  readonly outHeight: number;
  readonly outWidth: number;
}

/** Numbers of an image. */
export function imageSize({ height, width, channels }: Window): number {
  return height * width * channels;
}

/** Positions of the window. */
export function positions({ outHeight, outWidth }: Window): number {
  return outHeight * outWidth;
}

/** Numbers that the window looks at. */
export function taps({ rows, columns, channels }: Window): number {
  return rows * columns * channels;
}

/**
 * Which of a window's rows are on the image: first … end − 1, where row k looks at the image's row start + k·dilation
 * of `size`. The others are on padding. Of columns the same.
 */
export function rowsInside(
  size: number,
  start: number,
  length: number,
  dilation: number,
): [first: number, end: number] {
  return [Math.max(0, Math.ceil(-start / dilation)), Math.min(length, Math.ceil((size - start) / dilation))];
}

/**
 * Throws an ArgumentError unless all of a window's numbers are whole and in range, and a ShapeError unless the image
 * has `numbers` numbers. A position may look at padding, but not at padding alone.
 */
export function checkWindow(where: string, window: Window, numbers: number): void {
  const { top, left, ...lengths } = window;
  const areWhole =
    Object.values(lengths).every((length) => Number.isSafeInteger(length) && length >= 1) &&
    [top, left].every((padding) => Number.isSafeInteger(padding) && padding >= 0);
  if (!areWhole) throw new ArgumentError(where, "a window of whole numbers", JSON.stringify(window));
  const { height, width, rows, columns, strideY, strideX, dilationY, dilationX, outHeight, outWidth } = window;
  const touches = (size: number, padding: number, length: number, dilation: number, last: number) =>
    (length - 1) * dilation >= padding && last - padding < size;
  const isNear =
    touches(height, top, rows, dilationY, (outHeight - 1) * strideY) &&
    touches(width, left, columns, dilationX, (outWidth - 1) * strideX);
  if (!isNear) throw new ArgumentError(where, "a window whose positions touch the image", JSON.stringify(window));
  if (imageSize(window) !== numbers) {
    const { channels } = window;
    throw new ShapeError(where, `images of ${shapeText([height, width, channels])} numbers`, `${numbers} numbers`);
  }
}
