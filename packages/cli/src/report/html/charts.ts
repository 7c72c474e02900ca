/** Charts as SVG by Observable Plot: for a page, in its colours, or for a file of its own, on white paper. */
import { escaped } from "./page.ts";
import { dashes, lineColour } from "./style.ts";

/** A point of a line in a chart. */
export interface Point {
  readonly x: number;
  readonly value: number;
  /** Which line. */
  readonly name: string;
}

/** What an axis is called, and whether its scale is logarithmic. */
export interface Axis {
  readonly label: string;
  readonly type?: "log";
}

/** What a chart says to those who cannot see it. */
export interface Said {
  readonly title: string;
  readonly description: string;
}

/** Of a line's name, in pixels. */
const LINE_HEIGHT = 14;

/** A document of its own: black on white, each line with its name at its end. */
const PAPER = { width: 640, height: 320, style: { background: "white", color: "black", fontSize: "12px" } };
/** Part of a page: its colours, and letters that a phone still shows large enough. */
const PAGE = { width: 460, height: 280, style: { background: "none", color: "currentColor", fontSize: "13px" } };

/** Plot, and a document for it to draw in. They are loaded when a chart is drawn, and not before. */
async function drawing() {
  const [Plot, { parseHTML }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  const { document } = parseHTML("<html><body></body></html>");
  type PlotDocument = NonNullable<Parameters<typeof Plot.plot>[0]>["document"];
  return { Plot, document: document as unknown as NonNullable<PlotDocument> };
}

type Drawn = { setAttribute(name: string, value: string): void; readonly outerHTML: string };

/** Charts for a file of their own. */
export async function paperCharts() {
  const { Plot, document } = await drawing();
  const common = { ...PAPER, document, marginRight: 150, marginBottom: 40 };
  const text = (svg: Drawn) => {
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    return svg.outerHTML;
  };
  return {
    /** Lines, each with its name at its end. */
    lines(points: readonly Point[], x: Axis, label: string): string {
      const plot = Plot.plot({
        ...common,
        x: { ...x, labelAnchor: "center", ...ticksOf(points, x.type) },
        y: { label, grid: true, nice: true },
        color: { domain: namesOf(points) },
        marks: [
          Plot.lineY(points, { x: "x", y: "value", stroke: "name" }),
          Plot.text(labels(points), { x: "x", y: "value", text: "name", fill: "name", dx: 6, textAnchor: "start" }),
        ],
      });
      return text(plot);
    },
    /** A tick a value, a row a name. */
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

/** Charts for a page. Which line is which is said beside them: see `figure` in page.ts. */
export async function pageCharts() {
  const { Plot, document } = await drawing();
  const common = { ...PAGE, document, marginTop: 34, marginLeft: 62, marginRight: 24, marginBottom: 40 };
  return {
    /** Lines in the order of their names. */
    lines(points: readonly Point[], x: Axis, y: Axis, said: Said): string {
      const own = (name: string) => points.filter((point) => point.name === name);
      const isFew = points.length <= 40;
      const plot = Plot.plot({
        ...common,
        x: { ...x, labelAnchor: "center", ...ticksOf(points, x.type) },
        y: {
          ...y,
          ...{ grid: true, nice: y.type !== "log" },
          ...(y.type === "log" ? { ticks: 4, tickFormat: "~g" } : domainOf(points)),
          ...formatOf(points.map(({ value }) => value)),
        },
        marks: namesOf(points).flatMap((name, i) => [
          Plot.lineY(own(name), {
            x: "x",
            y: "value",
            stroke: lineColour(i),
            strokeWidth: 1.8,
            strokeDasharray: dashes(i),
          }),
          ...(isFew ? [Plot.dot(own(name), { x: "x", y: "value", fill: lineColour(i), r: 2.5 })] : []),
        ]),
      });
      return accessible(plot, said);
    },
    /** Dots, with the line on which both are equal. */
    against(pairs: readonly (readonly [x: number, y: number])[], x: Axis, y: Axis, said: Said): string {
      const all = pairs.flat();
      const ends = [Math.min(...all), Math.max(...all)];
      const plot = Plot.plot({
        ...common,
        x: { ...x, labelAnchor: "center", nice: true, ticks: 5, ...formatOf(all) },
        y: { ...y, grid: true, nice: true, ...formatOf(all) },
        marks: [
          Plot.line(
            ends.map((end) => [end, end]),
            { stroke: "currentColor", strokeDasharray: "4 3" },
          ),
          Plot.dot(pairs, { x: "0", y: "1", fill: lineColour(0), fillOpacity: 0.55, r: 2.2 }),
        ],
      });
      return accessible(plot, said);
    },
    /** How many values are where. */
    histogram(values: readonly number[], x: Axis, y: Axis, said: Said): string {
      const plot = Plot.plot({
        ...common,
        x: { ...x, labelAnchor: "center", nice: true, ticks: 5, ...formatOf(values) },
        y: { ...y, grid: true },
        marks: [
          Plot.rectY(values, {
            ...Plot.binX({ y: "count" }, { x: Plot.identity, thresholds: 30 }),
            fill: lineColour(0),
          }),
          Plot.ruleX([0], { stroke: "currentColor", strokeDasharray: "4 3" }),
        ],
      });
      return accessible(plot, said);
    },
  };
}

export type PageCharts = Awaited<ReturnType<typeof pageCharts>>;

/** A constant has no range of its own to be drawn in. */
function domainOf(points: readonly Point[]): { domain?: [number, number] } {
  const [first = 0] = points.map(({ value }) => value);
  if (points.some(({ value }) => value !== first)) return {};
  const around = Math.abs(first) / 2 || 1;
  return { domain: [first - around, first + around] };
}

/** Numbers that are too long for their place beside the axis: 20k, 3M; 1e-5. */
function formatOf(values: readonly number[]): { tickFormat?: string } {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest >= 20_000) return { tickFormat: "~s" };
  return largest > 0 && largest < 5e-4 ? { tickFormat: "~e" } : {};
}

let ids = 0;

/** The drawing with a title and a description for readers of screens. */
function accessible(svg: Drawn, { title, description }: Said): string {
  const id = `chart-${++ids}`;
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-labelledby", `${id} ${id}-text`);
  const inside = `<title id="${id}">${escaped(title)}</title><desc id="${id}-text">${escaped(description)}</desc>`;
  return svg.outerHTML.replace(/^<svg[^>]*>/, (tag: string) => tag + inside);
}

function namesOf(points: readonly Point[]): string[] {
  return [...new Set(points.map(({ name }) => name))];
}

/** The lines' names at their ends, moved apart where they would cover each other. */
function labels(points: readonly Point[]): Point[] {
  const ends = namesOf(points).flatMap((name) => points.filter((point) => point.name === name).slice(-1));
  const values = points.map(({ value }) => value);
  const gap = ((Math.max(...values) - Math.min(...values)) * LINE_HEIGHT) / (PAPER.height - 50);
  const x = Math.max(...ends.map((end) => end.x));
  const placed: Point[] = [];
  // From the bottom up: each at least a line's height above the one before.
  for (const end of ends.toSorted((a, b) => a.value - b.value)) {
    const below = placed.at(-1);
    placed.push({ ...end, x, value: below === undefined ? end.value : Math.max(end.value, below.value + gap) });
  }
  return placed;
}

/** Few epochs are whole numbers, each with its tick: there is no epoch 1.5. */
function ticksOf(points: readonly Point[], type: "log" | undefined): { ticks?: number; tickFormat?: string } {
  if (type === "log") return { ticks: 5, tickFormat: "," };
  const xs = points.map(({ x }) => x);
  const span = Math.max(...xs) - Math.min(...xs);
  return span < 10 ? { ticks: span, tickFormat: "," } : {};
}
