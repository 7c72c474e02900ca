// The quickest of the recipes of bands.ts; `npm run verify` has them all.
import { mnist } from "inkling/node";
import { expect, test } from "vitest";
import { bands, meanAccuracy } from "./bands.ts";

test("softmax regression reaches what it reaches everywhere", async () => {
  const { least, most } = bands.softmaxRegression;
  const mean = await meanAccuracy(bands.softmaxRegression, await mnist(), 1);
  expect(mean).toBeGreaterThanOrEqual(least);
  expect(mean).toBeLessThanOrEqual(most);
});
