import { afterEach, expect, test } from "vitest";
import {
  englishMessages,
  inDigits,
  inDigitsApart,
  inPercent,
  inProbability,
  messages,
  missingMessages,
  onLanguage,
  setLanguage,
  signed,
} from "./messages.ts";

const room = messages("a room", { title: "Draw", left: (n: number) => `${n} left` });
afterEach(() => setLanguage("en"));

test("a translation replaces what it has, and English stands in for the rest", () => {
  let calls = 0;
  const end = onLanguage(() => calls++);
  setLanguage("de", { "a room": { title: "Zeichnen" } });
  end();
  setLanguage("de", { "a room": { title: "Zeichnen" } });
  expect(room().title).toBe("Zeichnen");
  expect(room().left(3)).toBe("3 left");
  expect(calls).toBe(1);
  expect(englishMessages()["a room"]?.title).toBe("Draw");
});

test("what a translation lacks is listed, and in brackets for those who translate", () => {
  const own = { "a room": { title: "Zeichnen" } };
  expect(missingMessages(own)).toContain("a room left");
  expect(missingMessages(own)).not.toContain("a room title");
  setLanguage("de", own, { marks: true });
  expect(room().title).toBe("Zeichnen");
  expect(room().left(3)).toBe("⟦3 left⟧");
});

test("signs stay on the left of their numbers where people write from right to left", () => {
  setLanguage("he");
  expect(signed(0.5)).toBe("\u200e+0.5");
  expect(signed(-0.5)).toBe("\u200e−0.5");
});

test.each([
  [0.012345, "0.0123"],
  [-0.5, "−0.5"],
  [12345.6, "12,300"],
  [0, "0"],
  [-0, "0"],
  [1.5e-9, "1.5 × 10⁻⁹"],
  [-1.5e-9, "−1.5 × 10⁻⁹"],
  [1.2345e8, "1.23 × 10⁸"],
  [9.9999e-5, "1 × 10⁻⁴"],
  [Number.NaN, "NaN"],
  [Number.NEGATIVE_INFINITY, "−∞"],
])("%s is written %s", (value, text) => {
  expect(inDigits(value)).toBe(text);
});

test("signs and shares are written as the language writes them", () => {
  expect(signed(0.25)).toBe("+0.25");
  expect(signed(-0.25)).toBe("−0.25");
  expect(signed(0)).toBe("0");
  expect(inPercent(0.98071)).toBe("98.07%");
  setLanguage("de");
  expect(inDigits(0.25)).toBe("0,25");
  expect(inPercent(0.98071)).toMatch(/^98,07\s%$/);
});

test("two numbers have the digits that tell them apart", () => {
  expect(inDigitsApart(0.5, 0.4, 3)).toEqual(["0.5", "0.4"]);
  expect(inDigitsApart(0.0045652, 0.0045648, 4)).toEqual(["0.0045652", "0.0045648"]);
  expect(inDigitsApart(0.25, 0.25, 3)).toEqual(["0.25", "0.25"]);
  expect(inDigitsApart(1, 1 + 1e-12)).toEqual(["1", "1"]);
});

test("a probability that is not 1 is not written as 100%", () => {
  expect(["0.5", "0.99994", "0.99996", "1"].map((p) => inProbability(Number(p)))).toEqual([
    ...["50.00%", "99.99%", "> 99.99%", "100.00%"],
  ]);
  expect([0.9994, 0.9996, 1].map((p) => inProbability(p, 1))).toEqual(["99.9%", "> 99.9%", "100.0%"]);
});
