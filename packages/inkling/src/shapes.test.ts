import { describe, expect, test } from "vitest";
import { ArgumentError } from "./errors.ts";
import { checkShape, size } from "./shapes.ts";

describe("a shape", () => {
  test("has as many numbers as the product of its lengths", () => {
    expect([size([784]), size([28, 28, 1]), size([2, 3, 4])]).toEqual([784, 784, 24]);
  });

  test.each<[string, unknown, string]>([
    ["halves", [1.5], "[1.5]"],
    ["nothing", [0], "[0]"],
    ["less than nothing", [28, -28], "[28, -28]"],
    ["no dimension", [], "[]"],
    ["words", ["28"], '["28"]'],
    ["holes", Object.assign([2], { 2: 3 }), "[2, nothing, 3]"],
    ["no number", [Number.NaN, Number.POSITIVE_INFINITY], "[NaN, Infinity]"],
    ["more than can be counted", [2 ** 40, 2 ** 40], "[1099511627776, 1099511627776]"],
    ["a number", 784, "784"],
    ["typed numbers", Uint8Array.of(28), "a Uint8Array"],
    ["null", null, "null"],
  ])("of %s is refused", (_, shape, got) => {
    expect(() => checkShape("digits", shape)).toThrow(ArgumentError);
    expect(() => checkShape("digits", shape)).toThrow(
      `digits: expected a shape of whole numbers from 1 up, such as [28, 28, 1], got ${got}.`,
    );
  });
});
