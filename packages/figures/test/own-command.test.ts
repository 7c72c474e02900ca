// What a page is told of a table stands in the command too: the command line reads the same examples, to one digest.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Dataset, train } from "inkling";
import { chooseBackend } from "inkling/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ReadingOptions, readOwn } from "../src/panes/own/reading.ts";
import { prepare } from "../src/session/preparing.ts";
import { changed, commandOf, experimentOn } from "../src/state/experiment.ts";
import { digestOf } from "../src/state/own-data.ts";
import { housesCsv } from "./own-files.ts";

const command = fileURLToPath(new URL("../../cli/bin/inkling.js", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inkling-own-command-"));
  await writeFile(join(folder, "houses.csv"), housesCsv);
});
afterAll(() => rm(folder, { recursive: true }));

const read = (options: ReadingOptions) => readOwn([{ path: "houses.csv", file: new Blob([housesCsv]) }], options);

test.each<[string, ReadingOptions, string]>([
  [
    "numbers that look like classes",
    { label: "rooms", task: "numbers" },
    "--label rooms --preset table --layers 5 --loss meanSquared ",
  ],
  [
    "classes that look like numbers, without a column",
    { label: "id", task: "classes", ignore: ["price", "month"] },
    "--label id --ignore price,month --preset table --layers 5 --loss crossEntropy ",
  ],
  [
    "a column of words that look like numbers",
    { label: "price", words: ["month"], ignore: ["id"] },
    "--label price --words month --ignore id --preset table --layers 5 ",
  ],
])("%s", async (_, options, words) => {
  const experiment = changed(experimentOn(await read(options)), { layers: [5], epochs: 4, batchSize: 8 });
  const line = commandOf(experiment) ?? "";
  expect(line).toContain(`inkling train houses.csv ${words}`);
  const { backend } = await chooseBackend({ backend: "wasm", threads: 1 });
  const { model, train: examples, options: how } = prepare(experiment, experiment.data?.train as Dataset, backend);
  await train(model, examples, how);
  const more = ["--json", "--quiet", "--backend", "wasm", "--threads", "1", "--out", join(folder, "m.safetensors")];
  const where = { cwd: folder, timeout: 100_000 };
  const [, ...parts] = line.split(" ");
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...parts, ...more], where);
  expect(await model.weightsSha256()).toBe(JSON.parse(stdout.trim().split("\n").at(-1) ?? "").weightsSha256);
});

test("another loss is named once", async () => {
  const experiment = changed(experimentOn(await read({ label: "rooms", task: "numbers" })), { loss: "huber" });
  expect(commandOf(experiment)?.match(/--loss \w+/g)).toEqual(["--loss huber"]);
});

test("data that are read in another way are other data", async () => {
  const ways: ReadingOptions[] = [
    { label: "rooms" },
    { label: "rooms", task: "numbers" },
    { label: "rooms", ignore: ["id"] },
    { label: "rooms", words: ["month"] },
  ];
  const digests = await Promise.all(ways.map(async (way) => digestOf((await read(way)).train)));
  expect(new Set(digests).size).toBe(ways.length);
});
