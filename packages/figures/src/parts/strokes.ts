/**
 * Strokes of a pen on a square sheet, as geometry and as a picture. What a reader sees on the screen and what the
 * network gets are drawn from the same segments, the one by the browser, the other here, by + − × ÷ √ alone: every
 * browser makes the same bytes of the same points.
 *
 *   points p₀ … pₙ   →   a smooth line through the middles between neighbours, each point a handle of a parabola
 *                    →   short segments with a radius at both ends   →   ink = 1 within the radius, paler at the edge
 *
 * A drawing that is moved by whole pixels of the screen is the same picture, moved: it is computed from its own top
 * left corner on.
 */
import type { Picture } from "inkling/pictures";

/**
 * The side of the sheet: 28 pixels of the network's image, 8 wide each. A digit on it is cut out on as fine a grid
 * as a larger one, and is found in a third of the time that a sheet of 392 takes.
 */
export const SHEET = 224;
/** The side of the network's image that the sheet is made for. */
export const CELLS = 28;
/** How wide a pen is that writes as MNIST's writers did, when a digit fills most of the sheet. */
export const PEN = 15;

/** A point of a stroke, on the sheet; `width` is its share of the pen's, by pressure. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Without a break; a single point is a dot. */
export type Stroke = readonly Point[];

/** A straight part of a stroke, with a radius at both ends. */
export interface Segment {
  readonly from: Point;
  readonly to: Point;
}

/** No segment of a curve is longer, in pixels of the sheet. */
const LONGEST = 3;
/** Points that are nearer than this add nothing. */
const NEAREST = 0.5;
/** Positions are rounded to 1/64 pixel, so that no digit of a moved drawing depends on where it was. */
const GRAIN = 64;

/** Whether a new point is far enough from the last one to be kept. */
export function isFarEnough(last: Point | undefined, { x, y }: Point): boolean {
  return last === undefined || (x - last.x) ** 2 + (y - last.y) ** 2 >= NEAREST ** 2;
}

/** A stroke as short segments along its smooth line. */
export function segmentsOf(stroke: Stroke): Segment[] {
  const [first, ...others] = stroke;
  if (first === undefined) return [];
  const last = others.at(-1);
  if (last === undefined) return [{ from: first, to: first }];
  const path: Point[] = [first];
  for (const [i, point] of stroke.entries()) {
    const next = stroke[i + 1];
    if (i === 0 && next !== undefined) path.push(middle(point, next));
    else if (next !== undefined) addCurve(path, point, middle(point, next));
  }
  path.push(last);
  return path.slice(1).map((to, i) => ({ from: path[i] as Point, to }));
}

/** A parabola from the end of the path to a point, bent towards a handle. */
function addCurve(path: Point[], handle: Point, to: Point): void {
  const from = path.at(-1) ?? to;
  const length = distance(from, handle) + distance(handle, to);
  const parts = Math.max(1, Math.ceil(length / LONGEST));
  for (let part = 1; part <= parts; part++) {
    const t = part / parts;
    path.push(between(between(from, handle, t), between(handle, to, t), t));
  }
}

function middle(a: Point, b: Point): Point {
  return between(a, b, 0.5);
}

function between(a: Point, b: Point, t: number): Point {
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t, width: a.width + (b.width - a.width) * t };
}

function distance(a: Point, b: Point): number {
  return Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2);
}

/** The same strokes elsewhere on the sheet. */
export function moved(strokes: readonly Stroke[], x: number, y: number): Stroke[] {
  return strokes.map((stroke) => stroke.map((point) => ({ ...point, x: point.x + x, y: point.y + y })));
}

/** The sheet with its strokes: grey, black ink on white. What lies beyond the sheet's edge is cut off. */
export function pictureOf(strokes: readonly Stroke[], pen = PEN): Picture {
  const pixels = new Uint8Array(SHEET * SHEET).fill(255);
  const points = strokes.flat();
  if (points.length > 0) {
    const [x, y] = [Math.min(...points.map((point) => point.x)), Math.min(...points.map((point) => point.y))];
    const corner = { x: Math.round(x), y: Math.round(y) };
    const rounded = (number: number) => Math.round(number * GRAIN) / GRAIN;
    for (const stroke of strokes) {
      const own = stroke.map((point) => ({ ...point, x: rounded(point.x - x), y: rounded(point.y - y) }));
      for (const segment of segmentsOf(own)) addInk(pixels, segment, pen / 2, corner);
    }
  }
  return { width: SHEET, height: SHEET, channels: 1, pixels };
}

/** Darkens the pixels near a segment, whose points are counted from the drawing's corner. */
function addInk(pixels: Uint8Array, { from, to }: Segment, radius: number, corner: { x: number; y: number }): void {
  const [r0, r1] = [radius * from.width, radius * to.width];
  const reach = Math.max(r0, r1) + 1;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length2 = dx * dx + dy * dy;
  const [left, right] = within(Math.min(from.x, to.x) - reach + corner.x, Math.max(from.x, to.x) + reach + corner.x);
  const [top, bottom] = within(Math.min(from.y, to.y) - reach + corner.y, Math.max(from.y, to.y) + reach + corner.y);
  for (let row = top; row < bottom; row++) {
    const y = row - corner.y + 0.5 - from.y;
    for (let column = left; column < right; column++) {
      const x = column - corner.x + 0.5 - from.x;
      // The nearest point of the segment: t of the way along it.
      const t = length2 === 0 ? 0 : Math.max(0, Math.min(1, (x * dx + y * dy) / length2));
      const [u, v] = [x - t * dx, y - t * dy];
      const ink = r0 + (r1 - r0) * t + 0.5 - Math.sqrt(u * u + v * v);
      if (ink <= 0) continue;
      const grey = 255 - Math.round(255 * Math.min(1, ink));
      const at = row * SHEET + column;
      if (grey < (pixels[at] as number)) pixels[at] = grey;
    }
  }
}

/** Which rows or columns of the sheet lie in a range: the first, and one past the last. */
function within(from: number, to: number): [number, number] {
  return [Math.max(0, Math.floor(from)), Math.min(SHEET, Math.ceil(to))];
}
