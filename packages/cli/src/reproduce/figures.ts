/** The figures of a report, as SVG: accuracy or cost by epoch, and where the runs of an experiment ended. */
import { meanOf } from "inkling/numbers";
import type { EpochMeasures } from "inkling/presets";
import type { Outcome } from "./comparing.ts";

const [WIDTH, HEIGHT] = [640, 320];
/** Of a line's name, in pixels. */
const LINE_HEIGHT = 14;

/** A point of a line in a figure. */
interface Drawn {
  /** The epoch, or the number of training images. */
  readonly x: number;
  readonly value: number;
  /** Which line. */
  readonly name: string;
}

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
  const draw = await drawing();
  const figures: Figure[] = [];
  const add = (kind: string, title: string, svg: string) => {
    figures.push({ name: `${group}-${kind}`, title: `Experiment ${group}: ${title}`, svg });
  };
  const accuracy = known.flatMap((outcome) =>
    curve(outcome, idOf(outcome), ({ test }) => 100 * (test?.accuracy ?? Number.NaN)),
  );
  if (isCurve(accuracy)) {
    const title = "accuracy on the test images after each epoch, the mean of the runs";
    add("accuracy", title, draw.curves(accuracy, "% of the test images"));
  }
  const cost = known.flatMap(costCurves);
  const hasTerm = known.some(({ runs }) => runs.some(({ epochs }) => epochs.some(({ penalty }) => penalty > 0)));
  const costTitle = `the cost after each epoch${hasTerm ? ", with its L2 term" : ""}`;
  if (isCurve(cost)) add("cost", costTitle, draw.curves(cost, "cost"));
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
    add("sizes", "accuracy by the number of training images", draw.sizes(sizes, "% of the validation images"));
  }
  return figures;
}

/** What tells the rows of a group apart. */
function idOf({ experiment: { id } }: Outcome): string {
  return id;
}

/** A curve of one point is none. */
function isCurve(points: readonly Drawn[]): boolean {
  return points.some((point) => point.x !== points[0]?.x);
}

/** The cost of training and test images where the training images are watched, and of one neuron. */
function costCurves(outcome: Outcome): Drawn[] {
  const { experiment } = outcome;
  if ("neuron" in experiment) return curve(outcome, idOf(outcome), ({ training }) => training?.loss ?? Number.NaN);
  if (experiment.watchesTraining === undefined) return [];
  const cost = (of: "training" | "test") => (epoch: EpochMeasures) => (epoch[of]?.loss ?? Number.NaN) + epoch.penalty;
  return (["training", "test"] as const).flatMap((of) => curve(outcome, `${idOf(outcome)}, ${of}`, cost(of)));
}

/** Experiments that differ in the number of training images (chapter 3, 3k): ours, the book's, and what it cites. */
function bySize(outcomes: readonly Outcome[]): Drawn[] {
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
function curve({ runs }: Outcome, name: string, value: (epoch: EpochMeasures) => number): Drawn[] {
  const longest = runs.map(({ epochs }) => epochs).toSorted((a, b) => b.length - a.length)[0] ?? [];
  const step = Math.ceil(longest.length / 300);
  const points: Drawn[] = [];
  for (let i = 0; i < longest.length; i += step) {
    const values = runs.flatMap(({ epochs }) => epochs.slice(i, i + 1).map(value));
    const mean = meanOf(values);
    if (Number.isFinite(mean)) points.push({ x: longest[i]?.epoch ?? 0, value: mean, name });
  }
  return points;
}

/** The lines' names at their ends, moved apart where they would cover each other. */
function labels(points: readonly Drawn[]): Drawn[] {
  const names = [...new Set(points.map(({ name }) => name))];
  const ends = names.flatMap((name) => points.filter((point) => point.name === name).slice(-1));
  const values = points.map(({ value }) => value);
  const gap = ((Math.max(...values) - Math.min(...values)) * LINE_HEIGHT) / (HEIGHT - 50);
  const x = Math.max(...ends.map((end) => end.x));
  const placed: Drawn[] = [];
  // From the bottom up: each at least a line's height above the one before.
  for (const end of ends.toSorted((a, b) => a.value - b.value)) {
    const below = placed.at(-1);
    placed.push({ ...end, x, value: below === undefined ? end.value : Math.max(end.value, below.value + gap) });
  }
  return placed;
}

/** Few epochs are whole numbers, each with its tick: there is no epoch 1.5. */
function ticksOf(xs: readonly number[], type: "log" | undefined): { ticks?: number; tickFormat?: string } {
  if (type === "log") return { ticks: 5, tickFormat: "," };
  const span = Math.max(...xs) - Math.min(...xs);
  return span < 10 ? { ticks: span, tickFormat: "," } : {};
}

/** Plot, and a document for it to draw in. They are loaded when a report is made, and not before. */
async function drawing() {
  const [Plot, { parseHTML }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  const { document } = parseHTML("<html><body></body></html>");
  const style = { background: "white", color: "black", fontSize: "12px" };
  const text = (svg: { setAttribute(name: string, value: string): void; outerHTML: string }) => {
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    return svg.outerHTML;
  };
  const common = {
    document: document as unknown as NonNullable<Parameters<typeof Plot.plot>[0]>["document"],
    width: WIDTH,
    height: HEIGHT,
    style,
    ...{ marginRight: 150, marginBottom: 40 },
  };
  const lines = (points: readonly Drawn[], scale: { label: string; type?: "log" }, label: string): string => {
    const plot = Plot.plot({
      ...common,
      x: {
        ...scale,
        labelAnchor: "center",
        ...ticksOf(
          points.map(({ x }) => x),
          scale.type,
        ),
      },
      y: { label, grid: true, nice: true },
      color: { domain: [...new Set(points.map(({ name }) => name))] },
      marks: [
        Plot.lineY(points, { x: "x", y: "value", stroke: "name" }),
        Plot.text(labels(points), { x: "x", y: "value", text: "name", fill: "name", dx: 6, textAnchor: "start" }),
      ],
    });
    return text(plot);
  };
  return {
    curves: (points: readonly Drawn[], label: string) => lines(points, { label: "epoch" }, label),
    sizes: (points: readonly Drawn[], label: string) => lines(points, { label: "training images", type: "log" }, label),
    ends(ends: readonly { readonly name: string; readonly value: number }[], label: string): string {
      const plot = Plot.plot({
        ...common,
        ...{ height: 120 + 60 * new Set(ends.map(({ name }) => name)).size, marginLeft: 120, marginRight: 20 },
        x: { label, labelAnchor: "center", grid: true, nice: true },
        y: { label: null },
        marks: [Plot.tickX(ends, { x: "value", y: "name", strokeOpacity: 0.6 })],
      });
      return text(plot);
    },
  };
}
