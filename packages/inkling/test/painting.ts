/**
 * Pictures to find digits in: MNIST's images enlarged, paper in uneven light, pages, and digits drawn by a round pen.
 * All chance comes from counted numbers: the same picture every time.
 */
import { Stream } from "inkling/numbers";
import type { Picture } from "inkling/pictures";

/** A grey picture, all of one value. */
export function blank(width: number, height: number, value = 0): Picture {
  return { width, height, channels: 1, pixels: new Uint8Array(width * height).fill(value) };
}

/** An image of 28 × 28 bytes, each pixel as factor × factor, on a sheet of another size where one is given. */
export function enlarged(
  image: ArrayLike<number>,
  factor: number,
  sheet = { width: 28 * factor, height: 28 * factor, left: 0, top: 0 },
): Picture {
  const picture = blank(sheet.width, sheet.height);
  paste(picture, image, factor, sheet.left, sheet.top);
  return picture;
}

function paste({ width, pixels }: Picture, image: ArrayLike<number>, factor: number, left: number, top: number): void {
  for (let y = 0; y < 28 * factor; y++) {
    for (let x = 0; x < 28 * factor; x++) {
      pixels[(top + y) * width + left + x] = image[Math.floor(y / factor) * 28 + Math.floor(x / factor)] ?? 0;
    }
  }
}

/** A hundred images or less, ten in a row, with so many pixels of each image's own between them. */
export function page(images: readonly ArrayLike<number>[], factor: number, gap: number): Picture {
  const cell = factor * (28 + gap);
  const margin = factor * gap;
  const picture = blank(10 * cell + margin, Math.ceil(images.length / 10) * cell + margin);
  for (const [i, image] of images.entries()) {
    paste(picture, image, factor, margin + (i % 10) * cell, margin + Math.floor(i / 10) * cell);
  }
  return picture;
}

/** Dark for light. */
export function inverted(picture: Picture): Picture {
  return { ...picture, pixels: picture.pixels.map((p) => 255 - p) };
}

/** How a sheet of paper was photographed. */
interface Photograph {
  /** The standard deviation of the grain, in greys. */
  readonly grain: number;
  /** How much darker the darkest corner is, from 0 to 1. */
  readonly fall: number;
  /** How much of the light full ink takes, from 0 to 1. */
  readonly ink: number;
}

/** White ink on black as dark ink on paper: light that falls off to one side, and grain. */
export function photographed(picture: Picture, seed: number, how: Partial<Photograph> = {}): Picture {
  const { grain = 12, fall = 0.4, ink = 0.8 } = how;
  const { width, height } = picture;
  const stream = new Stream(seed, "paper");
  const [across, down] = [2 * stream.uniform(0, 1) - 1, 2 * stream.uniform(1, 1) - 1];
  let words: Uint32Array = new Uint32Array(4);
  const pixels = picture.pixels.map((p, i) => {
    const [y, x] = [Math.floor(i / width) / height, (i % width) / width];
    const light = 1 - fall * (0.5 + 0.5 * (across * (x - 0.5) + down * (y - 0.5)));
    if (grain > 0 && i % 4 === 0) words = stream.words(i / 4, 2);
    const noise = grain === 0 ? 0 : grain * almostNormal(words[i % 4] ?? 0);
    return Math.max(0, Math.min(255, Math.round(245 * light * (1 - (ink * p) / 255) + noise)));
  });
  return { ...picture, pixels };
}

/** The sum of a word's four bytes, as a number with mean 0 and variance 1: near enough to normal, and quickly drawn. */
function almostNormal(word: number): number {
  const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
  return (sum - 510) / Math.sqrt((256 * 256 - 1) / 3);
}

type Point = readonly [x: number, y: number];

/** The ten digits as somebody writes them: strokes in a square of side 1. */
const STROKES: readonly (readonly (readonly Point[])[])[] = [
  [arc(0.5, 0.5, 0.3, 0.48, -90, 270)],
  [
    [
      [0.35, 0.2],
      [0.55, 0.02],
      [0.52, 0.98],
    ],
  ],
  [[...arc(0.5, 0.27, 0.3, 0.25, -170, 40), [0.2, 0.97], [0.85, 0.95]]],
  [[...arc(0.45, 0.26, 0.28, 0.24, -150, 80), ...arc(0.45, 0.73, 0.33, 0.25, -80, 150)]],
  [
    [
      [0.55, 0.02],
      [0.15, 0.6],
      [0.85, 0.62],
    ],
    [
      [0.68, 0.3],
      [0.62, 0.98],
    ],
  ],
  [
    [[0.25, 0.04], [0.22, 0.45], ...arc(0.45, 0.68, 0.32, 0.28, -110, 150)],
    [
      [0.27, 0.05],
      [0.8, 0.03],
    ],
  ],
  [[[0.68, 0.02], [0.3, 0.45], ...arc(0.5, 0.72, 0.28, 0.26, -180, 180)]],
  [
    [
      [0.15, 0.06],
      [0.82, 0.05],
      [0.4, 0.98],
    ],
  ],
  [[...arc(0.5, 0.26, 0.24, 0.23, 90, 450), ...arc(0.5, 0.73, 0.3, 0.25, -90, 270)]],
  [[...arc(0.48, 0.3, 0.28, 0.27, 0, -360), [0.76, 0.3], [0.66, 0.98]]],
];

function arc(x: number, y: number, wide: number, high: number, from: number, to: number): Point[] {
  return Array.from({ length: 25 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 24) * Math.PI) / 180;
    return [x + wide * Math.cos(angle), y + high * Math.sin(angle)];
  });
}

/** Where a digit is drawn, how high, by which pen, and how much it is slanted and how shaky the hand is. */
interface Drawing {
  readonly left: number;
  readonly top: number;
  readonly height: number;
  /** The pen's diameter, in pixels. */
  readonly pen: number;
  readonly slant?: number;
  readonly shake?: number;
  readonly seed?: number;
}

/** Draws a digit in white on a grey picture, with soft edges. */
export function draw(picture: Picture, digit: number, drawing: Drawing): void {
  const { left, top, height, pen, slant = 0, shake = 0, seed = 0 } = drawing;
  const stream = new Stream(seed, "hand");
  for (const [s, stroke] of (STROKES[digit] ?? []).entries()) {
    const points = stroke.map(([x, y], i): Point => {
      const tremble = (k: number) => shake * stream.normal(2 * i + k, s, digit);
      return [left + height * (0.8 * x + slant * (1 - y) + tremble(0)), top + height * (y + tremble(1))];
    });
    for (const [i, point] of points.entries()) line(picture, points[i - 1] ?? point, point, pen / 2);
  }
}

/** A line of a round pen: ink up to the radius, then half a pixel of edge. */
function line({ width, height, pixels }: Picture, [ax, ay]: Point, [bx, by]: Point, radius: number): void {
  const [left, right] = [Math.floor(Math.min(ax, bx) - radius - 1), Math.ceil(Math.max(ax, bx) + radius + 1)];
  const [top, bottom] = [Math.floor(Math.min(ay, by) - radius - 1), Math.ceil(Math.max(ay, by) + radius + 1)];
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  for (let y = Math.max(0, top); y <= Math.min(height - 1, bottom); y++) {
    for (let x = Math.max(0, left); x <= Math.min(width - 1, right); x++) {
      const along = length === 0 ? 0 : ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length;
      const t = Math.min(1, Math.max(0, along));
      const distance = Math.sqrt((x - ax - t * (bx - ax)) ** 2 + (y - ay - t * (by - ay)) ** 2);
      const ink = Math.round(255 * Math.min(1, Math.max(0, radius + 0.5 - distance)));
      const i = y * width + x;
      pixels[i] = Math.max(pixels[i] ?? 0, ink);
    }
  }
}
