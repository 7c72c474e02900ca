/** Names that are short enough to be written where a point lies. */

/** A name of so many letters is written as it is. */
const MOST = 3;

/**
 * A short text for each name: the name itself where all are short, else the beginnings that tell them apart, of at most
 * three letters; else numbers from 1.
 */
export function shortNames(names: readonly string[]): string[] {
  const letters = names.map((name) => Array.from(name.trim()));
  if (letters.every(({ length }) => length <= MOST)) return letters.map((name) => name.join(""));
  for (let length = 1; length <= MOST; length++) {
    const beginnings = letters.map((name) => name.slice(0, length).join("").trim());
    if (new Set(beginnings).size === names.length && !beginnings.includes("")) return beginnings;
  }
  return names.map((_, i) => String(i + 1));
}
