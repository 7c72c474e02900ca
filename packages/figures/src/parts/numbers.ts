/**
 * The numbers of all that a figure draws, as tables: its charts, bars, maps and readouts, as they are now. Loaded when
 * a reader asks for them.
 */
import type { InklingBars } from "./bars.ts";
import type { Column } from "./csv.ts";
import type { InklingMap } from "./map.ts";
import type { InklingPlot, PlotLine, Point } from "./plot.ts";
import { within } from "./within.ts";
import { words } from "./words.ts";

/** Numbers that belong together, with what they are. */
export interface NumbersTable {
  readonly label: string;
  readonly columns: readonly Column[];
}

/** An element that says itself which numbers it shows. */
export interface HasNumbers {
  numbers(): readonly NumbersTable[];
}

/** The tables of what is drawn below a root. `texts` has the figure's messages, which name its lines. */
export function tablesIn(root: ParentNode, texts: Readonly<Record<string, unknown>>): NumbersTable[] {
  const isFull = ({ columns }: NumbersTable) => columns.some(({ values }) => values.length > 0);
  return [...within(root)].flatMap((element) => {
    const tables = tablesOf(element, texts).filter(isFull);
    return tables.length > 0 && isSeen(element) ? tables : [];
  });
}

/** What is covered until there is a guess (question.ts) tells no numbers yet. */
function isSeen(element: Element): boolean {
  return getComputedStyle(element).visibility !== "hidden";
}

function tablesOf(element: Element, texts: Readonly<Record<string, unknown>>): readonly NumbersTable[] {
  if ("numbers" in element && typeof element.numbers === "function") return (element as Element & HasNumbers).numbers();
  if (element.closest('[aria-hidden="true"]') !== null) return [];
  switch (element.localName) {
    case "inkling-plot":
      return ofPlot(element as InklingPlot, texts);
    case "inkling-bars":
      return [ofBars(element as InklingBars)];
    case "inkling-map":
      return [ofMap(element as InklingMap)];
    case "dl":
      return element.classList.contains("numbers") ? [ofList(element)] : [];
    default:
      return [];
  }
}

/** Lines over the same places are columns of one table. Where an axis has exponents, it says their powers of ten. */
function ofPlot(plot: InklingPlot, texts: Readonly<Record<string, unknown>>): NumbersTable[] {
  const across = (x: number) => (plot.xText === undefined ? x : powerOf(x));
  const up = (y: number) => (plot.yText === undefined ? y : powerOf(y));
  const guess: PlotLine = { points: plot.sketchPoints, label: words().guess };
  const lines = [...plot.lines, guess].filter(({ points }) => points.length > 0);
  const groups: PlotLine[][] = [];
  for (const line of lines) {
    const found = groups.find(([first]) => areOver(line.points, first?.points ?? []));
    if (found === undefined) groups.push([line]);
    else found.push(line);
  }
  const nameOf = ({ label, name, quantity }: PlotLine) => label ?? name ?? textOf(quantity, texts) ?? plot.yLabel;
  const ofLines = groups.map((group): NumbersTable => {
    const [first] = group;
    return {
      label: group.length === 1 && first && groups.length > 1 ? `${plot.label}: ${nameOf(first)}` : plot.label,
      columns: [
        { name: plot.xLabel || "x", values: first?.points.map(([x]) => across(x)) ?? [] },
        ...group.map((line) => ({ name: nameOf(line) || "y", values: line.points.map(([, y]) => up(y)) })),
      ],
    };
  });
  const points = [
    ...plot.handles.map(({ name, x, y }) => ({ name, x, y })),
    ...plot.marks.map(({ label, quantity, x, y }) => ({ name: textOf(quantity, texts) ?? label ?? "", x, y })),
  ];
  return [
    ...ofLines,
    {
      label: `${plot.label}: ${words().points}`,
      columns: [
        { name: words().what, values: points.map(({ name }) => name) },
        { name: plot.xLabel || "x", values: points.map(({ x }) => across(x)) },
        { name: plot.yLabel || "y", values: points.map(({ y }) => up(y)) },
      ],
    },
  ];
}

/** 10ˣ. An exponent is rounded: 2.69897… is 500. */
function powerOf(exponent: number): number {
  return Number((10 ** exponent).toPrecision(12));
}

function areOver(a: readonly Point[], b: readonly Point[]): boolean {
  return a.length === b.length && a.every(([x], i) => x === b[i]?.[0]);
}

/** What a quantity is called in a figure's messages. */
export function textOf(quantity: string | undefined, texts: Readonly<Record<string, unknown>>): string | undefined {
  const text = texts[`${quantity}Means`];
  return typeof text === "string" ? text : undefined;
}

function ofBars({ label, names, values }: InklingBars): NumbersTable {
  return {
    label: label || words().bars,
    columns: [
      ...(names === undefined ? [] : [{ name: words().what, values: names }]),
      { name: words().value, values: Array.from(values) },
    ],
  };
}

function ofMap({ label, columns, values }: InklingMap): NumbersTable {
  const places = (place: (i: number) => number) => Array.from({ length: values.length }, (_, i) => place(i));
  return {
    label,
    columns: [
      { name: words().inRow, values: places((i) => Math.floor(i / columns)) },
      { name: words().inColumn, values: places((i) => i % columns) },
      { name: words().value, values },
    ],
  };
}

/** Names and values that stand beside a chart, as they are written. */
function ofList(list: Element): NumbersTable {
  return {
    label: words().readouts,
    columns: [
      { name: words().what, values: textsIn(list, "dt") },
      { name: words().value, values: textsIn(list, "dd") },
    ],
  };
}

/** One sentence of the numbers that stand beside a figure's charts: what each is called, and what it is. */
export function sentenceOf(root: ParentNode): string {
  const lists = [...within(root)].filter((element) => element.matches("dl.numbers") && isSeen(element));
  const pairs = lists.flatMap((list) => {
    const values = textsIn(list, "dd");
    return textsIn(list, "dt").map((name, i) => `${name}: ${values[i] ?? ""}`);
  });
  return pairs.length === 0 ? "" : `${pairs.join("; ")}.`;
}

function textsIn(list: Element, selector: string): string[] {
  return Array.from(list.querySelectorAll(selector), ({ textContent }) =>
    (textContent ?? "").replace(/\s+/g, " ").trim(),
  );
}
