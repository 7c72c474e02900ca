/** A line that a reader draws, kept as a height for each of its columns; NaN where there is none. */
import { between, type Range } from "./axes.ts";

/** In how many steps a line is kept, from left to right. */
export const COLUMNS = 60;

/** Where the pen is. */
export interface Pen {
  readonly column: number;
  readonly y: number;
}

export interface Sketched {
  readonly sketch: readonly number[];
  readonly pen: Pen;
}

/** The column that a number of the axis lies in, and back. */
export function columnOf(x: number, [low, high]: Range): number {
  return Math.round(((x - low) / (high - low)) * COLUMNS);
}

export function columnX(column: number, xs: Range): number {
  return between(xs, column / COLUMNS);
}

/** The line after the pen has gone straight from one place to another, in all columns between them. */
export function drawnTo(sketch: readonly number[], pen: Pen, before: Pen = pen): Sketched {
  const next = whole(sketch);
  const steps = Math.abs(pen.column - before.column);
  for (let i = 0; i <= steps; i++) {
    const share = steps === 0 ? 1 : i / steps;
    next[Math.round(before.column + (pen.column - before.column) * share)] = before.y + (pen.y - before.y) * share;
  }
  return { sketch: next, pen };
}

/**
 * The line after an arrow key: up and down change its height in a column, left and right go along and draw on at the
 * same height over what was not drawn. Undefined for another key.
 */
export function drawnByKey(
  sketch: readonly number[],
  at: number,
  key: string,
  [low, high]: Range,
): Sketched | undefined {
  const by = { ArrowUp: 1, ArrowDown: -1, ArrowRight: 0, ArrowLeft: 0 }[key];
  if (by === undefined) return undefined;
  const side = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
  const column = Math.max(0, Math.min(COLUMNS, at + side));
  const next = whole(sketch);
  const here = next[at] as number;
  const start = Number.isNaN(here) ? (low + high) / 2 : here;
  const y = Math.max(low, Math.min(high, start + (by * (high - low)) / 40));
  if (side === 0 || Number.isNaN(next[column])) next[column] = y;
  return { sketch: next, pen: { column, y: next[column] as number } };
}

function whole(sketch: readonly number[]): number[] {
  return Array.from({ length: COLUMNS + 1 }, (_, i) => sketch[i] ?? Number.NaN);
}
