/**
 * The runs of experiments as files, one a run: a report is made of what is there, so a run that was interrupted costs
 * that run alone, and the runs of several machines are put together by copying their files into one directory.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Experiment, ExperimentRun } from "inkling/presets";
import { loadJson, saveJson } from "../saved-json.ts";

/** Where the runs stand in the directory of a report. */
export const RUNS = "runs";

/** Saves a run. */
export async function saveRun(out: string, run: ExperimentRun): Promise<void> {
  const text = JSON.stringify(run, (_, value) => (typeof value === "number" ? rounded(value) : value));
  await saveJson(join(out, RUNS, `${run.id}.${run.seed}.json`), JSON.parse(text));
}

/** Six digits are enough for a report; NaN is no JSON and becomes null. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}

/** All runs of these experiments that are there, by experiment, in the order of their seeds. */
export async function loadRuns(
  out: string,
  experiments: readonly Experiment[],
): Promise<ReadonlyMap<string, readonly ExperimentRun[]>> {
  const runs = new Map<string, ExperimentRun[]>(experiments.map(({ id }) => [id, []]));
  for (const file of await readdir(join(out, RUNS))) {
    const found = /^(.+)\.(\d+)\.json$/.exec(file);
    const own = found?.[1] === undefined ? undefined : runs.get(found[1]);
    if (own !== undefined) own.push(await loadRun(join(out, RUNS, file), found?.[1] ?? "", Number(found?.[2])));
  }
  for (const own of runs.values()) own.sort((a, b) => a.seed - b.seed);
  return runs;
}

function loadRun(path: string, id: string, seed: number): Promise<ExperimentRun> {
  const isRun = (run: Partial<ExperimentRun>) => {
    return run.id === id && run.seed === seed && typeof run.seconds === "number" && Array.isArray(run.epochs);
  };
  const advice = "Delete the file; the run is then done again.";
  return loadJson(path, `a run of ${id} with seed ${seed}`, isRun, advice);
}
