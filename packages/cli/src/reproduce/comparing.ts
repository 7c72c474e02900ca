/** What the runs of an experiment say, for a report. */
import { type Comparison, compareWithSource, type Experiment, type ExperimentRun } from "inkling/presets";

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
  return experiments.map((experiment) => {
    const own = runs.get(experiment.id) ?? [];
    const comparisons =
      own.length === 0
        ? []
        : experiment.reported.map((reported) => {
            const examples = { training: experiment.settings.examples, validation: experiment.settings.validation };
            return compareWithSource(reported, own, 0, reported.on === "test" ? 10_000 : examples[reported.on]);
          });
    return { experiment, runs: own, comparisons };
  });
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
