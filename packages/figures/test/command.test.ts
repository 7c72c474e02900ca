// The line that an experiment gives is run, and the same experiment is trained as the page trains it: one digest.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type DataPair, type Dataset, train } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { encodePng } from "inkling-formats/images";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drawingsToLearn, npzFiles } from "../src/panes/draw/collection.ts";
import { readOwn } from "../src/panes/own/reading.ts";
import { prepare } from "../src/session/preparing.ts";
import { changed, commandOf, type Experiment, experimentOf, experimentOn } from "../src/state/experiment.ts";
import type { OwnData } from "../src/state/own-data.ts";
import { csv, drawings, numbersCsv, picture } from "./own-files.ts";

const command = fileURLToPath(new URL("../../cli/bin/inkling.js", import.meta.url));
let folder: string;
let digits: DataPair;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inkling-command-"));
  digits = await mnist();
});
afterAll(() => rm(folder, { recursive: true }));

async function digestOfLine(experiment: Experiment): Promise<string> {
  const [, ...words] = commandOf(experiment)?.split(" ") ?? [];
  const options = ["--json", "--quiet", "--backend", "wasm", "--threads", "1", "--out", join(folder, "m.safetensors")];
  const where = { cwd: folder, timeout: 100_000 };
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...words, ...options], where);
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

/** Files in the folder where the command runs, and as a page reads them. */
async function own(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Parameters<typeof readOwn>[1] = {},
): Promise<OwnData> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const chosen = Object.entries(files).map(([path, content]) => ({ path, file: new Blob([content as string]) }));
  return readOwn(chosen, options);
}

const few = { layers: [5], epochs: 4, batchSize: 8 } as const;

test.each<[string, () => Promise<OwnData>, string]>([
  ["a table", async () => own({ "kinds.csv": csv }, { label: "kind" }), "kinds.csv --label kind --preset table"],
  [
    "a table of numbers with empty cells",
    async () => own({ "prices.csv": numbersCsv }, { label: "price", missing: "mean" }),
    "prices.csv --label price --missing mean --preset table",
  ],
  [
    "a folder of pictures",
    async () => {
      const paths = ["cats", "dogs"].flatMap((kind) => Array.from({ length: 8 }, (_, i) => `pets/${kind}/${i}.png`));
      const files = await Promise.all(paths.map(async (path, i) => [path, await encodePng(picture(i))] as const));
      return own(Object.fromEntries(files), { size: [10, 10] });
    },
    "pets --size 10x10 --preset mlp",
  ],
  [
    "one's own drawings",
    async () => {
      const [[name, bytes]] = (await npzFiles(drawings)) as [readonly [string, Uint8Array]];
      await writeFile(join(folder, name), bytes);
      return drawingsToLearn(drawings, false) as OwnData;
    },
    "drawings.npz --classes 10 --preset mlp",
  ],
])("%s of one's own", async (_, read, words) => {
  const experiment = changed(experimentOn(await read()), few);
  expect(commandOf(experiment)).toMatch(`inkling train ${words} --layers 5 `);
  const { backend } = await chooseBackend({ backend: "wasm", threads: 1 });
  const { model, train: examples, options } = prepare(experiment, experiment.data?.train as Dataset, backend);
  await train(model, examples, options);
  expect(await model.weightsSha256()).toBe(await digestOfLine(experiment));
});

test("there is no command where the command line would divide the examples in another way", async () => {
  const table = experimentOn(await own({ "kinds.csv": csv }, { label: "kind" }));
  expect(commandOf(changed(table, { seed: 2 }))).toBeUndefined();
  const added = drawingsToLearn(drawings, true) as OwnData;
  expect(commandOf(experimentOn(added))).toBeUndefined();
});
