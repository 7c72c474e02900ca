// The original's experiment against NumPy, as far as float32 can follow it; all 100 epochs are in original.verify.ts.
import { expect, test } from "vitest";
import { expectTrajectory, goldenTrajectory, runOriginal } from "./original.ts";

test.each([0, 1, 7])("from np.random.seed(%i), ten epochs in float32 are the original's", async (seed) => {
  const measured = await runOriginal("--seed", String(seed), "--epochs", "10");
  expectTrajectory(measured, await goldenTrajectory(seed), { loss: 1e-4, accuracy: 1e-3 });
});

test("two epochs in float64 are the original's almost to the last bit", async () => {
  const measured = await runOriginal("--seed", "0", "--epochs", "2", "--precision", "float64");
  expectTrajectory(measured, await goldenTrajectory(0), { loss: 1e-12, accuracy: 0 });
});

test("the same command twice gives the same weights", async () => {
  const [one, other] = await Promise.all([runOriginal("--epochs", "2"), runOriginal("--epochs", "2")]);
  expect(one.weightsSha256).toBe(other.weightsSha256);
});
