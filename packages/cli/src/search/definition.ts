/**
 * What a search is, as search.json in its directory: whoever goes on with it, or shares its work, has to ask for the
 * same. Backend, threads, time and shard do not matter, and a random search may get more trials.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError, DataError } from "inkling";
import { reasonOf } from "inkling/node";
import { fieldNames, searchEntryText } from "inkling/presets";
import { saveJson } from "../saved-json.ts";
import type { SearchPlan } from "./plan.ts";

export type Definition = Readonly<Record<string, unknown>>;

export async function definitionOf(plan: SearchPlan, precision: string): Promise<Definition> {
  const { strategy, trials, eta, folds, score, space, base, sets } = plan;
  const { name, count } = sets.train;
  const names = fieldNames.filter((field) => space[field] !== undefined);
  const tried = names.map((field) => `${field} ${searchEntryText(space[field] as never)}`);
  return {
    ...{ strategy, score, folds: folds ?? null, precision },
    ...(strategy === "halving" && { trials, eta }),
    ...{ space: tried.join(", "), label: sets.label ?? null },
    data: `${name}, ${count} examples, SHA-256 ${await sets.train.sha256()}`,
    ...base,
  };
}

const path = (out: string) => join(out, "search.json");

/** Throws an ArgumentError where another search is in the directory already. */
export async function checkDefinition(out: string, definition: Definition): Promise<void> {
  const text = await readFile(path(out), "utf8").catch((error: NodeJS.ErrnoException) => {
    // Neither there, nor in a directory: the reason is said where it is written.
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new DataError(path(out), "a search", reasonOf(error), "Take another --out.");
  });
  if (text === undefined) return;
  const there = parsed(text, out);
  // An option that a later Inkling has added has its usual value in an older search.
  for (const name of Object.keys(there)) {
    const [before, now] = [there[name], definition[name]].map((value) => JSON.stringify(value ?? null));
    if (before === now) continue;
    const advice = "Ask for the same, or take another --out.";
    throw new ArgumentError(`--out ${out}`, `the search that is there, with ${name} ${before}`, `${now}`, advice);
  }
}

function parsed(text: string, out: string): Definition {
  let reason = "something else";
  try {
    const found: Definition | null = JSON.parse(text);
    if (typeof found?.strategy === "string") return found;
  } catch (error) {
    reason = reasonOf(error);
  }
  throw new DataError(path(out), "a search", reason, "Take another --out.");
}

export async function saveDefinition(out: string, definition: Definition): Promise<void> {
  await saveJson(path(out), definition);
}
