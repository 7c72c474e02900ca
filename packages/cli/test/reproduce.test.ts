// `inkling reproduce`: runs, saves, goes on where it stopped, and reports.
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { experiments, experimentsNamed } from "inkling/presets";
import { expect, test } from "vitest";
import { plannedRuns } from "../src/reproduce/plan.ts";
import { refuses } from "./refusals.ts";
import { inkling } from "./running.ts";

const fresh = () => mkdtemp(join(tmpdir(), "inkling-reproduce-"));

test("reproduce saves each run and a report with figures, and does no run again", async () => {
  const directory = await fresh();
  const first = await inkling(directory, ["reproduce", "3p", "--seeds", "2", "--out", "out"]);
  expect(first.code).toBe(0);
  expect(first.stdout).toContain("4 experiments, 8 runs to do");
  expect(await readdir(join(directory, "out/runs"))).toHaveLength(8);
  const report = await readFile(join(directory, "out/report.md"), "utf8");
  expect(report).toContain("| 3p-10-1000 | finding the way");
  expect(report).toContain("To make it again: inkling reproduce 3p --seeds 2");
  expect(report).toContain("(figures/3p-accuracy.svg)");
  expect(await readFile(join(directory, "out/figures/3p-accuracy.svg"), "utf8")).toContain(
    'xmlns="http://www.w3.org/2000/svg"',
  );
  expect(await readFile(join(directory, "out/report.html"), "utf8")).toContain("<table>");
  const again = await inkling(directory, ["reproduce", "3p", "--seeds", "2", "--out", "out", "--json"]);
  expect(JSON.parse(again.stdout).isWhole).toBe(true);
  expect(again.stderr).toBe("");
});

test("a run that is no run is named, and what to do", async () => {
  const directory = await fresh();
  await inkling(directory, ["reproduce", "3p-1-20", "--seeds", "1", "--out", "out"]);
  await writeFile(join(directory, "out/runs/3p-1-20.1.json"), "{}");
  const { code, stderr } = await inkling(directory, ["reproduce", "3p-1-20", "--seeds", "1", "--out", "out"]);
  expect(code).toBe(2);
  expect(stderr).toContain(
    "3p-1-20.1.json: expected a run of 3p-1-20 with seed 1, got something else. Delete the file",
  );
});

test("a budget leaves runs out, and the report says how long they take", async () => {
  const directory = await fresh();
  const { code } = await inkling(directory, ["reproduce", "3c", "--budget", "0.0001", "--out", "out"]);
  expect(code).toBe(0);
  expect(await readdir(join(directory, "out/runs"))).toHaveLength(0);
  expect(await readFile(join(directory, "out/report.md"), "utf8")).toMatch(
    /\| 3c \| .* \| not run \| 0 \| about \d+ s/,
  );
});

test("the shards of a plan are all runs once, the cheapest first", () => {
  const chosen = experimentsNamed("3p", "");
  const whole = plannedRuns(experiments, new Map(), 1, { index: 1, of: 1 });
  const shards = [1, 2, 3].flatMap((index) => plannedRuns(experiments, new Map(), 1, { index, of: 3 }));
  const names = (runs: typeof whole) => runs.map(({ experiment, seed }) => `${experiment.id} ${seed}`);
  expect(names(shards).toSorted()).toEqual(names(whole).toSorted());
  expect(chosen).toContain(whole[0]?.experiment);
});

refuses("reproduce is refused with", [
  ["no experiment", ["reproduce"], /^reproduce: expected experiments, or all, got none\. --list shows them\./],
  ["an unknown one", ["reproduce", "1x"], /^reproduce: expected one of original, 1a, .* got "1x"\./],
  ["a shard beyond the last", ["reproduce", "1a", "--shard", "3/2"], /^--shard: expected k\/n with k from 1 to n/],
  ["a budget of nothing", ["reproduce", "1a", "--budget", "0"], /^--budget: expected minutes, a number above 0/],
  ["no seeds", ["reproduce", "1a", "--seeds", "0"], /^--seeds: expected a whole number of at least 1, got "0"/],
]);
