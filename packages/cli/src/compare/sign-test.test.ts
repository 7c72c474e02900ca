import { expect, test } from "vitest";
import { signTest } from "./sign-test.ts";

// scipy.stats.binomtest(min(a, b), a + b).pvalue
test.each([
  [0, 0, 1],
  [5, 5, 1],
  [1, 9, 0.021484375],
  [9, 1, 0.021484375],
  [0, 20, 1.9073486328125e-6],
  [30, 50, 0.03299261842647619],
  [2000, 2150, 0.020715456049267052],
])("%i against %i", (a, b, expected) => {
  expect(signTest(a, b) / expected).toBeCloseTo(1, 5);
});
