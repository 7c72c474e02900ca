import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { load, loadCheckpoint } from "inkling/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { type Ended, inkling, onlyJson } from "./running.ts";
import { csv, fourFiles, images, writeDirectory } from "./tiny-data.ts";

const directory = await mkdtemp(join(tmpdir(), "inkling-commands-"));
afterAll(() => rm(directory, { recursive: true }));

const [train, tests] = [images(40), images(20)];
const SMALL = [
  "--layers",
  "8",
  "--optimizer",
  "momentum",
  "--learning-rate",
  "0.03",
  "--batch-size",
  "8",
  "--epochs",
  "30",
];

/** Runs `inkling` beside the data and the model. */
const run = (...args: string[]) => inklingInTurn(directory, args);
/** The same in a process of its own. */
const runAlone = (...args: string[]) => inkling(directory, args);
const runJson = async (...args: string[]) => onlyJson(await run(...args, "--json"));
/** Trains with these options; returns the digest of the weights. */
const digestOf = async (...args: string[]) =>
  (await runJson("train", ...args, "--out", `${args.join("").replace(/\W/g, "")}.model`)).weightsSha256;

let trained: Ended;
let trainedJson: Record<string, unknown>;
beforeAll(async () => {
  await writeDirectory(join(directory, "digits"), fourFiles(train, tests));
  await writeFile(join(directory, "train.csv"), csv(train).join("\n"));
  await writeFile(join(directory, "test.csv"), csv(tests).join("\n"));
  await writeFile(join(directory, "unlabelled.csv"), csv(tests, false).join("\n"));
  trained = await runAlone("train", "--data", "digits", ...SMALL);
  trainedJson = onlyJson(await runAlone("train", "--data", "digits", ...SMALL, "--out", "again.safetensors", "--json"));
});

describe.concurrent("train", () => {
  test("reports on stdout, says nothing on stderr, and saves the model", async () => {
    expect(trained).toMatchObject({ code: 0, stderr: "" });
    expect(trained.stdout).toMatch(/^Test accuracy \d+\.\d\d %/m);
    expect(trained.stdout).toMatch(/^Model saved in model\.safetensors$/m);
    expect(trained.stdout).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(await readdir(directory)).toContain("model.safetensors");
  });

  test("learns the tiny images by heart", () => {
    expect(trainedJson).toMatchObject({ trainAccuracy: 1, testAccuracy: 1 });
  });

  test("--augmentation changes the images, and the record and the line of options say how", async () => {
    const text = "shift=0.5,rotation=5,elastic=1/1";
    const args = ["--data", "digits", ...SMALL, "--augmentation", text, "--out", "augmented.model"];
    const { code, stdout } = await run("train", ...args);
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain(`--augmentation ${text} `);
    const same = await runJson("train", ...args.with(-1, "augmented-again.model"));
    expect(same.configuration).toMatchObject({ augmentation: text });
    expect(stdout).toContain(String(same.weightsSha256).slice(0, 32));
    expect(same.weightsSha256).not.toBe(trainedJson.weightsSha256);
  });

  test("--json says what was trained, how, and how well", () => {
    expect(trainedJson).toMatchObject({
      testAccuracy: expect.any(Number),
      trainAccuracy: expect.any(Number),
      loss: expect.any(Number),
      epochs: 30,
      seconds: expect.any(Number),
      weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      backend: expect.any(String),
      threads: expect.any(Number),
      arithmetic: "exact",
      precision: "float32",
      seed: 1,
      modelFile: "again.safetensors",
    });
  });

  test("gives the same weights for the same command, and others for another seed", async () => {
    expect(trained.stdout).toContain(`Weights SHA-256 ${trainedJson.weightsSha256}`);
    expect(await digestOf("--data", "digits", ...SMALL, "--seed", "2")).not.toBe(trainedJson.weightsSha256);
  });

  test("gives the same weights for a CSV file of the same images, with or without a test set", async () => {
    const alone = await runJson("train", "--data", "train.csv", ...SMALL, "--out", "alone.model");
    const tested = await runJson(
      "train",
      "--data",
      "train.csv",
      "--test",
      "test.csv",
      ...SMALL,
      "--out",
      "tested.model",
    );
    const { weightsSha256, testAccuracy } = trainedJson;
    expect(alone).toMatchObject({ weightsSha256, testAccuracy: null });
    expect(tested).toMatchObject({ weightsSha256, testAccuracy });
  });

  test("gives the same weights for a configuration file as for the options in it", async () => {
    const options = {
      layers: [6, 5],
      activation: "tanh",
      optimizer: "sgd",
      "learning-rate": 0.2,
      batchSize: 10,
      epochs: 2,
    };
    await writeFile(join(directory, "config.json"), JSON.stringify({ ...options, validation: 5, seed: 3 }));
    const flags = ["--layers", "6,5", "--activation", "tanh", "--optimizer", "sgd", "--learning-rate", "0.2"];
    const more = ["--batch-size", "10", "--epochs", "2", "--validation", "5", "--seed", "3"];
    const digest = await digestOf("--data", "digits", "--config", "config.json");
    expect(digest).toBe(await digestOf("--data", "digits", ...flags, ...more));
    expect(digest).not.toBe(await digestOf("--data", "digits", "--config", "config.json", "--seed", "4"));
  });

  test("with no argument fits about one screen: at most 42 lines of 80 columns, with the digits it got wrong", async () => {
    const { code, stdout } = await runAlone("train", "--out", "first.model");
    const lines = stdout.trimEnd().split("\n");
    expect({ code, tooWide: lines.filter(({ length }) => length > 80) }).toEqual({ code: 0, tooWide: [] });
    expect(lines.length).toBeLessThanOrEqual(42);
    expect(stdout).toMatch(/^Test accuracy 98\.\d\d %$/m);
    expect(stdout).toMatch(/^#\d+: an? \d, read as \d /m);
  });

  test("--verbose has what the short report leaves out", async () => {
    const { stdout } = await run("train", "--data", "digits", ...SMALL, "--verbose", "--out", "verbose.model");
    expect(stdout.replace(/\n +/g, " ")).toMatch(/^Options {3}--preset mlp --layers 8 --activation relu .*--seed 1$/m);
    expect(stdout).toMatch(/^Per class$/m);
    expect(trained.stdout).not.toMatch(/^(Options|Per class)/m);
  });

  test("--quiet leaves the results alone", async () => {
    const { stdout, stderr } = await run("train", "--data", "digits", ...SMALL, "--quiet", "--out", "quiet.model");
    expect(stdout).toMatch(/^Train accuracy .*\nTest accuracy .*\n/);
    expect(stdout).not.toMatch(/^(Data|Network|Training|Confusion matrix)|^ +(npx )?inkling|epoch/m);
    expect(stderr).toBe("");
  });
});

describe.concurrent("evaluate", () => {
  test("finds what train found", async () => {
    const { testAccuracy, testLoss, weightsSha256 } = trainedJson;
    const found = await runJson("evaluate", "model.safetensors", "--data", "digits");
    expect(found).toMatchObject({ testAccuracy, loss: testLoss, weightsSha256, examples: 20 });
  });

  test("averages over changed copies, by the seed", async () => {
    const looks = (...more: string[]) =>
      runJson("evaluate", "model.safetensors", "--data", "digits", "--augmentation", "shift=1,noise=5", ...more);
    const [three, again, other] = await Promise.all([
      looks("--copies", "3", "--seed", "4"),
      looks("--copies", "3", "--seed", "4"),
      looks("--seed", "5"),
    ]);
    expect(three).toMatchObject({ loss: again.loss, examples: 20, testAccuracy: expect.any(Number) });
    expect(other.loss).not.toBe(three.loss);
    expect(await looks("--copies", "1")).toMatchObject({ loss: trainedJson.testLoss });
  });

  test("prints the line that one looks for", async () => {
    const { code, stdout, stderr } = await runAlone("evaluate", "model.safetensors", "--data", "test.csv");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Test accuracy 100\.00 %/m);
  });
});

describe.concurrent("predict", () => {
  test("names the class of each image of a list, as probable as it is", async () => {
    const list = ["--index", "0,3..5,19"];
    const { predictions } = await runJson("predict", "model.safetensors", "--data", "digits", ...list);
    expect(predictions).toMatchObject(
      [0, 3, 4, 5, 19].map((index) => ({ index, predicted: index % 10, label: index % 10 })),
    );
    for (const { predicted, probabilities } of predictions as { predicted: number; probabilities: number[] }[]) {
      expect(probabilities[predicted]).toBe(Math.max(...probabilities));
      expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
    }
  });

  test("says it to people too", async () => {
    const { code, stdout, stderr } = await runAlone("predict", "model.safetensors", "--data", "digits", "--index", "7");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Image 7: a 7, with \d+\.\d\d % {2}\(right\)$/m);
  });

  test("needs no labels", async () => {
    const { predictions } = await runJson("predict", "model.safetensors", "--data", "unlabelled.csv", "--index", "12");
    expect(predictions).toMatchObject([{ index: 12, predicted: 2, label: null }]);
  });

  test("writes a submission as Kaggle wants it", async () => {
    const submission = ["--submission", "submission.csv"];
    const json = await runJson("predict", "model.safetensors", "--data", "unlabelled.csv", ...submission);
    const rows = Array.from(tests.labels, (label, i) => `${i + 1},${label}\n`);
    expect(json).toEqual({ submission: "submission.csv", examples: 20 });
    expect(await readFile(join(directory, "submission.csv"), "utf8")).toBe(`ImageId,Label\n${rows.join("")}`);
  });
});

describe.concurrent("check", () => {
  const FEW = ["--layers", "5", "--samples", "20"];

  test("finds the gradient right", async () => {
    const { passed, results } = await runJson("check", "--data", "digits", ...FEW);
    expect(passed).toBe(true);
    expect(results).toHaveLength(9);
  });

  test("says so to people", async () => {
    const { code, stdout, stderr } = await runAlone("check", "--data", "digits", ...FEW, "--quiet");
    expect({ code, stdout, stderr }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^The gradient is right/),
      stderr: "",
    });
  });
});

describe.concurrent("Ctrl-C", () => {
  /** Runs, and sends SIGINT once when stdout matches. */
  async function interruptedAt(pattern: RegExp, ...args: string[]): Promise<{ place: string; ended: Ended }> {
    const place = await mkdtemp(join(directory, "interrupted-"));
    let sent = false;
    const onOutput = (stdout: string, child: { kill(signal: "SIGINT"): boolean }) => {
      if (!sent && pattern.test(stdout)) sent = child.kill("SIGINT");
    };
    return { place, ended: await inkling(place, args, { onOutput }) };
  }

  test("exits 130 after the step in hand, and leaves the model as it stands and a checkpoint", async () => {
    const endless = ["--data", "../digits", "--layers", "8", "--batch-size", "8", "--schedule", "constant"];
    const { place, ended } = await interruptedAt(/^ +2 /m, "train", ...endless, "--epochs", "1000000");
    expect(ended.code).toBe(130);
    // An epoch of these few digits is so short that the signal may arrive at its end.
    const said =
      /^Interrupted (?:in epoch (\d+), step (\d+) of 5|after epoch (\d+))\. The model as it stands is in model\.safetensors\. To go on: (?:npx )?inkling train --resume model\.safetensors\.checkpoint\n$/;
    expect(ended.stderr).toMatch(said);
    expect((await readdir(place)).sort()).toEqual(["model.safetensors", "model.safetensors.checkpoint"]);

    const [, inside, step, after] = said.exec(ended.stderr) ?? [];
    const { training } = await load(join(place, "model.safetensors"));
    expect(training?.epochs).toBe(after === undefined ? Number(inside) - 1 : Number(after));
    const position = { epoch: Number(inside), step: Number(step), steps: 5 };
    expect(training?.position).toEqual(after === undefined ? position : undefined);
    const saved = onlyJson(
      await inklingInTurn(place, ["evaluate", "model.safetensors", "--data", "../digits", "--json"]),
    );
    const { model } = await loadCheckpoint(join(place, "model.safetensors.checkpoint"));
    expect(saved.weightsSha256).toBe(await model.weightsSha256());
  });

  test("in the first epoch does the same", async () => {
    // MNIST, and a network that takes its time. The log says when its first step is done.
    const place = await mkdtemp(join(directory, "interrupted-"));
    const log = join(place, "log.jsonl");
    const args = ["train", "--layers", "512,512", "--log", log, "--log-every", "1"];
    let watching: ReturnType<typeof setInterval> | undefined;
    const onOutput = (_: string, child: { kill(signal: "SIGINT"): boolean }) => {
      watching ??= setInterval(async () => {
        if (!(await readFile(log, "utf8").catch(() => "")).includes('"event":"step"')) return;
        clearInterval(watching);
        child.kill("SIGINT");
      }, 20);
    };
    const ended = await inkling(place, args, { onOutput });
    expect(ended.code).toBe(130);
    expect(ended.stderr).toMatch(/^Interrupted in epoch 1, step \d+ of 469\. The model as it stands is in /);
    expect((await readdir(place)).sort()).toEqual(["log.jsonl", "model.safetensors", "model.safetensors.checkpoint"]);
    expect((await load(join(place, "model.safetensors"))).training).toMatchObject({ epochs: 0, seed: 1 });
  });
});

describe.concurrent("help", () => {
  let help: Promise<Ended> | undefined;
  const all = () => (help ??= run("--help"));

  test.each(["train", "evaluate", "predict", "explain", "check", "reproduce", "search", "export", "import", "studio"])(
    "of %s has its arguments as the list of commands has them, and ends with an example",
    async (command) => {
      const { code, stdout, stderr } = await run(command, "--help");
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(new RegExp(`Examples?:\\n  inkling ${command}`));
      const usage = /^Usage: inkling (.*)$/m.exec(stdout)?.[1];
      expect((await all()).stdout).toMatch(new RegExp(`^  ${usage?.replace(/[[\].]/g, "\\$&")}  `, "m"));
    },
  );

  test("comes without any argument, and with the version", async () => {
    expect((await runAlone()).stdout).toBe((await all()).stdout);
    expect((await runAlone("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("loads the page of no command", async () => {
    const pages = (await imported("main.ts")).filter((file) => file.startsWith("commands/"));
    expect(pages).toEqual(["commands/commands.ts"]);
  });
});

/** The files of src/ that a file needs before it can run, itself included. */
async function imported(file: string, found = new Set<string>()): Promise<string[]> {
  if (found.has(file)) return [];
  found.add(file);
  const text = await readFile(new URL(`../src/${file}`, import.meta.url), "utf8");
  const paths = text.matchAll(/^(?:import (?!type)|export |\})[^"\n]*?from "(\.[^"]+)";$/gm);
  for (const [, path = ""] of paths) await imported(join(dirname(file), path), found);
  return [...found];
}
