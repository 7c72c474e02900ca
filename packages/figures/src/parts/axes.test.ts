import { expect, test } from "vitest";
import { between, powerFor, rangeOf, snapped, ticksOf } from "./axes.ts";

test("ticks are round numbers inside of the range", () => {
  expect(ticksOf([-6, 6], 6)).toEqual([-6, -4, -2, 0, 2, 4, 6]);
  expect(ticksOf([0, 0.25], 5)).toEqual([0, 0.05, 0.1, 0.15, 0.2, 0.25]);
  expect(ticksOf([0.1, 0.4], 3)).toEqual([0.1, 0.2, 0.3, 0.4]);
  expect(ticksOf([1, 1], 3)).toEqual([]);
});

test("a number is held in its range and on its grid", () => {
  expect(snapped(0.299999, 0.1, [-6, 6])).toBe(0.3);
  expect(snapped(9, 0.1, [-6, 6])).toBe(6);
  expect(between([-6, 6], 0.75)).toBe(3);
  expect(rangeOf([2, 2])).toEqual([1, 3]);
  expect(rangeOf([0, 10], 0.1)).toEqual([-1, 11]);
});

test("long numbers are short in a power of ten", () => {
  expect([[350_000, -2], [99_000], [0.5], [0.002], [0], [-2e7], [Number.NaN, 1]].map(powerFor)).toEqual([
    3, 0, 0, -3, 0, 6, 0,
  ]);
});
