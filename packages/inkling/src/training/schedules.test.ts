import { expect, test } from "vitest";
import { constant, oneCycle } from "./schedules.ts";

test("constant is 1", () => {
  expect([0, 7, 99].map((t) => constant().factor(t, 100))).toEqual([1, 1, 1]);
});

test("one cycle rises in a straight line to 1 and falls in a straight line to its end", () => {
  const { factor } = oneCycle({ warmUp: 0.2, start: 0.1, end: 0.01 });
  // 101 steps: the peak is at step 20, the last step is 100.
  const expected = [
    [0, 0.1],
    [10, 0.55],
    [20, 1],
    [60, 0.505],
    [100, 0.01],
  ];
  for (const [t, value] of expected) expect(factor(t, 101)).toBeCloseTo(value, 12);
});

test("one cycle of one step is a step at the full rate", () => {
  expect(oneCycle().factor(0, 1)).toBe(1);
});
