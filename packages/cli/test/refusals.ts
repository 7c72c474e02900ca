/**
 * Commands that are refused: each in one sentence, with exit 2 and nothing written. The first of a table runs in a
 * process of its own, the others in turn in one (in-turn.ts).
 */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { inkling } from "./running.ts";
import { csv, fourFiles, images, writeDirectory } from "./tiny-data.ts";

/**
 * Everything bad is written here once, and only read; every command runs in an empty directory of its own beside it.
 */
export const inputs = await mkdtemp(join(tmpdir(), "inkling-bad-input-"));
export const at = (name: string) => join(inputs, name);
afterAll(() => rm(inputs, { recursive: true }));

export const [train, tests] = [images(40), images(20)];
export const good = fourFiles(train, tests);
export const table = csv(train);
export const SMALL = ["--layers", "4", "--batch-size", "8", "--epochs", "1"];

/** `inkling train` on good data. */
export const training = (...args: string[]) => ["train", "--data", at("good"), ...SMALL, ...args];
export const trainingOn = (data: string, ...args: string[]) => ["train", "--data", at(data), ...SMALL, ...args];

/** Runs a command in an empty directory, expects a refusal in one sentence, and nothing written. */
async function expectRefusal(run: typeof inklingInTurn, args: readonly string[], sentence: RegExp): Promise<void> {
  const directory = await mkdtemp(at("empty-"));
  const { code, stdout, stderr } = await run(directory, args);
  expect(stderr).toMatch(/^\S[^\n]*?: expected [^\n]+, got [^\n]+\.( [^\n]+[.?])?\n$/);
  expect(stderr).toMatch(sentence);
  expect({ code, stdout, written: await readdir(directory) }).toEqual({ code: 2, stdout: "", written: [] });
}

/** A table of commands, each with what its sentence says. */
export function refuses(title: string, cases: [name: string, args: readonly string[], sentence: RegExp][]): void {
  describe.concurrent(title, () => {
    const runs = cases.map((row, i) => [...row, i === 0 ? inkling : inklingInTurn] as const);
    test.each(runs)("%s", (_, args, sentence, run) => expectRefusal(run, args, sentence));
  });
}

beforeAll(async () => {
  await writeDirectory(at("good"), good);
  await writeFile(at("a-file"), "a file");
});
