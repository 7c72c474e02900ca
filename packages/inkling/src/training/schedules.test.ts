// Each schedule's curve at points computed by hand, and what is refused. PyTorch's numbers: test/schedules.test.ts.
import { describe, expect, test } from "vitest";
import { reduceOnPlateau } from "./plateau.ts";
import type { Schedule } from "./schedule.ts";
import { constant, cosine, exponential, oneCycle, step } from "./schedules.ts";
import { warmUp } from "./warm-up.ts";

test("constant is 1", () => {
  expect([0, 7, 99].map((t) => constant().factor(t, 100))).toEqual([1, 1, 1]);
});

test("one cycle rises in a straight line to 1 and falls in a straight line to its end", () => {
  const { factor } = oneCycle({ warmUp: 0.2, start: 0.1, end: 0.01 });
  // 101 steps: the peak is at step 20, the last step is 100.
  const expected = [
    [0, 0.1],
    [10, 0.55],
    [20, 1],
    [60, 0.505],
    [100, 0.01],
  ];
  for (const [t, value] of expected) expect(factor(t, 101)).toBeCloseTo(value, 12);
});

test("one cycle of one step is a step at the full rate", () => {
  expect(oneCycle().factor(0, 1)).toBe(1);
});

test("step falls every so many epochs, whole steps of the last epoch included", () => {
  const { factor } = step({ every: 2, factor: 0.5 });
  // 3 steps in an epoch: the first fall is at step 6.
  expect([0, 5, 6, 11, 12, 18].map((t) => factor(t, 24, 3))).toEqual([1, 1, 0.5, 0.5, 0.25, 0.125]);
  expect([1, 2].map((epoch) => factor(epoch, 10))).toEqual([1, 0.5]);
});

test("exponential falls by the same share after each epoch", () => {
  const { factor } = exponential({ factor: 0.25 });
  expect([0, 3, 4, 8, 12].map((t) => factor(t, 100, 4))).toEqual([1, 1, 0.25, 0.0625, 0.015625]);
});

test("cosine falls along half a wave; its end comes after the last step", () => {
  const { factor } = cosine({ end: 0.2 });
  // cos 0° = 1, cos 60° = ½, cos 90° = 0, cos 120° = −½
  const expected = [
    [0, 1],
    [4, 0.8],
    [6, 0.6],
    [8, 0.4],
  ];
  for (const [t, value] of expected) expect(factor(t, 12)).toBeCloseTo(value, 15);
  expect(cosine().factor(11, 12)).toBeGreaterThan(0);
  expect(cosine().factor(12, 12)).toBe(0);
});

describe("a warm-up", () => {
  test("rises in a straight line to the schedule behind it, which begins then", () => {
    const { factor } = warmUp(cosine(), { steps: 4, start: 0.2 });
    const expected = [
      [0, 0.2],
      [2, 0.6],
      [4, 1],
      [6, 0.75],
      [7, 0.5],
      [8, 0.25],
    ];
    for (const [t, value] of expected) expect(factor(t, 10)).toBeCloseTo(value, 15);
  });

  test("takes a share of all steps, rounded half up", () => {
    const { factor, dependsOnLength } = warmUp(constant(), { share: 0.25, start: 0.5 });
    // 10 steps: 2.5 becomes 3.
    expect([0, 3].map((t) => factor(t, 10))).toEqual([0.5, 1]);
    expect(factor(2, 10)).toBeLessThan(1);
    expect(dependsOnLength).toBe(true);
    expect(warmUp(step(), { steps: 3 }).dependsOnLength).toBe(false);
    expect(warmUp(cosine(), { steps: 3 }).dependsOnLength).toBe(true);
  });

  test("counts the epochs of the schedule behind it from its end", () => {
    const { factor } = warmUp(step({ every: 1, factor: 0.5 }), { steps: 2, start: 0.5 });
    expect([0, 1, 2, 4, 5, 8].map((t) => factor(t, 12, 3))).toEqual([0.5, 0.75, 1, 1, 0.5, 0.25]);
  });
});

describe("reduceOnPlateau", () => {
  /** The factors after epochs with these scores. */
  const factors = (schedule: Schedule, scores: readonly number[], on: "loss" | "accuracy" = "loss") => {
    const follower = schedule.follow?.();
    return scores.map((score, i) => {
      follower?.afterEpoch(i + 1, on === "loss" ? { loss: score } : { loss: 1, accuracy: score });
      return follower?.factor(0, 1);
    });
  };

  test("falls after so many epochs without improvement, and waits again", () => {
    const schedule = reduceOnPlateau({ factor: 0.5, patience: 2 });
    expect(factors(schedule, [3, 3, 2, 2, 2, 2, 2, 1])).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25]);
  });

  test("looks at the accuracy, and wants it to grow by more than `improvement`", () => {
    const schedule = reduceOnPlateau({ factor: 0.5, patience: 1, on: "accuracy", improvement: 0.25 });
    expect(factors(schedule, [0.25, 0.5, 0.75, 0.75], "accuracy")).toEqual([1, 0.5, 0.5, 0.25]);
  });

  test("falls no further than `least`; a score that is not finite is no improvement", () => {
    const schedule = reduceOnPlateau({ factor: 0.5, patience: 1, least: 0.3 });
    const scores = [Number.NaN, 1, Number.NaN, Number.POSITIVE_INFINITY];
    expect(factors(schedule, scores)).toEqual([0.5, 0.5, 0.3, 0.3]);
  });

  test("the book's schedule halves after n epochs and ends the training at 1/128", () => {
    const schedule = reduceOnPlateau({ factor: 1 / 2, patience: 2, on: "accuracy", stopAt: 1 / 128 });
    const follower = schedule.follow?.();
    const over: number[] = [];
    for (let epoch = 1; epoch <= 15; epoch++) {
      follower?.afterEpoch(epoch, { loss: 1, accuracy: 0.9 });
      if (follower?.isOver()) over.push(epoch);
    }
    // The first epoch is the best; then seven times two epochs: (1/2)⁷ = 1/128.
    expect(over).toEqual([15]);
    expect(follower?.factor(0, 1)).toBe(1 / 128);
  });

  test("keeps its memory behind a warm-up", () => {
    const follower = warmUp(reduceOnPlateau({ patience: 1 }), { steps: 2, start: 0.5 }).follow?.();
    for (const epoch of [1, 2]) follower?.afterEpoch(epoch, { loss: 1 });
    expect([0, 1, 2].map((t) => follower?.factor(t, 10))).toEqual([0.25, 0.375, 0.5]);
  });
});

test.each<[string, () => unknown, string]>([
  ["step of no epochs", () => step({ every: 0 }), "step: expected every to be a whole number of at least 1, got 0."],
  ["step that does not fall", () => step({ factor: 1 }), "step: expected factor above 0, below 1, got 1."],
  ["exponential that rises", () => exponential({ factor: 1.1 }), "exponential: expected factor above 0, below 1"],
  ["cosine below 0", () => cosine({ end: -0.1 }), "cosine: expected end from 0 to 1, got -0.1."],
  ["cosine to NaN", () => cosine({ end: Number.NaN }), "cosine: expected end from 0 to 1, got NaN."],
  ["a misspelt option", () => cosine({ ends: 0 } as never), "Did you mean end?"],
  ["a warm-up of no schedule", () => warmUp(cosine as never), "warmUp: expected a schedule, as oneCycle()"],
  ["a warm-up of no steps", () => warmUp(cosine(), { steps: 0 }), "warmUp: expected steps to be a whole number"],
  ["a warm-up of everything", () => warmUp(cosine(), { share: 1 }), "warmUp: expected share above 0, below 1, got 1."],
  ["a warm-up of both", () => warmUp(cosine(), { share: 0.1, steps: 3 }), "expected steps or share, got both."],
  ["a warm-up from 0", () => warmUp(cosine(), { start: 0 }), "warmUp: expected start above 0, at most 1, got 0."],
  ["a warm-up before a warm-up", () => warmUp(oneCycle()), "without a warm-up, got oneCycle, which has its own."],
  ["two warm-ups", () => warmUp(warmUp(cosine())), "expected a schedule without a warm-up"],
  [
    "no patience",
    () => reduceOnPlateau({ patience: 0 }),
    "expected patience to be a whole number of at least 1, got 0.",
  ],
  ["a score that there is not", () => reduceOnPlateau({ on: "los" as never }), "Did you mean loss?"],
  ["a negative improvement", () => reduceOnPlateau({ improvement: -1 }), "expected improvement of at least 0, got -1."],
  [
    "a least factor above the end",
    () => reduceOnPlateau({ least: 0.1, stopAt: 0.01 }),
    "reduceOnPlateau: expected least of at most 0.01 (stopAt), got 0.1. The training would never end.",
  ],
])("refuses %s", (_name, attempt, sentence) => {
  expect(attempt).toThrow(sentence);
});

test.each<[string, Schedule, string]>([
  ["a step that is never reached", step({ every: 5 }), "train, step: expected every below 5 (the training's epochs)"],
  [
    "a warm-up that takes all steps",
    warmUp(step({ every: 2 }), { steps: 50 }),
    "expected fewer steps than the training's 50, got 50.",
  ],
  ["a share of less than a step", warmUp(cosine(), { share: 0.001 }), "a share of at least one step of 50, got 0.001."],
  ["patience that never ends", reduceOnPlateau({ patience: 4 }), "patience of at most 3 for 5 epochs, got 4."],
  ["a schedule behind a warm-up", warmUp(step({ every: 9 }), { steps: 2 }), "train, step: expected every below 5"],
])("a training of 5 epochs and 50 steps is too short for %s", (_name, schedule, sentence) => {
  expect(() => schedule.check?.("train", { epochs: 5, steps: 50, task: "classes" })).toThrow(sentence);
  expect(() => schedule.check?.("train", { epochs: 500, steps: 5000, task: "classes" })).not.toThrow();
});

test("a training of one epoch is too short for exponential, one of two for reduceOnPlateau", () => {
  const short = { epochs: 1, steps: 10, task: "classes" } as const;
  expect(() => exponential().check?.("train", short)).toThrow("train, exponential: expected at least 2 epochs, got 1.");
  expect(() => reduceOnPlateau().check?.("train", { ...short, epochs: 2 })).toThrow(
    "expected at least 3 epochs, got 2.",
  );
});

test("reduceOnPlateau cannot look at the accuracy of numbers", () => {
  const numbers = { epochs: 9, steps: 90, task: "numbers" } as const;
  expect(() => reduceOnPlateau({ on: "accuracy" }).check?.("train", numbers)).toThrow(
    'train, reduceOnPlateau: expected on to be "loss"',
  );
});
