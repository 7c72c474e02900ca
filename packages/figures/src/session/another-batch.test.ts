import { expect, test } from "vitest";
import { compared } from "./another-batch.ts";

const gradients = (W: number[], b: number[]) =>
  new Map([
    ["layers.0.weights", Float32Array.from(W)],
    ["layers.0.bias", Float32Array.from(b)],
  ]);

test("compares two gradients by their lengths and the angle between them, each parameter and all together", () => {
  const { whole, parameters } = compared(gradients([3, 4], [0]), gradients([4, -3], [1]));
  expect(parameters).toEqual([
    { name: "layers.0.weights", own: 5, other: 5, cosine: 0 },
    { name: "layers.0.bias", own: 0, other: 1, cosine: Number.NaN },
  ]);
  expect(whole).toEqual({ own: 5, other: Math.sqrt(26), cosine: 0 });
  const same = compared(gradients([3, 4], [12]), gradients([-6, -8], [-24])).whole;
  expect(same.own).toBe(13);
  expect(same.other).toBe(26);
  expect(same.cosine).toBeCloseTo(-1, 12);
});
