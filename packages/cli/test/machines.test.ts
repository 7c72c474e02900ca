// `mpirun -n 4 inkling train …`: one model, one digest, one voice.
import { writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { smallDisk } from "./faults.ts";
import {
  CHECKPOINTS,
  digestOf,
  hasCheckpoints,
  hasOpenMpi,
  onRanks,
  processOf,
  slowed,
  start,
  stopped,
  TRAINING,
} from "./machines.ts";
import { onlyJson } from "./running.ts";
import { fourFiles, images, writeDirectory } from "./tiny-data.ts";

const times = process.env.INKLING_VERIFY === undefined ? 1 : 50;

describe.skipIf(!hasOpenMpi)("on several machines", () => {
  let cwd: string;
  let alone: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), "inkling-machines-"));
    await writeDirectory(join(cwd, "digits"), fourFiles(images(1000, 6), images(1500, 6)));
    await writeDirectory(join(cwd, "others"), fourFiles(images(999, 6), images(1500, 6)));
    alone = await digestOf(cwd, 0, TRAINING);
  });
  afterAll(() => rm(cwd, { recursive: true }));

  test.each([2, 3, 5])("%i of them train the model of one", async (ranks) => {
    expect(await digestOf(cwd, ranks, TRAINING)).toBe(alone);
  });

  test("with a backend of its own each, and threads", async () => {
    const programs = ["wasm", "reference", "wasm"].map((backend, i) => {
      return [...TRAINING, "--backend", backend, "--threads", i === 0 ? "2" : "1"];
    });
    const { stdout, code } = await onRanks(cwd, 3, ...programs);
    expect([code, JSON.parse(stdout).weightsSha256]).toEqual([0, alone]);
  });

  test("--no-mpi trains alone, each for himself", async () => {
    const { stdout } = await onRanks(cwd, 2, [...TRAINING, "--no-mpi"], [...TRAINING, "--no-mpi", "--out", "b.model"]);
    const digests = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).weightsSha256);
    expect(digests).toEqual([alone, alone]);
  });

  test("they evaluate together what one evaluates", async () => {
    const words = ["evaluate", "model.safetensors", "digits", "--json", "--threads", "1"];
    const [one, three] = await Promise.all([0, 3].map((ranks) => onRanks(cwd, ranks, words)));
    expect(three.stdout).toBe(one.stdout);
  });

  test("they predict together what one predicts, and the first writes it", async () => {
    const words = ["predict", "model.safetensors", "digits", "--threads", "1", "--out"];
    for (const more of [[], ["--augmentation", "shift=1", "--copies", "2"]]) {
      const one = await onRanks(cwd, 0, [...words, "one.csv", ...more]);
      const three = await onRanks(cwd, 3, [...words, "three.csv", ...more]);
      expect([three.code, three.stderr, three.stdout]).toEqual([0, "", one.stdout.replace("one.csv", "three.csv")]);
      expect(await readFile(join(cwd, "three.csv"), "utf8")).toBe(await readFile(join(cwd, "one.csv"), "utf8"));
    }
    const shown = await onRanks(cwd, 2, ["predict", "model.safetensors", "digits", "--index", "3", "--quiet"]);
    expect(shown.stdout.trim().split("\n")).toHaveLength(1);
  });

  test("any other command is the first one's", async () => {
    const { code, stdout } = await onRanks(cwd, 2, ["inspect", "model.safetensors", "--json"]);
    expect([code, stdout.trim().split("\n").length]).toEqual([0, 1]);
  });

  test("says which machines there are, and how many have nothing to do", async () => {
    const words = ["train", "--data", "digits", "--epochs", "1", "--batch-size", "200"];
    const { stdout } = await onRanks(cwd, 3, words);
    expect(stdout).toContain("3, over Open MPI");
    const text = stdout.replace(/\s+/g, " ");
    expect(text).toContain("1 of 3 machines have nothing to do: a batch of 200 examples are 2 blocks of 128");
    expect(text).toContain("--batch-size 384 would use all.");
    expect(stdout.match(/Weights SHA-256/g)).toHaveLength(1);
  });

  test.each([
    [
      "another seed",
      ["--seed", "2"],
      /^rank 1: expected 1 for seed, as on rank 0, got 2\. Start all machines alike\./m,
    ],
    [
      "other data",
      ["--data", "others"],
      /^rank 1: expected [0-9a-f]{64} for data to train, as on rank 0, got [0-9a-f]{64}/m,
    ],
    ["an option that there is not", ["--epoch", "2"], /^Rank 1: .*--epoch.*--epochs/m],
    ["data that are not there", ["--data", "nothere"], /^Rank 1: nothere: expected a directory or a file/m],
  ])("refuses %s on one of them, before the first step", async (_, words, sentence) => {
    const { code, stderr, stdout } = await onRanks(cwd, 2, TRAINING, [...TRAINING, ...words]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(sentence);
  });

  test("ranks that Slurm does not connect are refused, and none trains alone", async () => {
    const environment = { SLURM_STEP_NUM_TASKS: "2", SLURM_PROCID: "1" };
    const { code, stderr, stdout } = await start(cwd, 0, TRAINING, environment).ended;
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("rank 1 of 2");
  });

  test("a library that does not belong to its launcher is refused, and no rank trains alone", async () => {
    const environment = { PMI_RANK: "1", PMI_SIZE: "2", INKLING_MPI_LIBRARY: "libmpi.so.40" };
    const { code, stderr, stdout } = await start(cwd, 0, TRAINING, environment).ended;
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("expected a library that finds rank 1 of 2, as the launcher says, got rank 0 of 1 from");
  });

  test("options that decide an evaluation have to be the same", async () => {
    const words = ["evaluate", "model.safetensors", "digits", "--json"];
    const { code, stderr } = await onRanks(cwd, 2, words, [...words, "--augmentation", "shift=1"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rank 1: expected .* for options, as on rank 0, got /m);
  });

  test("a mistake of all is said once", async () => {
    const { code, stderr } = await onRanks(cwd, 3, [...TRAINING, "--data", "nothere"]);
    expect([code, stderr.match(/nothere: expected/g)?.length]).toEqual([2, 1]);
  });

  test("a divergence is everybody's, and is said once", async () => {
    const words = ["--learning-rate", "1e38", "--optimizer", "sgd", "--clip-norm", "0"];
    const { code, stderr } = await onRanks(cwd, 2, [...TRAINING, ...words]);
    expect([code, stderr.match(/The usual cause is a large step/g)?.length]).toEqual([3, 1]);
  });

  test.skipIf(times === 1)("a rank ten times slower than the others changes nothing", async () => {
    const { child, ended } = start(cwd, 3, [...TRAINING, ...CHECKPOINTS]);
    await hasCheckpoints(cwd, "ck", 1);
    const slow = slowed(processOf(child, 1));
    const result = onlyJson(await ended);
    expect([result.weightsSha256, await slow]).toEqual([alone, true]);
  });

  test("a disk that fills up is said once, by the first one, and the training goes on", async () => {
    const unmount = await smallDisk(join(cwd, "disk"), "1m");
    if (unmount === undefined) return console.log("Not tested: a small disk needs the right to mount one.");
    try {
      const { ended } = start(cwd, 2, [...TRAINING, "--checkpoint", "disk/ck", "--every", "2steps"]);
      await hasCheckpoints(cwd, "disk/ck", 1);
      expect(() => writeFileSync(join(cwd, "disk", "filler"), Buffer.alloc(2 ** 20))).toThrow(/ENOSPC/);
      const result = await ended;
      expect(onlyJson(result).weightsSha256).toBe(alone);
      expect(result.stderr.match(/got a full disk\. The training goes on; /g)).toHaveLength(1);
    } finally {
      unmount();
    }
  });

  test.each([
    ["SIGTERM", "one"],
    ["SIGTERM", "all"],
    ["SIGKILL", "one"],
  ] as const)("%s to %s ends all, and the training goes on on others", async (how, whom) => {
    for (let i = 0; i < times; i++) await stopped(cwd, how, whom, alone);
  });
});
