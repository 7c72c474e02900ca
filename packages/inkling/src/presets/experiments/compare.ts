/** What many runs of an experiment say about the source's number. */
import { deviationOf, meanOf } from "../../numbers/statistics.ts";
import type { EpochMeasures, Examples, ExperimentRun, Reported } from "./experiment.ts";

/** What a run reached by the rule of a reported number; NaN where it diverged before. */
export function resultOf(run: ExperimentRun, { what, on, at }: Reported): number {
  const value = (epoch: EpochMeasures | undefined) => {
    const found = epoch?.[on];
    if (epoch === undefined || found === undefined) return Number.NaN;
    return what === "cost" ? found.loss + epoch.penalty : (found[what] ?? Number.NaN);
  };
  if (typeof at === "number") return value(run.epochs.find(({ epoch }) => epoch === at));
  if (run.weightsSha256 === null) return Number.NaN;
  if (at === "last") return value(run.epochs.at(-1));
  return value(at === "bestValidation" ? bestEpoch(run.epochs.toReversed(), "validation") : bestEpoch(run.epochs, on));
}

/** The epoch with the highest accuracy; of several the first. */
function bestEpoch(epochs: readonly EpochMeasures[], on: Examples): EpochMeasures | undefined {
  const accuracy = (epoch: EpochMeasures) => epoch[on]?.accuracy ?? 0;
  // Sorting keeps the order of equal ones.
  return epochs.toSorted((a, b) => accuracy(b) - accuracy(a))[0];
}

/** How a number of the source compares with ours. */
export interface Comparison {
  readonly reported: Reported;
  /** Each run's, by the source's own rule for one run. */
  readonly values: readonly number[];
  readonly mean: number;
  /** The sample standard deviation; with one run, the binomial one of an accuracy, or the neighbour's if larger. */
  readonly deviation: number;
  /** What the source's rule gives on average: the mean or, where the source took it, the mean best of three runs. */
  readonly expected: number;
  /** Whether |source − expected| ≤ 3·sd·√(1 + 1/n). */
  readonly agrees: boolean;
}

/** `neighbour`: the deviation of the nearest experiment with several seeds; it counts where there is one run. */
export function compareWithSource(
  reported: Reported,
  runs: readonly ExperimentRun[],
  neighbour = 0,
  examples = 10_000,
): Comparison {
  const values = runs.map((run) => resultOf(run, reported));
  const n = values.length;
  const mean = meanOf(values);
  const binomial = reported.what === "accuracy" ? Math.sqrt((mean * (1 - mean)) / examples) : 0;
  // Where nothing is drawn, only the digits that the source prints are in doubt.
  const single = reported.rounding === undefined ? Math.max(binomial, neighbour) : 0;
  const deviation = n > 1 ? deviationOf(values) : single;
  const expected = reported.bestOf === 1 ? mean : bestOfThree(values, mean, deviation);
  // |source − expected| ≤ 3·sd·√(1 + 1/n)
  const allowed = 3 * deviation * Math.sqrt(1 + 1 / n) + (reported.rounding ?? 0);
  return { reported, values, mean, deviation, expected, agrees: Math.abs(reported.value - expected) <= allowed };
}

/**
 * The mean best of three runs: over all threes of them or, where there are no three, as normal numbers have it, which
 * is mean + 3/(2·√π)·sd.
 */
function bestOfThree(values: readonly number[], mean: number, deviation: number): number {
  const n = values.length;
  if (n < 3) return mean + (3 / (2 * Math.sqrt(Math.PI))) * deviation;
  if (values.some(Number.isNaN)) return Number.NaN;
  // Value i, from 0, in ascending order, is the best of i·(i − 1)/2 threes, out of n·(n − 1)·(n − 2)/6.
  const sum = values.toSorted((a, b) => a - b).reduce((total, value, i) => total + value * ((i * (i - 1)) / 2), 0);
  return sum / ((n * (n - 1) * (n - 2)) / 6);
}

/** What most of these predictions say of each example, a digit each; of equally many the smallest. */
export function voteOf(predictions: readonly string[]): string {
  const [first = ""] = predictions;
  let votes = "";
  for (let i = 0; i < first.length; i++) {
    const counts = new Array<number>(10).fill(0);
    for (const labels of predictions) counts[Number(labels[i])]++;
    votes += counts.indexOf(Math.max(...counts));
  }
  return votes;
}
