/** What a search prints: its plan, a line a trial, the table at the end with the command that repeats the best. */
import { meanOf } from "inkling/numbers";
import { type Configuration, fieldNames, placeInRange, type SearchSpace, searchEntryText } from "inkling/presets";
import { type NamedConfiguration, optionText, shortConfigurationLine } from "../configuring.ts";
import { printable } from "../printable.ts";
import { prefix, quoted } from "../report/next.ts";
import { count, duration, percent, short, type Terminal, titled, wrap } from "../report/terminal.ts";
import type { SetOptions } from "../training/sets.ts";
import type { SearchPlan, Stage } from "./plan.ts";
import type { TrialResult } from "./results.ts";
import type { Ending } from "./run.ts";
import type { Tested } from "./test-best.ts";

/** Trials in the table, unless all are asked for. */
const SHOWN = 10;

/** The examples, what is tried, and how. */
export function planLines(plan: SearchPlan, reason: string, isTested: boolean, terminal: Terminal): string[] {
  const { sets, space, folds, drawn, trials, strategy, eta } = plan;
  const { train, validation, test, notes } = sets;
  const parts = [
    folds === undefined
      ? `${count(train.count)} to train on (${printable(train.name)}), ${count(validation?.count ?? 0)} for validation`
      : `${count(train.count)} (${printable(train.name)}) in ${folds} folds, each held out once`,
    ...(test
      ? [`${count(test.count)} set aside for ${isTested ? "the test of the best" : "a test (--test-best)"}`]
      : []),
  ];
  const names = fieldNames.filter((name) => space[name] !== undefined);
  const tried = names.map((name) => `${name} ${searchEntryText(space[name] as never)}`);
  const few = drawn.length < trials ? ` (there are no more: ${trials} were asked for)` : "";
  const how = strategy === "halving" ? `successive halving, one in ${eta} goes on` : "random";
  return [
    ...titled("Data", parts.join(", "), terminal),
    ...notes.flatMap((note) => titled("", printable(note), terminal)),
    ...titled("Space", tried.join("; "), terminal),
    ...titled(
      "Search",
      `${counted(drawn.length, "trial")}${few}, ${how}, seed ${plan.base.seed}, on ${reason}`,
      terminal,
    ),
  ];
}

/** Where a rung begins. */
export function stageLines(plan: SearchPlan, { epochs }: Stage, at: number, entrants: number, todo: number): string[] {
  const there = todo < entrants ? ` (${todo} to do here)` : "";
  if (plan.strategy === "random") return todo < entrants ? [`${count(entrants)} trials${there}`] : [];
  const [trials, length] = [counted(entrants, "trial"), counted(epochs ?? 0, "epoch")];
  return [`Rung ${at + 1} of ${plan.stages.length}: ${trials} of ${length}${there}`];
}

/** "1 trial", "27 trials" */
function counted(number: number, what: string): string {
  return `${count(number)} ${what}${number === 1 ? "" : "s"}`;
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly text: (result: TrialResult) => string;
}

function columnsOf({ score, folds, sets, strategy, space }: SearchPlan): Column[] {
  const wide = folds === undefined ? 9 : 17;
  const isClasses = sets.train.task === "classes";
  const fit = isClasses ? "accuracy" : "rmse";
  const scored = (of: typeof score, result: TrialResult) => {
    if (result.score === null) return of === "loss" ? "–" : "diverged";
    if (of === score) return scoreText(result, of, isClasses);
    const values = result.measures.map((measured) => measured[of] ?? Number.NaN);
    return scoreText({ score: meanOf(values), deviation: null }, of, isClasses);
  };
  return [
    { title: "trial", width: 5, text: ({ trial }) => String(trial) },
    { title: isClasses ? "accuracy" : "RMSE", width: score === fit ? wide : 9, text: (result) => scored(fit, result) },
    { title: "loss", width: score === "loss" ? wide : 8, text: (result) => scored("loss", result) },
    ...(strategy === "halving" || space.epochs !== undefined
      ? [{ title: "epochs", width: 6, text: ({ epochs }: TrialResult) => String(epochs) }]
      : []),
    { title: "time", width: 8, text: ({ seconds }) => duration(seconds) },
  ];
}

/** "98.05 %", "98.05 ± 0.21 %", "0.0712" or "0.0712 ± 0.0031". */
function scoreText(
  { score, deviation }: Pick<TrialResult, "score" | "deviation">,
  of: SearchPlan["score"],
  isClasses: boolean,
): string {
  if (score === null) return "diverged";
  if (of === "accuracy") {
    return deviation === null ? percent(score) : `${(100 * score).toFixed(2)} ± ${percent(deviation)}`;
  }
  // A loss of numbers has their size, squared.
  const text = isClasses ? score.toFixed(4) : short(score);
  return deviation === null ? text : `${text} ± ${short(deviation, 2)}`;
}

const GAP = "  ";
/** Where options stand that have no room beside the numbers. */
const UNDER = " ".repeat(9);

export function trialTitles(plan: SearchPlan, terminal: Terminal): string[] {
  if (terminal.isNarrow) return [];
  const titles = columnsOf(plan).map(({ title, width }) => title.padStart(width));
  return [terminal.style("dim", `${titles.join(GAP)}${GAP}options`)];
}

/** One trial in one line; where its options are long, they stand under it. */
export function trialLines(result: TrialResult, plan: SearchPlan, terminal: Terminal): string[] {
  const columns = columnsOf(plan);
  const options = optionsText(result.tries);
  if (terminal.isNarrow) {
    const [trial, ...rest] = columns.map(({ text }) => text(result));
    return wrap(`${trial}: ${[...rest, options].join(", ")}`, terminal.width);
  }
  const cells = columns.map(({ width, text }) => text(result).padStart(width)).join(GAP);
  const line = `${cells}${GAP}${options}`;
  return line.length <= terminal.width ? [line] : [cells, ...wrap(options, terminal.width, UNDER)];
}

/** The values of a trial as options. */
export function optionsText(tries: Partial<Configuration>): string {
  return fieldNames.flatMap((name) => (tries[name] === undefined ? [] : optionText(name, tries[name]))).join(" ");
}

/** The trials, the best first. */
export function tableLines(
  all: readonly TrialResult[],
  plan: SearchPlan,
  verbose: boolean,
  terminal: Terminal,
): string[] {
  const shown = verbose ? all : all.slice(0, SHOWN);
  const left = all.length - shown.length;
  const by = { accuracy: "accuracy", loss: "loss", rmse: "RMSE" }[plan.score];
  const on = plan.folds === undefined ? "the validation examples" : `${plan.folds} folds (mean ± standard deviation)`;
  const title = `The best of ${counted(all.length, "trial")}, by the ${by} on ${on}`;
  return [
    ...wrap(title, terminal.width, "").map((line) => terminal.style("bold", line)),
    ...trialTitles(plan, terminal),
    ...shown.flatMap((result) => trialLines(result, plan, terminal)),
    ...(left > 0 ? [terminal.style("dim", `  … and ${count(left)} more (--verbose shows all)`)] : []),
  ];
}

/** A range whose best value lies near an end may hide a better one behind it. */
export function edgeLines(best: TrialResult, space: SearchSpace, terminal: Terminal): string[] {
  return fieldNames.flatMap((name) => {
    const [entry, value] = [space[name], best.tries[name]];
    if (entry === undefined || "values" in entry || typeof value !== "number") return [];
    const place = placeInRange(entry, value);
    if (place > 0.1 && place < 0.9) return [];
    const end = place <= 0.1 ? `begins at ${entry.from}` : `ends at ${entry.to}`;
    const remark = `The best ${name}, ${value}, is near the end of its range, which ${end}: try further out.`;
    return wrap(remark, terminal.width, "").map((line) => terminal.style("yellow", line));
  });
}

/** Where a search stands at its end. */
interface End {
  readonly all: readonly TrialResult[];
  readonly best: TrialResult | undefined;
  /** The command that repeats the best. */
  readonly command: string | undefined;
  readonly ending: Ending;
}

/** Why the search ended, if not all is done, and how to repeat the best. */
export function endLines({ drawn }: SearchPlan, { all, best, command, ending }: End, terminal: Terminal): string[] {
  const reasons: { readonly [E in Ending]?: string } = {
    time: `The time is over: ${all.length} of ${drawn.length} trials have a result. To go on:`,
    others: "Trials of other shards are missing. When they are there, go on with:",
  };
  const reason = reasons[ending];
  const lines = reason === undefined ? [] : [...wrap(reason, terminal.width, ""), `  ${typedCommand()}`];
  if (best === undefined) {
    return [
      ...lines,
      all.length === 0 ? "No trial has a result." : "Every trial diverged. Try smaller learning rates.",
    ];
  }
  return [...lines, "", `To repeat the best (trial ${best.trial}):`, `  ${command}`];
}

/** What the best reached on the test examples. */
export function testLines(tests: readonly Tested[], terminal: Terminal): string[] {
  const last = tests.at(-1);
  if (last === undefined) return [];
  const { accuracy, rmse = Number.NaN, r2 = Number.NaN } = last.measured;
  const fit = accuracy === undefined ? `R² ${short(r2, 3)}, RMSE ${short(rmse)}` : `accuracy ${percent(accuracy)}`;
  const often = `The test examples were used ${tests.length} times: this number is no longer independent of them.`;
  return [
    terminal.style(["bold", "green"], `Test ${fit}`),
    ...(tests.length > 1 ? wrap(often, terminal.width, "") : []),
    `Model saved in ${printable(last.modelFile)}`,
  ];
}

/** The command that trains with these settings. */
export function commandFor(configuration: NamedConfiguration, data: SetOptions, precision: string): string {
  const { data: path, label, test, classes } = data;
  const words = [
    ...(path === undefined ? [] : [quoted(path)]),
    ...(label === undefined ? [] : [`--label ${quoted(label)}`]),
    ...(test === undefined ? [] : [`--test ${quoted(test)}`]),
    ...(classes === undefined ? [] : [`--classes ${classes}`]),
    ...(["missing", "words", "ignore", "labels"] as const).flatMap((name) => {
      const word = data[name];
      return word === undefined ? [] : [`--${name} ${quoted(word)}`];
    }),
    ...(precision === "float32" ? [] : [`--precision ${precision}`]),
  ];
  return `${prefix()}inkling train ${[...words, shortConfigurationLine(configuration)].join(" ")}`;
}

/** The command line that was typed, to go on with it. */
export function typedCommand(): string {
  return `${prefix()}inkling ${process.argv.slice(2).map(quoted).join(" ")}`;
}
