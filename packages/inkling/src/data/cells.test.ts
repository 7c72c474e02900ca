import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numberIn } from "./cells.ts";

fc.configureGlobal({ seed: 1, numRuns: 1000 });

describe("numberIn", () => {
  test("is what Number makes of it, to the last bit", () => {
    const digits = fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }).map((list) => list.join(""));
    const number = fc.tuple(fc.constantFrom("", "-", "+"), fc.nat(1e9), digits, fc.integer({ min: -30, max: 30 }));
    fc.assert(
      fc.property(number, ([sign, whole, decimals, exponent]) => {
        for (const text of [
          `${sign}${whole}`,
          `${sign}${whole}.${decimals}`,
          `${sign}${whole}.${decimals}e${exponent}`,
        ]) {
          expect(numberIn(text)).toBe(Number(text));
        }
      }),
    );
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => numberIn(String(x)) === x));
  });

  test.each([
    ["0", 0],
    ["-0", -0],
    ["+5", 5],
    [" 5\t", 5],
    ["1e3", 1000],
    ["1E+3", 1000],
    ["-1.5e-3", -0.0015],
    ["999999999999999", 999999999999999],
    ["9007199254740993", 9007199254740992],
    ["0.000000000000001", 1e-15],
    ["123456789.123456789", 123456789.12345679],
  ])("reads %j", (text, value) => {
    expect(numberIn(text)).toBe(value);
  });

  test.each([
    "",
    " ",
    ".",
    ".5",
    "5.",
    "-",
    "+",
    "--5",
    "+-5",
    "007",
    "-01",
    "1.2.3",
    "1e",
    "e5",
    "1,5",
    "5 5",
    "５",
    "\n5",
  ])("refuses %j", (text) => {
    expect(numberIn(text)).toBeNaN();
  });

  test("refuses what is no text", () => {
    for (const cell of [5, null, undefined, {}]) expect(numberIn(cell as never)).toBeNaN();
  });
});
