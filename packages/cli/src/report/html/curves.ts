/** How a training went, as parts of a page: loss, accuracy, learning rate and gradients over the epochs. */
import type { EpochEvent, StepEvent } from "../../following/events.ts";
import { count, duration, percent, short } from "../terminal.ts";
import { type Axis, type PageCharts, type Point, pageCharts } from "./charts.ts";
import { details, figure, figures, type Html, paragraph, table } from "./page.ts";

/** The most points of a line, and rows of a table. */
const [MOST_POINTS, MOST_ROWS] = [400, 200];

/** What happened in a training, and what it is called where there are several. */
export interface Course {
  readonly name: string;
  readonly epochs: readonly EpochEvent[];
  readonly steps: readonly StepEvent[];
}

/** The charts of one training, or of several over each other. */
export async function curves(courses: readonly Course[]): Promise<Html> {
  const charts = await pageCharts();
  const called = (course: Course, what: string) => (courses.length === 1 ? what : `${course.name}, ${what}`);
  const over = (what: readonly (readonly [name: string, value: (epoch: EpochEvent) => number | undefined])[]) =>
    courses.flatMap((course) =>
      what.flatMap(([name, value]) => pointsOf(course.epochs, called(course, name), ({ epoch }) => epoch, value)),
    );
  const share = (value: number | undefined) => (value === undefined ? undefined : 100 * value);
  const loss = over([
    ["training", (epoch) => epoch.loss],
    ["validation", (epoch) => epoch.validationLoss],
  ]);
  const accuracy = over([
    ["training", (epoch) => share(epoch.accuracy)],
    ["validation", (epoch) => share(epoch.validationAccuracy)],
  ]);
  const rmse = over([["validation", (epoch) => epoch.validationRmse]]);
  const rates = courses.flatMap((course) => {
    return pointsOf(
      course.steps,
      course.name,
      ({ totalSteps }) => totalSteps,
      ({ learningRate }) => learningRate,
    );
  });
  const epoch = { label: "epoch" };
  return figures([
    lines(charts, loss, epoch, "loss", "The loss. While training, each example is measured before its step."),
    lines(
      charts,
      accuracy,
      epoch,
      "accuracy, %",
      "The accuracy, in %. While training, it is measured before the step.",
    ),
    lines(charts, rmse, epoch, "RMSE", "The root of the mean squared error, on the validation examples."),
    lines(charts, rates, { label: "step" }, "learning rate", "The learning rate, over the steps.", "linear"),
    courses.length === 1 && courses[0] !== undefined ? gradients(charts, courses[0]) : "",
  ]);
}

function gradients(charts: PageCharts, { epochs }: Course): Html {
  const layers = Object.keys(epochs.at(-1)?.gradientNorms ?? {});
  const points = layers.flatMap((layer) => {
    return pointsOf(
      epochs,
      layer,
      ({ epoch }) => epoch,
      ({ gradientNorms }) => gradientNorms[layer],
    );
  });
  const caption = "The gradients ‖∂C/∂(weights and biases)‖ of each layer, in the last step of each epoch.";
  return lines(charts, points, { label: "epoch" }, "gradient", caption, "log");
}

/** A line's points: those that are numbers, of many a part that is spread evenly, with the last. */
function pointsOf<Event>(
  events: readonly Event[],
  name: string,
  x: (event: Event) => number,
  value: (event: Event) => number | undefined,
): Point[] {
  const points = events.map((event) => ({ name, x: x(event), value: value(event) ?? Number.NaN }));
  return thinned(
    points.filter((point) => Number.isFinite(point.value)),
    MOST_POINTS,
  );
}

/** So many of them at most, spread evenly, with the last one. */
function thinned<T>(all: readonly T[], most: number): T[] {
  const step = Math.ceil(all.length / most);
  return all.filter((_, i) => i === all.length - 1 || i % step === 0);
}

/** Numbers that differ by more than this factor have a logarithmic scale. */
const WIDE = 30;

function lines(
  charts: PageCharts,
  points: readonly Point[],
  x: Axis,
  label: string,
  caption: string,
  scale: "log" | "linear" | "any" = "any",
): Html {
  // A curve of one point is none.
  if (points.every((point) => point.x === points[0]?.x)) return "";
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const factor = { log: 3, linear: Number.POSITIVE_INFINITY, any: WIDE }[scale];
  const isWide = low > 0 && high > factor * low;
  const y: Axis = isWide ? { label: `${label} (log scale)`, type: "log" } : { label };
  const names = [...new Set(points.map(({ name }) => name))];
  const ends = names.map((name) => {
    const own = points.filter((point) => point.name === name);
    return `${name}: from ${short(own[0]?.value ?? Number.NaN)} to ${short(own.at(-1)?.value ?? Number.NaN)}`;
  });
  return figure(charts.lines(points, x, y, { title: caption, description: `${ends.join("; ")}.` }), caption, names);
}

/** The same as numbers, for those who ask for them. */
export function epochTable({ name, epochs }: Course): Html {
  const shown = thinned(epochs, MOST_ROWS);
  const columns: readonly [title: string, text: (epoch: EpochEvent) => string | undefined][] = [
    ["epoch", ({ epoch }) => count(epoch)],
    ["loss", ({ loss }) => short(loss)],
    ["accuracy", ({ accuracy }) => (accuracy === undefined ? undefined : percent(accuracy))],
    ["validation loss", ({ validationLoss }) => (validationLoss === undefined ? undefined : short(validationLoss))],
    ["validation accuracy", ({ validationAccuracy: of }) => (of === undefined ? undefined : percent(of))],
    ["validation RMSE", ({ validationRmse }) => (validationRmse === undefined ? undefined : short(validationRmse))],
    ["learning rate", ({ learningRate }) => short(learningRate)],
    ["time", ({ seconds }) => duration(seconds)],
  ];
  const known = columns.filter(([, text]) => shown.some((epoch) => text(epoch) !== undefined));
  const rows = shown.map((epoch) => known.map(([, text]) => text(epoch) ?? "–"));
  const part = shown.length < epochs.length ? ` (${count(shown.length)} of ${count(epochs.length)})` : "";
  const body = table(
    `What was measured after each epoch${part}`,
    known.map(([title]) => title),
    rows,
  );
  if (epochs.length === 0) return paragraph(`${name}: no epoch was complete.`);
  // One epoch is no curve: its numbers are all there is.
  return epochs.length === 1 ? body : details(`${name}, as numbers`, body);
}
