/**
 * Values of any kind as part of a sentence. A caller may give another kind of value than the types say, and a file may
 * hold anything. So text is cut, kept on one line, and characters that control a terminal are escaped.
 */

/** The longest text that is shown whole. */
const LONGEST = 40;

/**
 * A value as part of a sentence: words in quotes, cut after 40 characters; numbers as they are; other things by what
 * they are.
 *
 * @example
 * shown("0.1"); // "0.1" with its quotes, so that it is not read as a number
 * shown([1, 2]); // an array of 2
 * shown(undefined); // nothing
 */
export function shown(value: unknown): string {
  if (typeof value === "string") return escaped(JSON.stringify(value.slice(0, LONGEST)));
  if (typeof value === "bigint") return `${value}n`;
  if (value === undefined) return "nothing";
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name = escaped(String(value.constructor?.name ?? ""));
  if (name === "" || name === "Object") return "an object";
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}

/** Text without characters that a terminal would obey or a reader would not see: each becomes \u and its number. */
export function escaped(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

/** Names as part of a sentence, in quotes; of many only the first ten. */
export function listed(names: readonly string[]): string {
  const first = names.slice(0, 10).map(shown).join(", ");
  return names.length > 10 ? `${first} … (${names.length} in all)` : first;
}
