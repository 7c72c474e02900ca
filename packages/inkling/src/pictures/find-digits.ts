/**
 * Somebody's own digits: finds them in a picture and makes of each what MNIST would have made of it.
 *
 *   picture → grey → ink (ink.ts) → pieces (pieces.ts) → digits (grouping.ts) → reading order (lines.ts)
 *   each digit → its ink alone, strokes of a usual width (cutting.ts) → an image as MNIST's (normalize.ts)
 */
import { checkWithin } from "../checks.ts";
import { checkOptions } from "../options.ts";
import { cutOut, fullInk, withUsualStrokes } from "./cutting.ts";
import { type Group, groupPieces, usualHeight } from "./grouping.ts";
import { inkOf } from "./ink.ts";
import { readingOrder } from "./lines.ts";
import { type Box, type Ink, normalizeDigit } from "./normalize.ts";
import { checkPicture, type Picture, resize, toGrey } from "./picture.ts";
import { findPieces, type Runs } from "./pieces.ts";

/** A digit that was found in a picture. */
export interface FoundDigit {
  /** Where it is, in pixels of the picture. */
  readonly box: Box;
  /** Which line it stands in, from 0 at the top. */
  readonly line: number;
  /** What a network sees: side × side bytes, 0 paper to 255 ink. */
  readonly pixels: Uint8Array;
  /** Its ink alone, cut out on a grid of about a hundred cells, its strokes as wide as `strokes.after` says. */
  readonly ink: Ink;
  /** How wide its strokes were and are now, in pixels of MNIST's box of 20. */
  readonly strokes: { readonly before: number; readonly after: number };
  /** Whether it is so wide that it may be several digits that touch. */
  readonly isWide: boolean;
}

/** What was found in a picture. */
export interface FoundDigits {
  /** In reading order: lines from the top, each from the left. */
  readonly digits: readonly FoundDigit[];
  readonly isLightOnDark: boolean;
  /** How many other things were left out: dust, lines, the border of the paper. */
  readonly leftOut: number;
  /** The side of the digits' images. */
  readonly side: number;
}

/** A larger picture is made smaller by a whole factor first: 2²⁴ pixels, about 17 million. */
const MOST_PIXELS = 2 ** 24;
/** What has less than this share of the usual ink is no digit. */
const PALE = 0.5;
/** A sheet of paper is wider and higher than this share of the picture, and its edge this share of its box's. */
const [LARGE, FILLED] = [0.3, 0.8];
/**
 * A digit may be several: wider than so many times the usual height, or than this and the second of the usual width.
 */
const WIDE = 1.6;
const RATHER_WIDE = [1.15, 1.5] as const;

/**
 * Finds the digits in a picture, dark on light or light on dark, in reading order, and normalises each as MNIST was
 * made. `side`: of the images, 28 if absent. Digits that touch each other are found as one; `isWide` says so. Throws an
 * ArgumentError or a ShapeError for what is no picture.
 *
 * @example
 * for (const { pixels } of findDigits(picture).digits) console.log((await model.predict(pixels)).label);
 */
export function findDigits(picture: Picture, options: { readonly side?: number } = {}): FoundDigits {
  checkPicture("findDigits", picture);
  checkOptions("findDigits", options, ["side"]);
  const { side = 28 } = options;
  checkWithin("findDigits", "a side from 4 to 1024 pixels", side, 4, 1024);
  const factor = Math.ceil(Math.sqrt((picture.width * picture.height) / MOST_PIXELS));
  const grey = smaller(toGrey(picture), factor);
  const whole = read(grey, side);
  const sheet = sheetIn(grey, whole);
  const found = sheet === undefined ? whole : onSheet(read(cropped(grey, sheet), side), sheet, whole);
  const digits = found.digits.map((digit) => ({ ...digit, box: scaled(digit.box, factor, picture) }));
  return { ...found, digits, side };
}

/** The digits in a grey picture, and which share of its box's border has the ink of each. */
interface Reading extends Omit<FoundDigits, "side"> {
  readonly borders: readonly number[];
}

function read(grey: Picture, side: number): Reading {
  const map = inkOf(grey);
  const { pieces, runs } = findPieces(map.values, map.width, map.threshold);
  const grouped = groupPieces(pieces, runs, map);
  const groups = darkest(grouped.digits.map((group) => ({ ...group, full: fullInk(map, group, runs) })));
  const leftOut = grouped.leftOut + grouped.digits.length - groups.length;
  const isWide = wideAmong(groups);
  const lines = readingOrder(groups);
  const digits = lines.flatMap((line, at) => {
    return line.map((group) => {
      const { ink, before, after } = withUsualStrokes(cutOut(map, group, runs, group.full));
      const { left, top, width, height } = group;
      const strokes = { before, after };
      const pixels = normalizeDigit(ink, side);
      return { box: { left, top, width, height }, line: at, pixels, ink, strokes, isWide: isWide(group) };
    });
  });
  const borders = lines.flat().map((group) => borderShare(group, runs));
  return { digits, borders, isLightOnDark: map.isLightOnDark, leftOut };
}

/** The paper on a darker or lighter table: the one thing that was found, large, with ink all along its box. */
function sheetIn({ width, height }: Picture, { digits, borders }: Reading): Box | undefined {
  const [only, ...others] = digits;
  if (only === undefined || others.length > 0) return undefined;
  const { box } = only;
  const isLarge = box.width >= LARGE * width && box.height >= LARGE * height;
  if (!isLarge || borders[0] < FILLED) return undefined;
  // Its edge is not paper.
  const inset = Math.ceil(0.02 * Math.min(box.width, box.height));
  const [wide, high] = [box.width - 2 * inset, box.height - 2 * inset];
  return wide < 1 || high < 1 ? undefined : { left: box.left + inset, top: box.top + inset, width: wide, height: high };
}

/** Along which share of the four sides of its box a group has ink, within a twentieth of the box. */
function borderShare({ left, top, width, height, pieces }: Group, { y, from, to }: Runs): number {
  const near = Math.ceil(0.05 * Math.min(width, height));
  const [above, below, before, behind] = [width, width, height, height].map((length) => new Uint8Array(length));
  for (const i of pieces.flatMap((piece) => Array.from(piece.runs))) {
    const row = y[i] - top;
    if (row < near) above.fill(1, from[i] - left, to[i] - left);
    if (row >= height - near) below.fill(1, from[i] - left, to[i] - left);
    if (from[i] - left < near) before[row] = 1;
    if (to[i] - left > width - near) behind[row] = 1;
  }
  const inked = [above, below, before, behind].map((side) => side.reduce((sum, has) => sum + has, 0) / side.length);
  return inked.reduce((sum, share) => sum + share, 0) / 4;
}

function cropped({ width, pixels }: Picture, box: Box): Picture {
  const cut = new Uint8Array(box.width * box.height);
  for (let y = 0; y < box.height; y++) {
    const from = (box.top + y) * width + box.left;
    cut.set(pixels.subarray(from, from + box.width), y * box.width);
  }
  return { width: box.width, height: box.height, channels: 1, pixels: cut };
}

/** What was found on a sheet, in the whole picture; the sheet itself where there is nothing on it. */
function onSheet(found: Reading, { left, top }: Box, whole: Reading): Reading {
  if (found.digits.length === 0) return whole;
  const digits = found.digits.map((digit) => {
    return { ...digit, box: { ...digit.box, left: digit.box.left + left, top: digit.box.top + top } };
  });
  return { ...found, digits };
}

function smaller(picture: Picture, factor: number): Picture {
  if (factor === 1) return picture;
  return resize(picture, Math.ceil(picture.width / factor), Math.ceil(picture.height / factor));
}

/** Digits without what is much paler than the usual ink: the edge of a shadow, writing on the back of the page. */
function darkest<G extends Group & { readonly full: number }>(groups: readonly G[]): G[] {
  const sorted = groups.toSorted((a, b) => a.full - b.full);
  const half = sorted.reduce((sum, { area }) => sum + area, 0) / 2;
  let [ink, usual] = [0, 0];
  for (const { area, full } of sorted) {
    if (ink < half) usual = full;
    ink += area;
  }
  return groups.filter(({ full }) => full >= PALE * usual);
}

/** A box in pixels of the whole picture. */
function scaled({ left, top, width, height }: Box, factor: number, picture: Picture): Box {
  const [x, y] = [left * factor, top * factor];
  return {
    left: x,
    top: y,
    width: Math.min(width * factor, picture.width - x),
    height: Math.min(height * factor, picture.height - y),
  };
}

/** Whether a digit may be several. The usual width is the median's; of few digits it says nothing. */
function wideAmong(groups: readonly Group[]): (group: Group) => boolean {
  const height = usualHeight(groups);
  const widths = groups.map(({ width }) => width).sort((a, b) => a - b);
  const usual = widths.length > 2 ? widths[widths.length >> 1] : Number.POSITIVE_INFINITY;
  return ({ width }) => {
    return width > WIDE * height || (width > RATHER_WIDE[0] * height && width > RATHER_WIDE[1] * usual);
  };
}
