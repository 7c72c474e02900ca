// `mpirun -n 3 inkling reproduce …` and `search`: runs that machines do alone, with one report, that of one machine.
// Most of the time is waiting for processes: the tests run side by side, and write to places of their own.
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ensemble } from "inkling";
import { loadAny } from "inkling/node";
import { afterAll, beforeAll, describe, test } from "vitest";
import { hasOpenMpi, onRanks, processOf, start } from "./machines.ts";
import { fourFiles, images, writeDirectory } from "./tiny-data.ts";

const options = { concurrent: true, timeout: 300_000 };

describe.skipIf(!hasOpenMpi)("runs on several machines", options, () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), "inkling-farm-"));
    await writeDirectory(join(cwd, "digits"), fourFiles(images(200), images(40)));
  });
  afterAll(() => rm(cwd, { recursive: true }));

  const filesOf = (directory: string) =>
    readdir(join(cwd, directory), { recursive: true, withFileTypes: true }).then((entries) =>
      entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted(),
    );

  /** All files of a directory, by name, without what a clock says. */
  async function contents(directory: string): Promise<Record<string, string>> {
    const files: Record<string, string> = {};
    for (const path of await filesOf(directory)) {
      const text = path.endsWith(".safetensors")
        ? (await readFile(path)).toString("base64")
        : await readFile(path, "utf8");
      files[path.slice(join(cwd, directory).length)] = text
        .replace(/"(seconds|wall)":[\d.e-]+/g, '"$1":0')
        .replace(/(\| |<td>)(about )?[\d.]+( |\u00a0)(ms|s|min|h)( \||<\/td>)/g, "$1time$5");
    }
    return files;
  }

  test("reproduce: the runs, figures and report of one machine, printed by the first alone", async ({ expect }) => {
    const words = ["reproduce", "3p", "3a", "--seeds", "2", "--threads", "1", "--out"];
    const [one, three] = [await onRanks(cwd, 0, [...words, "one"]), await onRanks(cwd, 3, [...words, "three"])];
    expect([one.code, three.code, three.stderr]).toEqual([0, 0, ""]);
    expect(three.stdout).toContain("Machines: 3, over Open MPI");
    expect(three.stdout.match(/ seed \d+: /g)).toHaveLength(10);
    expect(three.stdout.match(/Report in three/g)).toHaveLength(1);
    const files = await contents("one");
    expect(Object.keys(files).length).toBeGreaterThan(12);
    expect(await contents("three")).toEqual(files);
  });

  const SEARCH = ["search", "digits", "--batch-size", "20", "--threads", "1", "--optimizer", "momentum"];
  const TRY = ["--schedule", "constant", "--try", "learning-rate=0.001..0.1", "--try", "layers=8|8,8"];
  const search = (out: string, ...more: string[]) => [...SEARCH, ...TRY, ...more, "--out", out];

  test("search by halving: the trials, the best and the test of one machine", async ({ expect }) => {
    const halving = ["--strategy", "halving", "--trials", "9", "--epochs", "9", "--test-best", "--json"];
    const [one, three] = [
      await onRanks(cwd, 0, search("one-search", ...halving)),
      await onRanks(cwd, 3, search("three-search", ...halving)),
    ];
    expect([one.code, three.code, three.stderr]).toEqual([0, 0, ""]);
    const found = ({ stdout }: typeof one) => {
      const { best, tested, trials } = JSON.parse(stdout);
      const names = trials.map(({ trial, epochs, score }: Record<string, number>) => [trial, epochs, score]);
      return { names, best: best.weightsSha256, tested: tested.weightsSha256 };
    };
    expect(found(three)).toEqual(found(one));
    const { "/best.safetensors": _, ...files } = await contents("one-search");
    expect(Object.keys(files).filter((name) => name.startsWith("/trials"))).toHaveLength(9 + 3 + 1);
    const { "/best.safetensors": __, "/tested.json": tested, ...others } = await contents("three-search");
    expect({ ...others, "/tested.json": tested?.replace("three-search", "one-search") }).toEqual(files);
  });

  test("where every trial diverges, all end with the code of one machine", async ({ expect }) => {
    const rates = ["--schedule", "constant", "--try", "learning-rate=1e37|1e38", "--trials", "2", "--epochs", "3"];
    const { code, stdout, stderr } = await onRanks(cwd, 2, [...SEARCH, ...rates, "--out", "diverged"]);
    expect(code).toBe(3);
    expect(stdout).toContain("Every trial diverged.");
    expect(stderr).not.toContain("ends all");
  });

  test("machines that were asked for different runs begin none", async ({ expect }) => {
    const [first, second] = [search("other", "--epochs", "1"), search("other", "--epochs", "2")];
    const { code, stderr } = await onRanks(cwd, 2, first, second);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rank 1: expected 1 for epochs, as on rank 0, got 2\. Start all machines alike\./m);
  });

  test.for(["SIGTERM", "SIGKILL"] as const)(
    "%s to one: what is written stays, and others go on",
    async (how, { expect }) => {
      const words = (out: string) => search(out, "--trials", "12", "--epochs", "150");
      const { child, ended } = start(cwd, 3, words(how));
      const trials = () => readdir(join(cwd, how, "trials")).catch(() => []);
      await expect.poll(async () => (await trials()).length, { timeout: 60_000 }).toBeGreaterThan(0);
      process.kill(processOf(child, 2), how);
      const { code, stderr } = await ended;
      expect(code).not.toBe(0);
      expect(stderr).toContain(how === "SIGTERM" ? "Interrupted. " : "rank 2 ");
      const there = await trials();
      expect(there.length).toBeGreaterThan(0);
      expect(there.length).toBeLessThan(12);
      expect((await onRanks(cwd, 2, words(how))).code).toBe(0);
      expect(await trials()).toHaveLength(12);
    },
  );

  const ENSEMBLE = ["train", "digits", "--layers", "8", "--batch-size", "20", "--threads", "1", "--ensemble", "4"];

  test("an ensemble: the file, the log and the report of one machine", async ({ expect }) => {
    /** What is printed, and the log, without times and widths of their column. */
    const found = async (name: string, ranks: number) => {
      const words = [...ENSEMBLE, "--epochs", "3", "--validation", "40", "--out", name, "--log", `${name}.jsonl`];
      const { code, stdout, stderr } = await start(cwd, ranks, words, { NO_COLOR: "1" }).ended;
      expect([code, stderr]).toEqual([0, ""]);
      const log = (await readFile(join(cwd, `${name}.jsonl`), "utf8"))
        .replace(/"(seconds|examplesPerSecond)":[\d.e+-]+|"time":"[^"]*"/g, "")
        .replaceAll(name, "NAME");
      const text = stdout.replace(/^Machines .*\n/m, "").replace(/[\d.,]+ (ms|s|min)\b/g, "TIME");
      return { text: text.replaceAll(/\s+/g, " ").replaceAll(name, "NAME"), log };
    };
    const one = await found("one.model", 0);
    expect(one.text).toContain("Network 4 of 4: ");
    expect(await found("three.model", 3)).toEqual(one);
    expect(await readFile(join(cwd, "three.model"))).toEqual(await readFile(join(cwd, "one.model")));
  });

  test("a network that diverges ends an ensemble with code 3, and is named once", async ({ expect }) => {
    const rate = ["--learning-rate", "1e38", "--optimizer", "sgd", "--epochs", "3", "--out", "wild"];
    const { code, stderr } = await onRanks(cwd, 2, [...ENSEMBLE, ...rate]);
    expect(code).toBe(3);
    expect(stderr.match(/The usual cause is a large step/g)).toHaveLength(1);
    expect(stderr).toMatch(/It was network 1 of 4\. No network was whole, so no model was saved\./);
    expect(stderr).not.toContain("ends all");
  });

  test("an ensemble that one machine stops keeps the networks that are whole", async ({ expect }) => {
    const words = [...ENSEMBLE.slice(0, -1), "40", "--epochs", "60", "--out", "stopped.model"];
    const { child, ended } = start(cwd, 3, words);
    await expect.poll(() => existsSync(join(cwd, "stopped.model")), { timeout: 60_000 }).toBe(true);
    process.kill(processOf(child, 1), "SIGTERM");
    const { code, stderr } = await ended;
    expect(code).not.toBe(0);
    const [, whole] = /^Interrupted\. The (\d+ )?networks? that (?:is|are) whole (?:is|are) in /m.exec(stderr) ?? [];
    const members = (await loadAny(join(cwd, "stopped.model"))) as Ensemble;
    expect(members.members).toHaveLength(Number(whole ?? 1));
  });

  test("an ensemble on several machines has no checkpoints", async ({ expect }) => {
    const { code, stderr } = await onRanks(cwd, 2, [...ENSEMBLE, "--checkpoint", "ck"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^--checkpoint: expected no --ensemble beside it on several machines, got one\. Add --no-mpi/m,
    );
  });
});
