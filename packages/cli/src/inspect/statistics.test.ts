import { expect, test } from "vitest";
import { statisticsOf } from "./statistics.ts";

const of = (...values: number[]) =>
  statisticsOf({ name: "a", shape: [values.length], values: Float64Array.from(values) });

test("a tensor's numbers at a glance", () => {
  expect(of(1, 0, 3, 0)).toEqual({
    ...{
      name: "a",
      shape: [4],
      numbers: 4,
      min: 0,
      mean: 1,
      deviation: Math.sqrt(1.5),
      max: 3,
      zeros: 0.5,
      notFinite: 0,
    },
  });
});

test("what is not finite is counted and left out; of nothing there is nothing to say", () => {
  expect(of(Number.NaN, 2, Number.POSITIVE_INFINITY)).toMatchObject({ min: 2, mean: 2, deviation: 0, notFinite: 2 });
  expect(of(Number.NaN)).toMatchObject({ min: null, mean: null, deviation: null, max: null, notFinite: 1 });
  expect(of()).toMatchObject({ numbers: 0, zeros: 0, min: null });
});
