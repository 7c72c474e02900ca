/** The figures of a report, as SVG: accuracy or cost by epoch, and where the runs of an experiment ended. */
import type { EpochMeasures } from "inkling/presets";
import type { Outcome } from "./comparing.ts";

const [WIDTH, HEIGHT] = [640, 320];

/** A line of a figure. */
interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly name: string;
}

export interface Figure {
  /** A name for its file. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

/** A figure for each group of experiments that has runs: its curves, and the ends of ten runs or more. */
export async function figuresOf(group: string, outcomes: readonly Outcome[]): Promise<Figure[]> {
  const known = outcomes.filter(({ runs }) => runs.length > 0);
  if (known.length === 0) return [];
  const draw = await drawing();
  const figures: Figure[] = [];
  const accuracy = known.flatMap((outcome) => curve(outcome, nameOf(outcome), (epoch) => 100 * epoch.test.accuracy));
  figures.push({
    ...{ name: `${group}-accuracy`, title: `Experiment ${group}: accuracy on the test images, %` },
    svg: draw.curves(accuracy, "% of the test images"),
  });
  const watched = known.filter(({ experiment }) => experiment.watchesTraining);
  if (watched.length > 0) {
    const cost = watched.flatMap((outcome) => [
      ...curve(
        outcome,
        `${nameOf(outcome)}, training`,
        ({ training, penalty }) => (training?.loss ?? Number.NaN) + penalty,
      ),
      ...curve(outcome, `${nameOf(outcome)}, test`, ({ test, penalty }) => test.loss + penalty),
    ]);
    figures.push({
      ...{ name: `${group}-cost`, title: `Experiment ${group}: the cost` },
      svg: draw.curves(cost, "cost"),
    });
  }
  const many = known.filter(({ runs }) => runs.length >= 10);
  if (many.length > 0) {
    const ends = many.flatMap((outcome) =>
      outcome.runs.map((run) => ({ name: nameOf(outcome), value: 100 * (run.epochs.at(-1)?.test.accuracy ?? 0) })),
    );
    figures.push({
      ...{ name: `${group}-ends`, title: `Experiment ${group}: where each run ended` },
      svg: draw.ends(ends, "% of the test images after the last epoch"),
    });
  }
  return figures;
}

/** What tells the rows of a group apart. */
function nameOf({ experiment: { id } }: Outcome): string {
  return id;
}

/** The mean of an experiment's runs after each epoch; of many epochs some three hundred. */
function curve({ runs }: Outcome, name: string, value: (epoch: EpochMeasures) => number): Point[] {
  const length = Math.max(...runs.map(({ epochs }) => epochs.length));
  const step = Math.ceil(length / 300);
  const points: Point[] = [];
  for (let i = 0; i < length; i += step) {
    const values = runs.flatMap(({ epochs }) => epochs.slice(i, i + 1).map(value));
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    if (Number.isFinite(mean)) points.push({ epoch: i + 1, value: mean, name });
  }
  return points;
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
    marginRight: 150,
  };
  return {
    curves(points: readonly Point[], label: string): string {
      const names = [...new Set(points.map(({ name }) => name))];
      const last = names.flatMap((name) => points.filter((point) => point.name === name).slice(-1));
      const plot = Plot.plot({
        ...common,
        x: { label: "epoch" },
        y: { label, grid: true, nice: true },
        color: { domain: names },
        marks: [
          Plot.lineY(points, { x: "epoch", y: "value", stroke: "name" }),
          Plot.text(last, { x: "epoch", y: "value", text: "name", fill: "name", dx: 6, textAnchor: "start" }),
        ],
      });
      return text(plot);
    },
    ends(ends: readonly { readonly name: string; readonly value: number }[], label: string): string {
      const plot = Plot.plot({
        ...common,
        ...{ height: 120 + 60 * new Set(ends.map(({ name }) => name)).size, marginLeft: 100, marginRight: 20 },
        x: { label, grid: true, nice: true },
        y: { label: null },
        marks: [Plot.tickX(ends, { x: "value", y: "name", strokeOpacity: 0.6 })],
      });
      return text(plot);
    },
  };
}
