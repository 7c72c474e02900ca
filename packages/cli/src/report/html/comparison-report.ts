/** `compare --report`: runs side by side as a page, with their curves over each other. */
import { version } from "inkling";
import type { Comparison, Row } from "../../compare/comparison.ts";
import { measuredText, valueText, verdicts } from "../../compare/lines.ts";
import type { Measurement } from "../../compare/measured.ts";
import type { ComparedRun } from "../../compare/runs.ts";
import { count, cut } from "../terminal.ts";
import { type Course, curves } from "./curves.ts";
import { pre } from "./making.ts";
import { details, type Html, page, paragraph, section, table } from "./page.ts";

export interface ComparedReport {
  readonly runs: readonly ComparedRun[];
  readonly comparison: Comparison;
  readonly measurement: Measurement | undefined;
  readonly command: string;
}

/** More lines than this cannot be told apart. */
const MOST_LINES = 8;

/** The whole page. */
export async function comparisonReport({ runs, comparison, measurement, command }: ComparedReport): Promise<string> {
  const courses = runs.flatMap(coursesOf);
  const shown = courses.slice(0, MOST_LINES);
  const left = courses.length - shown.length;
  const title = `Compared: ${runs.map(({ name }) => name).join(", ")}`;
  const of = (caption: string, rows: readonly Row[]) =>
    rows.length === 0 ? "" : rowTable(caption, comparison.runs, rows);
  return page(cut(title, 200), `Inkling ${version}, ${new Date().toISOString()}`, [
    section("Results", [
      of("What each run measured, or what its file says", comparison.results),
      ...(measurement === undefined ? [] : measuredParts(measurement)),
      ...verdicts(comparison).map((line) => paragraph(line)),
    ]),
    section("How it went", [
      await curves(shown),
      left > 0 ? paragraph(`${count(left)} more runs are not drawn: so many lines cannot be told apart.`) : "",
    ]),
    section("What differs", [
      of("Options that differ", comparison.differences) || paragraph("No option differs."),
      of("How each was computed", comparison.facts),
    ]),
    section("What is the same", [details("Options", of("Options that are the same", comparison.same))]),
    section("To repeat it", [pre(command)]),
  ]);
}

/** Of an ensemble each network has its own. */
function coursesOf({ name, epochs, steps }: ComparedRun): Course[] {
  const members = [...new Set(epochs.map(({ member }) => member))];
  return members.map((member) => ({
    name: member === undefined ? name : `${name}, network ${member}`,
    epochs: epochs.filter((epoch) => epoch.member === member),
    steps: steps.filter((step) => step.member === member),
  }));
}

function measuredParts({ data, examples, models }: Measurement): Html[] {
  return [
    paragraph(`On the same ${count(examples)} examples of ${data}:`),
    ...models.map((model) => paragraph(measuredText(model, models[0]))),
  ];
}

function rowTable(caption: string, runs: readonly string[], rows: readonly Row[]): Html {
  const cells = rows.map(({ name, values }) => [name, ...values.map((value) => cut(valueText(name, value), 300))]);
  return table(caption, ["", ...runs], cells);
}
