import { expect, test } from "vitest";
import { likenessOf } from "./likeness.ts";

test("two neurons are alike by the angle between their weights, and so is what they learned", () => {
  const a = { starts: [[1, 0, 0]], maps: [[3, 0, 4]] };
  const b = {
    starts: [
      [0, 2, 0],
      [0, 0, 0],
    ],
    maps: [
      [0, 2, 1],
      [0, 0, 0],
    ],
  };
  const { trained, started, learned, kept } = likenessOf(a, b);
  expect(trained).toBeCloseTo(4 / (5 * Math.sqrt(5)), 12);
  expect(started).toBe(0);
  // (2, 0, 4) and (0, 0, 1)
  expect(learned).toBeCloseTo(4 / Math.sqrt(20), 12);
  // A neuron of zeros is like nothing, also not like itself.
  expect(kept).toBe(0);
  expect(likenessOf(a, a)).toMatchObject({ started: 1, trained: 1, learned: 1, kept: 0.6 });
});
