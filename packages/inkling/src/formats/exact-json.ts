/** JSON that keeps every number: NaN, −0 and the infinities, which JSON has not, as { "$number": "NaN" }. */

const NAME = "$number";
const WORDS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
  "-0": -0,
};

/** The text of a value. What JSON has no word for besides these numbers is left out, as JSON.stringify does. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== "number") return part;
    if (Number.isFinite(part)) return Object.is(part, -0) ? { [NAME]: "-0" } : part;
    return { [NAME]: String(part) };
  });
}

/** The value of such a text; undefined for a text that is no JSON, and for none. */
export function parsedExactly(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text, (_, part: unknown) => {
      const word = typeof part === "object" && part !== null ? (part as Record<string, unknown>)[NAME] : undefined;
      return typeof word === "string" && Object.hasOwn(WORDS, word) ? WORDS[word] : part;
    });
  } catch {
    return undefined;
  }
}
