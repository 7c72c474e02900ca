import { describe, expect, test } from "vitest";
import { compareWithSource, resultOf, voteOf } from "./compare.ts";
import type { Experiment, ExperimentRun } from "./experiment.ts";
import { experiments, experimentsNamed } from "./experiments.ts";
import { runExperiment } from "./run.ts";
import { workOf } from "./speed.ts";

/** A run with these accuracies on the validation and the test images. */
function runOf(seed: number, validation: number[], tested: number[]): ExperimentRun {
  const epochs = tested.map((accuracy, i) => ({
    epoch: i + 1,
    validation: { loss: 1, accuracy: validation[i] ?? 0 },
    test: { loss: 0.5, accuracy },
    penalty: 0.25,
  }));
  return { id: "x", seed, seconds: 1, wall: 1, weightsSha256: "0", epochs };
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

  test("takes the last of several best validation epochs, as network3.py does, and the first of other best ones", () => {
    const equal = runOf(1, [0.9, 0.9, 0.7], [0.6, 0.7, 0.7]);
    expect(resultOf(equal, { ...on, at: "bestValidation" })).toBe(0.7);
    expect(resultOf(equal, { ...on, what: "cost", at: "best" })).toBe(0.75);
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

  test("of the best of three compares with the mean best of all threes", () => {
    // Of 0.80, 0.82, 0.84, 0.86 the threes are 4: one has the best 0.84, three have 0.86.
    const runs = [0.86, 0.8, 0.84, 0.82].map((accuracy, i) => runOf(i + 1, [0], [accuracy]));
    const best = compareWithSource({ ...reported, bestOf: 3 }, runs);
    expect(best.mean).toBeCloseTo(0.83, 12);
    expect(best.expected).toBeCloseTo((0.84 + 3 * 0.86) / 4, 12);
    expect(compareWithSource(reported, runs).expected).toBe(best.mean);
    // sd 0.02582, 3·sd·√(5/4) = 0.0866
    expect(compareWithSource({ ...reported, bestOf: 3, value: 0.941 }, runs).agrees).toBe(true);
    expect(compareWithSource({ ...reported, bestOf: 3, value: 0.943 }, runs).agrees).toBe(false);
    // Of fewer runs, as of normal numbers: 3 / (2·√π) = 0.8463 deviations above the mean.
    const one = compareWithSource({ ...reported, bestOf: 3 }, runs.slice(0, 1), 0.01);
    expect(one.expected).toBeCloseTo(0.86 + 0.8463 * 0.01, 5);
  });

  test("of what is not drawn at random takes the digits that the source prints", () => {
    const runs = [runOf(1, [0], [0.9044])];
    expect(compareWithSource({ ...reported, rounding: 0.005 }, runs).agrees).toBe(true);
    expect(compareWithSource({ ...reported, rounding: 0.004 }, runs, 1).agrees).toBe(false);
  });

  test("of one run takes the binomial deviation, or the neighbour's if that is larger", () => {
    const runs = [runOf(1, [0], [0.9])];
    expect(compareWithSource(reported, runs).deviation).toBeCloseTo(Math.sqrt((0.9 * 0.1) / 10_000), 12);
    expect(compareWithSource(reported, runs, 0.01).deviation).toBe(0.01);
  });
});

test("a vote takes what most say, and of equally many the smallest", () => {
  expect(voteOf(["1290", "1380", "2395"])).toBe("1390");
});

describe("the experiments", () => {
  test("have ids of their own, and every one can be named", () => {
    const ids = experiments.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(experimentsNamed(id, "reproduce").map((found) => found.id)).toContain(id);
    // Nine networks, and the nine support vector machines that the book compares them with.
    expect(experimentsNamed("3k", "reproduce")).toHaveLength(18);
    expect(experimentsNamed("all", "reproduce")).toBe(experiments);
  });

  test("that are unknown are refused with the nearest", () => {
    expect(() => experimentsNamed("3x", "reproduce")).toThrow("reproduce: expected one of original, 1a,");
    expect(() => experimentsNamed("orignal", "reproduce")).toThrow("Did you mean original?");
  });

  test("of chapter 6 are as much work as counted by hand", () => {
    const work = (id: string) => workOf(experimentsNamed(id, "")[0] as Experiment);
    // 24·24·25·20 on pixels, of which 19 % count, twice; 8·8·500·40, 640·100 and 100·10 three times: 250,000 × 60
    expect(work("6e")).toBeCloseTo((2 * 0.19 * 288_000 + 3 * (1_280_000 + 64_000 + 1000)) * 250_000 * 60, -6);
    expect(work("6i")).toBe(0);
    expect(work("3a-near")).toBe(0);
  });

  test("that are cited, or a vote of others, have no runs of their own", async () => {
    const nothing = { train: undefined, test: undefined } as never;
    for (const id of ["6i", "1f-svm"]) {
      const [experiment] = experimentsNamed(id, "");
      await expect(runExperiment(experiment as Experiment, 1, nothing, {} as never)).rejects.toThrow(
        `runExperiment: expected an experiment with runs of its own, got ${id}.`,
      );
    }
  });

  test("see as many images as the book's, so their work can be compared", () => {
    const [small, large] = [experimentsNamed("3k-100", "")[0], experimentsNamed("3k-50000", "")[0]];
    expect(small && workOf(small)).toBe(large && workOf(large));
  });
});
