/**
 * A picture: rows of pixels in bytes, as PNG and JPEG give it once it is decoded.
 *
 *   pixels[(y · width + x) · channels + c]     y from the top, x from the left, c the channel
 *
 *   1 channel   grey, 0 black to 255 white         2   grey, alpha
 *   3           red, green, blue                   4   red, green, blue, alpha (0 transparent to 255 opaque)
 *
 * Everything here is whole numbers or + − × ÷ in one order: Node and a page compute the same bytes.
 */
import { checkWithin, has } from "../checks.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { shown } from "../shown.ts";

/** A decoded picture: grey, grey + alpha, RGB or RGBA; row-major, channels interleaved, 8 bits each. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly pixels: Uint8Array;
}

/** No picture has more pixels than this: 2²⁶, about 67 million. */
export const MOST_PIXELS = 2 ** 26;

/** Throws an ArgumentError or a ShapeError, in the name of `where`, for what is no picture. */
export function checkPicture(where: string, picture: Picture): void {
  if (!has(picture, "width", "height", "channels", "pixels") || !(picture.pixels instanceof Uint8Array)) {
    throw new ArgumentError(where, "a picture { width, height, channels, pixels: Uint8Array }", shown(picture));
  }
  const { width, height, channels, pixels } = picture;
  checkSize(where, width, height);
  checkWithin(where, "1, 2, 3 or 4 channels", channels, 1, 4);
  const length = width * height * channels;
  if (pixels.length === length) return;
  throw new ShapeError(where, `${length} bytes for ${width} × ${height} pixels × ${channels}`, String(pixels.length));
}

/** Throws an ArgumentError, in the name of `where`, unless a picture can have this size. */
function checkSize(where: string, width: number, height: number): void {
  for (const length of [width, height]) {
    checkWithin(where, "width and height of at least 1 pixel", length, 1, MOST_PIXELS);
  }
  if (width * height <= MOST_PIXELS) return;
  throw new ArgumentError(where, `at most ${MOST_PIXELS} pixels`, `${width} × ${height}`, "Make the picture smaller.");
}

/**
 * The picture in grey, one channel: the luminance 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). What is transparent shows
 * white paper. Throws an ArgumentError or a ShapeError for what is no picture.
 *
 * @example
 * toGrey({ width: 1, height: 1, channels: 3, pixels: Uint8Array.of(255, 0, 0) }).pixels; // [76]
 */
export function toGrey(picture: Picture): Picture {
  checkPicture("toGrey", picture);
  const { width, height, channels, pixels } = picture;
  const grey = new Uint8Array(width * height);
  const isColour = channels > 2;
  const hasAlpha = channels === 2 || channels === 4;
  for (let i = 0, from = 0; i < grey.length; i++, from += channels) {
    // Y = (299 R + 587 G + 114 B) / 1000, rounded; of grey, the grey.
    const Y = isColour
      ? Math.floor((299 * pixels[from] + 587 * pixels[from + 1] + 114 * pixels[from + 2] + 500) / 1000)
      : pixels[from];
    // Over white: α·Y + (1 − α)·255
    const alpha = hasAlpha ? pixels[from + channels - 1] : 255;
    grey[i] = alpha === 255 ? Y : Math.floor((alpha * Y + (255 - alpha) * 255 + 127) / 255);
  }
  return { width, height, channels: 1, pixels: grey };
}

/**
 * The picture in another size by area average: a new pixel is the mean of what it covers of the old ones, each weighted
 * by its covered area (and, of a colour, by its alpha). A picture that becomes larger gets no new greys between its
 * pixels' centres. The sides change independently. Throws an ArgumentError or a ShapeError.
 *
 * @example
 * resize({ width: 2, height: 1, channels: 1, pixels: Uint8Array.of(10, 20) }, 1, 1).pixels; // [15]
 */
export function resize(picture: Picture, width: number, height: number): Picture {
  checkPicture("resize", picture);
  checkSize("resize", width, height);
  const { channels } = picture;
  if (width === picture.width && height === picture.height) return { ...picture, pixels: picture.pixels.slice() };
  const across = coverage(picture.width, width);
  const down = coverage(picture.height, height);
  const pixels = new Uint8Array(width * height * channels);
  const sums = new Float64Array(picture.width * channels);
  for (let y = 0; y < height; y++) {
    sumRows(picture, down, y, sums);
    const row = pixels.subarray(y * width * channels, (y + 1) * width * channels);
    writeRow(row, sums, channels, across, down.to[y] - down.from[y]);
  }
  return { width, height, channels, pixels };
}

/** Which old pixels each new one covers along one side, the first and the last with less than all of their length. */
interface Coverage {
  readonly first: Int32Array;
  /** One past the last. */
  readonly end: Int32Array;
  /** Where each new pixel begins and ends, in old pixels. */
  readonly from: Float64Array;
  readonly to: Float64Array;
}

function coverage(old: number, count: number): Coverage {
  const from = Float64Array.from({ length: count }, (_, i) => (i * old) / count);
  const to = Float64Array.from({ length: count }, (_, i) => ((i + 1) * old) / count);
  return { from, to, first: Int32Array.from(from, Math.floor), end: Int32Array.from(to, Math.ceil) };
}

/** How much of old pixel `i` lies inside of new pixel `at`: from 0 to 1. */
function share({ from, to }: Coverage, at: number, i: number): number {
  return Math.min(i + 1, to[at]) - Math.max(i, from[at]);
}

/** Adds up the rows that new row `y` covers. A colour counts by its alpha, so that what is transparent has none. */
function sumRows({ width, channels, pixels }: Picture, down: Coverage, y: number, sums: Float64Array): void {
  sums.fill(0);
  const hasAlpha = channels === 2 || channels === 4;
  for (let row = down.first[y]; row < down.end[y]; row++) {
    const weight = share(down, y, row);
    let from = row * width * channels;
    if (!hasAlpha) {
      for (let i = 0; i < sums.length; i++) sums[i] += weight * pixels[from + i];
      continue;
    }
    for (let i = 0; i < sums.length; i += channels, from += channels) {
      const alpha = weight * pixels[from + channels - 1];
      for (let c = 0; c < channels - 1; c++) sums[i + c] += alpha * pixels[from + c];
      sums[i + channels - 1] += alpha;
    }
  }
}

/** Writes the new pixels of one row from the sums of the old rows that it covers, `tall` of them. */
function writeRow(to: Uint8Array, sums: Float64Array, channels: number, across: Coverage, tall: number): void {
  const hasAlpha = channels === 2 || channels === 4;
  const colours = hasAlpha ? channels - 1 : channels;
  for (let x = 0, i = 0; x < across.first.length; x++, i += channels) {
    const area = tall * (across.to[x] - across.from[x]);
    const alpha = hasAlpha ? sumAcross(sums, channels, channels - 1, across, x) : area;
    // A colour is divided by its alpha; the alpha by the area, like a colour without one.
    for (let c = 0; c < colours; c++) to[i + c] = rounded(sumAcross(sums, channels, c, across, x), alpha);
    if (hasAlpha) to[i + colours] = rounded(alpha, area);
  }
}

function sumAcross(sums: Float64Array, channels: number, c: number, across: Coverage, x: number): number {
  let sum = 0;
  for (let column = across.first[x]; column < across.end[x]; column++) {
    sum += share(across, x, column) * sums[column * channels + c];
  }
  return sum;
}

function rounded(sum: number, weight: number): number {
  return weight === 0 ? 0 : Math.min(255, Math.floor(sum / weight + 0.5));
}
