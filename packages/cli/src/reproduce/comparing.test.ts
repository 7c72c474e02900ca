import { type ExperimentRun, experimentsNamed } from "inkling/presets";
import { expect, test } from "vitest";
import { outcomesOf } from "./comparing.ts";

/** A run that ended with this accuracy everywhere. */
const runOf = (id: string, seed: number, accuracy: number): ExperimentRun => {
  const measure = { loss: 1, accuracy };
  const epochs = [{ epoch: 30, validation: measure, test: measure, penalty: 0 }];
  return { id, seed, seconds: 1, weightsSha256: "0", epochs };
};

test("one run has the deviation of the nearest experiment with several, where that is larger", () => {
  const experiments = [...experimentsNamed("5-1", ""), ...experimentsNamed("5-2", "")];
  const several = [0.8, 0.9, 1].map((accuracy, i) => runOf("5-2", i + 1, accuracy));
  const runs = new Map([
    ["5-1", [runOf("5-1", 1, 0.9)]],
    ["5-2", several],
  ]);
  const [alone, many] = outcomesOf(experiments, runs).map(({ comparisons }) => comparisons[0]?.deviation);
  expect(many).toBeCloseTo(0.1, 12);
  expect(alone).toBe(many);
});
