/**
 * Results of long work as small JSON files, one a result: work that was interrupted goes on where it stopped, and
 * several processes or machines can share a directory.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError, DataError, FileError } from "inkling";
import { reasonOf, writeWhole } from "inkling/node";

/** Makes a directory, with a directory in it for the results. Throws a FileError where it cannot be made. */
export async function makeDirectory(out: string, inside: string): Promise<void> {
  try {
    await mkdir(join(out, inside), { recursive: true });
  } catch (error) {
    throw new FileError(out, "a directory that can be written", reasonOf(error));
  }
}

/** Saves a value as one line of JSON; the file is whole or not there. */
export async function saveJson(path: string, value: unknown): Promise<void> {
  await writeWhole(path, new TextEncoder().encode(`${JSON.stringify(value)}\n`));
}

/** Reads a result. Throws a DataError with the advice for a file that is none. */
export async function loadJson<Result>(
  path: string,
  expected: string,
  isResult: (value: Partial<Result>) => boolean,
  advice: string,
): Promise<Result> {
  let value: Partial<Result>;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new DataError(path, expected, reasonOf(error), advice);
  }
  if (typeof value === "object" && value !== null && isResult(value)) return value as Result;
  throw new DataError(path, expected, "something else", advice);
}

/** Which part of the work a process does: every so-manieth piece, from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** The shard that an option names, as 2/8; the only one if absent. Throws an ArgumentError. */
export function shardOf(word = "1/1"): Shard {
  const [, index = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(word) ?? []).map(Number);
  if (index >= 1 && index <= of) return { index, of };
  throw new ArgumentError("--shard", "k/n with k from 1 to n, as 2/8", JSON.stringify(word));
}

/** The pieces of a shard: every n-th. */
export function shareOf<Piece>(pieces: readonly Piece[], shard: Shard): Piece[] {
  return pieces.filter((_, i) => i % shard.of === shard.index - 1);
}

/** The seconds that an option in minutes stands for; without end if absent. Throws an ArgumentError. */
export function secondsOf(option: string, word: string | undefined): number {
  if (word === undefined) return Number.POSITIVE_INFINITY;
  const value = Number(word);
  if (value > 0 && Number.isFinite(value)) return 60 * value;
  throw new ArgumentError(option, "minutes, a number above 0", JSON.stringify(word));
}
