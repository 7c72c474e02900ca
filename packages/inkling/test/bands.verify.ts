// Quarter of an hour: recipes that others published reach with us what they reached there, in the mean of five seeds.
import { mnist } from "inkling/node";
import { expect, test } from "vitest";
import { bands, meanAccuracy } from "./bands.ts";

const digits = await mnist();

test.each(Object.values(bands))("$name: the mean of five seeds is between $least and $most", async (band) => {
  const mean = await meanAccuracy(band, digits, 5);
  expect(mean).toBeGreaterThanOrEqual(band.least);
  expect(mean).toBeLessThanOrEqual(band.most);
});
