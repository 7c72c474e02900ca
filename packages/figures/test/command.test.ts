// The line that an experiment gives is run, and the same experiment is trained as the page trains it: one digest.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type DataPair, train } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prepare } from "../src/session/preparing.ts";
import { commandOf, type Experiment, experimentOf } from "../src/state/experiment.ts";

const command = fileURLToPath(new URL("../../cli/bin/inkling.js", import.meta.url));
let folder: string;
let digits: DataPair;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inkling-command-"));
  digits = await mnist();
});
afterAll(() => rm(folder, { recursive: true }));

async function digestOfLine(experiment: Experiment): Promise<string> {
  const [, ...words] = commandOf(experiment).split(" ");
  const options = ["--json", "--quiet", "--backend", "wasm", "--threads", "1", "--out", join(folder, "m.safetensors")];
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...words, ...options], { timeout: 100_000 });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "").weightsSha256;
}

test.each<[string, Experiment]>([
  ["a preset on fewer images", experimentOf("mlp", { layers: [30], examples: 2000, epochs: 2 })],
  ["fewer images than a batch", experimentOf("mlp", { examples: 100, epochs: 3, seed: 5 })],
  [
    "another optimizer, activation, loss and start",
    experimentOf("mlp", {
      ...{ layers: [20, 20], activation: "tanh", loss: "quadratic", init: "scaledNormal", optimizer: "momentum" },
      ...{ nesterov: true, learningRate: 0.05, schedule: "cosine", examples: 1000, epochs: 2, weightDecay: 0.001 },
    }),
  ],
  ["the original with its draws", experimentOf("original", { init: "numpy", examples: 1000, epochs: 3, seed: 0 })],
  [
    "convolutions, batch norm, dropout, images that change",
    experimentOf("cnn", { layers: ["4c5", "p2", "bn", 20, "d0.3"], examples: 500, epochs: 2, batchSize: 50 }),
  ],
  [
    "early stopping with averages and balanced classes",
    experimentOf("mlp", {
      ...{ layers: [10], classWeights: "balanced", average: 0.9, patience: 1, validation: 200 },
      ...{ examples: 1000, epochs: 4 },
    }),
  ],
])("%s", async (_, experiment) => {
  const { backend } = await chooseBackend({ backend: "wasm", threads: 1 });
  const { model, train: images, options } = prepare(experiment, digits.train, backend);
  await train(model, images, options);
  expect(await model.weightsSha256()).toBe(await digestOfLine(experiment));
});
