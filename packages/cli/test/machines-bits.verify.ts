// Every preset and every number of blocks, by mpirun and the command: the digest of one machine, whoever computes.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { presets } from "inkling/presets";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digestOf, hasOpenMpi, onRanks } from "./machines.ts";
import { onlyJson } from "./running.ts";
import { fourFiles, images, writeDirectory } from "./tiny-data.ts";

const BLOCK = 128;
/** Two counts of blocks a training: that of its first batch, and that of its last one, which has the rest. */
const PAIRS = Array.from({ length: 10 }, (_, i) => [20 - 2 * i, 19 - 2 * i] as const);
const NETWORK = ["train", "--layers", "16,bn", "--epochs", "1", "--validation", "0", "--json", "--threads", "1"];

describe.skipIf(!hasOpenMpi)("one digest on several machines", () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), "inkling-bits-"));
    // Of 20 × 20 pixels, as cnn-tiny needs them; 1,100 to learn from, beside 100 for validation: nine blocks and one.
    await writeDirectory(join(cwd, "digits"), fourFiles(images(1300, 20), images(200, 20)));
    await writeDirectory(join(cwd, "many"), fourFiles(images(60_000, 4), images(100, 4)));
  });
  afterAll(() => rm(cwd, { recursive: true }));

  describe.each(Object.keys(presets))("preset %s", (preset) => {
    const batch = preset === "original" ? ["--examples", "1300"] : ["--batch-size", "1100"];
    const sizes = [...batch, "--epochs", "1", "--validation", "100"];
    const words = ["train", "--data", "digits", "--preset", preset, ...sizes, "--json", "--out", `${preset}.model`];
    let alone: string;
    beforeAll(async () => {
      alone = await digestOf(cwd, 0, [...words, "--threads", "1"]);
    });

    test.each([1, 2, 3, 4, 5, 8].flatMap((ranks) => [1, 2].map((threads) => [ranks, threads])))(
      "%i ranks of %i threads",
      async (ranks, threads) => {
        expect(await digestOf(cwd, ranks ?? 0, [...words, "--threads", String(threads)])).toBe(alone);
      },
    );

    test("a rank of WebAssembly, one of machine code, one of the reference", async () => {
      const programs = ["wasm", "native", "reference"].map((backend) => [...words, "--backend", backend]);
      const ended = await onRanks(cwd, 3, ...programs.map((program) => [...program, "--threads", "1"]));
      expect(onlyJson(ended).weightsSha256).toBe(alone);
    });
  });

  test.each([...PAIRS, [469, 0] as const])("batches of %i blocks and of %i", async (first, rest) => {
    // The last block of each batch is not full.
    const size = first * BLOCK - 32;
    const examples = first === 469 ? 60_000 : size + rest * BLOCK - 32;
    const sizes = ["--batch-size", String(size), "--examples", String(examples)];
    const words = [...NETWORK, "--data", "many", ...sizes];
    const alone = await digestOf(cwd, 0, words);
    for (const ranks of [2, 3, 5, 8]) expect(await digestOf(cwd, ranks, words), `${ranks} ranks`).toBe(alone);
  });
});
