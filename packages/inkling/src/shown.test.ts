import { expect, test } from "vitest";
import { InklingError } from "./errors.ts";
import { escaped, listed, shown } from "./shown.ts";

test.each<[unknown, string]>([
  ["0.1", '"0.1"'],
  ["", '""'],
  [0.1, "0.1"],
  [Number.NaN, "NaN"],
  [10n, "10n"],
  [null, "null"],
  [undefined, "nothing"],
  [true, "true"],
  [Symbol("x"), "a symbol"],
  [() => 1, "a function"],
  [[1, 2], "an array of 2"],
  [new Uint8Array(2), "a Uint8Array"],
  [new Int8Array(2), "an Int8Array"],
  [{}, "an object"],
  [Object.create(null), "an object"],
  [new Map(), "a Map"],
])("%s is shown as %s", (value, text) => {
  expect(shown(value)).toBe(text);
});

test("a long text is cut", () => {
  expect(shown("a".repeat(1e6))).toBe(`"${"a".repeat(40)}"`);
});

test.each([
  ["an escape sequence", "\u001b[2J", "\\u001b[2J"],
  ["the one-byte form of it", "\u009b2J", "\\u009b2J"],
  ["a line break", "a\nb", "a\\nb"],
  ["a line separator", "a\u2028b", "a\\u2028b"],
  ["a change of direction", "a\u202eb", "a\\u202eb"],
  ["half a character", "a\ud800b", "a\\ud800b"],
  ["half a character at the cut", `${"a".repeat(39)}😀`, `${"a".repeat(39)}\\ud83d`],
])("%s in a text becomes letters", (_, text, harmless) => {
  expect(shown(text)).toBe(`"${harmless}"`);
  expect(escaped(harmless)).toBe(harmless);
});

test("names are listed in quotes, of many only ten", () => {
  expect(listed(["a", "b,c"])).toBe('"a", "b,c"');
  expect(listed(Array.from({ length: 12 }, (_, i) => String(i)))).toMatch(/^"0", .* "9" … \(12 in all\)$/);
});

test("no field of an error has a control character, nor has its message", () => {
  const raw = "a\u001b[2J\nb";
  const { where, expected, got, advice, message } = new InklingError(raw, raw, raw, raw);
  for (const text of [where, expected, got, advice, message]) expect(text).not.toMatch(/\p{Cc}/u);
});
