/**
 * One digit cut out of a picture: its ink and the pale edge around it, without its neighbours', on a grid of about a
 * hundred cells. An average over cells has less noise than a pixel. Then strokes that no digit of MNIST has are made
 * thicker or thinner.
 */
import type { Group } from "./grouping.ts";
import type { InkMap } from "./ink.ts";
import { type Box, type Ink, inkBox } from "./normalize.ts";
import type { Runs } from "./pieces.ts";
import { strokeWidth, thickened, thinned } from "./strokes.ts";

const { ceil, floor, max, min, round } = Math;

/** The longer side of a digit is averaged down to at least so many cells, if it has them. */
const CELLS = 80;
/** How far the pale edge of a stroke reaches from its threshold on, in the digit's longer side. */
const EDGE = 0.05;
/** Paler than this is paper, and what is within the noise. */
const PALEST = 0.02;
const DEVIATIONS = 4;

/** A digit's ink, from 0 to 1, where `full` is d of its full ink. */
export function cutOut(map: InkMap, group: Group, runs: Runs, full: number): Ink {
  const longer = max(group.width, group.height);
  const cell = max(1, floor(longer / CELLS));
  const margin = cell * (1 + ceil((EDGE * longer) / cell));
  const window = windowAround(group, margin, cell);
  const own = ownCells(group, runs, window, cell);
  const near = grown(own, max(1, round((EDGE * longer) / cell)));
  const palest = max(PALEST, (DEVIATIONS * map.noise) / (full * cell));
  const sums = cellSums(map, group, runs, window, cell);
  const values = sums.map((sum, i) => {
    const v = min(1, sum / (cell * cell * full));
    return near.values[i] > 0 && v >= palest ? v : 0;
  });
  return { ...own, values };
}

/** The group's box with a margin, in whole cells. It may leave the picture; there is paper. */
function windowAround({ left, top, width, height }: Box, margin: number, cell: number): Box {
  const wide = (length: number) => cell * (ceil(length / cell) + 2 * (margin / cell));
  return { left: left - margin, top: top - margin, width: wide(width), height: wide(height) };
}

/** d of full ink in this digit: three quarters of its ink are not darker. A pencil's is less than a pen's. */
export function fullInk(map: InkMap, { pieces, area }: Group, { y, from, to }: Runs): number {
  const levels = 512;
  const histogram = new Uint32Array(levels + 1);
  for (const { runs } of pieces) {
    for (const i of runs) {
      for (let x = from[i]; x < to[i]; x++) histogram[floor(min(1, map.values[y[i] * map.width + x]) * levels)]++;
    }
  }
  let seen = 0;
  for (let level = 0; level < levels; level++) {
    seen += histogram[level];
    if (seen >= 0.75 * area) return (level + 0.5) / levels;
  }
  return 1;
}

/** The cells in which the group has ink. */
function ownCells({ pieces }: Group, { y, from, to }: Runs, window: Box, cell: number): Ink {
  const [width, height] = [window.width / cell, window.height / cell];
  const values = new Float32Array(width * height);
  for (const { runs } of pieces) {
    for (const i of runs) {
      const row = floor((y[i] - window.top) / cell) * width;
      for (let c = floor((from[i] - window.left) / cell); c <= floor((to[i] - 1 - window.left) / cell); c++) {
        values[row + c] = 1;
      }
    }
  }
  return { width, height, values };
}

/** The cells within so many of these. */
function grown(cells: Ink, by: number): Ink {
  const { width } = cells;
  const wide = thickened(cells, by);
  const values = cells.values.map((_, i) => wide.values[(floor(i / width) + by) * wide.width + (i % width) + by]);
  return { ...cells, values };
}

/** Σ d of each cell. What belongs to another piece is paper. */
function cellSums(map: InkMap, group: Group, runs: Runs, window: Box, cell: number): Float32Array {
  const columns = window.width / cell;
  const sums = new Float32Array(columns * (window.height / cell));
  const threshold = map.threshold;
  const add = (y: number, x: number, d: number) => {
    sums[floor((y - window.top) / cell) * columns + floor((x - window.left) / cell)] += d;
  };
  for (let y = max(0, window.top); y < min(map.height, window.top + window.height); y++) {
    for (let x = max(0, window.left); x < min(map.width, window.left + window.width); x++) {
      const d = map.values[y * map.width + x];
      if (!(d > threshold)) add(y, x, d);
    }
  }
  for (const piece of group.pieces) {
    for (const i of piece.runs) {
      for (let x = runs.from[i]; x < runs.to[i]; x++) add(runs.y[i], x, map.values[runs.y[i] * map.width + x]);
    }
  }
  return sums;
}

/**
 * Of 100 digits of MNIST 99 have strokes between these widths, in its box of 20 pixels; half of them are narrower than
 * 2. A thin pen's become 2 wide: at 1.1 convolutions still misread two of a hundred.
 */
const [THINNEST, THICKEST] = [1.1, 4.2];
const [FROM_THIN, FROM_THICK] = [2, 3.6];
/** Finer than so many cells a digit's strokes can be changed by small steps. */
const FINE = 100;

/** The ink with strokes as MNIST has them, and their width in pixels of the box of 20, before and after. */
export function withUsualStrokes(ink: Ink): { ink: Ink; before: number; after: number } {
  const scale = (of: Ink) => {
    const box = inkBox(of);
    return box === undefined ? 0 : 20 / max(box.width, box.height, 10);
  };
  const before = strokeWidth(ink) * scale(ink);
  if (before === 0 || (before >= THINNEST && before <= THICKEST)) return { ink, before, after: before };
  const target = before < THINNEST ? FROM_THIN : FROM_THICK;
  const fine = finer(ink);
  // The strokes and the box change together: w + 2r = target/20 · (m + 2r)
  const [w, m] = [strokeWidth(fine), 20 / scale(fine)];
  const radius = ((target / 20) * m - w) / (2 - target / 10);
  const changed = radius > 0 ? thickened(fine, radius) : thinned(fine, -radius);
  return { ink: changed, before, after: strokeWidth(changed) * scale(changed) };
}

/** The same picture with more and smaller cells. */
function finer(ink: Ink): Ink {
  if (max(ink.width, ink.height) >= FINE) return ink;
  const width = 2 * ink.width;
  const values = new Float32Array(4 * ink.values.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = ink.values[(floor(i / width) >> 1) * ink.width + ((i % width) >> 1)];
  }
  return finer({ width, height: 2 * ink.height, values });
}
