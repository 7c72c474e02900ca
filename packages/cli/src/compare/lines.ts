/** What `compare` prints: a row a value, a column a run; in a narrow window, or of many runs, a list. */

import { metricText } from "../inspect/lines.ts";
import { printable } from "../printable.ts";
import { intervalText } from "../report/intervals.ts";
import { fitText } from "../report/numbers.ts";
import { count, cut, duration, percent, short, type Terminal, wrap } from "../report/terminal.ts";
import type { Comparison, Row } from "./comparison.ts";
import type { Measured, Measurement } from "./measured.ts";

/** A longer value of an option is cut in a table. */
const LONGEST = 24;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

export interface Shown {
  readonly comparison: Comparison;
  readonly measurement: Measurement | undefined;
  /** Whether options that are the same are shown, too. */
  readonly all: boolean;
}

export function comparisonLines({ comparison, measurement, all }: Shown, terminal: Terminal): string[] {
  const { runs, results, facts, differences, same } = comparison;
  const groups = [results, facts, differences, ...(all ? [same] : [])];
  const names = runs.map((run) => printable(run));
  const isWide = groups.some((rows) => tableLines(names, rows).some(({ length }) => length > terminal.width));
  // Long names stand in a legend, and letters for them in the tables.
  const heads = isWide && runs.length <= LETTERS.length ? names.map((_, i) => LETTERS[i] ?? "") : names;
  const legend = isWide ? names.flatMap((name, i) => wrap(`${heads[i]}: ${name}`, terminal.width, "")) : [];
  const part = (title: string, rows: readonly Row[], none?: string) => {
    if (rows.length === 0) return none === undefined ? [] : [terminal.style("bold", title), `  ${none}`, ""];
    return [terminal.style("bold", title), ...rowLines(heads, rows, terminal), ""];
  };
  return [
    ...(heads === names ? [] : [...legend, ""]),
    ...part("Results", results),
    ...(measurement === undefined ? [] : [...measuredLines(measurement, terminal), ""]),
    ...part("How it was computed", facts),
    ...part("Options that differ", differences, "none"),
    ...(all ? part("Options that are the same", same, "none") : []),
    ...verdicts(comparison).flatMap((line) => wrap(line, terminal.width, "")),
  ];
}

/** What is the same. */
export function verdicts({ runs, weights, sameWeights, sameData, sameTest }: Comparison): string[] {
  const said = (same: boolean | null) => (same === null ? "not known" : same ? "yes" : "no");
  const groups = new Map<number, string[]>();
  for (const [i, group] of weights.entries()) {
    if (group !== null) groups.set(group, [...(groups.get(group) ?? []), runs[i] ?? ""]);
  }
  const shared = [...groups.values()].filter((names) => names.length > 1);
  const which =
    sameWeights || shared.length === 0 ? "" : ` (but of ${shared.map((names) => names.join(" and ")).join("; ")})`;
  return [
    `Same weights: ${said(sameWeights)}${printable(which)}`,
    `Same training data: ${said(sameData)}`,
    `Same test data: ${said(sameTest)}`,
  ];
}

/** A value as text: results and times by their names. */
export function valueText(name: string, value: unknown): string {
  if (value === undefined || value === null) return "–";
  if (name === "seconds" && typeof value === "number") return duration(value);
  if (typeof value === "number" && /(?:loss|accuracy|^(?:test|train|validation)[A-Z])/i.test(name))
    return metricText(name, value);
  return printable(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
}

function textsOf(rows: readonly Row[]): string[][] {
  return rows.map(({ name, values }) => [printable(name), ...values.map((value) => valueText(name, value))]);
}

/** The rows under the names of the runs, however wide that is. */
function tableLines(names: readonly string[], rows: readonly Row[]): string[] {
  const cells = textsOf(rows).map((row) => row.map((text) => cut(text, LONGEST)));
  const titles = ["", ...names.map((name) => cut(name, LONGEST))];
  const widths = titles.map((name, j) => Math.max(name.length, ...cells.map((row) => row[j]?.length ?? 0)));
  return [titles, ...cells].map((row) => {
    return `  ${row.map((text, j) => (j === 0 ? text.padEnd(widths[j] ?? 0) : text.padStart(widths[j] ?? 0))).join("  ")}`;
  });
}

/** The same as a list where there is no room. */
function rowLines(names: readonly string[], rows: readonly Row[], terminal: Terminal): string[] {
  const [titles = "", ...table] = tableLines(names, rows);
  if ([titles, ...table].every(({ length }) => length <= terminal.width))
    return [terminal.style("dim", titles), ...table];
  return textsOf(rows).flatMap(([name = "", ...values]) => [
    ...wrap(`${name}:`, terminal.width),
    ...values.flatMap((value, j) => wrap(`${names[j]} ${cut(value, 200)}`, terminal.width, "    ")),
  ]);
}

/** All models on the same data. */
function measuredLines({ data, examples, models }: Measurement, terminal: Terminal): string[] {
  const heading = terminal.style("bold", `On the same ${count(examples)} examples of ${printable(data)}`);
  return [heading, ...models.flatMap((model) => wrap(measuredText(model, models[0]), terminal.width))];
}

/** "b.safetensors: accuracy 97.88 % (97.58 to 98.14 %); …" */
export function measuredText({ name, result, beside }: Measured, first: Measured | undefined): string {
  const reached =
    result.task === "classes"
      ? `accuracy ${percent(result.accuracy)} (${intervalText(result.accuracy, result.examples)})`
      : fitText(result);
  const text = `${printable(name)}: ${reached}, loss ${short(result.loss)}`;
  if (beside === undefined || first === undefined) return text;
  const { better, worse, p } = beside;
  const [one, other] =
    result.task === "classes"
      ? [`right on ${count(better)} that ${printable(first.name)} misreads`, `wrong on ${count(worse)} that it reads`]
      : [`closer on ${count(better)} than ${printable(first.name)}`, `farther off on ${count(worse)}`];
  const chance = p < 0.05 ? "more than chance" : "no more than chance would do";
  // Below that a float64 becomes 0, which no probability is.
  const value = p < 1e-300 ? "p < 1e-300" : `p = ${p < 1e-4 ? p.toExponential(1) : short(p, 2)}`;
  return `${text}; ${one}, ${other}: ${chance} (${value})`;
}
