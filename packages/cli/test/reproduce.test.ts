// `inkling reproduce`: runs, saves, goes on where it stopped, and reports.
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Experiment, experiments, experimentsNamed } from "inkling/presets";
import { expect, test } from "vitest";
import { expectedSeconds, plannedRuns } from "../src/reproduce/plan.ts";
import { loadRuns, RUNS, saveRun } from "../src/reproduce/runs.ts";
import { makeDirectory } from "../src/saved-json.ts";
import { inklingInTurn } from "./in-turn.ts";
import { refuses } from "./refusals.ts";
import { inkling } from "./running.ts";

const fresh = () => mkdtemp(join(tmpdir(), "inkling-reproduce-"));

test("reproduce saves each run and a report with figures, and does no run again", async () => {
  const directory = await fresh();
  const first = await inklingInTurn(directory, ["reproduce", "3p", "--seeds", "2", "--out", "out"]);
  expect(first.code).toBe(0);
  expect(first.stdout).toContain("4 experiments, 8 runs to do");
  expect(await readdir(join(directory, "out/runs"))).toHaveLength(8);
  const report = await readFile(join(directory, "out/report.md"), "utf8");
  expect(report).toContain("| 3p-10-1000 | finding the way");
  expect(report).toContain("To make it again: inkling reproduce 3p --seeds 2");
  expect(report).toContain("(figures/3p-accuracy.svg)");
  const figure = await readFile(join(directory, "out/figures/3p-accuracy.svg"), "utf8");
  expect(figure).toContain('xmlns="http://www.w3.org/2000/svg"');
  const ticks = figure.slice(figure.indexOf('aria-label="x-axis tick label"'));
  expect([...ticks.slice(0, ticks.indexOf("</g>")).matchAll(/>([\d.]+)</g)].map(([, tick]) => tick)).toEqual([
    "1",
    "2",
    "3",
    "4",
  ]);
  expect(await readFile(join(directory, "out/report.html"), "utf8")).toContain("<table>");
  const again = await inklingInTurn(directory, ["reproduce", "3p", "--seeds", "2", "--out", "out", "--json"]);
  expect(JSON.parse(again.stdout).isWhole).toBe(true);
  expect(again.stderr).toBe("");
});

test("Ctrl-C says what is there and how to go on", async () => {
  const directory = await fresh();
  const { code, stdout, stderr } = await inkling(directory, ["reproduce", "1a", "--out", "out"], {
    onOutput: (text, child) => text.includes("to do") && child.kill("SIGINT"),
  });
  expect(code).toBe(130);
  expect(stdout).toContain("1 experiment, 5 runs to do");
  expect(stderr).toBe("Interrupted. What is done is in out; the same command goes on from there.\n");
});

test("--list says how long a run takes, and what is not run", async () => {
  const { stdout } = await inklingInTurn(await fresh(), ["reproduce", "--list"]);
  expect(stdout).toMatch(/^1a +30 hidden neurons \([\d.]+ s\)$/m);
  expect(stdout).toMatch(/^1f-svm +a support vector machine .* \(cited, not run\)$/m);
  expect(stdout).toMatch(/^1f-random +guesses \(at once\)$/m);
});

test("a run that is no run is named, and what to do", async () => {
  const directory = await fresh();
  await inklingInTurn(directory, ["reproduce", "3p-1-20", "--seeds", "1", "--out", "out"]);
  const path = join(directory, "out/runs/3p-1-20.1.json");
  const whole = await readFile(path, "utf8");
  for (const changed of [
    "{}",
    whole.replace(/"test\.loss":\[[^,]+,/, '"test.loss":['),
    whole.replace(/"test\.accuracy":\[[^,]+,/, '"test.accuracy":["<b>",'),
    whole.replace(/"epoch":\[1,/, '"epoch":[null,'),
    whole.replace(/"seconds":[^,]+,/, '"seconds":"long",'),
  ]) {
    expect(changed).not.toBe(whole);
    await writeFile(path, changed);
    const { code, stderr } = await inklingInTurn(directory, ["reproduce", "3p-1-20", "--seeds", "1", "--out", "out"]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "3p-1-20.1.json: expected a run of 3p-1-20 with seed 1, got something else. Delete the file",
    );
  }
});

test("a budget leaves runs out, and the report says how long they take", async () => {
  const directory = await fresh();
  const { code } = await inklingInTurn(directory, ["reproduce", "3c", "--budget", "0.0001", "--out", "out"]);
  expect(code).toBe(0);
  expect(await readdir(join(directory, "out/runs"))).toHaveLength(0);
  expect(await readFile(join(directory, "out/report.md"), "utf8")).toMatch(
    /\| 3c \| .* \| not run \| 0 \| about [\d.]+ (s|min|h) /,
  );
});

test("within a budget also runs what diverges before its time can be measured", async () => {
  const directory = await fresh();
  const options = ["reproduce", "3p", "--seeds", "1", "--budget", "5", "--out", "out"];
  expect((await inklingInTurn(directory, options)).code).toBe(0);
  expect(await readdir(join(directory, "out/runs"))).toHaveLength(4);
});

test("the shards of a plan are all runs once, the cheapest first", () => {
  const chosen = experimentsNamed("3p", "");
  const whole = plannedRuns(experiments, new Map(), 1, { index: 1, of: 1 });
  const shards = [1, 2, 3].flatMap((index) => plannedRuns(experiments, new Map(), 1, { index, of: 3 }));
  const names = (runs: typeof whole) => runs.map(({ experiment, seed }) => `${experiment.id} ${seed}`);
  expect(names(shards).toSorted()).toEqual(names(whole).toSorted());
  expect(chosen).toContain(whole.find(({ experiment }) => "settings" in experiment)?.experiment);
});

test("what is no training is computed, in no time: one neuron, and the baselines with the book's own numbers", async () => {
  const directory = await fresh();
  const { code, stdout } = await inklingInTurn(directory, ["reproduce", "3a", "3b", "1f", "--out", "out", "--json"]);
  expect(code).toBe(0);
  const rows: { id: string; runs: number; comparisons: { mean: number; agrees: boolean }[] }[] =
    JSON.parse(stdout).experiments;
  const found = (id: string) => rows.find((row) => row.id === id);
  // mnist_average_darkness.py: 2225 of 10000 values correct.
  expect(found("1f-darkness")?.comparisons[0]).toMatchObject({ mean: 0.2225, agrees: true });
  expect(found("1f-random")?.runs).toBe(5);
  expect(found("1f-svm")).toMatchObject({ runs: 0, comparisons: [] });
  for (const id of ["3a-near", "3a-far", "3b-near", "3b-far"]) {
    expect(found(id)?.comparisons.map(({ agrees }) => agrees)).toEqual([true]);
  }
  expect(await readdir(join(directory, "out/figures"))).toEqual(["3a-cost.svg", "3b-cost.svg"]);
  const report = await readFile(join(directory, "out/report.md"), "utf8");
  expect(report).toContain("| 1f-svm | a support vector machine with scikit-learn's defaults |  | 94.35 % | cited |");
  expect(report).toContain(
    "| 3a-far | one neuron, to put out 0 of 1: quadratic cost, from 0.98 | output, at the start |",
  );
});

test("a run is saved as columns and read as it was, what is not finite too", async () => {
  const out = await fresh();
  const [experiment] = experimentsNamed("3n-2.5", "");
  const epochs = [1, 2].map((epoch) => ({
    epoch,
    validation: { loss: 0.5, accuracy: 0.25 },
    test: { loss: Number.NaN, accuracy: 0.5 * epoch },
    training: { loss: 2, accuracy: 0.125 },
    penalty: epoch,
  }));
  const run = { ...{ id: "3n-2.5", seed: 2, seconds: 1, wall: 2, weightsSha256: "ab" }, epochs };
  await makeDirectory(out, RUNS);
  await saveRun(out, run);
  expect((await loadRuns(out, [experiment as Experiment])).get("3n-2.5")).toEqual([run]);
  const bare = { ...run, seed: 3, epochs: [{ epoch: 7, training: { loss: 1, accuracy: 0, output: 0.5 }, penalty: 0 }] };
  await saveRun(out, bare);
  expect((await loadRuns(out, [experiment as Experiment])).get("3n-2.5")?.[1]).toEqual(bare);
});

test("a vote plans the runs of its experiment, once; what is cited plans none", () => {
  const all = { index: 1, of: 1 };
  const chosen = [...experimentsNamed("6h", ""), ...experimentsNamed("6i", ""), ...experimentsNamed("1f-svm", "")];
  const planned = plannedRuns(chosen, new Map(), undefined, all);
  expect(planned.map(({ experiment, seed }) => `${experiment.id} ${seed}`)).toEqual(
    [1, 2, 3, 4, 5].map((i) => `6h ${i}`),
  );
  const [of, vote] = chosen as [Experiment, Experiment];
  const probed = new Map([["6h", 100]]);
  expect(expectedSeconds(of, new Map(), experiments, probed)).toBe(100);
  expect(expectedSeconds(vote, new Map(), experiments, probed)).toBe(500);
});

test("the time of a row is that of its own runs, else of the row whose work for an image is nearest", () => {
  const runOf = (id: string, wall: number) => ({ id, seed: 1, seconds: 1, wall, weightsSha256: "0", epochs: [] });
  const done = new Map([
    ["6d", [runOf("6d", 100), { ...runOf("6d", 300), seed: 2 }]],
    ["3c", [runOf("3c", 7)]],
  ]);
  const expected = (id: string) => expectedSeconds(experimentsNamed(id, "")[0] as Experiment, done, experiments);
  expect(expected("6d")).toBe(200);
  // The same network, five times the images.
  expect(expected("6e")).toBeCloseTo(1000, 6);
  expect(expected("5-1")).toBeCloseTo(7, 6);
});

refuses("reproduce is refused with", [
  ["no experiment", ["reproduce"], /^reproduce: expected experiments, or all, got none\. --list shows them\./],
  ["an unknown one", ["reproduce", "1x"], /^reproduce: expected one of original, 1a, .* got "1x"\./],
  ["a shard beyond the last", ["reproduce", "1a", "--shard", "3/2"], /^--shard: expected k\/n with k from 1 to n/],
  ["a budget of nothing", ["reproduce", "1a", "--budget", "0"], /^--budget: expected minutes, a number above 0/],
  ["no seeds", ["reproduce", "1a", "--seeds", "0"], /^--seeds: expected a whole number of at least 1, got "0"/],
]);
