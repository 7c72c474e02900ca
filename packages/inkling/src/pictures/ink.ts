/**
 * Paper and ink: how much darker than the paper around it each pixel is.
 *
 *   light on the paper    B(x, y)                   changes slowly: a lamp, a shadow, a vignette
 *   ink                   d = 1 − g / B             0 paper, 1 black; noise makes it a little more or less than 0
 *
 * B is found in two rounds. First in cells of a coarse grid: the light greys of each cell, with everything that is
 * darker and narrower than a window filled up (a closing: largest value of a window, then smallest). Then it is the
 * median of the pixels that the first round takes for paper. Light digits on dark paper are read from the inverted
 * picture.
 */
import type { Picture } from "./picture.ts";

const { ceil, floor, max, min } = Math;

/** A picture's ink. */
export interface InkMap {
  readonly width: number;
  readonly height: number;
  /** d of each pixel, row-major. */
  readonly values: Float32Array;
  readonly isLightOnDark: boolean;
  /** The standard deviation of d on the paper: grain, and what is left of the light. */
  readonly noise: number;
  /** Ink takes more of the light than this. */
  readonly threshold: number;
}

/** The shorter side of a picture has so many cells. */
const CELLS = 24;
/** Ink is narrower than so many cells to each side: 9 of 24, more than a third of the shorter side. */
const REACH = 4;
/** Which of two greys is the rarer one shows in a wider window only: a narrow one fits into the loop of a 0. */
const WIDE_REACH = 10;
/** Ink stands out of the paper's noise by so many standard deviations, and takes at least this share of the light. */
const DEVIATIONS = 6;
const LEAST_INK = 0.08;

/** Smaller pictures are never averaged: a stroke may be a pixel wide. */
const GRAINY = 100;

/** The ink of a grey picture. */
export function inkOf(picture: Picture): InkMap {
  const cell = max(1, ceil(min(picture.width, picture.height) / CELLS));
  const greys = cellGreys(picture, cell);
  const isLightOnDark = isInkLight(greys);
  const grey = isLightOnDark ? { ...picture, pixels: picture.pixels.map((p) => 255 - p) } : picture;
  const lighter = isLightOnDark ? { ...greys.dark, values: greys.dark.values.map((p) => 255 - p) } : greys.light;
  let light = closing(lighter, REACH);
  let values = darkness(grey, light);
  let spread = measure(values);
  for (let round = 0; round < 2; round++) {
    light = paperLight(grey, values, spread, light);
    values = darkness(grey, light, values);
    spread = measure(values);
  }
  // In coarse grain a stroke's pale edges would be lost: nine pixels have a third of its noise.
  const isGrainy = spread.full > 0 && DEVIATIONS * spread.noise > 0.3 * spread.full;
  if (isGrainy && min(picture.width, picture.height) >= GRAINY) {
    values = averaged(values, picture);
    spread = measure(values);
  }
  // A stroke's pale edge belongs to the ink from a third of full ink on.
  const threshold = max(5 * spread.noise, LEAST_INK, 0.35 * spread.full);
  const { width, height } = picture;
  return { width, height, values, isLightOnDark, noise: spread.noise, threshold };
}

/** A coarse grid: one number for each cell of a picture. */
interface Grid {
  readonly cell: number;
  readonly width: number;
  readonly height: number;
  readonly values: Float64Array;
}

/**
 * Whether the ink is lighter than the paper. Ink is what there is less of, everywhere: the picture lies nearer to its
 * paper than to its ink. For dark ink the paper is the closing, for light ink the opening.
 */
function isInkLight({ darkest, mean, lightest }: ReturnType<typeof cellGreys>): boolean {
  const above = closing(lightest, WIDE_REACH);
  const below = opening(darkest, WIDE_REACH);
  let [toAbove, toBelow] = [0, 0];
  for (let i = 0; i < mean.values.length; i++) {
    toAbove += above.values[i] - mean.values[i];
    toBelow += mean.values[i] - below.values[i];
  }
  return toAbove > toBelow;
}

/** A number for each cell, from the histogram of its pixels, or of those that are paper. */
function histograms(
  { width, height, pixels }: Picture,
  cell: number,
  paper: { readonly values: Float32Array; readonly limit: number } | undefined,
  number: (histogram: Uint32Array, count: number, at: number, size: number) => number,
): Grid {
  const [columns, rows] = [ceil(width / cell), ceil(height / cell)];
  const values = new Float64Array(columns * rows);
  const histogram = new Uint32Array(256);
  for (let at = 0; at < values.length; at++) {
    const [top, left] = [floor(at / columns) * cell, (at % columns) * cell];
    const [bottom, right] = [min(height, top + cell), min(width, left + cell)];
    histogram.fill(0);
    let count = 0;
    for (let y = top; y < bottom; y++) {
      for (let i = y * width + left; i < y * width + right; i++) {
        if (paper !== undefined && paper.values[i] > paper.limit) continue;
        histogram[pixels[i]]++;
        count += 1;
      }
    }
    values[at] = number(histogram, count, at, (bottom - top) * (right - left));
  }
  return { cell, width: columns, height: rows, values };
}

/**
 * Of each cell of a picture: the greys below which a tenth, a quarter, three quarters … of its pixels lie; the mean.
 */
function cellGreys(picture: Picture, cell: number) {
  const shares = [0.1, 0.25, 0.75, 0.9];
  const found = shares.map(() => [] as number[]);
  const mean = histograms(picture, cell, undefined, (histogram, count) => {
    for (const [i, share] of shares.entries()) found[i].push(quantileOf(histogram, share * count));
    return meanOf(histogram, count);
  });
  const [darkest, dark, light, lightest] = found.map((list) => ({ ...mean, values: Float64Array.from(list) }));
  return { darkest, dark, mean, light, lightest };
}

function meanOf(histogram: Uint32Array, count: number): number {
  let sum = 0;
  for (let value = 0; value < histogram.length; value++) sum += histogram[value] * value;
  return sum / count;
}

/** The first value at which at least so many have come. */
function quantileOf(histogram: Uint32Array, count: number): number {
  let seen = 0;
  for (let value = 0; value < histogram.length; value++) {
    seen += histogram[value];
    if (seen >= count) return value;
  }
  return histogram.length - 1;
}

/** Fills up what is darker than its surroundings and narrower than the window; a slope stays a slope. */
function closing(grid: Grid, reach: number): Grid {
  return windowed(windowed(grid, reach, max), reach, min);
}

function opening(grid: Grid, reach: number): Grid {
  return windowed(windowed(grid, reach, min), reach, max);
}

/** The largest or smallest value in a square window around each cell: along the rows, then along the columns. */
function windowed(grid: Grid, reach: number, choose: (a: number, b: number) => number): Grid {
  const { width, height } = grid;
  const pass = (from: Float64Array, step: number, length: number, position: (i: number) => number) => {
    return from.map((value, i) => {
      const at = position(i);
      let chosen = value;
      for (let k = max(0, at - reach); k <= min(length - 1, at + reach); k++) {
        chosen = choose(chosen, from[i + (k - at) * step]);
      }
      return chosen;
    });
  };
  const across = pass(grid.values, 1, width, (i) => i % width);
  return { ...grid, values: pass(across, width, height, (i) => floor(i / width)) };
}

/**
 * The light on the paper: of each cell the median grey of its paper, smoothed; where there is none, what was there
 * before. Pale edges of strokes are among the paper; they do not move a median.
 */
function paperLight(grey: Picture, values: Float32Array, { noise, full }: Spread, before: Grid): Grid {
  const limit = max(3 * noise, full / 4, LEAST_INK / 2);
  const found = histograms(grey, before.cell, { values, limit }, (histogram, count, at, size) => {
    // Where less than a quarter of a cell is paper, what there is may be the edge of a stroke.
    return count < size / 4 ? before.values[at] : quantileOf(histogram, count / 2);
  });
  return { ...found, values: smoothed(found) };
}

/** Each cell as the mean of its 3 × 3 neighbours. */
function smoothed({ width, height, values }: Grid): Float64Array {
  return values.map((_, i) => {
    const [row, column] = [floor(i / width), i % width];
    let [sum, count] = [0, 0];
    for (let y = max(0, row - 1); y <= min(height - 1, row + 1); y++) {
      for (let x = max(0, column - 1); x <= min(width - 1, column + 1); x++) {
        sum += values[y * width + x];
        count += 1;
      }
    }
    return sum / count;
  });
}

/** d = 1 − g / B, where B is interpolated between the centres of the cells. */
function darkness({ width, height, pixels }: Picture, light: Grid, into = new Float32Array(pixels.length)) {
  const across = between(width, light.cell, light.width);
  const down = between(height, light.cell, light.height);
  const line = new Float64Array(light.width);
  for (let y = 0, i = 0; y < height; y++) {
    const [above, below, t] = [down.first[y] * light.width, down.second[y] * light.width, down.share[y]];
    for (let c = 0; c < line.length; c++) line[c] = (1 - t) * light.values[above + c] + t * light.values[below + c];
    for (let x = 0; x < width; x++, i++) {
      const s = across.share[x];
      const B = (1 - s) * line[across.first[x]] + s * line[across.second[x]];
      into[i] = 1 - pixels[i] / max(1, B);
    }
  }
  return into;
}

/** For each pixel along a side the two cells between whose centres it lies, and how far it is from the first. */
function between(length: number, cell: number, cells: number) {
  const first = new Int32Array(length);
  const second = new Int32Array(length);
  const share = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const at = min(cells - 1, max(0, (i + 0.5) / cell - 0.5));
    first[i] = floor(at);
    second[i] = min(cells - 1, first[i] + 1);
    share[i] = at - first[i];
  }
  return { first, second, share };
}

/** The noise of the paper, and d of full ink: the mean of what is clearly ink, 0 where there is none. */
interface Spread {
  readonly noise: number;
  readonly full: number;
}

/** d is counted in steps of 1/LEVELS, from −1 to 1. */
const LEVELS = 512;

/** The noise of the paper, and full ink: the darker of the two groups that everything above the noise falls into. */
function measure(values: Float32Array): Spread {
  const histogram = new Uint32Array(LEVELS + 1);
  const sizes = new Uint32Array(LEVELS + 1);
  for (let i = 0; i < values.length; i++) {
    const d = values[i];
    sizes[floor(min(1, d < 0 ? -d : d) * LEVELS)]++;
    if (d > 0) histogram[floor(min(1, d) * LEVELS)]++;
  }
  // The median of |d| is 0.6745 standard deviations of normal noise. Most pixels are paper.
  const noise = quantileOf(sizes, values.length / 2) / LEVELS / 0.6745;
  const first = ceil(max(DEVIATIONS * noise, LEAST_INK) * LEVELS);
  return { noise, full: darkerMean(histogram, first) };
}

/** Otsu's threshold (1979) on part of a histogram: the mean of the upper group; 0 where there is nothing. */
function darkerMean(histogram: Uint32Array, first: number): number {
  let [count, sum] = [0, 0];
  for (let level = first; level < histogram.length; level++) {
    count += histogram[level];
    sum += histogram[level] * level;
  }
  if (count === 0) return 0;
  let [best, mean, below, belowSum] = [-1, sum / count, 0, 0];
  for (let level = first; level < histogram.length - 1; level++) {
    below += histogram[level];
    belowSum += histogram[level] * level;
    if (below === 0 || below === count) continue;
    const upper = (sum - belowSum) / (count - below);
    // The variance between the groups, without the constant 1/count².
    const gap = belowSum / below - upper;
    const variance = below * (count - below) * gap * gap;
    if (variance > best) [best, mean] = [variance, upper];
  }
  return mean / LEVELS;
}

/** Each value as the mean of its 3 × 3 neighbours, along the rows and then along the columns. */
function averaged(values: Float32Array, { width, height }: Picture): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(values.length);
  const means = new Float32Array(values.length);
  const pass = (from: Float32Array, to: Float32Array, step: number, length: number) => {
    for (let i = 0; i < from.length; i++) {
      const at = step === 1 ? i % width : floor(i / width);
      to[i] = (from[at > 0 ? i - step : i] + from[i] + from[at < length - 1 ? i + step : i]) / 3;
    }
  };
  pass(values, rows, 1, width);
  pass(rows, means, width, height);
  return means;
}
