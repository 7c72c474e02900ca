import { expect, test } from "vitest";
import { intervalText, wilson } from "./intervals.ts";

// scipy.stats.binomtest(k, n).proportion_ci(method="wilson")
test.each([
  [8, 10, 0.49016, 0.94331],
  [10, 10, 0.72247, 1],
  [0, 10, 0, 0.27753],
  [9788, 10000, 0.97579, 0.98144],
])("%i of %i has the 95 %% interval of Wilson", (k, n, low, high) => {
  const found = wilson(k / n, n);
  expect(found[0]).toBeCloseTo(low, 4);
  expect(found[1]).toBeCloseTo(high, 4);
});

test("it is said in %", () => {
  expect(intervalText(0.8, 10)).toBe("49.02 to 94.33 %");
});
