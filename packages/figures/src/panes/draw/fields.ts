/** The columns of a table as fields to fill in, and how a network's answer changes with one of them. */
import type { Dataset, Network, Prediction } from "inkling";
import { snapped } from "../../parts/axes.ts";
import { sideOf } from "./reading.ts";

/** One column: a number, or one of some words, each of which is an input of its own. */
export interface Field {
  readonly name: string;
  /** Its first input. */
  readonly at: number;
  readonly words: readonly string[] | undefined;
  /** Between which numbers it usually is. */
  readonly low: number;
  readonly high: number;
}

/** A table of more columns is not filled in by hand. */
const MOST_FIELDS = 64;
/** Of so many rows the ends of a column are looked for. */
const MOST_ROWS = 10_000;
/** A column whose rows are not here usually lies within so many standard deviations of its mean. */
const SPREAD = 3;
/** In so many steps a column is gone through. */
export const STEPS = 60;

/** Whether a network takes the rows of a table. Many columns with names, as many as a square has, may be pixels. */
export function takesRows(model: Network): boolean {
  const { inputs, inputShape, columnNames } = model;
  const isNamed = columnNames !== undefined && inputs <= MOST_FIELDS;
  return inputShape.length === 1 && (isNamed || sideOf(model) === undefined);
}

/**
 * The fields of a network that takes the rows of a table; undefined for one that does not, or takes too many columns.
 * `rows` are those by which one knows where a column usually is.
 */
export function fieldsOf(model: Network, ...rows: readonly (Dataset | undefined)[]): readonly Field[] | undefined {
  const { inputs, columnNames, tableColumns } = model;
  const columns = tableColumns ?? Array.from({ length: inputs }, (_, i) => ({ name: columnNames?.[i] ?? `x${i}` }));
  if (!takesRows(model) || columns.length > MOST_FIELDS) return undefined;
  const seen = rows.flatMap((data) => (data === undefined ? [] : [rangesOf(data)]));
  let at = 0;
  return columns.map(({ name, words }: { readonly name: string; readonly words?: readonly string[] | undefined }) => {
    const own = { name, at, words, ...endsOf(at, model, seen) };
    at += words?.length ?? 1;
    return own;
  });
}

/** The smallest and the largest number of each input. */
interface Ranges {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Found once for each set: a network that learns is another one each second, and its rows stay. */
const ranges = new WeakMap<Dataset, Ranges>();

function rangesOf(data: Dataset): Ranges {
  const known = ranges.get(data);
  if (known !== undefined) return known;
  const low = new Float64Array(data.columns).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(data.columns).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < Math.min(data.count, MOST_ROWS); row++) {
    const example = data.example(row);
    for (let i = 0; i < example.length; i++) {
      const value = example[i] as number;
      // An empty cell is NaN, and neither.
      if (value < (low[i] as number)) low[i] = value;
      if (value > (high[i] as number)) high[i] = value;
    }
  }
  const found = { low, high };
  ranges.set(data, found);
  return found;
}

function endsOf(at: number, { scaling }: Network, seen: readonly Ranges[]): Pick<Field, "low" | "high"> {
  const low = Math.min(...seen.map((range) => range.low[at] as number));
  const high = Math.max(...seen.map((range) => range.high[at] as number));
  if (low < high) return { low: shortest(low), high: shortest(high) };
  const [mean, deviation] = [scaling?.means[at] ?? 0, scaling?.deviations[at] ?? 1];
  const ends = { low: mean - SPREAD * deviation, high: mean + SPREAD * deviation };
  return { low: roundedFor(ends, ends.low), high: roundedFor(ends, ends.high) };
}

/** Where a row begins that nobody has given: each number at its mean, of words the first. */
export function middleOf(fields: readonly Field[], { inputs, scaling }: Network): Float32Array {
  const row = Float32Array.from({ length: inputs }, (_, i) => scaling?.means[i] ?? 0);
  for (const field of fields) {
    if (field.words === undefined) row[field.at] = roundedFor(field, row[field.at] as number);
    else choose(row, field.at, field.words.length, 0);
  }
  return row;
}

/** One word of a column is chosen: 1 for its input, 0 for the others'. */
export function choose(row: Float32Array, at: number, count: number, word: number): void {
  row.fill(0, at, at + count);
  if (word >= 0) row[at + word] = 1;
}

/** What the network answers when one column goes through its numbers and all others stay. */
export interface Course {
  readonly xs: readonly number[];
  readonly answers: readonly Prediction[];
}

export async function courseOf(model: Network, row: Float32Array, { at, ...usual }: Field): Promise<Course> {
  const { low, high } = usual;
  const between = (from: number, to: number) =>
    Array.from({ length: STEPS + 1 }, (_, i) => from + ((to - from) * i) / STEPS);
  const own = row[at] as number;
  // Where the row itself is beyond the usual ends, the way there in as many steps again.
  const [before, after] = [
    own < low ? between(own, low).slice(0, -1) : [],
    own > high ? between(high, own).slice(1) : [],
  ];
  const xs = [...before, ...between(low, high), ...after];
  const answers: Prediction[] = [];
  for (const x of xs) answers.push(await model.predict(row.with(at, x)));
  return { xs, answers };
}

/** A stretch of a course in which the class is the same: up to where, halfway to the next answer. */
export interface Stretch {
  readonly label: number;
  readonly until: number | undefined;
}

export function stretchesOf({ xs, answers }: Course): Stretch[] {
  const all: Stretch[] = [];
  answers.forEach(({ label = 0 }, i) => {
    if (label === answers[i + 1]?.label) return;
    const [here, next] = [xs[i] as number, xs[i + 1]];
    all.push({ label, until: next === undefined ? undefined : (here + next) / 2 });
  });
  return all;
}

/** A float32 number in the digits that its file had. */
export function shortest(value: number): number {
  return Number(value.toPrecision(7));
}

/** A number of a column, in steps of about a hundredth of the way from one end to the other. */
export function roundedFor({ low, high }: Pick<Field, "low" | "high">, value: number): number {
  return snapped(value, 10 ** Math.floor(Math.log10((high - low) / 100)), [
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
}
