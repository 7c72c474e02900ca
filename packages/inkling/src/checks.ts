/** Checks of single values that a caller gives: names by their list, numbers by their range. */
import { ArgumentError } from "./errors.ts";
import { didYouMean } from "./options.ts";
import { shown } from "./shown.ts";

/** Whether a value is an object that has these members: what the types cannot promise to JavaScript. */
export function has(value: unknown, ...members: readonly string[]): value is object {
  return typeof value === "object" && value !== null && members.every((member) => member in value);
}

/** Throws an ArgumentError unless `value` is one of the names. */
export function checkName(where: string, field: string, value: unknown, names: readonly string[]): void {
  if (typeof value === "string" && names.includes(value)) return;
  throw new ArgumentError(where, `${field} to be one of ${names.join(", ")}`, shown(value), didYouMean(value, names));
}

/** Throws an ArgumentError unless `value` is text that is not empty. */
export function checkText(where: string, field: string, value: unknown): asserts value is string {
  if (typeof value === "string" && value !== "") return;
  throw new ArgumentError(where, `${field} to be a text`, shown(value));
}

/** Throws an ArgumentError unless `value` is a whole number of at least `least`. */
export function checkWhole(where: string, field: string, value: unknown, least: number): void {
  checkWithin(where, `${field} to be a whole number of at least ${least}`, value, least);
}

/** Throws an ArgumentError unless `value` is a whole number from `least` to `most`. */
export function checkWithin(
  where: string,
  expected: string,
  value: unknown,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  checkNumber(where, expected, value, (number) => Number.isInteger(number) && number >= least && number <= most);
}

/** Throws an ArgumentError unless `value` is a finite number for which `holds`. */
export function checkNumber(where: string, expected: string, value: unknown, holds: (value: number) => boolean): void {
  if (typeof value === "number" && Number.isFinite(value) && holds(value)) return;
  throw new ArgumentError(where, expected, shown(value));
}

/** Throws an ArgumentError unless `value` is a number from 0 to below 1. */
export function checkShare(where: string, field: string, value: unknown): void {
  checkNumber(where, `${field} from 0 to below 1`, value, (share) => share >= 0 && share < 1);
}
