/** Where pointers and keys are on the sheet. */
import { CELLS, type Point, SHEET } from "./strokes.ts";

/** How wide a cell of the network's image is on the sheet. */
export const CELL = SHEET / CELLS;
/** Keys that move the pen: columns, rows. Home, Page Up, End and Page Down lie so on a keypad of numbers. */
export const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-1, -1],
  PageUp: [1, -1],
  End: [-1, 1],
  PageDown: [1, 1],
};

/** Where a pointer is on the sheet. A pen's stroke is wider the harder it is pressed; fingers and mice have no say. */
export function pointOf(event: PointerEvent, sheet: Element): Point {
  const place = sheet.getBoundingClientRect();
  const scale = SHEET / sheet.clientWidth;
  const width = event.pointerType === "pen" && event.pressure > 0 ? 0.5 + event.pressure : 1;
  const [x, y] = [event.clientX - place.left - sheet.clientLeft, event.clientY - place.top - sheet.clientTop];
  return { x: x * scale, y: y * scale, width };
}

/** A cell of the sheet, for a style. */
export function placeOf({ column, row }: { readonly column: number; readonly row: number }): string {
  const share = (cells: number) => `${(100 * cells) / CELLS}%`;
  return `left:${share(column)};top:${share(row)};width:${share(1)};height:${share(1)}`;
}
