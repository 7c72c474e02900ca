/** What the runs of an experiment say, for a report. */
import {
  type Comparison,
  compareWithSource,
  type Experiment,
  type ExperimentRun,
  type Reported,
} from "inkling/presets";

/** MNIST's test images. */
const TEST = 10_000;

export interface Outcome {
  readonly experiment: Experiment;
  readonly runs: readonly ExperimentRun[];
  readonly comparisons: readonly Comparison[];
}

/** Every experiment with its runs, compared with its source. */
export function outcomesOf(
  experiments: readonly Experiment[],
  runs: ReadonlyMap<string, readonly ExperimentRun[]>,
): Outcome[] {
  const own = experiments.map(({ id }) => runs.get(id) ?? []);
  return experiments.map((experiment, i) => {
    const compared = (reported: Reported) => {
      const { examples, validation } = experiment.settings;
      const count = { training: examples, validation, test: TEST }[reported.on];
      return compareWithSource(reported, own[i] ?? [], nearestDeviation(reported, i, experiments, own), count);
    };
    const comparisons = own[i]?.length === 0 ? [] : experiment.reported.map(compared);
    return { experiment, runs: own[i] ?? [], comparisons };
  });
}

/** The deviation of the nearest experiment that has several runs and a number of the same kind; 0 if none has. */
function nearestDeviation(
  { what, on }: Reported,
  at: number,
  experiments: readonly Experiment[],
  runs: readonly (readonly ExperimentRun[])[],
): number {
  const distance = (i: number) => Math.abs(i - at);
  for (const i of [...experiments.keys()].toSorted((a, b) => distance(a) - distance(b))) {
    const own = runs[i] ?? [];
    const alike = experiments[i]?.reported.find((reported) => reported.what === what && reported.on === on);
    if (i !== at && own.length > 1 && alike !== undefined) return compareWithSource(alike, own).deviation;
  }
  return 0;
}

/** "95.42 %" or "0.339": a number as its source gives it. */
export function numberText(value: number, what: "accuracy" | "cost"): string {
  if (!Number.isFinite(value)) return "–";
  return what === "accuracy" ? `${(100 * value).toFixed(2)} %` : value.toFixed(3);
}

/** "95.31 ± 0.12 %" */
export function meanText({ mean, deviation, reported, values }: Comparison): string {
  if (!Number.isFinite(mean)) return "diverged";
  if (values.length === 1) return numberText(mean, reported.what);
  if (reported.what === "accuracy") return `${(100 * mean).toFixed(2)} ± ${(100 * deviation).toFixed(2)} %`;
  return `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
}

/** "test, best of 3 runs, best epoch" */
export function ruleText({ reported: { on, at, bestOf, what } }: Comparison): string {
  const when =
    typeof at === "number"
      ? `after epoch ${at}`
      : { last: "last epoch", best: "best epoch", bestValidation: "best validation epoch" }[at];
  const sets = { training: "training images", validation: "validation images", test: "test images" };
  return [
    what === "cost" ? `cost on ${sets[on]}` : sets[on],
    when,
    ...(bestOf > 1 ? [`best of ${bestOf} runs`] : []),
  ].join(", ");
}
