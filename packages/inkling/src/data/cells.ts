/** The cells of a CSV file: what number a text stands for, and what is said of one that stands for none. */
import { DataError } from "../errors.ts";
import { shown } from "../shown.ts";

/** Numbers as in JSON; a plus sign before them, and spaces and tabs around them, are allowed too. */
const NUMBER = /^[ \t]*[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?[ \t]*$/;

/** 10⁰ … 10¹⁵, each exact. */
const POWERS = Array.from({ length: 16 }, (_, k) => Number(`1e${k}`));

/** The number that a cell stands for, in float64; NaN for every other text ("", "NaN", "0x10", "1,5"). */
export function numberIn(cell: string): number {
  // Up to 15 digits, with a point or without, are the rule. They are a whole number below 2⁵³ over a power of ten up to
  // 10¹⁵, both exact, and their quotient is rounded once: what Number() gives, in half the time.
  if (typeof cell !== "string") return Number.NaN;
  const negative = cell.charCodeAt(0) === 45;
  const start = negative ? 1 : 0;
  const { length } = cell;
  let value = 0;
  let point = -1;
  let at = start;
  for (; at < length; at++) {
    const digit = cell.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (digit === -2 && point === -1) point = at;
    else break;
  }
  const whole = point === -1 ? at - start : point - start;
  const decimals = point === -1 ? 0 : at - point - 1;
  const isPlain = at === length && whole > 0 && whole + decimals <= 15 && (point === -1 || decimals > 0);
  if (!isPlain || (whole > 1 && cell.charCodeAt(start) === 48)) return NUMBER.test(cell) ? Number(cell) : Number.NaN;
  const size = value / POWERS[decimals];
  return negative ? -size : size;
}

/** The number that a cell stands for; throws a DataError at the place `where()` unless float32 can hold it. */
export function float32In(cell: string, where: () => string, advice = ""): number {
  const value = numberIn(cell);
  if (Number.isFinite(Math.fround(value))) return value;
  const expected = Number.isNaN(value) ? "a number" : "a number that float32 can hold";
  throw new DataError(where(), expected, cell === "" ? "an empty cell" : shown(cell), `Nothing was loaded.${advice}`);
}

/** The whole number from 0 to `max` that a cell of at most `digits` digits holds; NaN for every other cell. */
export function wholeNumberIn(cell: string, max: number, digits: number): number {
  // A cell of one to three digits is the rule, and read without a detour.
  let value = typeof cell === "string" && cell.length > 0 && cell.length <= digits ? 0 : Number.NaN;
  for (let i = 0; i < cell.length; i++) {
    const digit = cell.charCodeAt(i) - 48;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
  }
  return value <= max ? value : Number.NaN;
}

/** A text without the spaces and tabs around it. */
export function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

/** An array of the same kind with room for `length` numbers: the same, or one twice as long with the same beginning. */
export function withRoom<A extends Uint8Array | Float32Array>(array: A, length: number): A {
  if (length <= array.length) return array;
  const larger = Math.max(length, 2 * array.length);
  const grown = array instanceof Uint8Array ? new Uint8Array(larger) : new Float32Array(larger);
  grown.set(array);
  return grown as A;
}
