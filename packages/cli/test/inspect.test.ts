// What a file has in it: models, ensembles, checkpoints, files from elsewhere, damaged ones.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adam, calibrate, Dataset, dense, flatten, learnFamiliarity, network, table, train } from "inkling";
import { encodeCheckpoint, encodeTensors } from "inkling/formats";
import { load, save } from "inkling/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspect } from "../src/inspect/inspection.ts";
import { inspectionLines } from "../src/inspect/lines.ts";
import { inklingInTurn } from "./in-turn.ts";
import { onlyJson } from "./running.ts";
import { csv, flowers, images } from "./tiny-data.ts";

let directory = "";
const at = (name: string) => join(directory, name);
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "inkling-inspect-"));
  await writeFile(at("digits.csv"), csv(images(200)).join("\n"));
  await writeFile(at("flowers.csv"), flowers(60).join("\n"));
  const small = ["--epochs", "2", "--quiet", "--threads", "1"];
  await inklingInTurn(directory, ["train", "digits.csv", ...small, "--layers", "8", "--out", "digits.safetensors"]);
  const kinds = ["--label", "kind", "--ensemble", "2", "--out", "flowers.safetensors"];
  await inklingInTurn(directory, ["train", "flowers.csv", ...small, ...kinds]);
  await writeFile(
    at("foreign.safetensors"),
    encodeTensors({
      metadata: { format: "pt", "\u001b[2J": "clears <the> screen" },
      tensors: [{ name: "fc.weight\u202e", shape: [2, 2], values: Float32Array.of(0, 1, Number.NaN, 3) }],
    }),
  );
  await mkdir(at("run.checkpoint"));
  const model = network([2], [dense(2)]);
  const rows = [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
  ];
  const run = train(model, table(rows, [0, 1, 0, 1]), { epochs: 3, batchSize: 2, optimizer: adam(), every: "step" });
  await run.next();
  const bytes = await encodeCheckpoint(model, await run.state(), { notes: {} });
  await writeFile(at("run.checkpoint/checkpoint-000001.safetensors"), bytes);
  bytes[bytes.length - 1] ^= 1;
  await writeFile(at("run.checkpoint/checkpoint-000002.safetensors"), bytes);
});
afterAll(() => rm(directory, { recursive: true }));

test("a model: its layers, input, output, loss, training, digest, and each tensor at a glance", async () => {
  const found = onlyJson(await inklingInTurn(directory, ["inspect", "digits.safetensors", "--json"]));
  const model = await load(at("digits.safetensors"));
  expect(found).toMatchObject({
    ...{ kind: "model", file: "digits.safetensors", format: "2", parameters: 4 * 4 * 8 + 8 + 8 * 10 + 10 },
    input: { shape: [4, 4, 1], scaling: "byte / 255" },
    output: { task: "classes", outputs: 10 },
    training: { epochs: 2, seed: 1, data: { name: "digits.csv", examples: 200 } },
    weightsSha256: await model.weightsSha256(),
  });
  const bytes = await readFile(at("digits.safetensors"));
  expect(found.bytes).toBe(bytes.length);
  const tensors = found.tensors as { name: string; numbers: number; min: number; mean: number; max: number }[];
  expect(tensors.map(({ name, numbers }) => [name, numbers])).toEqual([
    ["layers.1.weights", 128],
    ["layers.1.bias", 8],
    ["layers.2.weights", 80],
    ["layers.2.bias", 10],
  ]);
  const weights = await model.backend.read((model.parameters[0] as (typeof model.parameters)[number]).value);
  expect(tensors[0]?.min).toBe(Math.min(...weights));
  expect(tensors[0]?.max).toBe(Math.max(...weights));
});

test("a model that knows how sure it may be: its temperature, and what is unfamiliar", async () => {
  const { labels: right, pixels } = images(400);
  // Some are wrong: where a model makes no mistake there is no temperature to be found.
  const labels = right.map((label, i) => (i % 17 === 0 ? (label + 1) % 10 : label));
  const data = new Dataset({ name: "digits", shape: [4, 4, 1], inputs: pixels, labels, classes: 10 });
  const model = network([4, 4, 1], [flatten(), dense(10)]);
  await train(model, data, { epochs: 10, batchSize: 10, optimizer: adam({ learningRate: 0.02 }) });
  await calibrate(model, data);
  await learnFamiliarity(model, data);
  await save(model, at("sure.safetensors"));
  const found = await inspect(at("sure.safetensors"));
  expect(found).toMatchObject({ kind: "model", notes: {}, calibration: { data: { examples: 400 } } });
  const { stdout } = await inklingInTurn(directory, ["inspect", "sure.safetensors"]);
  expect(stdout).toMatch(/^Certainty +temperature [\d.]+, measured on 400 examples of digits/m);
  expect(stdout).toMatch(/^Familiar +more than [\d.]+ % left over is called unfamiliar/m);
});

test("a model with one bit that is another: inspect says so, the other commands refuse it", async () => {
  const bytes = await readFile(at("digits.safetensors"));
  bytes[bytes.length - 2] = (bytes[bytes.length - 2] ?? 0) ^ 1;
  await writeFile(at("damaged.safetensors"), bytes);
  expect(await inspect(at("digits.safetensors"))).toMatchObject({ isIntact: true });
  expect(await inspect(at("damaged.safetensors"))).toMatchObject({ isIntact: false });
  const { stdout } = await inklingInTurn(directory, ["inspect", "damaged.safetensors"]);
  expect(stdout).toMatch(/^The file +changed since it was written: its weights or texts are not the old\n +ones$/m);
  for (const args of [
    ["predict", "damaged.safetensors", "digits.csv"],
    ["evaluate", "damaged.safetensors", "--data", "digits.csv"],
    ["export", "damaged.safetensors", "--format", "json"],
    ["import", "damaged.safetensors", "--out", "other.safetensors"],
    ["compare", "damaged.safetensors", "digits.safetensors"],
    ["train", "digits.csv", "--from", "damaged.safetensors"],
  ]) {
    const { code, stderr } = await inklingInTurn(directory, args);
    expect(stderr, args[0]).toMatch(
      /^damaged\.safetensors: expected the weights that were written to it \(by inkling\.digests\), got others\. Take another copy; /,
    );
    expect(code, args[0]).toBe(2);
  }
});

test("an ensemble: how it decides, and each of its networks", async () => {
  const found = await inspect(at("flowers.safetensors"));
  if (found.kind !== "ensemble") throw new Error(found.kind);
  expect(found.combine).toBe("mean");
  expect(found.members.map(({ seed }) => seed)[0]).toBe(1);
  expect(found.members[0]?.output.classNames).toEqual(["daisy", "rose", "iris, blue"].toSorted());
  expect(found.members[1]?.weightsSha256).not.toBe(found.members[0]?.weightsSha256);
});

test("a directory of checkpoints: the newest that is whole, where it stands, and which are damaged", async () => {
  const found = await inspect(at("run.checkpoint"));
  if (found.kind !== "checkpoint") throw new Error(found.kind);
  expect(found.file).toBe(at("run.checkpoint/checkpoint-000001.safetensors"));
  expect(found.position).toMatchObject({ "training.epoch": 1, "training.step": 1 });
  expect(found.options).toMatchObject({ epochs: 3, batchSize: 2, optimizer: { name: "adam" } });
  expect(found.damaged).toHaveLength(1);
  const { stdout, code } = await inklingInTurn(directory, ["inspect", "run.checkpoint"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Stands at +epoch 1 of 3, 1 step of it done/m);
});

test("a file from elsewhere: its tensors, and nothing in it reaches the terminal as it is", async () => {
  const { stdout, code } = await inklingInTurn(directory, ["inspect", "foreign.safetensors"]);
  expect(code).toBe(0);
  expect(stdout).toContain("a safetensors file from elsewhere");
  expect(stdout).toContain("\\u001b[2J: clears <the> screen");
  expect(stdout).toMatch(/fc\.weight\\u202e +2 × 2 +0 +1\.33 +1\.25 +3 +25\.0 % +1 not finite/);
  expect(stdout).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u);
});

test("what is damaged, or is no such file, is one sentence", async () => {
  const whole = await readFile(at("digits.safetensors"));
  await writeFile(at("short.safetensors"), whole.subarray(0, 900));
  await mkdir(at("empty"));
  for (const [name, sentence] of [
    ["short.safetensors", /^short\.safetensors: expected .*Nothing was loaded\.\n$/],
    ["digits.csv", /^digits\.csv: expected a safetensors file/],
    ["empty", /^empty: expected a directory with a checkpoint, got none\.\n$/],
    ["none", /^none: expected a file that can be read, got nothing there\.\n$/],
    ["/dev/zero", /got a device/],
  ] as const) {
    const { code, stdout, stderr } = await inklingInTurn(directory, ["inspect", name]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(sentence);
  }
});

describe.each([40, 60, 80, 120])("in a window of %i columns", (width) => {
  const terminal = { width, colour: false, isNarrow: width < 60, style: (_: unknown, text: string) => text };
  test.each(["digits.safetensors", "flowers.safetensors", "foreign.safetensors", "run.checkpoint"])(
    "no line of %s is wider than a digest",
    async (name) => {
      const found = { ...(await inspect(at(name))), file: name };
      for (const line of inspectionLines(found, terminal))
        expect(line.length, line).toBeLessThanOrEqual(Math.max(width, 74));
    },
  );
});
