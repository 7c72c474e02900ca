// Is it overfitting? Only where the difference is more than chance, and what is learnt no longer helps with the others.
import { expect, test } from "vitest";
import { gapOf } from "./gap.ts";

const read = (hits: number, examples: number) => ({ accuracy: hits / examples, examples });

test("of few examples nothing is said, whichever way they fall", () => {
  expect(gapOf(read(1, 3), read(0, 3))).toEqual({ kind: "few" });
  expect(gapOf(read(27, 27), read(2, 3))).toEqual({ kind: "few" });
  expect(gapOf(read(2, 2), read(2, 2))).toEqual({ kind: "few" });
  // By all of 100, and by a fifth of as many others, chance is out.
  expect(gapOf(read(100, 100), read(20, 100)).kind).toBe("large");
});

test("as good on new examples is no overfitting, and a little less is usual", () => {
  expect(gapOf(read(9500, 10_000), read(9527, 10_000)).kind).toBe("none");
  expect(gapOf(read(9700, 10_000), read(9500, 10_000))).toMatchObject({ kind: "small" });
});

test("where the loss on new examples still falls, it is not overfitting yet", () => {
  const [train, others] = [read(726, 1000), read(6631, 10_000)];
  expect(gapOf(train, others, [2.3, 2.1, 1.8, 1.5, 1.3, 1.12])).toMatchObject({
    kind: "helps",
    halfway: 1.8,
    now: 1.12,
  });
  expect(gapOf(train, others, [2.3, 1.3, 1.12, 1.12, 1.12, 1.12])).toMatchObject({ kind: "overfits", halfway: 1.12 });
  expect(gapOf(train, others, [2.3, 1.3, 1.12, 1.2, 1.3, 1.4]).kind).toBe("overfits");
});

test("without a past, or with a short one, only the difference is said", () => {
  expect(gapOf(read(1000, 1000), read(8700, 10_000))).toMatchObject({ kind: "large" });
  expect(gapOf(read(1000, 1000), read(8700, 10_000), [2.3, 0.5, 0.5, 0.5]).kind).toBe("large");
});
