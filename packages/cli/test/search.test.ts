// `inkling search`: the same trials whatever was interrupted, and a command that repeats the best to the last bit.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate, folds, standardize, train } from "inkling";
import { chooseBackend } from "inkling/node";
import { buildNetwork, buildTrainOptions, type Configuration } from "inkling/presets";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadData } from "../src/data.ts";
import type { TrialResult } from "../src/search/results.ts";
import { inklingInTurn } from "./in-turn.ts";
import { inkling, onlyJson } from "./running.ts";
import { flowers, fourFiles, houses, images, writeDirectory } from "./tiny-data.ts";

const directory = await mkdtemp(join(tmpdir(), "inkling-search-"));
beforeAll(async () => {
  await writeDirectory(join(directory, "digits"), fourFiles(images(200), images(40)));
  await writeFile(join(directory, "flowers.csv"), flowers(60).join("\n"));
  await writeFile(join(directory, "houses.csv"), houses(60).join("\n"));
});
afterAll(() => rm(directory, { recursive: true }));

const RATE = "learning-rate=0.001..0.1";
const CONSTANT = ["--optimizer", "momentum", "--schedule", "constant"];
const search = (...args: string[]) => inklingInTurn(directory, ["search", ...args]);
const digits = (out: string, ...args: string[]) => {
  return search("digits", "--batch-size", "20", "--try", RATE, "--try", "layers=8|8,8", "--out", out, ...args);
};

/** All results in a directory, without what a clock says. */
async function resultsIn(out: string): Promise<Record<string, Omit<TrialResult, "seconds">>> {
  const names = (await readdir(join(directory, out, "trials"))).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, out, "trials", name), "utf8")));
  return Object.fromEntries(
    texts.map((text, i) => {
      const { seconds: _, ...result } = JSON.parse(text) as TrialResult;
      return [names[i], result];
    }),
  );
}

const trialsOf = (json: Record<string, unknown>) => json.trials as TrialResult[];
const bestOf = (json: Record<string, unknown>) => json.best as TrialResult;

/** Runs the command that a search names, in a process of its own, and gives the digest of its weights. */
async function repeated(command: unknown, out: string): Promise<Record<string, unknown>> {
  const words = String(command)
    .replace(/^(npx )?inkling /, "")
    .split(" ");
  return onlyJson(await inkling(directory, [...words, "--out", out, "--json"]));
}

describe("a random search", () => {
  test("names a command that repeats the best to the last bit", async () => {
    const json = onlyJson(await digits("random", "--trials", "4", "--epochs", "3", "--json"));
    const scores = trialsOf(json).map(({ score }) => score as number);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const again = await repeated(json.command, "random.safetensors");
    expect(again.weightsSha256).toBe(bestOf(json).weightsSha256);
    expect(again.validationAccuracy).toBe(bestOf(json).score);
  });

  test("goes on where it stopped, and gets more trials; shards share it", async () => {
    const args = ["--epochs", "1", "--quiet"];
    await digits("whole", "--trials", "6", ...args);
    await digits("grown", "--trials", "2", ...args);
    await digits("grown", "--trials", "6", ...args);
    await digits("shards", "--trials", "6", ...args, "--shard", "2/2", "--threads", "1");
    expect(Object.keys(await resultsIn("shards"))).toEqual(["2.1.json", "4.1.json", "6.1.json"]);
    await digits("shards", "--trials", "6", ...args, "--shard", "1/2", "--backend", "wasm");
    const whole = await resultsIn("whole");
    expect(Object.keys(whole)).toHaveLength(6);
    expect(await resultsIn("grown")).toEqual(whole);
    expect(await resultsIn("shards")).toEqual(whole);
  });

  test("Ctrl-C stops it and says how to go on; what was done stays", async () => {
    const args = ["--trials", "40", "--epochs", "40"];
    const { code, stderr } = await inkling(
      directory,
      ["search", "digits", "--try", RATE, ...args, "--out", "stopped"],
      { onOutput: (text, child) => text.includes("--learning-rate") && child.kill("SIGINT") },
    );
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /^Interrupted\. \d+ trials? (is|are) saved in stopped\. To go on: .*inkling search digits --try /,
    );
    const there = Object.keys(await resultsIn("stopped"));
    expect(there.length).toBeGreaterThan(0);
    expect(there.length).toBeLessThan(40);
  });

  test("a trial that diverges is the last, and if all do, the exit code says so", async () => {
    const args = ["search", "houses.csv", "--label", "price", "--optimizer", "sgd", "--epochs", "20"];
    const tries = ["--schedule", "constant", "--trials", "4"];
    const some = await inklingInTurn(directory, [
      ...args,
      ...tries,
      "--try",
      "learning-rate=0.001|1e30",
      "--out",
      "some",
    ]);
    expect(some.code).toBe(0);
    expect(some.stdout).toMatch(/The best of 2 trials, by the RMSE[\s\S]*0\.001\n *\d +diverged +–[\s\S]*1e\+30\n/);
    const all = await inklingInTurn(directory, [...args, ...tries, "--try", "learning-rate=1e20|1e30", "--out", "all"]);
    expect(all.code).toBe(3);
    expect(all.stdout).toContain("Every trial diverged.");
  });

  test("no trial is begun that would end after --minutes", async () => {
    const json = onlyJson(await digits("short", "--trials", "5", "--minutes", "0.0001", "--json"));
    expect(json.ending).toBe("time");
    expect(trialsOf(json).length).toBeLessThan(5);
  });
});

describe("successive halving", () => {
  const halving = (out: string, ...args: string[]) => {
    return digits(out, "--strategy", "halving", "--trials", "9", "--epochs", "9", ...args);
  };

  test("a trial that goes on from its state has the bits of one that is trained anew", async () => {
    await halving("states", ...CONSTANT, "--quiet");
    // Between the rungs the states are lost: with one trial in 9 there, the others come after.
    await halving("anew", ...CONSTANT, "--quiet", "--shard", "1/2");
    expect(await readdir(join(directory, "anew/states"))).toHaveLength(5);
    await rm(join(directory, "anew/states"), { recursive: true });
    await halving("anew", ...CONSTANT, "--quiet", "--shard", "2/2");
    await halving("anew", ...CONSTANT, "--quiet");
    const results = await resultsIn("states");
    expect(Object.keys(results).map((name) => name.split(".")[1])).toEqual(
      expect.arrayContaining([..."111111111333", "9"]),
    );
    expect(Object.keys(results)).toHaveLength(9 + 3 + 1);
    expect(await resultsIn("anew")).toEqual(results);
    expect(await readdir(join(directory, "states"))).not.toContain("states");
  });

  test.each([
    ["with a schedule that depends on the length", ["--schedule", "oneCycle"]],
    ["with averages and early stopping", [...CONSTANT, "--average", "0.9", "--patience", "2"]],
    ["with a training that ends in the second rung", [...CONSTANT, "--patience", "1", "--improvement", "9"]],
  ])("its command repeats the best to the last bit %s", async (name, options) => {
    const json = onlyJson(await halving(name, ...options, "--json"));
    const again = await repeated(json.command, "halving.safetensors");
    expect(again.weightsSha256).toBe(bestOf(json).weightsSha256);
    expect(again.validationAccuracy).toBe(bestOf(json).measures[0]?.accuracy);
  });

  test("a shard says that others are missing, and the rungs are told apart", async () => {
    const { stdout, code } = await halving("one-shard", "--shard", "1/2");
    expect(code).toBe(0);
    expect(stdout).toContain("Rung 1 of 3: 9 trials of 1 epoch (5 to do here)");
    expect(stdout).not.toContain("Rung 2");
    expect(stdout).toContain("Trials of other shards are missing.");
  });
});

describe("cross-validation", () => {
  test("gives mean and deviation over the folds, each scaled by its own training part", async () => {
    const args = ["flowers.csv", "--label", "kind", "--folds", "3", "--epochs", "10", "--trials", "3"];
    const json = onlyJson(await search(...args, "--try", "layers=none|4|8", "--out", "folds", "--json"));
    const best = bestOf(json) as TrialResult & { configuration: Configuration };
    const data = await loadData(join(directory, "flowers.csv"), { label: "kind", needsLabel: true });
    const all = "only" in data ? data.only : data.train;
    const { backend } = await chooseBackend();
    const losses: number[] = [];
    // The same by the library alone: a tenth held out for testing, three folds of the rest.
    for (const { train: part, validation } of folds(all.split(6, { seed: 1 }).train, 3, { seed: 1 })) {
      const given = { backend, scaling: standardize(part) };
      const model = buildNetwork(best.configuration, part.shape, part.outputs, given);
      const { epochs, batchSize, seed } = best.configuration;
      await train(model, part, { epochs, batchSize, seed, ...buildTrainOptions(best.configuration) });
      losses.push((await evaluate(model, validation)).loss);
    }
    expect(best.measures.map(({ loss }) => loss)).toEqual(losses);
    const scores = best.measures.map(({ accuracy }) => accuracy as number);
    const mean = scores.reduce((sum, value) => sum + value, 0) / 3;
    const variance = scores.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2;
    expect(best.score).toBeCloseTo(mean, 12);
    expect(best.deviation).toBeCloseTo(Math.sqrt(variance), 12);
    expect(json.command).not.toContain("--validation");
  });

  test("numbers are compared by their RMSE, the smallest first", async () => {
    const args = ["houses.csv", "--label", "price", "--folds", "2", "--epochs", "5", "--trials", "3"];
    const { stdout } = await search(...args, "--try", "layers=none|4|8", "--out", "prices");
    expect(stdout).toMatch(/ RMSE .*\n *\d +[\d.e+]+ ± [\d.e+]+ /);
    const json = onlyJson(await search(...args, "--try", "layers=none|4|8", "--out", "prices", "--json"));
    const scores = trialsOf(json).map(({ score }) => score as number);
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  });
});

describe("the test", () => {
  test("is made once, with the weights of the trial, and kept", async () => {
    const args = ["--trials", "3", "--epochs", "3", "--json"];
    const unasked = onlyJson(await digits("tested", ...args));
    expect(unasked.tested).toBeUndefined();
    expect(await readdir(join(directory, "tested"))).not.toContain("tested.json");
    const first = onlyJson(await digits("tested", ...args, "--test-best"));
    const tested = first.tested as { weightsSha256: string; measured: { accuracy: number } };
    expect(tested.weightsSha256).toBe(bestOf(first).weightsSha256);
    const evaluated = onlyJson(
      await inklingInTurn(directory, ["evaluate", "tested/best.safetensors", "digits", "--json"]),
    );
    expect(evaluated.testAccuracy).toBe(tested.measured.accuracy);
    // What is known is not measured again.
    await rm(join(directory, "tested/best.safetensors"));
    expect(onlyJson(await digits("tested", ...args, "--test-best")).tested).toEqual(tested);
    expect(await readdir(join(directory, "tested"))).not.toContain("best.safetensors");
  });
});

describe("a directory", () => {
  test("of another search is left as it is", async () => {
    await digits("mine", "--trials", "1", "--epochs", "1", "--quiet");
    const before = await resultsIn("mine");
    const other = await digits("mine", "--trials", "1", "--epochs", "2");
    expect(other.code).toBe(2);
    expect(other.stderr).toBe(
      "--out mine: expected the search that is there, with epochs 1, got 2. Ask for the same, or take another --out.\n",
    );
    expect(await resultsIn("mine")).toEqual(before);
  });

  test("with a result that is none is refused, and the sentence names the file", async () => {
    await digits("broken", "--trials", "1", "--epochs", "1", "--quiet");
    await writeFile(join(directory, "broken/trials/1.1.json"), "{");
    const { code, stderr } = await digits("broken", "--trials", "1", "--epochs", "1");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^broken\/trials\/1\.1\.json: expected trial 1 of 1 epochs, got .* Delete the file; the trial/,
    );
  });
});

test("the first table of docs/choosing.md is what its command prints", async () => {
  const page = await readFile(new URL("../../../docs/choosing.md", import.meta.url), "utf8");
  const command = /```sh\nnpx inkling (search .*)\n```/.exec(page)?.[1] ?? "";
  const rows = (text: string) => text.split("\n").filter((line) => /^ +\d+ .* --learning-rate /.test(line));
  const { stdout } = await inklingInTurn(directory, [...command.split(" "), "--out", "page"]);
  const table = stdout.slice(stdout.indexOf("The best of"));
  const withoutTime = rows(table).map((row) => row.replace(/ [\d.]+ (ms|s) /, " ").split(/ +/));
  const said = rows(/```text\n([\s\S]*?)```/.exec(page)?.[1] ?? "");
  expect(said).toHaveLength(10);
  expect(said.map((row) => row.split(/ +/))).toEqual(withoutTime);
});
