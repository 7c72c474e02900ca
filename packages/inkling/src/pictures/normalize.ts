/**
 * How MNIST was made: a digit of any size becomes 28 × 28 bytes. The steps are those that its makers' copy, QMNIST,
 * found again (Yadav and Bottou 2019, "Cold case: the lost MNIST digits"; its images differ from MNIST's by at most 3
 * of 255):
 *
 *   1. the smallest box around the ink, made a square of side m = max(height, width, 10)
 *   2. below 20, every pixel is doubled, until m ≥ 20
 *   3. area average into 20 × 20: each pixel's ink goes to the cells that it covers
 *   4. bytes: 255 · v / min(1, largest v), rounded
 *   5. in the middle of 28 × 28, moved by whole pixels: the centre of mass of the ink lies in the centre
 *
 * For images of another side S the box is 20/28 of it.
 */
import { checkWithin, has } from "../checks.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import { shown } from "../shown.ts";

const { ceil, floor, fround, max, min, round, trunc } = Math;

/** Ink on paper: row-major, 0 paper to 1 ink. */
export interface Ink {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** The smallest square that is cut out, in pixels. */
const LEAST_SIDE = 10;
/**
 * A pixel that lies on the border of two cells was made 1 % shorter than it is. It shows in MNIST's images, so it
 * belongs to the algorithm.
 */
const FOOTPRINT = 0.99;

/** The side of the box that a digit fills, in an image of this side: 20 of 28. */
export function boxSide(side: number): number {
  return max(1, round((side * 20) / 28));
}

/**
 * One digit as an image of MNIST: `side` × `side` bytes (28 if absent), 0 paper to 255 ink. Without any ink it is all
 * 0. Throws an ArgumentError or a ShapeError for ink that is none.
 *
 * @example
 * normalizeDigit({ width: 3, height: 90, values: new Float32Array(270).fill(1) }); // a thin 1
 */
export function normalizeDigit(ink: Ink, side = 28): Uint8Array {
  checkNormalized("normalizeDigit", ink, side);
  return stepsOf(ink, side)?.pixels ?? new Uint8Array(side * side);
}

/** What each step makes of a digit: the numbers are those of the list above. */
export interface NormalizationSteps {
  /** 1. The smallest box around the ink. */
  readonly box: Box;
  /** 1. The box as a square, with the digit in its middle. */
  readonly square: Ink;
  /** 3 and 4. The area average, cells × cells bytes. */
  readonly average: Uint8Array;
  /** How many cells the average has along a side: 20 for an image of 28. */
  readonly cells: number;
  /** 5. The centre of mass of the average's ink, in cells from its top left corner. */
  readonly centre: { readonly x: number; readonly y: number };
  /** 5. Where the average's top left corner lies in the image, in whole pixels. */
  readonly left: number;
  readonly top: number;
  /** 5. The image: side × side bytes. */
  readonly pixels: Uint8Array;
}

/**
 * How `normalizeDigit` comes to its image, for showing it; undefined without any ink. Throws as it does.
 *
 * @example
 * normalizationSteps({ width: 3, height: 90, values: new Float32Array(270).fill(1) })?.left; // 5
 */
export function normalizationSteps(ink: Ink, side = 28): NormalizationSteps | undefined {
  checkNormalized("normalizationSteps", ink, side);
  return stepsOf(ink, side);
}

function stepsOf(ink: Ink, side: number): NormalizationSteps | undefined {
  const box = inkBox(ink);
  if (box === undefined) return undefined;
  const cells = boxSide(side);
  const cut = square(ink, box);
  const average = toBytes(areaAverage(doubled(cut, cells), cells));
  return { box, square: cut, average, cells, ...centred(average, cells, side) };
}

function checkNormalized(where: string, ink: Ink, side: number): void {
  if (!has(ink, "width", "height", "values") || !(ink.values instanceof Float32Array)) {
    throw new ArgumentError(where, "ink { width, height, values: Float32Array }", shown(ink));
  }
  const { width, height, values } = ink;
  for (const length of [width, height]) checkWithin(where, "a side of at least 1 pixel", length, 1, 2 ** 26);
  checkWithin(where, "a side from 4 to 1024 pixels", side, 4, 1024);
  if (values.length === width * height) return;
  throw new ShapeError(where, `${width * height} values for ${width} × ${height}`, String(values.length));
}

/** A box of whole pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest box around all values above 0; undefined where there is none. */
export function inkBox({ width, height, values }: Ink): Box | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!(values[i] > 0)) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return bottom < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** 1. The box as a square, with the digit in its middle. */
function square({ width, values }: Ink, box: Box): Ink {
  const m = max(box.height, box.width, LEAST_SIDE);
  const [top, left] = [(m - box.height) >> 1, (m - box.width) >> 1];
  const cut = new Float32Array(m * m);
  for (let y = 0; y < box.height; y++) {
    const from = (box.top + y) * width + box.left;
    cut.set(values.subarray(from, from + box.width), (top + y) * m + left);
  }
  return { width: m, height: m, values: cut };
}

/** 2. Each pixel as 2 × 2, until a cell of the next step is not smaller than a pixel. */
function doubled(ink: Ink, cells: number): Ink {
  if (ink.width >= cells) return ink;
  const m = 2 * ink.width;
  const values = new Float32Array(m * m);
  for (let i = 0; i < values.length; i++) {
    values[i] = ink.values[(floor(i / m) >> 1) * ink.width + ((i % m) >> 1)];
  }
  return doubled({ width: m, height: m, values }, cells);
}

/** The cells that one pixel's ink goes to along one side, and how much of a cell's length it fills there. */
interface Footprint {
  readonly first: number;
  readonly shares: readonly number[];
}

function footprints(m: number, cells: number): Footprint[] {
  const scale = cells / m;
  return Array.from({ length: m }, (_, i) => {
    const from = cells / 2 + scale * (i - m / 2);
    const to = from + FOOTPRINT * scale;
    const first = floor(from + 1e-11);
    const last = ceil(to - 1e-11) - 1;
    // A pixel that lies in one cell keeps all of its length.
    if (first === last) return { first, shares: [scale] };
    const shares = Array.from({ length: last - first + 1 }, () => 1);
    shares[0] = min(1, max(0, first + 1 - from));
    shares[last - first] = min(1, max(0, to - last));
    return { first, shares };
  });
}

/** 3. The mean of the ink in each of cells × cells, in float32 as the original's. */
function areaAverage({ width: m, values }: Ink, cells: number): Float32Array {
  const prints = footprints(m, cells);
  const out = new Float32Array(cells * cells);
  for (let y = 0, i = 0; y < m; y++) {
    for (let x = 0; x < m; x++, i++) {
      if (!(values[i] > 0)) continue;
      const [down, across] = [prints[y], prints[x]];
      for (let r = 0; r < down.shares.length; r++) {
        const to = (down.first + r) * cells + across.first;
        for (let c = 0; c < across.shares.length; c++) out[to + c] += values[i] * down.shares[r] * across.shares[c];
      }
    }
  }
  return out;
}

/** 4. Bytes. What is paler than ink everywhere is made darker. */
function toBytes(cells: Float32Array): Uint8Array {
  const most = cells.reduce((largest, v) => max(largest, v), 0);
  const scale = fround(255 / min(1, most));
  return Uint8Array.from(cells, (v) => min(255, floor(fround(v * scale) + 0.5)));
}

/** 5. The box in its image, the centre of mass of its ink in the centre. */
function centred(
  box: Uint8Array,
  cells: number,
  side: number,
): Pick<NormalizationSteps, "centre" | "left" | "top" | "pixels"> {
  let [mass, down, across] = [0, 0, 0];
  for (let i = 0; i < box.length; i++) {
    mass += box[i];
    down += box[i] * (floor(i / cells) + 0.5);
    across += box[i] * ((i % cells) + 0.5);
  }
  const pixels = new Uint8Array(side * side);
  const centre = mass === 0 ? { x: cells / 2, y: cells / 2 } : { x: across / mass, y: down / mass };
  // 28 × 28: int(15 − centre). A box that would leave the image by half is not moved further.
  const offset = (at: number) => floor(min(side - cells / 2, max(-cells / 2, trunc(side / 2 + 1 - at))));
  const [top, left] = [offset(centre.y), offset(centre.x)];
  for (let y = max(0, -top); y < min(cells, side - top); y++) {
    for (let x = max(0, -left); x < min(cells, side - left); x++) {
      pixels[(top + y) * side + left + x] = box[y * cells + x];
    }
  }
  return { centre, left, top, pixels };
}
