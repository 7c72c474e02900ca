// Is it overfitting? Only where the difference is more than chance, and what is learnt no longer helps with the others.
import { expect, test } from "vitest";
import { gapOf, saidOf } from "./gap.ts";

const read = (hits: number, examples: number) => ({ accuracy: hits / examples, examples });

test("of few examples nothing is said, whichever way they fall", () => {
  expect(gapOf(read(1, 3), read(0, 3)).kind).toBe("few");
  expect(gapOf(read(27, 27), read(2, 3)).kind).toBe("few");
  expect(gapOf(read(2, 2), read(2, 2)).kind).toBe("few");
  // By all of 100, and by a fifth of as many others, chance is out.
  expect(gapOf(read(100, 100), read(20, 100)).kind).toBe("large");
});

test("as good on new examples is no overfitting, and a little less is usual", () => {
  expect(gapOf(read(9500, 10_000), read(9527, 10_000)).kind).toBe("none");
  expect(gapOf(read(9700, 10_000), read(9500, 10_000)).kind).toBe("small");
});

test("where the loss on new examples still falls, it is not overfitting yet", () => {
  const said = (losses: number[]) => saidOf(gapOf(read(726, 1000), read(6631, 10_000), losses), 500);
  expect(said([2.3, 2.1, 1.8, 1.5, 1.3, 1.12])).toMatch(
    /first 500 of them was 1\.8, now it is 1\.12\. It is not overf/,
  );
  expect(said([2.3, 1.3, 1.12, 1.12, 1.12, 1.12])).toMatch(/was 1\.12, now it is 1\.12\. It is overfitting\./);
  expect(said([2.3, 1.3, 1.12, 1.2, 1.3, 1.4])).toMatch(/was 1\.12, now it is 1\.4\. It is overfitting\./);
});

test("without a past, or with a short one, only the difference is said", () => {
  const said = (losses?: number[]) => saidOf(gapOf(read(1000, 1000), read(8700, 10_000), losses), 500);
  expect(said()).toMatch(/13 points better than new ones\. Whether it is overfitting, its training shows/);
  expect(said([2.3, 0.5, 0.5, 0.5])).toBe(said());
});
