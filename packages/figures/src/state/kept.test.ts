import fc from "fast-check";
import { expect, test } from "vitest";
import { inRange, isOn, numbersIn, oneOf, orderOf, someOf, wholeIn } from "./kept.ts";

const some = someOf(["decay", "dropout", "more"]);

test.each([
  ["a number", inRange(-4, -1), [-4, -2.5, -1, -1.7000000000000002, -1 - 2 ** -40]],
  ["a small number", inRange(-1, 1), [1e-7, -5.5e-17, 0]],
  ["a whole number", wholeIn(-8, 8), [-8, 0, 8]],
  ["a name", oneOf(["sigmoid", "tanh", 4]), ["tanh", 4]],
  ["a switch", isOn(), [true, false]],
  ["a list of numbers", numbersIn(2, -10, 10), [[-9, 1.25]]],
  ["an order", orderOf(4), [[3, 1, 0, 2]]],
])("%s comes back from the address as it was written", (_, { parse, write }, values) => {
  for (const value of values) {
    const text = write(value as never);
    expect(parse(text)).toEqual(value);
    // An address escapes none of its signs.
    expect(new URLSearchParams({ text }).toString()).toBe(`text=${text}`);
  }
});

test("names that are chosen come back in the order of the list, and so does none", () => {
  expect(some.write(["more", "decay"] as never)).toBe("decay_more");
  expect(some.parse("decay_more")).toEqual(["decay", "more"]);
  expect(some.parse(some.write([] as never))).toEqual([]);
});

test.each([
  ["beyond its range", inRange(-4, -1), ["0", "-5", "NaN", "", "1e9", "--2", "2,5", "Infinity"]],
  ["not whole, or beyond its range", wholeIn(1, 8), ["0", "9", "2.5", "", "1e0", "0x1"]],
  ["no name of the list", oneOf(["sigmoid", "tanh"]), ["", "Sigmoid", "toString", "__proto__"]],
  ["neither on nor off", isOn(), ["", "2", "true", "constructor"]],
  ["not all names, or one twice", some, ["", "decay_", "decay_decay", "rest"]],
  ["not so many numbers", numbersIn(2, -10, 10), ["", "1", "1_2_3", "1_11", "1_x"]],
  ["no order", orderOf(3), ["", "0_1", "0_1_1", "0_1_3", "0_1_2_3", "0_1_-2"]],
])("what is %s says nothing", (_, { parse }, texts) => {
  for (const text of texts) expect(parse(text), text).toBeUndefined();
});

test("any text gives a value of its kind, or none: 1,000 of them", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.string({ unit: "binary" })), (text) => {
      const number = inRange(-4, -1).parse(text) as number | undefined;
      expect(number === undefined || (number >= -4 && number <= -1)).toBe(true);
      expect([undefined, true, false]).toContain(isOn().parse(text));
      const chosen = some.parse(text) as string[] | undefined;
      expect(chosen === undefined || chosen.length <= 3).toBe(true);
    }),
    { numRuns: 1000, seed: 1 },
  );
});
