/** Runs side by side: what differs, what is the same. */
import type { ComparedRun } from "./runs.ts";

/** One line of the comparison: a value a run, undefined where it is not known. */
export interface Row {
  readonly name: string;
  readonly values: readonly unknown[];
}

/** Everything that a comparison says. */
export interface Comparison {
  readonly runs: readonly string[];
  /** Each run's number among those of the same weights, from 1; null where they are not known. */
  readonly weights: readonly (number | null)[];
  /** Whether all runs have the same weights; null where one is not known. */
  readonly sameWeights: boolean | null;
  /** The same of the data that they learnt from, and of those that they were tested on. */
  readonly sameData: boolean | null;
  readonly sameTest: boolean | null;
  readonly results: readonly Row[];
  readonly facts: readonly Row[];
  /** Options, and the network, that differ. */
  readonly differences: readonly Row[];
  /** Options that are the same. */
  readonly same: readonly Row[];
}

export function compared(runs: readonly ComparedRun[]): Comparison {
  const digests = runs.map(({ weightsSha256 }) => weightsSha256);
  const kinds = [...new Set(digests.filter((digest) => digest !== undefined))];
  const options = rowsOf(runs.map(({ configuration, network }) => ({ network, ...configuration })));
  return {
    runs: runs.map(({ name }) => name),
    weights: digests.map((digest) => (digest === undefined ? null : kinds.indexOf(digest) + 1)),
    sameWeights: sameness(digests),
    sameData: sameness(runs.map(({ data }) => data.train?.sha256 ?? undefined)),
    sameTest: sameness(runs.map(({ data }) => data.test?.sha256 ?? undefined)),
    results: rowsOf(runs.map(({ results }) => results)).sort((a, b) => rankOf(a) - rankOf(b)),
    facts: rowsOf(runs.map(({ facts }) => facts)),
    differences: options.filter((row) => differs(row, runs)),
    same: options.filter((row) => !differs(row, runs)),
  };
}

/** What was measured on test examples comes first, then on validation examples. */
function rankOf({ name }: Row): number {
  const rank = ["test", "validation"].findIndex((part) => name.startsWith(part));
  return rank < 0 ? 2 : rank;
}

/** Whether all are the same; null where one is not known. */
function sameness(values: readonly (string | undefined)[]): boolean | null {
  return values.includes(undefined) ? null : new Set(values).size === 1;
}

/** All names that one of them has, each with the value of each. */
function rowsOf(all: readonly Readonly<Record<string, unknown>>[]): Row[] {
  const names = [...new Set(all.flatMap((values) => Object.keys(values)))];
  return names
    .map((name) => ({ name, values: all.map((values) => (Object.hasOwn(values, name) ? values[name] : undefined)) }))
    .filter(({ values }) => values.some((value) => value !== undefined));
}

/** A file of another kind may not say an option at all: that is no difference. Among files of one kind it is. */
function differs({ values }: Row, runs: readonly ComparedRun[]): boolean {
  const texts = values.map((value) => JSON.stringify(value));
  if (new Set(texts.filter((text) => text !== undefined)).size > 1) return true;
  const kinds = new Set(runs.map(({ kind }) => kind));
  return [...kinds].some((kind) => new Set(texts.filter((_, i) => runs[i]?.kind === kind)).size > 1);
}
