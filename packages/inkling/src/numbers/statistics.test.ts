import { expect, test } from "vitest";
import { deviationOf, meanOf } from "./statistics.ts";

test("the mean, and the deviation of a sample: with n − 1", () => {
  expect(meanOf([2, 4, 9])).toBe(5);
  expect(deviationOf([2, 4, 9])).toBe(Math.sqrt((9 + 1 + 16) / 2));
});

test("one number has a mean and no deviation, and none has neither", () => {
  expect(meanOf([3])).toBe(3);
  expect(deviationOf([3])).toBeNaN();
  expect(meanOf([])).toBeNaN();
});
