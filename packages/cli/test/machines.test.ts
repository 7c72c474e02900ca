// `mpirun -n 4 inkling train …`: one model, one digest, one voice. Most of the time is waiting for processes: the tests
// run side by side, each in a folder of its own.
import { writeFileSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
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

// In `npm run verify` durations are looked at: one after the other.
const options = times === 1 ? { concurrent: true, timeout: 300_000 } : {};

describe.skipIf(!hasOpenMpi)("on several machines", options, () => {
  let folder: string;
  let alone: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "inkling-machines-"));
    await writeDirectory(join(folder, "digits"), fourFiles(images(1000, 6), images(1500, 6)));
    await writeDirectory(join(folder, "others"), fourFiles(images(999, 6), images(1500, 6)));
    alone = await digestOf(folder, 0, TRAINING);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** A folder with the data, and with the model of the training alone. */
  async function place(): Promise<string> {
    const cwd = await mkdtemp(join(folder, "place-"));
    for (const name of ["digits", "others"]) await symlink(join(folder, name), join(cwd, name));
    await copyFile(join(folder, "model.safetensors"), join(cwd, "model.safetensors"));
    return cwd;
  }

  test.for([2, 3, 5])("%i of them train the model of one", async (ranks, { expect }) => {
    const cwd = await place();
    expect(await digestOf(cwd, ranks, TRAINING)).toBe(alone);
  });

  test("with a backend of its own each, and threads", async ({ expect }) => {
    const cwd = await place();
    const programs = ["wasm", "reference", "wasm"].map((backend, i) => {
      return [...TRAINING, "--backend", backend, "--threads", i === 0 ? "2" : "1"];
    });
    const { stdout, code } = await onRanks(cwd, 3, ...programs);
    expect([code, JSON.parse(stdout).weightsSha256]).toEqual([0, alone]);
  });

  test("--no-mpi trains alone, each for himself", async ({ expect }) => {
    const cwd = await place();
    const { stdout } = await onRanks(cwd, 2, [...TRAINING, "--no-mpi"], [...TRAINING, "--no-mpi", "--out", "b.model"]);
    const digests = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).weightsSha256);
    expect(digests).toEqual([alone, alone]);
  });

  test("they evaluate together what one evaluates", async ({ expect }) => {
    const cwd = await place();
    const words = ["evaluate", "model.safetensors", "digits", "--json", "--threads", "1"];
    const [one, three] = await Promise.all([0, 3].map((ranks) => onRanks(cwd, ranks, words)));
    expect(three.stdout).toBe(one.stdout);
  });

  test("they predict together what one predicts, and the first writes it", async ({ expect }) => {
    const cwd = await place();
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

  test("what comes on standard input is the first one's: it predicts alone, and nobody trains", async ({ expect }) => {
    const cwd = await place();
    const rows = "a;b;k\n1;2;x\n3;4;y\n5;1;x\n2;2;y\n";
    await writeFile(join(cwd, "t.csv"), rows);
    const table = ["--label", "k", "--layers", "4", "--batch-size", "2", "--epochs", "2", "--quiet"];
    expect((await onRanks(cwd, 0, ["train", "t.csv", ...table, "--out", "t.model"])).code).toBe(0);
    const given = (ranks: number, words: readonly string[]) => {
      const { child, ended } = start(cwd, ranks, words, { NO_COLOR: "1" });
      child.stdin?.end(rows);
      return ended;
    };
    const one = await given(0, ["predict", "t.model", "-"]);
    expect(one.stdout).toContain("Row 1: ");
    const three = await given(3, ["predict", "t.model", "-"]);
    expect([three.code, three.stdout.replaceAll("\r", "")]).toEqual([0, one.stdout]);
    const { code, stdout, stderr } = await given(2, ["train", "-", ...table]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^Rank 1: --data: expected a file that every machine can read, got -\. A launcher /m);
  });

  test("any other command is the first one's", async ({ expect }) => {
    const cwd = await place();
    const { code, stdout } = await onRanks(cwd, 2, ["inspect", "model.safetensors", "--json"]);
    expect([code, stdout.trim().split("\n").length]).toEqual([0, 1]);
  });

  test("says which machines there are, and how many have nothing to do", async ({ expect }) => {
    const cwd = await place();
    const words = ["train", "--data", "digits", "--epochs", "1", "--batch-size", "200"];
    const { stdout } = await onRanks(cwd, 3, words);
    expect(stdout).toContain("3, over Open MPI");
    const text = stdout.replace(/\s+/g, " ");
    expect(text).toContain("1 of 3 machines have nothing to do: a batch of 200 examples are 2 blocks of 128");
    expect(text).toContain("--batch-size 384 would use all.");
    expect(stdout.match(/Weights SHA-256/g)).toHaveLength(1);
  });

  test.for([
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
  ] as const)("refuses %s on one of them, before the first step", async ([, words, sentence], { expect }) => {
    const cwd = await place();
    const { code, stderr, stdout } = await onRanks(cwd, 2, TRAINING, [...TRAINING, ...words]);
    expect(stderr).toMatch(sentence);
    expect([code, stdout], stderr).toEqual([2, ""]);
  });

  test("ranks that Slurm does not connect are refused, and none trains alone", async ({ expect }) => {
    const cwd = await place();
    const environment = { SLURM_STEP_NUM_TASKS: "2", SLURM_PROCID: "1" };
    const { code, stderr, stdout } = await start(cwd, 0, TRAINING, environment).ended;
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("rank 1 of 2");
  });

  test("a library that does not belong to its launcher is refused, and no rank trains alone", async ({ expect }) => {
    const cwd = await place();
    const environment = { PMI_RANK: "1", PMI_SIZE: "2", INKLING_MPI_LIBRARY: "libmpi.so.40" };
    const { code, stderr, stdout } = await start(cwd, 0, TRAINING, environment).ended;
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("expected a library that finds rank 1 of 2, as the launcher says, got rank 0 of 1 from");
  });

  test("options that decide an evaluation have to be the same", async ({ expect }) => {
    const cwd = await place();
    const words = ["evaluate", "model.safetensors", "digits", "--json"];
    const { code, stderr } = await onRanks(cwd, 2, words, [...words, "--augmentation", "shift=1"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rank 1: expected .* for options, as on rank 0, got /m);
  });

  test("a mistake of all is said once", async ({ expect }) => {
    const cwd = await place();
    const { code, stderr } = await onRanks(cwd, 3, [...TRAINING, "--data", "nothere"]);
    expect([code, stderr.match(/nothere: expected/g)?.length]).toEqual([2, 1]);
  });

  test("a divergence is everybody's, and is said once", async ({ expect }) => {
    const cwd = await place();
    const words = ["--learning-rate", "1e38", "--optimizer", "sgd", "--clip-norm", "0"];
    const { code, stderr } = await onRanks(cwd, 2, [...TRAINING, ...words]);
    expect([code, stderr.match(/The usual cause is a large step/g)?.length]).toEqual([3, 1]);
  });

  test.skipIf(times === 1)("a rank ten times slower than the others changes nothing", async ({ expect }) => {
    const cwd = await place();
    const { child, ended } = start(cwd, 3, [...TRAINING, ...CHECKPOINTS]);
    await hasCheckpoints(cwd, "ck", 1);
    const slow = slowed(processOf(child, 1));
    const result = onlyJson(await ended);
    expect([result.weightsSha256, await slow]).toEqual([alone, true]);
  });

  test("a disk that fills up is said once, by the first one, and the training goes on", async ({ expect }) => {
    const cwd = await place();
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

  test.for([
    ["SIGTERM", "one"],
    ["SIGTERM", "all"],
    ["SIGKILL", "one"],
  ] as const)("%s to %s ends all, and the training goes on on others", async ([how, whom]) => {
    const cwd = await place();
    for (let i = 0; i < times; i++) await stopped(cwd, how, whom, alone);
  });
});
