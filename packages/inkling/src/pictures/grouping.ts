/**
 * Pieces of ink become digits: parts of one digit are joined (the bar of a 5, the two strokes of a 4), and what is too
 * small or too large to be a digit is left out. Sizes are in units of the usual height H of the pieces.
 *
 *   joined      one above the other, with at most (0.3 − 0.3·h / H)·H between their ink, where h is the lower one's height:
 *               a speck from further away than a large part, two whole digits never; side by side, half of that; or
 *               where the boxes share half of the smaller one
 *   left out    dust (below 0.4 H, as points, commas, dashes too), long lines, what runs along the picture's border
 */
import type { Box } from "./normalize.ts";
import type { Piece, Runs } from "./pieces.ts";

const { max, min, sqrt } = Math;

/** The pieces of one digit. */
export interface Group extends Box {
  readonly area: number;
  readonly pieces: readonly Piece[];
}

/** What has been found in a picture. */
export interface Groups {
  readonly digits: readonly Group[];
  /** How many groups of pieces were left out: dust, lines, borders. */
  readonly leftOut: number;
}

/** A digit is not smaller than so many pixels, and than this share of the picture's shorter side. */
const LEAST_HEIGHT = 8;
const LEAST_SHARE = 0.006;
/** What is lower than this share of H is no digit. */
const DUST = 0.4;
/** Parts of one digit are not further apart than this, in H; side by side half of it. */
const MOST_GAP = 0.3;
/** A part of a digit may make it so much higher, or so wide, in H. */
const MOST_HEIGHT = 1.4;
const MOST_WIDTH = 1.5;
/** From so many tall pieces on, H is known well enough to say what is too high for one digit. */
const ENOUGH = 4;
/** More pieces than this are no digits: a photograph of leaves, a printed page. The largest are looked at. */
const MOST_PIECES = 4000;

/** The digits among the pieces of a picture, in no order. */
export function groupPieces(found: readonly Piece[], runs: Runs, picture: Pick<Box, "width" | "height">): Groups {
  const least = max(LEAST_HEIGHT, LEAST_SHARE * min(picture.width, picture.height));
  const inside = withoutBorders(
    found.filter((piece) => max(piece.width, piece.height) >= least / 4),
    picture,
    least,
  );
  const pieces = largest(inside, MOST_PIECES);
  const H = usualHeight(pieces);
  const groups = join(pieces, runs, H);
  const usual = usualHeight(groups);
  const digits = groups.filter(({ width, height }) => {
    return height >= max(least, DUST * usual) && width <= 6 * max(usual, height);
  });
  return { digits, leftOut: groups.length - digits.length };
}

function largest(pieces: readonly Piece[], most: number): readonly Piece[] {
  return pieces.length <= most ? pieces : pieces.toSorted((a, b) => b.area - a.area).slice(0, most);
}

/** What touches two borders is the table beneath the paper, or a shadow: left out, unless nothing else is there. */
function withoutBorders(pieces: readonly Piece[], { width, height }: Pick<Box, "width" | "height">, least: number) {
  const touches = (piece: Piece) => {
    const { left, top } = piece;
    return [left === 0, top === 0, left + piece.width === width, top + piece.height === height].filter(Boolean).length;
  };
  const inside = pieces.filter((piece) => touches(piece) < 2);
  return inside.some((piece) => piece.height >= least) ? inside : pieces;
}

/** The height above and below which half of the ink stands: dust has little ink. 0 for no pieces. */
export function usualHeight(pieces: readonly (Box & { readonly area: number })[]): number {
  const sorted = pieces.toSorted((a, b) => a.height - b.height);
  const half = sorted.reduce((sum, { area }) => sum + area, 0) / 2;
  let sum = 0;
  for (const piece of sorted) {
    sum += piece.area;
    if (sum >= half) return piece.height;
  }
  return 0;
}

/** Joins what belongs together, the nearest first. */
function join(pieces: readonly Piece[], runs: Runs, H: number): Group[] {
  const groups: (Group | undefined)[] = pieces.map((piece) => groupOf([piece]));
  const places = pieces.map((_, i) => i);
  const rootOf = (i: number): number => (places[i] === i ? i : rootOf(places[i]));
  const isSure = pieces.filter(({ height }) => height > 0.6 * H).length >= ENOUGH;
  const pairs = nearPairs(pieces, runs, H);
  // A group that has grown may share its box with a piece that did not belong to it before.
  for (let changes = -1; changes !== 0; ) {
    changes = 0;
    for (const { a, b, distance } of pairs) {
      const [i, k] = [rootOf(a), rootOf(b)];
      const [first, second] = [groups[i], groups[k]];
      if (i === k || first === undefined || second === undefined) continue;
      if (!belong(first, second, distance, H, isSure)) continue;
      groups[i] = groupOf([...first.pieces, ...second.pieces]);
      groups[k] = undefined;
      places[k] = i;
      changes += 1;
    }
  }
  return groups.filter((group) => group !== undefined);
}

function groupOf(pieces: readonly Piece[]): Group {
  const area = pieces.reduce((sum, piece) => sum + piece.area, 0);
  return { ...pieces.reduce(around, pieces[0]), area, pieces };
}

/** The smallest box around two. */
function around(a: Box, b: Box): Box {
  const [left, top] = [min(a.left, b.left), min(a.top, b.top)];
  const width = max(a.left + a.width, b.left + b.width) - left;
  return { left, top, width, height: max(a.top + a.height, b.top + b.height) - top };
}

interface Pair {
  readonly a: number;
  readonly b: number;
  /** Between their nearest pixels. */
  readonly distance: number;
}

/** All pairs of pieces that could belong together by their distance, the nearest first. */
function nearPairs(pieces: readonly Piece[], runs: Runs, H: number): Pair[] {
  const order = pieces.map((_, i) => i).sort((i, k) => pieces[i].left - pieces[k].left || i - k);
  const pairs: Pair[] = [];
  // Where H is not sure, it is at most twice as much (belong).
  const reach = MOST_GAP * 2 * H;
  for (let n = 0; n < order.length; n++) {
    const a = order[n];
    for (let m = n + 1; m < order.length; m++) {
      const b = order[m];
      if (pieces[b].left > pieces[a].left + pieces[a].width + reach) break;
      if (boxGap(pieces[a], pieces[b]) > reach) continue;
      pairs.push({ a, b, distance: pixelGap(pieces[a], pieces[b], runs, reach) });
    }
  }
  return pairs.sort((p, q) => p.distance - q.distance || p.a - q.a || p.b - q.b);
}

/** Whether two groups with so much between their ink are one digit. */
function belong(a: Group, b: Group, distance: number, H: number, isSure: boolean): boolean {
  const both = around(a, b);
  const [low, high] = a.height < b.height ? [a, b] : [b, a];
  // Of few pieces none may be a whole digit: then H is what they are together, if one is clearly the smaller one.
  if (!isSure && low.height >= 0.75 * high.height) return sharesBox(a, b);
  const whole = isSure ? H : max(H, min(both.height, 2 * H));
  if (both.height > MOST_HEIGHT * whole || both.width > MOST_WIDTH * whole) return false;
  const gap = (MOST_GAP - MOST_GAP * (low.height / whole)) * whole;
  const shared = min(a.left + a.width, b.left + b.width) - max(a.left, b.left);
  const isStacked = shared >= 0.3 * min(a.width, b.width);
  return sharesBox(a, b) || distance <= (isStacked ? gap : gap / 2);
}

/** Whether half of the smaller box lies in the other one. */
function sharesBox(a: Box, b: Box): boolean {
  const width = min(a.left + a.width, b.left + b.width) - max(a.left, b.left);
  const height = min(a.top + a.height, b.top + b.height) - max(a.top, b.top);
  return width > 0 && height > 0 && width * height >= 0.5 * min(a.width * a.height, b.width * b.height);
}

function boxGap(a: Box, b: Box): number {
  const x = max(0, a.left - b.left - b.width, b.left - a.left - a.width);
  const y = max(0, a.top - b.top - b.height, b.top - a.top - a.height);
  return sqrt(x * x + y * y);
}

/** The distance between the nearest pixels of two pieces; infinite beyond the limit. */
function pixelGap(a: Piece, b: Piece, { y, from, to }: Runs, limit: number): number {
  let least = Number.POSITIVE_INFINITY;
  let first = 0;
  for (const i of a.runs) {
    while (first < b.runs.length && y[b.runs[first]] < y[i] - limit) first++;
    for (let n = first; n < b.runs.length && y[b.runs[n]] <= y[i] + limit; n++) {
      const k = b.runs[n];
      const dx = max(0, from[i] - to[k], from[k] - to[i]);
      const dy = y[i] - y[k];
      least = min(least, dx * dx + dy * dy);
    }
  }
  return least > limit * limit ? Number.POSITIVE_INFINITY : sqrt(least);
}
