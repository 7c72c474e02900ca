import { expect, test } from "vitest";
import { cosinePi, power } from "./powers.ts";

test("a power is the product of its factor's squares", () => {
  expect([0, 1, 2, 3, 10].map((n) => power(2, n))).toEqual([1, 2, 4, 8, 1024]);
  expect(power(0.5, 1074)).toBe(5e-324);
  expect(power(0.9, 5)).toBe(0.9 ** 2 * 0.9 ** 2 * 0.9);
  let product = 1;
  for (let n = 0; n <= 100; n++, product *= 0.95) expect(power(0.95, n) / product).toBeCloseTo(1, 13);
});

test("the cosine of a half turn is exact at its ends and in the middle", () => {
  expect([0, 0.5, 1].map(cosinePi)).toEqual([1, 0, -1]);
});

test("the cosine is as near to Math.cos as two roundings allow, and falls all the way", () => {
  let before = 2;
  for (let i = 0; i <= 20_000; i++) {
    const x = i / 20_000;
    const cosine = cosinePi(x);
    // Math.cos and Math.sin have errors of their own, and are given a multiple of π that was rounded.
    const [near, sign] = x > 0.5 ? [1 - x, -1] : [x, 1];
    const expected = sign * (near > 0.25 ? Math.sin(Math.PI * (0.5 - near)) : Math.cos(Math.PI * near));
    if (Math.abs(cosine - expected) >= 3.4e-16) expect.fail(`cosinePi(${x}) is ${cosine}, expected ${expected}`);
    if (cosine >= before) expect.fail(`cosinePi(${x}) is ${cosine}, before it ${before}`);
    before = cosine;
  }
});

test("known values: cos 60°, cos 45°, cos 30°", () => {
  expect(Math.abs(cosinePi(1 / 3) - 0.5)).toBeLessThan(2.3e-16);
  expect(Math.abs(cosinePi(1 / 4) - Math.SQRT1_2)).toBeLessThan(2.3e-16);
  expect(Math.abs(cosinePi(1 / 6) - Math.sqrt(3) / 2)).toBeLessThan(2.3e-16);
});
