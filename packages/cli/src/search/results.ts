/** The results of a search's trials, and the files that keep them: one a trial and length of training. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Evaluation, Progress } from "inkling";
import { deviationOf, meanOf } from "inkling/numbers";
import type { Configuration, Scored } from "inkling/presets";
import { loadJson, saveJson } from "../saved-json.ts";
import type { Score } from "./plan.ts";

/** Where the results stand in the directory of a search. */
export const TRIALS = "trials";

/** What was measured on the validation examples. */
export interface Measured {
  readonly loss: number;
  readonly accuracy?: number;
  readonly rmse?: number;
  readonly r2?: number;
}

export interface TrialResult extends Scored {
  /** The most epochs that it was to train for. */
  readonly epochs: number;
  readonly tries: Partial<Configuration>;
  /** Of each fold, or of the only validation set; empty where the training diverged. */
  readonly measures: readonly Measured[];
  /** The score's standard deviation over the folds; null without folds. */
  readonly deviation: number | null;
  /** Of training alone, all folds together. */
  readonly seconds: number;
  /** Why the last training ended; null where it diverged. */
  readonly ended: Progress["ended"] | null;
  /** With early stopping: the epoch whose weights were measured. */
  readonly bestEpoch?: number;
  /** The weights' SHA-256; null with folds, and where the training diverged. */
  readonly weightsSha256: string | null;
}

export function measuredFrom({ loss, ...found }: Evaluation): Measured {
  if (found.task === "classes") return { loss, accuracy: found.accuracy };
  return { loss, rmse: found.rootMeanSquaredError, r2: found.rSquared };
}

/** Which is better of a score. */
export function betterOf(score: Score): "higher" | "lower" {
  return score === "accuracy" ? "higher" : "lower";
}

/** Mean and standard deviation of the scores, and the mean loss; null for what is no finite number. */
export function summaryOf(
  measures: readonly Measured[],
  score: Score,
): Pick<TrialResult, "score" | "loss" | "deviation"> {
  const values = measures.map((measured) => measured[score] ?? Number.NaN);
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    score: finite(meanOf(values)),
    deviation: values.length > 1 ? finite(deviationOf(values)) : null,
    loss: finite(meanOf(measures.map(({ loss }) => loss))),
  };
}

/** Results by trial and epochs. */
export class Results {
  readonly #byPlace = new Map<string, TrialResult>();

  add(result: TrialResult): void {
    this.#byPlace.set(placeOf(result.trial, result.epochs), result);
  }

  of(trial: number, epochs: number): TrialResult | undefined {
    return this.#byPlace.get(placeOf(trial, epochs));
  }

  get all(): TrialResult[] {
    return [...this.#byPlace.values()];
  }
}

function placeOf(trial: number, epochs: number): string {
  return `${trial}.${epochs}`;
}

export async function saveResult(out: string, result: TrialResult): Promise<void> {
  await saveJson(join(out, TRIALS, `${placeOf(result.trial, result.epochs)}.json`), result);
}

/** All results that are there; none where there is no such directory. Throws a DataError for a file that is no result. */
export async function loadResults(out: string): Promise<Results> {
  const results = new Results();
  for (const file of await readdir(join(out, TRIALS)).catch(() => [])) {
    const [, trial, epochs] = (/^(\d+)\.(\d+)\.json$/.exec(file) ?? []).map(Number);
    if (trial === undefined || epochs === undefined) continue;
    const isResult = (result: Partial<TrialResult>) => {
      const { score, loss, seconds, measures } = result;
      const isNumber = (value: unknown) => value === null || typeof value === "number";
      const isOwn = result.trial === trial && result.epochs === epochs && Array.isArray(measures);
      return isOwn && isNumber(score) && isNumber(loss) && typeof seconds === "number";
    };
    const advice = "Delete the file; the trial is then done again.";
    results.add(await loadJson(join(out, TRIALS, file), `trial ${trial} of ${epochs} epochs`, isResult, advice));
  }
  return results;
}
