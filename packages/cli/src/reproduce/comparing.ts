/** What the runs of an experiment say, for a report. */
import type { DataPair } from "inkling";
import {
  type Comparison,
  compareWithSource,
  type Experiment,
  type ExperimentRun,
  type Reported,
  voteOf,
} from "inkling/presets";
import type { Runs } from "./plan.ts";

/** MNIST's test images. */
const TEST = 10_000;

export interface Outcome {
  readonly experiment: Experiment;
  readonly runs: readonly ExperimentRun[];
  readonly comparisons: readonly Comparison[];
}

/** Every experiment with its runs, compared with its source. `neighbours`: all experiments; the default is the same. */
export function outcomesOf(
  experiments: readonly Experiment[],
  runs: Runs,
  neighbours: readonly Experiment[] = experiments,
): Outcome[] {
  return experiments.map((experiment) => {
    const own = runs.get(experiment.id) ?? [];
    const compared = (reported: Reported) => {
      const count = examplesOf(experiment, reported);
      return compareWithSource(reported, own, nearestDeviation(reported, experiment, neighbours, runs), count);
    };
    return { experiment, runs: own, comparisons: own.length === 0 ? [] : experiment.reported.map(compared) };
  });
}

function examplesOf(experiment: Experiment, { on }: Reported): number {
  if (!("settings" in experiment)) return TEST;
  const { examples, validation } = experiment.settings;
  return { training: examples, validation, test: TEST }[on];
}

/** The deviation of the nearest experiment that has several runs and a number of the same kind; 0 if none has. */
function nearestDeviation(
  { what, on }: Reported,
  experiment: Experiment,
  experiments: readonly Experiment[],
  runs: Runs,
): number {
  const at = experiments.indexOf(experiment);
  const distance = (i: number) => Math.abs(i - at);
  for (const i of [...experiments.keys()].toSorted((a, b) => distance(a) - distance(b))) {
    const other = experiments[i] as Experiment;
    // Guesses and chance scatter otherwise than networks.
    if (other === experiment || !("settings" in other)) continue;
    const own = runs.get(other.id) ?? [];
    const alike = other.reported.find((reported) => reported.what === what && reported.on === on);
    if (own.length > 1 && alike !== undefined) return compareWithSource(alike, own).deviation;
  }
  return 0;
}

/**
 * All runs, and of each vote one more: what the runs of its experiment say together, as if it were a run. Only where
 * all of them are there.
 */
export function withVotes(runs: Runs, experiments: readonly Experiment[], { test }: DataPair): Runs {
  const all = new Map(runs);
  for (const experiment of experiments) {
    if (!("votesOf" in experiment)) continue;
    const voters = (runs.get(experiment.votesOf) ?? []).filter(({ seed }) => seed <= experiment.seeds);
    const predictions = voters.flatMap((run) => (run.predictions ? [run.predictions] : []));
    if (predictions.length < experiment.seeds) continue;
    const votes = voteOf(predictions);
    const hits = Array.from(test.labels ?? []).filter((label, i) => Number(votes[i]) === label).length;
    const measure = { loss: Number.NaN, accuracy: hits / test.count };
    const total = (of: "seconds" | "wall") => voters.reduce((sum, run) => sum + run[of], 0);
    const time = { seconds: total("seconds"), wall: total("wall") };
    const epochs = [{ epoch: 1, test: measure, penalty: 0 }];
    all.set(experiment.id, [{ id: experiment.id, seed: 1, ...time, weightsSha256: "", epochs }]);
  }
  return all;
}

/** "95.42 %" or "0.339": a number as its source gives it. */
export function numberText(value: number, what: Reported["what"]): string {
  if (!Number.isFinite(value)) return "–";
  return what === "accuracy" ? `${(100 * value).toFixed(2)} %` : value.toFixed(3);
}

/** "95.31 ± 0.12 %; best of 3: 95.42 %" */
export function meanText(comparison: Comparison): string {
  const { mean, reported, expected, values } = comparison;
  if (!Number.isFinite(mean)) return values.some(Number.isFinite) ? "some diverged" : "diverged";
  const text = spreadText(comparison);
  return reported.bestOf === 1 || values.length < 3
    ? text
    : `${text}; best of 3: ${numberText(expected, reported.what)}`;
}

function spreadText({ mean, deviation, reported, values }: Comparison): string {
  if (values.length === 1) return numberText(mean, reported.what);
  if (reported.what === "accuracy") return `${(100 * mean).toFixed(2)} ± ${(100 * deviation).toFixed(2)} %`;
  return `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
}

/** "test, best of 3 runs, best epoch" */
export function ruleText({ reported: { on, at, bestOf, what } }: Comparison): string {
  const when =
    typeof at === "number"
      ? at === 0
        ? "at the start"
        : `after epoch ${at}`
      : { last: "last epoch", best: "best epoch", bestValidation: "best validation epoch" }[at];
  const sets = { training: "training images", validation: "validation images", test: "test images" };
  return [
    what === "output" ? "output" : what === "cost" ? `cost on ${sets[on]}` : sets[on],
    when,
    ...(bestOf > 1 ? [`best of ${bestOf} runs`] : []),
  ].join(", ");
}
