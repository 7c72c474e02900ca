/**
 * Options are checked by name. An unknown one is a typing error: a training that ignores it is not the training that
 * was asked for.
 */
import { ArgumentError } from "./errors.ts";
import { shown } from "./shown.ts";

/**
 * Throws an ArgumentError, in the name of `where`, unless `options` is an object whose names are all among `known`. The
 * sentence says the nearest known name.
 *
 * @example
 * checkOptions("train", { epoch: 3 }, ["epochs", "batchSize"]);
 * // ArgumentError: train: expected options among epochs, batchSize, got "epoch". Did you mean epochs?
 */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (!isOptions(options)) {
    throw new ArgumentError(where, `an object of options (${known.join(", ")})`, shown(options));
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new ArgumentError(where, `options among ${known.join(", ")}`, shown(name), didYouMean(name, known));
  }
}

/** Whether a value is an object that can hold options: no list, no numbers. */
export function isOptions(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** "Did you mean classes?", or nothing where no known name is near. */
export function didYouMean(value: unknown, known: readonly string[]): string {
  const meant = nearest(value, known);
  return meant === undefined ? "" : `Did you mean ${meant}?`;
}

/** "Write adam().", where a function's name or the function itself stands for what it makes; otherwise nothing. */
export function calledAdvice(value: unknown, known: readonly string[]): string {
  const meant = nearest(typeof value === "function" ? value.name : value, known);
  return meant === undefined ? "" : `Write ${meant}().`;
}

/**
 * Throws an ArgumentError, in the name of `where`, for an argument of a function that has no options: it would be
 * ignored. Nothing, and an object without options, are taken.
 */
export function checkNoOptions(where: string, given: readonly unknown[]): void {
  for (const value of given) {
    if (value === undefined) continue;
    const [name] = isOptions(value) ? Object.keys(value) : [];
    if (isOptions(value) && name === undefined) continue;
    throw new ArgumentError(where, "no options (it has none)", shown(name ?? value));
  }
}

/** The known name that is nearest to a misspelt one; undefined where none is. Capitals and dashes do not matter. */
export function nearest(value: unknown, known: readonly string[]): string | undefined {
  if (typeof value !== "string") return undefined;
  const plain = (name: string) => name.toLowerCase().replace(/[-_ ]/g, "");
  const name = plain(value);
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const other = plain(candidate);
    // A third of the letters may be wrong: "lr" is not near to "shape", "momentun" is to "momentum".
    const most = Math.max(name.length, other.length) / 3;
    if (Math.abs(name.length - other.length) > most) continue;
    const distance = editDistance(name, other);
    if (distance < least && distance <= most) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** How many letters have to be added, removed, changed, or swapped with their neighbour to turn a into b. */
function editDistance(a: string, b: string): number {
  // rows[i][j]: from the first i letters of a to the first j of b
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 0; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? rows[i - 2][j - 2] + 1 : Number.POSITIVE_INFINITY;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + change, swap);
    }
  }
  return rows[a.length][b.length];
}
