/**
 * The runs of experiments as files, one a run: a report is made of what is there, so a run that was interrupted costs
 * that run alone, and the runs of several machines are put together by copying their files into one directory.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { EpochMeasures, Experiment, ExperimentRun, Measure } from "inkling/presets";
import { loadJson, saveJson } from "../saved-json.ts";

/** Where the runs stand in the directory of a report. */
export const RUNS = "runs";

/** Saves a run. */
export async function saveRun(out: string, run: ExperimentRun): Promise<void> {
  const saved: Saved = { ...run, epochs: columnsOf(run.epochs) };
  const text = JSON.stringify(saved, (_, value) => (typeof value === "number" ? rounded(value) : value));
  await saveJson(join(out, RUNS, `${run.id}.${run.seed}.json`), JSON.parse(text));
}

/** Six digits are enough for a report; NaN is no JSON and becomes null. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}

const SETS = ["validation", "test", "training"] as const;
const MEASURES = ["loss", "accuracy", "output"] as const;

/** Epochs as columns, by "epoch", "penalty" and "validation.loss": a run is half as long as with a name a number. */
type Columns = Record<string, (number | null | undefined)[]>;

/** What a file holds. */
type Saved = Omit<ExperimentRun, "epochs"> & { readonly epochs: Columns };

function columnsOf(epochs: readonly EpochMeasures[]): Columns {
  const columns: Columns = {
    epoch: epochs.map(({ epoch }) => epoch),
    ...(epochs.some(({ penalty }) => penalty !== 0) && { penalty: epochs.map(({ penalty }) => penalty) }),
  };
  for (const set of SETS) {
    for (const name of MEASURES) {
      const column = epochs.map((epoch) => epoch[set]?.[name]);
      if (column.some((value) => value !== undefined)) columns[`${set}.${name}`] = column;
    }
  }
  return columns;
}

function epochsOf(columns: Columns): EpochMeasures[] {
  const number = (name: string, i: number, absent: number) => columns[name]?.[i] ?? absent;
  const measure = (set: string, i: number): Measure => ({
    loss: number(`${set}.loss`, i, Number.NaN),
    accuracy: number(`${set}.accuracy`, i, Number.NaN),
    ...(columns[`${set}.output`] && { output: number(`${set}.output`, i, Number.NaN) }),
  });
  return (columns.epoch ?? []).map((epoch, i) => ({
    epoch: epoch ?? 0,
    ...Object.fromEntries(SETS.filter((set) => columns[`${set}.loss`]).map((set) => [set, measure(set, i)])),
    penalty: number("penalty", i, 0),
  }));
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

async function loadRun(path: string, id: string, seed: number): Promise<ExperimentRun> {
  const isRun = ({ seconds, wall, epochs, predictions = "", ...run }: Partial<Saved>) => {
    const isOwn = run.id === id && run.seed === seed && typeof seconds === "number" && typeof wall === "number";
    return isOwn && areColumns(epochs) && /^\d*$/.test(predictions);
  };
  const advice = "Delete the file; the run is then done again.";
  const { epochs, ...run } = await loadJson<Saved>(path, `a run of ${id} with seed ${seed}`, isRun, advice);
  return { ...run, epochs: epochsOf(epochs) };
}

/** Whether these are columns of numbers, each as long as that of the epochs. */
function areColumns(columns: unknown): columns is Columns {
  if (typeof columns !== "object" || columns === null) return false;
  const isNumber = (value: unknown) => value === null || typeof value === "number";
  const { epoch, ...others } = columns as Record<string, unknown>;
  if (!Array.isArray(epoch) || !epoch.every((value) => typeof value === "number")) return false;
  return Object.values(others).every(
    (column) => Array.isArray(column) && column.length === epoch.length && column.every(isNumber),
  );
}
