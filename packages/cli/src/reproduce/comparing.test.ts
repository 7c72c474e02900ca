import { Dataset } from "inkling";
import { type ExperimentRun, experimentsNamed } from "inkling/presets";
import { expect, test } from "vitest";
import { outcomesOf, withVotes } from "./comparing.ts";

/** A run that ended with this accuracy everywhere. */
const runOf = (id: string, seed: number, accuracy: number): ExperimentRun => {
  const measure = { loss: 1, accuracy };
  const epochs = [{ epoch: 30, validation: measure, test: measure, penalty: 0 }];
  return { id, seed, seconds: 1, wall: 1, weightsSha256: "0", epochs };
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

test("an experiment alone takes the deviation of one that is not among those reported", () => {
  const chosen = experimentsNamed("5-1", "");
  const all = [...chosen, ...experimentsNamed("5-2", "")];
  const several = [0.8, 0.9, 1].map((accuracy, i) => runOf("5-2", i + 1, accuracy));
  const runs = new Map([
    ["5-1", [runOf("5-1", 1, 0.9)]],
    ["5-2", several],
  ]);
  const [outcome] = outcomesOf(chosen, runs, all);
  expect(outcome?.comparisons[0]?.deviation).toBeCloseTo(0.1, 12);
});

test("6i is the vote of five runs of 6h, and nothing while one is missing", () => {
  const labels = Uint8Array.from([7, 2, 1, 0]);
  const digits = new Dataset({ name: "four", shape: [1], inputs: new Uint8Array(4), labels, classes: 10 });
  const voters = ["7210", "7213", "7114", "1210", "7295"].map((predictions, i) => ({
    ...{ ...runOf("6h", i + 1, 0.9), predictions },
  }));
  const experiments = experimentsNamed("6i", "");
  const four = withVotes(new Map([["6h", voters.slice(1)]]), experiments, { train: digits, test: digits });
  expect(four.get("6i")).toBeUndefined();
  const five = withVotes(new Map([["6h", voters]]), experiments, { train: digits, test: digits });
  // 7, 2, 1 by most; 0 twice, 3, 4 and 5 once.
  expect(five.get("6i")?.[0]?.epochs[0]?.test?.accuracy).toBe(1);
  expect(five.get("6i")?.[0]?.wall).toBe(5);
  expect(outcomesOf(experiments, five)[0]?.comparisons[0]?.mean).toBe(1);
});
