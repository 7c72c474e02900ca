// All 100 epochs of the original's experiment in float64 against NumPy. About a minute each.
import { test } from "vitest";
import { expectTrajectory, goldenTrajectory, runOriginal } from "./original.ts";

test.each([0, 1, 7])("from np.random.seed(%i), all 100 epochs in float64 are the original's", async (seed) => {
  const measured = await runOriginal("--seed", String(seed), "--precision", "float64");
  expectTrajectory(measured, await goldenTrajectory(seed), { loss: 1e-5, accuracy: 0 });
});
