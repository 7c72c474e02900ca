// Schedules, limits, averages and early stopping from the command line: the training, its report and its record.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "inkling/node";
import { afterAll, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { onlyJson } from "./running.ts";
import { flowers } from "./tiny-data.ts";

const directory = await mkdtemp(join(tmpdir(), "inkling-schedules-"));
afterAll(() => rm(directory, { recursive: true }));
await writeFile(join(directory, "flowers.csv"), flowers(120).join("\n"));

/** So large steps that the scores soon get worse. */
const STOPPING = ["train", "flowers.csv", "--label", "kind", "--epochs", "60", "--validation", "30", "--patience", "3"];
const ROUGH = [...STOPPING, "--learning-rate", "0.5", "--schedule", "constant"];

test("--patience stops a training, saves the best weights and says so", async () => {
  const { code, stdout } = await inklingInTurn(directory, [...ROUGH, "--out", "stopped"]);
  expect(code).toBe(0);
  const said = stdout.replace(/\s+/g, " ");
  const [, end, best] =
    /Stopped after epoch (\d+): no better validation loss for 3 epochs\. The model has the weights of epoch (\d+), the best\./.exec(
      said,
    ) ?? [];
  expect(Number(best)).toBe(Number(end) - 3);
  expect(stdout).toMatch(new RegExp(`^ +${end} +\\d`, "m"));

  const json = onlyJson(await inklingInTurn(directory, [...ROUGH, "--out", "again", "--json"]));
  expect(json).toMatchObject({ epochs: Number(end), ended: "stopping", bestEpoch: Number(best) });
  const history = json.history as { validationLoss: number }[];
  expect(json.validationLoss).toBe(history[Number(best) - 1]?.validationLoss);
  const model = await load(join(directory, "again"));
  expect(await model.weightsSha256()).toBe(json.weightsSha256);
  expect(await (await load(join(directory, "stopped"))).weightsSha256()).toBe(json.weightsSha256);
  expect(model.training?.metrics).toMatchObject({ bestEpoch: Number(best), validationLoss: json.validationLoss });
  expect(model.training?.configuration).toMatchObject({
    patience: 3,
    stopping: { patience: 3, on: "loss", improvement: 0, restoreBest: true },
  });
});

test("options, a configuration file and the record say the same training", async () => {
  const options = {
    ...{ schedule: "cosine", cosineEnd: 0.1, warmUp: 0.2, l1: 0.0001, clipNorm: 0.5, maxNorm: 2, average: 0.9 },
    ...{ epochs: 4, seed: 3 },
  };
  await writeFile(join(directory, "config.json"), JSON.stringify(options));
  const flags = Object.entries(options).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    String(value),
  ]);
  const [byFlags, byFile, plain] = await Promise.all([
    inklingInTurn(directory, ["train", "flowers.csv", "--label", "kind", ...flags, "--out", "flags", "--json"]),
    inklingInTurn(directory, [
      "train",
      "flowers.csv",
      "--label",
      "kind",
      "--config",
      "config.json",
      "--out",
      "file",
      "--json",
    ]),
    inklingInTurn(directory, [
      "train",
      "flowers.csv",
      "--label",
      "kind",
      "--epochs",
      "4",
      "--seed",
      "3",
      "--out",
      "plain",
      "--json",
    ]),
  ]);
  const digests = [byFlags, byFile, plain].map((ended) => onlyJson(ended).weightsSha256);
  expect(digests[0]).toBe(digests[1]);
  expect(digests[0]).not.toBe(digests[2]);
  const model = await load(join(directory, "flags"));
  expect(model.training?.configuration).toMatchObject({
    ...options,
    averaging: { decay: 0.9 },
    scheduleSettings: { end: 0.1 },
    warmUpSettings: { share: 0.2, start: 0.04 },
  });
  expect((await readFile(join(directory, "flags"))).length).toBe((await readFile(join(directory, "file"))).length);
});

test("the book's schedule ends the training at 1/128 of the learning rate", async () => {
  const { code, stdout } = await inklingInTurn(directory, [
    ...[
      "train",
      "flowers.csv",
      "--label",
      "kind",
      "--epochs",
      "90",
      "--validation",
      "30",
      "--schedule",
      "reduce-on-plateau",
    ],
    ...["--plateau-patience", "2", "--plateau-factor", "0.5", "--plateau-stop", "0.0078125", "--watch", "accuracy"],
    ...["--out", "book"],
  ]);
  expect(code).toBe(0);
  const said = stdout.replace(/\s+/g, " ");
  expect(said).toContain("Stopped after epoch 15: the schedule has reached 0.007813 of the learning rate.");
});
