/** `inkling compare`: runs side by side, by their model files, their logs, or what --json has printed. */
import type { Command } from "commander";
import { ArgumentError } from "inkling";
import { compared } from "../compare/comparison.ts";
import { comparisonLines } from "../compare/lines.ts";
import { measured } from "../compare/measured.ts";
import { type ComparedRun, runsOf } from "../compare/runs.ts";
import { checkReport, writeReport } from "../following/report.ts";
import { addCommonOptions, type CommonOptions } from "../options.ts";
import { printable, printJson } from "../printable.ts";
import { optionWords } from "../report/command-line.ts";
import { quoted } from "../report/next.ts";
import { terminalOf } from "../report/terminal.ts";
import { addAskingOptions, type TableOptions, tableReading } from "../table-options.ts";

interface CompareOptions extends CommonOptions, TableOptions {
  readonly all?: true;
  readonly data?: string | true;
  readonly label?: string;
  readonly report?: string;
}

/** Declares arguments, options and action of the command. */
export function declareCompare(command: Command): void {
  command
    .argument("<files...>", "model files, logs of --log (each run in it), or what train --json has printed")
    .option("--all", "show the options that are the same, too")
    .option("--data [path]", "evaluate all models on these examples, and test the difference; MNIST's if no path")
    .option("--label <column>", "of --data: the column of a table to compare with; if absent, the one that was learnt")
    .option("--report <file>", "write a page, with the curves of the runs over each other")
    .addHelpText(
      "after",
      [
        "\nExamples:",
        "  inkling compare a.safetensors b.safetensors",
        "  inkling compare a.safetensors b.safetensors --data       on MNIST's 10,000 test images",
        "  inkling compare run.jsonl                                the runs of one log",
        "  inkling compare a.jsonl b.jsonl --report compared.html",
      ].join("\n"),
    );
  addCommonOptions(addAskingOptions(command)).action((paths: string[], options: CompareOptions) => run(paths, options));
}

/** More columns than this are no comparison. */
const MOST = 50;

async function run(paths: readonly string[], options: CompareOptions): Promise<void> {
  const { data, label, labels, report, all = false } = options;
  if (label !== undefined && data === undefined) {
    throw new ArgumentError("--label", "--data beside it", "none", "Add --data table.csv.");
  }
  if (labels !== undefined && data === undefined) {
    throw new ArgumentError("--labels", "--data beside it", "none", "Add --data examples.npy.");
  }
  const reading = { label, needsLabel: true, ...tableReading(options) };
  if (reading.missing === "drop") {
    throw new ArgumentError("--missing", "mean (each model would leave out rows of its own)", "drop");
  }
  if (report !== undefined) await checkReport(report);
  const runs: ComparedRun[] = [];
  for (const path of paths) runs.push(...(await runsOf(path)));
  if (runs.length < 2 || runs.length > MOST) {
    throw new ArgumentError(
      "compare",
      `2 to ${MOST} runs`,
      String(runs.length),
      "A log has as many as were written to it.",
    );
  }
  const named = distinct(runs, paths);
  const comparison = compared(named);
  const measurement = data === undefined ? undefined : await measured(named, data === true ? undefined : data, reading);
  let isWritten = false;
  if (report !== undefined) {
    const { comparisonReport } = await import("../report/html/comparison-report.ts");
    const command = commandOf(paths, options);
    isWritten = await writeReport(report, () => comparisonReport({ runs: named, comparison, measurement, command }));
  }
  if (options.json) return printJson({ ...comparison, ...(measurement && { measurement }) });
  for (const line of comparisonLines({ comparison, measurement, all }, terminalOf(process.stdout))) console.log(line);
  if (isWritten && !options.quiet) console.log(`Report in ${printable(report)}`);
}

/** Files of one name in several directories get their whole paths. */
function distinct(runs: readonly ComparedRun[], paths: readonly string[]): readonly ComparedRun[] {
  const names = runs.map(({ name }) => name);
  if (new Set(names).size === names.length) return runs;
  const isOneEach = runs.length === paths.length;
  return runs.map((run, i) => ({ ...run, name: isOneEach ? (paths[i] ?? run.name) : `${run.name} (${i + 1})` }));
}

function commandOf(paths: readonly string[], options: CompareOptions): string {
  return ["inkling compare", ...paths.map(quoted), ...optionWords(options, [])].join(" ");
}
