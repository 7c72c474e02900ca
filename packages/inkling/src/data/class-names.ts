/** The names of classes: in which order, and which number each has. */
import { DataError } from "../errors.ts";
import { nearest } from "../options.ts";
import { listed, shown } from "../shown.ts";

/** The different words among `words`, in the order of their characters' codes, so that no language changes it. */
export function byCodeUnit(words: ArrayLike<string>): string[] {
  return [...new Set(Array.from(words))].sort();
}

/** The class of each word: its place in `names`. Throws a DataError, at the place `where(i)`, for an unknown word. */
export function classNumbers(
  words: ArrayLike<string>,
  names: readonly string[],
  where: (i: number) => string,
): Uint32Array {
  const numbers = new Map(names.map((name, number) => [name, number]));
  return Uint32Array.from(words, (word, i) => {
    const number = numbers.get(word);
    if (number !== undefined) return number;
    const meant = nearest(word, names);
    const advice = meant === undefined ? "" : `Did you mean ${shown(meant)}?`;
    throw new DataError(where(i), `one of the ${names.length} classes (${listed(names)})`, shown(word), advice);
  });
}
