/** The shape of one example: what goes into a layer, and what comes out of it. */
import { ArgumentError } from "./errors.ts";
import { shown } from "./shown.ts";

/** The shape of one example: [784], or [height, width, channels]. */
export type Shape = readonly number[];

/** How many numbers an example of this shape has. */
export function size(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Throws an ArgumentError, in the name of `where`, unless `shape` is a list of whole numbers from 1 up. */
export function checkShape(where: string, shape: unknown): void {
  const isShape =
    Array.isArray(shape) && shape.length > 0 && Array.from(shape).every(isLength) && Number.isSafeInteger(size(shape));
  if (isShape) return;
  const got = Array.isArray(shape) ? `[${Array.from(shape.slice(0, 8), shown).join(", ")}]` : shown(shape);
  throw new ArgumentError(where, "a shape of whole numbers from 1 up, such as [28, 28, 1]", got);
}

/** Whether a value can be a length: a whole number from 1 up. */
export function isLength(length: unknown): boolean {
  return Number.isSafeInteger(length) && (length as number) >= 1;
}

/** "28 × 28 × 1" */
export function shapeText(shape: Shape): string {
  return shape.join(" × ");
}
