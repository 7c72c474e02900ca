// Trainings that several machines do together: one digest, whatever their number and their backends. Here the machines
// are threads; packages/mpi has real ones.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { mnist } from "inkling/node";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Wasm } from "../../src/backends/wasm/wasm.ts";
import type { Task } from "./rank.ts";
import { type Digests, digestsOf, evaluationOf, type Name, names, stepOfBlocks } from "./tasks.ts";
import { sharedMemory } from "./threads-group.ts";

/** What a machine says in the end. */
interface Said {
  readonly blocks: readonly [digest: string, loss: number][];
  readonly digests: Digests;
  readonly found: string | undefined;
  /** By itself, after a step that failed. */
  readonly own: string | undefined;
  readonly rejection: string | undefined;
  readonly digest: string | undefined;
}

const pinned: Record<string, string> = JSON.parse(
  readFileSync(new URL("../same-bits/digests.json", import.meta.url), "utf8"),
);
const isWhole = process.env.INKLING_VERIFY !== undefined;
const directory = mkdtempSync(join(tmpdir(), "inkling-group-"));
const code = join(directory, "rank.mjs");
const blocks = [...Array.from({ length: 20 }, (_, i) => i + 1), 469];
let alone: Pick<Said, "blocks" | "digests" | "found">;

beforeAll(async () => {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("rank.ts", import.meta.url)),
    platform: "node",
    resolve: { conditionNames: ["inkling-source", "node", "import", "default"] },
  });
  const { output } = await bundle.generate({ format: "es", codeSplitting: false });
  await bundle.close();
  writeFileSync(code, output[0].code);
  const backend = new Wasm();
  const digits = await mnist();
  const steps: [string, number][] = [];
  for (const count of blocks) steps.push(await stepOfBlocks(count, backend));
  const digests = await digestsOf(names, digits.train, backend);
  alone = { blocks: steps, digests, found: await evaluationOf(digits, backend, false) };
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What each machine says. */
function together(size: number, given: Partial<Task>): Promise<Said[]> {
  const task: Task = { memory: sharedMemory(size), size, backends: ["wasm"], names: [], blocks: [], ...given };
  return Promise.all(
    Array.from({ length: size }, (_, rank) => {
      const worker = new Worker(code, { workerData: { rank, task } });
      return new Promise<Said>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
    }),
  );
}

/** Every so manieth training, from one on. */
const some = (step: number, first = 0): Name[] => names.filter((_, i) => isWhole || i % step === first);

test("alone the pinned digests are what they are", () => {
  for (const name of names) expect([name, alone.digests[name][0]]).toEqual([name, pinned[name]]);
});

test.each([
  [2, ["wasm"], some(2)],
  [3, ["wasm"], some(2, 1)],
  [4, ["wasm"], some(8, 2)],
  [5, ["wasm"], some(6, 3)],
  [8, ["wasm"], some(12, 4)],
  [3, ["wasm", "reference"], some(12, 5)],
] as const)("%i machines (%s) train as one", async (size, backends, chosen) => {
  for (const { digests } of await together(size, { backends, names: chosen })) {
    for (const name of chosen) expect([name, ...digests[name]]).toEqual([name, ...alone.digests[name]]);
  }
});

test.each([2, 3, 8])("%i machines add any number of blocks as one, and evaluate as one", async (size) => {
  for (const said of await together(size, { blocks })) {
    expect(said.blocks).toEqual(alone.blocks);
    expect([said.found, said.own]).toEqual([alone.found, alone.found]);
  }
});

test("all stop after the same step when the caller of one wants it", async () => {
  const [first, second, third] = await together(3, { aborting: 1 });
  expect([second.digest, third.digest]).toEqual(Array(2).fill(first.digest));
  expect(second.rejection).toBe("the caller's own reason");
  expect([first.rejection, third.rejection]).toEqual(Array(2).fill("train: machine 1 asked all to stop."));
});
