/** The report of experiments, as Markdown with figures beside it, and as one page of HTML. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { version } from "inkling";
import { writeWhole } from "inkling/node";
import { deviationOf, meanOf } from "inkling/numbers";
import type { Experiment } from "inkling/presets";
import { escaped } from "../report/html/page.ts";
import { duration } from "../report/terminal.ts";
import { meanText, numberText, type Outcome, ruleText } from "./comparing.ts";
import { type Figure, figuresOf } from "./figures.ts";

/** What a report says of how it was made. */
export interface Circumstances {
  /** The command that makes it again. */
  readonly command: string;
  /** The sentence of the backend. */
  readonly backend: string;
  /** Expected seconds of one run of an experiment. */
  readonly expected: (experiment: Experiment) => number;
}

/** Writes report.md, its figures and report.html into the directory. */
export async function writeReport(out: string, outcomes: readonly Outcome[], made: Circumstances): Promise<void> {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const { group } = outcome.experiment;
    groups.set(group, [...(groups.get(group) ?? []), outcome]);
  }
  const sections: { group: string; outcomes: readonly Outcome[]; figures: readonly Figure[] }[] = [];
  for (const [group, own] of groups) sections.push({ group, outcomes: own, figures: await figuresOf(group, own) });
  await mkdir(join(out, "figures"), { recursive: true });
  for (const { figures } of sections) {
    for (const { name, svg } of figures) await write(join(out, "figures", `${name}.svg`), `${svg}\n`);
  }
  const table = outcomes.flatMap((outcome) => rowsOf(outcome, made));
  await write(join(out, "report.md"), markdown(sections, table, made));
  await write(join(out, "report.html"), html(sections, table, made));
}

async function write(path: string, text: string): Promise<void> {
  await writeWhole(path, new TextEncoder().encode(text));
}

const TITLES = ["id", "experiment", "measured on", "source", "here", "runs", "one run", "agrees"];

/** The lines of the table: one a reported number; one for an experiment without any, or without runs. */
function rowsOf(outcome: Outcome, { expected }: Circumstances): string[][] {
  const { experiment, runs, comparisons } = outcome;
  const { id, about } = experiment;
  if ("isCited" in experiment) return [[id, about, "", sourceText(outcome), "cited", "", "", ""]];
  if (runs.length === 0) {
    return [[id, about, "", sourceText(outcome), "not run", "0", `about ${duration(expected(experiment))}`, ""]];
  }
  const seconds = meanOf(runs.map(({ wall }) => wall));
  const [count, time] = [String(runs.length), duration(seconds)];
  if (comparisons.length === 0)
    return [[id, about, "test images, last epoch", "–", lastTest(outcome), count, time, ""]];
  return comparisons.map((comparison, i) => {
    const source = numberText(comparison.reported.value, comparison.reported.what);
    const rule = ruleText(comparison);
    const verdict = Number.isFinite(comparison.expected) ? (comparison.agrees ? "yes" : "no") : "–";
    const isFirst = i === 0;
    const [first, last] = [isFirst ? [id, about] : ["", ""], isFirst ? [count, time] : ["", ""]];
    return [...first, rule, source, meanText(comparison), ...last, verdict];
  });
}

function sourceText({ experiment: { reported } }: Outcome): string {
  return reported.map(({ value, what }) => numberText(value, what)).join(", ") || "–";
}

/** The mean and spread of an experiment without a number in its source. */
function lastTest({ runs }: Outcome): string {
  const values = runs.map(({ epochs }) => epochs.at(-1)?.test?.accuracy ?? Number.NaN);
  const mean = meanOf(values);
  const range = `${(100 * Math.min(...values)).toFixed(1)} to ${(100 * Math.max(...values)).toFixed(1)}`;
  if (values.length === 1) return numberText(mean, "accuracy");
  return `${(100 * mean).toFixed(2)} ± ${(100 * deviationOf(values)).toFixed(2)} % (${range})`;
}

function introduction({ command, backend }: Circumstances): string[] {
  return [
    "Experiments of the original program and of Michael Nielsen's book, run again. “Here” is the mean of the runs and " +
      "their standard deviation, by the source's own rule: its images, its epoch. Where the source took the best of " +
      "three runs, the mean best of three of ours stands beside it. “Agrees” means that the source's number is within " +
      "3·sd·√(1 + 1/n) of that, of n runs. One run has the larger of two deviations: the binomial one of its images, " +
      "and that of the nearest experiment with several runs. Where nothing is drawn at random, the source's digits decide.",
    "What is cited was not run. What was not run within the time that was given has an estimated time, of a whole run " +
      "with all that is measured after its epochs.",
    `Made by Inkling ${version}, ${backend}. The seeds are 1, 2, 3 …; the weights' SHA-256 of each run is in runs/.`,
    `To make it again: ${command}`,
  ];
}

type Section = { group: string; outcomes: readonly Outcome[]; figures: readonly Figure[] };

function notesOf({ outcomes }: Section): string[] {
  const notes = outcomes.flatMap(({ experiment }) => (experiment.note ? [`${experiment.id}: ${experiment.note}`] : []));
  return [...new Set(notes)];
}

function markdown(sections: readonly Section[], table: readonly string[][], made: Circumstances): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const parts = sections
    .filter((section) => section.figures.length > 0 || notesOf(section).length > 0)
    .flatMap((section) => [
      `## ${section.group}: ${section.outcomes[0]?.experiment.source}`,
      ...notesOf(section),
      ...section.figures.map(({ name, title }) => `![${title}](figures/${name}.svg)`),
    ]);
  const rows = [line(TITLES), line(TITLES.map(() => "---")), ...table.map(line)].join("\n");
  return `${["# Experiments, run again", ...introduction(made), rows, ...parts].join("\n\n")}\n`;
}

function html(sections: readonly Section[], table: readonly string[][], made: Circumstances): string {
  const row = (tag: "td" | "th") => (cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(unbroken(cell))}</${tag}>`).join("")}</tr>`;
  const parts = sections.map((section) =>
    [
      `<h2>${escaped(`${section.group}: ${section.outcomes[0]?.experiment.source}`)}</h2>`,
      ...notesOf(section).map((note) => `<p>${escaped(note)}</p>`),
      ...section.figures.map(({ title, svg }) => `<figure><figcaption>${escaped(title)}</figcaption>${svg}</figure>`),
    ].join("\n"),
  );
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Experiments, run again</title>',
    '<meta name="viewport" content="width=device-width">',
    `<style>${STYLE}</style></head><body><h1>Experiments, run again</h1>`,
    ...introduction(made).map((text) => `<p>${escaped(text)}</p>`),
    `<div><table><thead>${row("th")(TITLES)}</thead><tbody>${table.map(row("td")).join("\n")}</tbody></table></div>`,
    ...parts,
    "</body></html>\n",
  ].join("\n");
}

const STYLE = [
  "body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }",
  "div { overflow-x: auto }",
  "table { border-collapse: collapse; font-size: 14px }",
  "th, td { padding: 0.25rem 0.6rem; text-align: left; border-bottom: 1px solid #ddd; vertical-align: top }",
  "figure { margin: 1rem 0 }",
  "svg { max-width: 100%; height: auto }",
].join("\n");

/** A number and its % stay on one line. */
function unbroken(cell: string): string {
  return cell.replaceAll(" %", "\u00a0%").replaceAll(" ± ", "\u00a0±\u00a0");
}
