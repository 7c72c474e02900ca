import fc from "fast-check";
import { expect, test } from "vitest";
import { exactJson, parsedExactly } from "./exact-json.ts";

test("every number comes back as it was, wherever it stands", () => {
  const any = fc.letrec((part) => ({
    value: fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.array(part("value"), { maxLength: 3 }),
      fc.dictionary(fc.string(), part("value"), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(any.value, (value) => {
      expect(parsedExactly(exactJson(value))).toStrictEqual(value);
    }),
  );
});

test("a key __proto__ is a key as any other", () => {
  const value = JSON.parse('{"__proto__": {"a": 1}}');
  const back = parsedExactly(exactJson(value)) as object;
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  expect(JSON.stringify(back)).toBe('{"__proto__":{"a":1}}');
});

test("what is no JSON is nothing", () => {
  expect([undefined, "", "{", "nothing"].map(parsedExactly)).toEqual([undefined, undefined, undefined, undefined]);
});
