/**
 * JSON of files from elsewhere: JSON.parse silently keeps the last of two equal keys, so that two readers may differ.
 */

/** Whether each key of a JSON text, parsed to `value`, stands there once. Throws a RangeError below so many levels. */
export function hasKeysOnce(json: string, value: unknown, levels: number): boolean {
  // Every key has its colon.
  return countKeys(value, levels) === countColons(json);
}

/** How many keys all objects within a parsed JSON value have together. */
function countKeys(value: unknown, levels: number): number {
  if (typeof value !== "object" || value === null) return 0;
  if (levels === 0) throw new RangeError();
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, part) => sum + countKeys(part, levels - 1), own);
}

/** How many colons a JSON text has outside its strings. */
function countColons(json: string): number {
  let colons = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (inString && character === "\\") i++;
    else if (character === '"') inString = !inString;
    else if (character === ":" && !inString) colons++;
  }
  return colons;
}
