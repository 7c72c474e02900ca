/**
 * Text from outside on its way to a terminal: names of files and columns, cells, the record of a model file, options.
 * It may hold characters that a terminal obeys, which could set a title, clear the screen or forge a line.
 */

/** Control characters, invisible ones, and the separators of lines. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with each such character as \u and its number. Everything from outside that a report prints passes here. */
export function printable(text: unknown): string {
  return String(text).replace(UNPRINTABLE, escapedCharacter);
}

/** Prints a value as one line of JSON. */
export function printJson(value: unknown): void {
  console.log(escapedJson(value));
}

/** A value as one line of JSON. JSON.stringify leaves some control characters as they are; here none stays. */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value).replace(UNPRINTABLE, escapedCharacter);
}

/** The characters beyond \uffff are two of JSON's escapes. */
function escapedCharacter(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
