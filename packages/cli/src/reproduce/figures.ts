/** The figures of a report, as SVG: accuracy or cost by epoch, and where the runs of an experiment ended. */
import { meanOf } from "inkling/numbers";
import type { EpochMeasures } from "inkling/presets";
import { type Point, paperCharts } from "../report/html/charts.ts";
import type { Outcome } from "./comparing.ts";

export interface Figure {
  /** A name for its file. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

/** The figures of a group of experiments that has runs: what was measured after each epoch, and what its book draws. */
export async function figuresOf(group: string, outcomes: readonly Outcome[]): Promise<Figure[]> {
  const known = outcomes.filter(({ runs }) => runs.length > 0);
  if (known.length === 0) return [];
  const draw = await paperCharts();
  const figures: Figure[] = [];
  const add = (kind: string, title: string, svg: string) => {
    figures.push({ name: `${group}-${kind}`, title: `Experiment ${group}: ${title}`, svg });
  };
  const accuracy = known.flatMap((outcome) =>
    curve(outcome, idOf(outcome), ({ test }) => 100 * (test?.accuracy ?? Number.NaN)),
  );
  if (isCurve(accuracy)) {
    const title = "accuracy on the test images after each epoch, the mean of the runs";
    add("accuracy", title, draw.lines(accuracy, { label: "epoch" }, "% of the test images"));
  }
  const cost = known.flatMap(costCurves);
  const hasTerm = known.some(({ runs }) => runs.some(({ epochs }) => epochs.some(({ penalty }) => penalty > 0)));
  const costTitle = `the cost after each epoch${hasTerm ? ", with its L2 term" : ""}`;
  if (isCurve(cost)) add("cost", costTitle, draw.lines(cost, { label: "epoch" }, "cost"));
  const many = known.filter(({ experiment, runs }) => "settings" in experiment && runs.length >= 10);
  if (many.length > 0) {
    const ends = many.flatMap((outcome) =>
      outcome.runs.map((run) => ({
        name: idOf(outcome),
        value: 100 * (run.epochs.at(-1)?.test?.accuracy ?? Number.NaN),
      })),
    );
    add("ends", "where each run ended", draw.ends(ends, "% of the test images after the last epoch"));
  }
  const sizes = bySize(outcomes);
  if (sizes.some(({ name }) => name === "here")) {
    add(
      "sizes",
      "accuracy by the number of training images",
      draw.lines(sizes, { label: "training images", type: "log" }, "% of the validation images"),
    );
  }
  return figures;
}

/** What tells the rows of a group apart. */
function idOf({ experiment: { id } }: Outcome): string {
  return id;
}

/** A curve of one point is none. */
function isCurve(points: readonly Point[]): boolean {
  return points.some((point) => point.x !== points[0]?.x);
}

/** The cost of training and test images where the training images are watched, and of one neuron. */
function costCurves(outcome: Outcome): Point[] {
  const { experiment } = outcome;
  if ("neuron" in experiment) return curve(outcome, idOf(outcome), ({ training }) => training?.loss ?? Number.NaN);
  if (experiment.watchesTraining === undefined) return [];
  const cost = (of: "training" | "test") => (epoch: EpochMeasures) => (epoch[of]?.loss ?? Number.NaN) + epoch.penalty;
  return (["training", "test"] as const).flatMap((of) => curve(outcome, `${idOf(outcome)}, ${of}`, cost(of)));
}

/** Experiments that differ in the number of training images (chapter 3, 3k): ours, the book's, and what it cites. */
function bySize(outcomes: readonly Outcome[]): Point[] {
  const sizes = outcomes.flatMap(({ experiment }) => ("settings" in experiment ? [experiment.settings.examples] : []));
  if (new Set(sizes).size < 3) return [];
  return outcomes.flatMap(({ experiment, comparisons }) => {
    const examples = "settings" in experiment ? experiment.settings.examples : Number(experiment.id.split("-")[1]);
    const source = { x: examples, value: 100 * (experiment.reported[0]?.value ?? Number.NaN) };
    if ("isCited" in experiment) return [{ ...source, name: "the book's SVM" }];
    const own = comparisons.slice(0, 1).map(({ mean }) => ({ x: examples, value: 100 * mean, name: "here" }));
    return [{ ...source, name: "the book's network" }, ...own];
  });
}

/** The mean of an experiment's runs after each epoch that was measured; of many epochs some three hundred. */
function curve({ runs }: Outcome, name: string, value: (epoch: EpochMeasures) => number): Point[] {
  const longest = runs.map(({ epochs }) => epochs).toSorted((a, b) => b.length - a.length)[0] ?? [];
  const step = Math.ceil(longest.length / 300);
  const points: Point[] = [];
  for (let i = 0; i < longest.length; i += step) {
    const values = runs.flatMap(({ epochs }) => epochs.slice(i, i + 1).map(value));
    const mean = meanOf(values);
    if (Number.isFinite(mean)) points.push({ x: longest[i]?.epoch ?? 0, value: mean, name });
  }
  return points;
}
