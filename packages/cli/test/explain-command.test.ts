// `inkling explain` as its users run it, and the lesson that quotes it.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { onlyJson } from "./running.ts";
import { csv, fourFiles, images, writeDirectory } from "./tiny-data.ts";

const directory = await mkdtemp(join(tmpdir(), "inkling-explain-"));
afterAll(() => rm(directory, { recursive: true }));
const run = (...args: string[]) => inklingInTurn(directory, args);
const explain = (...args: string[]) => run("explain", ...args);
const explainJson = async (...args: string[]) => onlyJson(await explain(...args, "--json"));

/** Two columns; the answer is a word, or a number. */
const rows = Array.from({ length: 30 }, (_, i) => [i % 7, (i * 5) % 11] as const);
const sizes = ["height,width,size", ...rows.map(([a, b]) => `${a},${b},${a + b > 8 ? "large" : "small"}`)];
const prices = ["height,width,price", ...rows.map(([a, b]) => `${a},${b},${2 * a + b + 0.5}`)];

beforeAll(async () => {
  await writeDirectory(join(directory, "digits"), fourFiles(images(40), images(20)));
  await writeFile(join(directory, "unlabelled.csv"), csv(images(20), false).join("\n"));
  await writeFile(join(directory, "sizes.csv"), sizes.join("\n"));
  await writeFile(join(directory, "prices.csv"), prices.join("\n"));
  await writeFile(join(directory, "new.csv"), "height,width\n3,4\n");
  const trainings = [
    ["--data", "digits", "--layers", "8", "--epochs", "3", "--batch-size", "8", "--out", "digits.model"],
    ["--data", "sizes.csv", "--label", "size", "--epochs", "2", "--out", "sizes.model"],
    ["--data", "prices.csv", "--label", "price", "--epochs", "2", "--out", "prices.model"],
  ];
  for (const options of trainings) {
    expect(await run("train", ...options, "--quiet")).toMatchObject({ code: 0, stderr: "" });
  }
});

describe.concurrent("explain", () => {
  test("prints a page, and nothing on stderr", async () => {
    const { code, stdout, stderr } = await explain("digits.model", "--data", "digits");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Image 0 of digits test: a 0$/m);
    expect(stdout).toMatch(/^One weight from beginning to end: layer 1, from input \d+ to neuron \d$/m);
    expect(stdout).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  test("--json gives the whole trace, with the central difference beside the gradient", async () => {
    const json = await explainJson("digits.model", "--data", "digits", "--index", "3");
    expect(json).toMatchObject({
      ...{ index: 3, label: 3, lossName: "crossEntropy", data: "digits test" },
      prediction: { task: "classes" },
      layers: [{ name: "layers.0" }, { name: "layers.1", dense: { activation: "relu" } }, { name: "layers.2" }],
      back: { loss: expect.any(Number), step: { learningRate: 0.01, loss: expect.any(Number) } },
      tenTimesTheStep: { learningRate: 0.1 },
    });
    const layers = json.layers as { input: number[]; dense?: { z: number[]; W: object; back: object } }[];
    expect(layers[1].input).toHaveLength(16);
    expect(layers[1].dense?.z).toHaveLength(8);
    const { numeric, analytic } = json.difference as { numeric: number; analytic: number };
    expect(Math.abs(numeric - analytic)).toBeLessThanOrEqual(1e-6 * Math.abs(analytic) + 1e-10);
  });

  test("--json has every number once, and sums up long lists of weights unless --full is given", async () => {
    const wide = [
      "--data",
      "digits",
      "--layers",
      "450,450",
      "--epochs",
      "1",
      "--batch-size",
      "8",
      "--out",
      "wide.model",
    ];
    expect(await run("train", ...wide, "--quiet")).toMatchObject({ code: 0 });
    type Dense = { W: { rows: number; columns: number; values: unknown }; z: number[] };
    const json = await explainJson("wide.model", "--data", "digits");
    const layers = json.layers as { dense?: Dense }[];
    expect(layers[1]).not.toHaveProperty("parameters");
    expect(json).not.toHaveProperty("back.step.parameters");
    expect(layers[1].dense?.W.values).toHaveLength(16 * 450);
    expect(layers[2].dense).toMatchObject({
      W: { rows: 450, columns: 450, values: { numbers: 202_500, least: expect.any(Number), mean: expect.any(Number) } },
    });
    expect(layers[2].dense?.z).toHaveLength(450);
    expect(JSON.stringify(json).length).toBeLessThan(1.5e6);
    const full = (await explainJson("wide.model", "--data", "digits", "--full")).layers as { dense?: Dense }[];
    expect(full[2].dense?.W.values).toHaveLength(202_500);
  });

  test("--quiet prints three lines", async () => {
    const { stdout } = await explain("digits.model", "--data", "digits", "--quiet");
    expect(stdout.trimEnd().split("\n")).toHaveLength(3);
  });

  test("works out the layer, neuron and weight of the reader's choice, with the reader's η", async () => {
    const choice = ["--layer", "2", "--neuron", "4", "--weight", "7", "--learning-rate", "0.5"];
    const { stdout } = await explain("digits.model", "--data", "digits", ...choice);
    expect(stdout).toMatch(/^One neuron by hand: layer 2, neuron 4$/m);
    expect(stdout).toMatch(/^One weight from beginning to end: layer 2, from input 7 to neuron 4$/m);
    expect(stdout).toMatch(/^ {2}One step, η = 0\.5: /m);
  });

  test("goes forwards without a label, and --label adds the way back", async () => {
    const data = ["--data", "unlabelled.csv", "--index", "12"];
    expect((await explain("digits.model", ...data)).stdout).toMatch(/^There is no way back$/m);
    expect(await explainJson("digits.model", ...data)).toMatchObject({ label: null });
    const { stdout } = await explain("digits.model", ...data, "--label", "2");
    expect(stdout).toMatch(/^Image 12 of unlabelled\.csv: a 2$/m);
    expect(stdout).toMatch(/^Backwards: /m);
  });

  test("calls a table's columns and classes by their names", async () => {
    const { code, stdout } = await explain("sizes.model", "--data", "sizes.csv", "--index", "4");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Row 4 of sizes\.csv: large$/m);
    expect(stdout).toMatch(/^ {2}It is read as (large|small), with /m);
    expect(stdout).toMatch(/What matters most: (height|width), ∂C\/∂x = /);
    expect(stdout).not.toContain("pixel");
    const other = await explain("sizes.model", "--data", "new.csv", "--label", "small");
    expect(other.stdout).toMatch(/^Row 0 of new\.csv: small$/m);
  });

  test("explains predicted numbers; --target says what should be predicted", async () => {
    const { code, stdout } = await explain("prices.model", "--data", "prices.csv", "--index", "2");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}Predicted: .+; it should be 14\.50\.$/m);
    const { stdout: alone } = await explain("prices.model", "--data", "new.csv");
    expect(alone).toContain("--target 12.5");
    expect(alone).not.toMatch(/Dead/);
    const { stdout: told } = await explain("prices.model", "--data", "new.csv", "--target", "-1.5");
    expect(told).toMatch(/it should be −1\.500\.$/m);
  });

  test.each<[string, string[], RegExp]>([
    ["an image that is not there", ["--index", "20"], /index from 0 to 19, got 20/],
    ["a label that is no class", ["--label", "10"], /--label: expected a class from 0 to 9, got 10/],
    ["a label that is no number", ["--label", "seven"], /--label: expected a whole number/],
    ["a target for classes", ["--target", "1"], /--target: .* Take --label\./],
    ["a layer that is not there", ["--layer", "3"], /--layer: expected a whole number from 1 to 2, got 3/],
    ["a neuron that is not there", ["--neuron", "8"], /--neuron: expected a whole number from 0 to 7, got 8/],
    ["a weight that is not there", ["--weight", "16"], /--weight: expected a whole number from 0 to 15, got 16/],
    ["a learning rate of 0", ["--learning-rate", "0"], /--learning-rate: expected a number above 0, got "0"/],
  ])("refuses %s", async (_, options, expected) => {
    const { code, stdout, stderr } = await explain("digits.model", "--data", "digits", ...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(expected);
  });

  test.each<[string, string[], RegExp]>([
    ["a label for numbers", ["--label", "1"], /--label: .* Take --target\./],
    ["two targets for one", ["--target", "1,2"], /--target: expected a number, as 12\.5, got "1,2"/],
    ["a target that is none", ["--target", "x"], /--target: expected a number/],
  ])("refuses %s", async (_, options, expected) => {
    expect((await explain("prices.model", "--data", "prices.csv", ...options)).stderr).toMatch(expected);
  });
});

describe("docs/how-it-learns.md", () => {
  /** Every word and number, one space apart, without the places in the source. */
  const words = (text: string) =>
    text
      .replace(/\w+\/[\w-]+\.ts:\d+(, \d+)*$/gm, "")
      .replace(/\s+/g, " ")
      .trim();

  test("says what its commands print, number for number", async () => {
    const page = await readFile(new URL("../../../docs/how-it-learns.md", import.meta.url), "utf8");
    const blocks = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => ({ kind, text }));
    const commands = blocks.filter(({ kind }) => kind === "sh").flatMap(({ text }) => text.trim().split("\n"));
    expect(commands).toHaveLength(2);
    const directory = await mkdtemp(join(tmpdir(), "inkling-lesson-"));
    let printed = "";
    try {
      for (const command of commands) {
        const { code, stdout, stderr } = await inklingInTurn(directory, command.split(" ").slice(2));
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        printed += stdout;
      }
    } finally {
      await rm(directory, { recursive: true });
    }
    const quoted = blocks.filter(({ kind }) => kind === "text").flatMap(({ text }) => text.trimEnd().split("\n"));
    expect(quoted.length).toBeGreaterThan(30);
    for (const line of quoted) expect(words(printed)).toContain(words(line));
  });
});
