// What others see of a training while it runs: --log and --tensorboard.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runsOf } from "../src/compare/runs.ts";
import { inklingInTurn } from "./in-turn.ts";
import { inkling, onlyJson } from "./running.ts";
import { csv, flowers, houses, images } from "./tiny-data.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "inkling-following-"));
  await writeFile(join(directory, "digits.csv"), csv(images(200)).join("\n"));
  await writeFile(join(directory, "flowers.csv"), flowers(60).join("\n"));
  await writeFile(join(directory, "houses.csv"), houses(60).join("\n"));
});
afterAll(() => rm(directory, { recursive: true }));

const run = (...args: string[]) => inklingInTurn(directory, [...args, "--threads", "1"]);
const linesOf = async (name: string) => {
  const text = await readFile(join(directory, name), "utf8");
  expect(text.endsWith("\n")).toBe(true);
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line));
};
const small = ["--layers", "8", "--epochs", "3", "--batch-size", "10", "--learning-rate", "0.01"];

test("a log has a start, steps, epochs and an end that agree with --json; the command in it repeats the training", async () => {
  const ended = await run("train", "digits.csv", ...small, "--validation", "20", "--json", "--log", "run.jsonl");
  const { history, ...result } = onlyJson(ended) as { history: object[]; weightsSha256: string };
  const [start, ...lines] = await linesOf("run.jsonl");
  const end = lines.pop();
  expect(start).toMatchObject({ event: "start", seed: 1, modelFile: "model.safetensors" });
  expect(start.data.train).toEqual({ name: "digits.csv", examples: 180, sha256: expect.stringMatching(/^\w{64}$/) });
  expect(start.data.validation.examples).toBe(20);
  expect(end).toEqual({ event: "end", time: expect.any(String), ...result });

  const epochs = lines.filter(({ event }) => event === "epoch");
  for (const [i, { event: _, learningRate, gradientNorms, ...record }] of epochs.entries()) {
    expect(record).toEqual(history[i]);
    expect(learningRate).toBeGreaterThan(0);
    expect(Object.keys(gradientNorms)).toEqual(["layers.1", "layers.2"]);
    expect(gradientNorms["layers.1"]).toBeGreaterThan(0);
  }
  const steps = lines.filter(({ event, epoch }) => event === "step" && epoch === 2);
  expect(steps.map(({ step }) => step)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18]);
  expect(steps[0].totalSteps).toBe(20);
  // Windows of two steps each: their mean is the epoch's.
  const mean = steps.reduce((sum, { loss }) => sum + loss, 0) / steps.length;
  expect(mean).toBeCloseTo(epochs[1].loss, 10);

  const [, ...again] = start.command.split(" ");
  expect(onlyJson(await run(...again, "--json")).weightsSha256).toBe(result.weightsSha256);
});

test("a second run goes on in the same log, and --log-every counts steps", async () => {
  const args = ["train", "houses.csv", "--label", "price", "--epochs", "2", "--batch-size", "6", "--log", "two.jsonl"];
  await run(...args, "--log-every", "4");
  await run(...args, "--log-every", "9", "--seed", "2");
  const lines = await linesOf("two.jsonl");
  expect(lines.flatMap(({ event, seed }) => (event === "start" ? [seed] : []))).toEqual([1, 2]);
  const steps = lines.filter(({ event }) => event === "step").map(({ epoch, step }) => `${epoch}.${step}`);
  expect(steps).toEqual(["1.4", "1.8", "1.9", "2.4", "2.8", "2.9", "1.9", "2.9"]);
  expect(lines.filter(({ event }) => event === "epoch")[0].accuracy).toBeUndefined();
});

test("the command in a log has whatever decides the result, of a table too", async () => {
  const args = ["train", "flowers.csv", "--label", "kind", "--epochs", "2", "--precision", "float64", "--json"];
  const { weightsSha256 } = onlyJson(await run(...args, "--log", "table.jsonl", "--out", "other.model"));
  const [{ command }] = await linesOf("table.jsonl");
  expect(command).toMatch(/^inkling train flowers\.csv --precision float64 --label kind --preset table /);
  expect(onlyJson(await run(...command.split(" ").slice(1), "--json")).weightsSha256).toBe(weightsSha256);
});

test("of an ensemble each line says which network it is about", async () => {
  await run("train", "flowers.csv", "--label", "kind", "--epochs", "1", "--ensemble", "2", "--log", "both.jsonl");
  const lines = await linesOf("both.jsonl");
  expect(lines[0].ensemble).toBe(2);
  expect(lines.filter(({ event }) => event === "epoch").map(({ member }) => member)).toEqual([1, 2]);
  expect(lines.at(-1)).toMatchObject({ event: "end", members: [{ seed: 1 }, {}] });
});

test("a training that diverges says so in its log", async () => {
  const args = ["train", "digits.csv", "--optimizer", "sgd", "--learning-rate", "1e30", "--epochs", "2"];
  const { code, stderr } = await run(...args, "--log", "far.jsonl");
  expect(code).toBe(3);
  const last = (await linesOf("far.jsonl")).at(-1);
  expect(last.event).toBe("diverged");
  expect(stderr).toContain(last.message);
});

test("an interrupted training says so in its log and report, and the log can be followed while it runs", async () => {
  const log = join(directory, "stopped.jsonl");
  const args = [
    "train",
    "digits.csv",
    "--epochs",
    "1000000",
    "--log",
    "stopped.jsonl",
    "--threads",
    "1",
    "--report",
    "s.html",
  ];
  let seen = "";
  let watching: ReturnType<typeof setInterval> | undefined;
  const ended = await inkling(directory, args, {
    onOutput: (_, child) => {
      watching ??= setInterval(async () => {
        const text = await readFile(log, "utf8").catch(() => "");
        if (!text.includes('"event":"epoch"')) return;
        clearInterval(watching);
        seen = text;
        child.kill("SIGINT");
      }, 20);
    },
  });
  expect(ended.code).toBe(130);
  expect(seen).toContain('{"event":"epoch","epoch":1,');
  expect((await linesOf("stopped.jsonl")).at(-1).event).toBe("interrupted");
  expect(await readFile(join(directory, "s.html"), "utf8")).toContain("a training that was interrupted");
});

test("a training that was stopped and goes on is one run in its log, and whole in its report", async () => {
  const args = ["train", "digits.csv", "--epochs", "150", "--layers", "8", "--threads", "1", "--out", "resumed.model"];
  const seen = ["--log", "resumed.jsonl", "--report", "resumed.html", "--checkpoint", "resumed"];
  let isStopped = false;
  const stopped = await inkling(directory, [...args, ...seen], {
    onOutput: (stdout, child) => {
      if (!isStopped && /^ +3 {3}/m.test(stdout)) isStopped = child.kill("SIGINT");
    },
  });
  expect(stopped.code).toBe(130);
  const { history, weightsSha256 } = onlyJson(await run("train", "--resume", "resumed", "--json")) as {
    history: { loss: number }[];
    weightsSha256: string;
  };
  const starts = (await linesOf("resumed.jsonl")).filter(({ event }) => event === "start");
  expect(starts).toHaveLength(2);
  expect(starts[1].resumed.epochs).toBeGreaterThan(0);
  const runs = await runsOf(join(directory, "resumed.jsonl"));
  expect(runs).toHaveLength(1);
  expect(runs[0]?.epochs.map(({ loss }) => loss)).toEqual(history.map(({ loss }) => loss));
  expect(runs[0]?.weightsSha256).toBe(weightsSha256);
  const page = await readFile(join(directory, "resumed.html"), "utf8");
  expect(page).toContain("<dt>epochs</dt><dd>150");
  expect(page).toContain('<th scope="row">1</th>');
  // Resumed once more, when it is over, it leaves what was written as it is.
  const log = await readFile(join(directory, "resumed.jsonl"), "utf8");
  expect(onlyJson(await run("train", "--resume", "resumed", "--json")).weightsSha256).toBe(weightsSha256);
  expect(await readFile(join(directory, "resumed.html"), "utf8")).toBe(page);
  expect(await readFile(join(directory, "resumed.jsonl"), "utf8")).toBe(log);
  // The command is that of the whole training.
  const whole = await run(...starts[1].command.split(" ").slice(1), "--json");
  expect(onlyJson(whole).weightsSha256).toBe(weightsSha256);
});

test("what cannot be written is refused before anything is printed", async () => {
  const refused = async (...args: string[]) => {
    const { code, stdout, stderr } = await run("train", "digits.csv", ...small, ...args);
    expect([code, stdout]).toEqual([2, ""]);
    return stderr;
  };
  expect(await refused("--log", "no/run.jsonl")).toBe(
    "no/run.jsonl: expected a file that can be written, got nothing there.\n",
  );
  expect(await refused("--log", "digits.csv")).toContain("got another file");
  expect(await refused("--log", "model.safetensors")).toBe(
    "--log: expected another file than --out, got model.safetensors.\n",
  );
  expect(await refused("--tensorboard", "digits.csv")).toContain("expected a directory that can be written, got");
  expect(await refused("--log-every", "5")).toContain("expected --log or --tensorboard beside it, got neither");
  expect(await refused("--log", "x.jsonl", "--log-every", "0")).toContain("a whole number of at least 1");
});

test("TensorBoard's directory has one for each run, and in it files for training, validation and test", async () => {
  const args = ["train", "digits.csv", "--test", "digits.csv", ...small, "--validation", "20", "--tensorboard", "tb"];
  await run(...args);
  await run(...args, "--ensemble", "2");
  const runs = await readdir(join(directory, "tb"));
  expect(runs).toHaveLength(2);
  const [alone = "", both = ""] = runs.toSorted();
  expect(await readdir(join(directory, "tb", alone))).toEqual(["test", "train", "validation"]);
  expect(await readdir(join(directory, "tb", both))).toEqual(["network-1", "network-2", "test", "train"]);
  const train = join(directory, "tb", alone, "train");
  const [file = ""] = await readdir(train);
  expect(file).toMatch(/^events\.out\.tfevents\.\d+\./);
  const text = await readFile(join(train, file), "latin1");
  for (const tag of ["step/loss", "step/learning_rate", "epoch/accuracy", "gradient_norm/layers.1"]) {
    expect(text).toContain(tag);
  }
  expect(text).toContain("tensors/layers.2.bias");
});
