/** Checks of operands against a window: what the table of operations cannot say. */
import { ShapeError } from "../errors.ts";
import { checkWindow, positions, taps, type Window } from "./window.ts";

/** Throws an ArgumentError or a ShapeError unless a window slides over images of so many numbers, with such weights. */
export function checkTaps(operation: string, window: Window, numbers: number, rows: number): void {
  checkWindow(`${operation}, window`, window, numbers);
  if (rows === taps(window)) return;
  throw new ShapeError(`${operation}, W`, `${taps(window)} rows, the window's taps`, String(rows));
}

/** Throws a ShapeError unless δ has a number for each position and filter. */
export function checkPositions(operation: string, window: Window, filters: number, columns: number): void {
  const wanted = positions(window) * filters;
  if (columns === wanted) return;
  throw new ShapeError(`${operation}, delta`, `${wanted} columns, positions × filters`, String(columns));
}

/** How many numbers each of `parts` has. Throws a ShapeError unless they are whole. */
export function wholeParts(where: string, columns: number, parts: number): number {
  if (columns % parts === 0) return columns / parts;
  throw new ShapeError(where, `a multiple of ${parts} columns`, String(columns));
}
