// Runs side by side.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { InklingError } from "inkling";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compared } from "../src/compare/comparison.ts";
import { comparisonLines } from "../src/compare/lines.ts";
import { runsOf, runsOfText } from "../src/compare/runs.ts";
import { inklingInTurn } from "./in-turn.ts";
import { onlyJson } from "./running.ts";
import { csv, houses, images } from "./tiny-data.ts";

let directory = "";
const at = (name: string) => join(directory, name);
const run = (...args: string[]) => inklingInTurn(directory, [...args]);
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "inkling-compare-"));
  await writeFile(at("digits.csv"), csv(images(200)).join("\n"));
  await writeFile(at("houses.csv"), houses(100).join("\n"));
  const small = ["train", "digits.csv", "--test", "digits.csv", "--layers", "8", "--epochs", "3", "--threads", "1"];
  const ended = await run(...small, "--out", "a.model", "--log", "run.jsonl", "--json");
  await writeFile(at("a.json"), ended.stdout);
  await run(...small, "--learning-rate", "0.0001", "--out", "b.model", "--log", "run.jsonl", "--quiet");
  const prices = ["train", "houses.csv", "--label", "price", "--epochs", "2", "--quiet"];
  await run(...prices, "--out", "c.model");
  await run(...prices, "--epochs", "9", "--out", "d.model");
});
afterAll(() => rm(directory, { recursive: true }));

test("options that differ, results, and whether the weights are the same", async () => {
  const found = onlyJson(await run("compare", "a.model", "b.model", "--json")) as ReturnType<typeof compared> & object;
  expect(found).toMatchObject({ runs: ["a.model", "b.model"], weights: [1, 2], sameWeights: false, sameData: true });
  expect(found.differences).toEqual([{ name: "learningRate", values: [0.004, 0.0001] }]);
  expect(found.same).toContainEqual({ name: "optimizer", values: ["adam", "adam"] });
  expect(found.results.map(({ name }) => name)).toContain("testAccuracy");
});

test("a model, its log and its --json are the same run", async () => {
  const { stdout } = await run("compare", "a.model", "run.jsonl", "a.json");
  expect(stdout).toMatch(/a\.model +run\.jsonl#1 +run\.jsonl#2 +a\.json/);
  expect(stdout).toContain("Same weights: no (but of a.model and run.jsonl#1 and a.json)");
  expect(stdout).toMatch(/learningRate +0\.004 +0\.004 +0\.0001 +0\.004/);
});

test("on the same data: each model's accuracy with its interval, and whether the difference is more than chance", async () => {
  const { stdout } = await run("compare", "a.model", "b.model", "--data", "digits.csv");
  expect(stdout).toMatch(/On the same 200 examples of digits\.csv/);
  expect(stdout).toMatch(/a\.model: accuracy [\d.]+ % \([\d.]+ to [\d.]+ %\), loss/);
  const { measurement } = onlyJson(await run("compare", "a.model", "b.model", "--data", "digits.csv", "--json")) as {
    measurement: { models: { result: { accuracy: number }; beside?: { better: number; worse: number; p: number } }[] };
  };
  const [first, second] = measurement.models;
  const { better = 0, worse = 0, p = 0 } = second?.beside ?? {};
  expect((better - worse) / 200).toBeCloseTo((second?.result.accuracy ?? 0) - (first?.result.accuracy ?? 0), 10);
  expect(p).toBeLessThan(1);
  const { stdout: prices } = await run("compare", "c.model", "d.model", "--data", "houses.csv");
  expect(prices).toMatch(/d\.model: R² [^;]*;\s+closer\s+on \d+ than c\.model,\s+farther\s+off on \d+: [^(]* \(p = /);
});

test("the page has the curves of all runs over each other", async () => {
  await run("compare", "run.jsonl", "--report", "compared.html", "--quiet");
  const { document } = parseHTML(await readFile(at("compared.html"), "utf8"));
  const keys = [...document.querySelectorAll("figure:first-child .keys li")].map(({ textContent }) => textContent);
  expect(keys).toEqual(["run.jsonl#1, training", "run.jsonl#2, training"]);
  expect(document.querySelectorAll("figure svg[role=img]").length).toBe(3);
});

test("what cannot be compared is one sentence", async () => {
  const refused = async (...args: string[]) => {
    const { code, stdout, stderr } = await run("compare", ...args);
    expect([code, stdout]).toEqual([2, ""]);
    return stderr;
  };
  expect(await refused("a.model")).toContain("compare: expected 2 to 50 runs, got 1.");
  expect(await refused("a.model", "digits.csv")).toContain("digits.csv: expected ");
  expect(await refused("a.model", "a.json", "--data", "digits.csv")).toContain("got a.json, which is none.");
  expect(await refused("a.model", "c.model", "--data", "digits.csv")).toContain("expected models that predict classes");
  expect(await refused("a.model", "none")).toContain("none: expected a file that can be read");
  expect(await refused("a.model", "b.model", "--label", "x")).toContain("expected --data beside it");
});

describe("logs from elsewhere", () => {
  const runs = (text: string) => {
    try {
      return runsOfText("x.jsonl", text);
    } catch (error) {
      expect(error).toBeInstanceOf(InklingError);
      return [];
    }
  };
  const terminal = { width: 80, colour: false, isNarrow: false, style: (_: unknown, text: string) => text };
  const isPrinted = (found: ReturnType<typeof runs>) => {
    const shown = { comparison: compared(found), measurement: undefined, all: true };
    expect(comparisonLines(shown, terminal).join("")).not.toMatch(/\p{Cc}/u);
  };

  test.each([40, 60, 80])("in a window of %i columns long names have letters, and no line is wider", async (width) => {
    const all = [...(await runsOf(at("a.model"))), ...(await runsOf(at("run.jsonl")))];
    const named = all.map((run) => ({ ...run, name: `a/rather/long/way/to/${run.name}` }));
    const narrow = { ...terminal, width, isNarrow: width < 60 };
    const lines = comparisonLines({ comparison: compared(named), measurement: undefined, all: false }, narrow);
    expect(lines.join("\n")).toContain("C: a/rather/long/way/to/run.jsonl#2");
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(width);
  });

  test("a run that was killed in a line, or still goes on, is what is known of it", () => {
    const [found] = runs(
      '{"event":"start","seed":3}\n{"event":"epoch","epoch":1,"loss":0.5,"seconds":1}\n{"event":"ep',
    );
    expect(found).toMatchObject({
      results: { loss: 0.5 },
      facts: { seed: 3, epochs: 1, ended: "still running, or killed" },
    });
  });

  test("a run that goes on from a checkpoint is one run, and what it did after the checkpoint counts once", () => {
    const epoch = (n: number, loss: number) => JSON.stringify({ event: "epoch", epoch: n, loss });
    const start = '{"event":"start","seed":3}';
    const killed = [start, epoch(1, 0.5), epoch(2, 0.4), epoch(3, 0.31), '{"event":"interrupted"}'];
    const resumed = [
      '{"event":"start","seed":3,"resumed":{"epochs":2}}',
      epoch(3, 0.3),
      '{"event":"end","ended":"epochs"}',
    ];
    const found = runs([...killed, ...resumed, start].join("\n"));
    expect(found).toHaveLength(2);
    expect(found[0]?.epochs.map(({ loss }) => loss)).toEqual([0.5, 0.4, 0.3]);
    expect(found[0]?.facts).toMatchObject({ epochs: 3, ended: "epochs" });
  });

  test("whatever JSON says, it is a run or an InklingError", () => {
    const names = fc.constantFrom("event", "epoch", "loss", "configuration", "data", "train", "__proto__", "history");
    const values = fc.oneof(fc.constantFrom("start", "epoch", "end", null), fc.jsonValue(), fc.double());
    const line = fc.dictionary(names, values).map((value) => JSON.stringify({ event: "start", ...value }));
    fc.assert(
      fc.property(fc.array(line), (lines) => isPrinted(runs(lines.join("\n")))),
      {
        numRuns: process.env.INKLING_VERIFY === "1" ? 5000 : 50,
      },
    );
  });

  test("an event that is no text, and cannot become one, is none", () => {
    const odd = '[{"toString":0}]';
    const resumed = '{"event":"start","resumed":{"epochs":1}}';
    const found = runs(
      ['{"event":"start"}', `{"event":${odd}}`, `{"event":"epoch","epoch":${odd}}`, resumed].join("\n"),
    );
    expect(found).toMatchObject([{ facts: { ended: "still running, or killed" }, epochs: [] }]);
  });

  test("a log with random changes is a run or an InklingError", async () => {
    const log = await readFile(at("run.jsonl"), "utf8");
    expect(await runsOf(at("run.jsonl"))).toHaveLength(2);
    fc.assert(
      fc.property(
        fc.nat(log.length),
        fc.nat(40),
        fc.string({ unit: "binary", maxLength: 20 }),
        (start, length, text) => {
          isPrinted(runs(log.slice(0, start) + text + log.slice(start + length)));
        },
      ),
      { numRuns: process.env.INKLING_VERIFY === "1" ? 5000 : 10 },
    );
  });
});
