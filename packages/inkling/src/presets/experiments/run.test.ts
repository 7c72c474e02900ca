import { describe, expect, test } from "vitest";
import { workOf } from "./experiment.ts";
import { experiments, experimentsNamed } from "./experiments.ts";
import { compareWithSource, type ExperimentRun, resultOf } from "./run.ts";

/** A run with these accuracies on the validation and the test images. */
function runOf(seed: number, validation: number[], tested: number[]): ExperimentRun {
  const epochs = tested.map((accuracy, i) => ({
    epoch: i + 1,
    validation: { loss: 1, accuracy: validation[i] ?? 0 },
    test: { loss: 0.5, accuracy },
    penalty: 0.25,
  }));
  return { id: "x", seed, seconds: 1, weightsSha256: "0", epochs };
}

describe("the rule of a reported number", () => {
  const run = runOf(1, [0.5, 0.9, 0.7], [0.6, 0.7, 0.8]);
  const on = { value: 0, what: "accuracy", on: "test", bestOf: 1 } as const;

  test("is the last epoch, an epoch by its number, the best one, or the best one of validation", () => {
    expect(resultOf(run, { ...on, at: "last" })).toBe(0.8);
    expect(resultOf(run, { ...on, at: 1 })).toBe(0.6);
    expect(resultOf(run, { ...on, at: "best" })).toBe(0.8);
    expect(resultOf(run, { ...on, at: "bestValidation" })).toBe(0.7);
  });

  test("adds the book's L2 term to a cost", () => {
    expect(resultOf(run, { ...on, what: "cost", at: "last" })).toBe(0.75);
  });

  test("has no result for a training that diverged, nor for examples that were not watched", () => {
    expect(resultOf({ ...run, weightsSha256: null }, { ...on, at: "last" })).toBeNaN();
    expect(resultOf(run, { ...on, on: "training", at: "last" })).toBeNaN();
  });
});

describe("a comparison with the source", () => {
  const reported = { value: 0.9, what: "accuracy", on: "test", at: "last", bestOf: 1 } as const;

  test("agrees within 3·sd·√(1 + 1/n)", () => {
    const runs = [0.8, 0.82, 0.84].map((accuracy, i) => runOf(i + 1, [0], [accuracy]));
    const { mean, deviation, agrees } = compareWithSource(reported, runs);
    expect(mean).toBeCloseTo(0.82, 12);
    expect(deviation).toBeCloseTo(0.02, 12);
    // 3 · 0.02 · √(4/3) = 0.0693
    expect(agrees).toBe(false);
    expect(compareWithSource({ ...reported, value: 0.8892 }, runs).agrees).toBe(true);
    expect(compareWithSource({ ...reported, value: 0.8894 }, runs).agrees).toBe(false);
  });

  test("of one run takes the binomial deviation, or the neighbour's if that is larger", () => {
    const runs = [runOf(1, [0], [0.9])];
    expect(compareWithSource(reported, runs).deviation).toBeCloseTo(Math.sqrt((0.9 * 0.1) / 10_000), 12);
    expect(compareWithSource(reported, runs, 0.01).deviation).toBe(0.01);
  });
});

describe("the experiments", () => {
  test("have ids of their own, and every one can be named", () => {
    const ids = experiments.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(experimentsNamed(id, "reproduce").map((found) => found.id)).toContain(id);
    expect(experimentsNamed("3k", "reproduce")).toHaveLength(9);
    expect(experimentsNamed("all", "reproduce")).toBe(experiments);
  });

  test("that are unknown are refused with the nearest", () => {
    expect(() => experimentsNamed("3x", "reproduce")).toThrow("reproduce: expected one of original, 1a,");
    expect(() => experimentsNamed("orignal", "reproduce")).toThrow("Did you mean original?");
  });

  test("see as many images as the book's, so their work can be compared", () => {
    const [small, large] = [experimentsNamed("3k-100", "")[0], experimentsNamed("3k-50000", "")[0]];
    expect(small && workOf(small)).toBe(large && workOf(large));
  });
});
