// What the chapter better-learning says of the worst run of experiment 1b: it is trained again, to equal bits.
import { readFile } from "node:fs/promises";
import { chooseBackend, mnist } from "inkling/node";
import { experiments, runExperiment } from "inkling/presets";
import { expect, test } from "vitest";

test("the run's weights have their digest, and it reads so many of each digit", async () => {
  const known = JSON.parse(await readFile(new URL("worst-run.json", import.meta.url), "utf8"));
  const experiment = experiments.find(({ id }) => id === "1b");
  if (experiment === undefined || !("settings" in experiment)) throw new Error("expected experiment 1b");
  const pair = await mnist();
  const { backend } = await chooseBackend();
  // Predictions are kept of the epoch that is best on the validation images: here it is the last one.
  const {
    weightsSha256,
    predictions = "",
    epochs,
  } = await runExperiment({ ...experiment, keepsPredictions: true }, 5, pair, { backend });
  const accuracies = epochs.map(({ validation }) => validation?.accuracy ?? 0);
  expect(accuracies.indexOf(Math.max(...accuracies))).toBe(accuracies.length - 1);
  const [right, of] = [new Array(10).fill(0), new Array(10).fill(0)];
  for (const [i, label] of Array.from(pair.test.labels ?? []).entries()) {
    of[label]++;
    if (Number(predictions[i]) === label) right[label]++;
  }
  expect({ weightsSha256, right, of }).toEqual({
    weightsSha256: known.weightsSha256,
    right: known.right,
    of: known.of,
  });
});
