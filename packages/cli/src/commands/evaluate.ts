/** `inkling evaluate`: how well a saved model does on examples that it was not trained on. */
import type { Command } from "commander";
import { type Dataset, type Evaluation, evaluate, hasTemperature, type ReliabilityOf, reliability } from "inkling";
import { DATA, dataPath, loadTest, readingFor } from "../data.ts";
import { checkReport, writeReport } from "../following/report.ts";
import { addLookOptions, type LookOptions, looksFrom } from "../looks.ts";
import { Machines } from "../machines/machines.ts";
import {
  addCombineOption,
  addMemberOption,
  ensembleJson,
  ensembleText,
  type Model,
  type ModelOptions,
  modelFrom,
} from "../model.ts";
import { addCommonOptions, backendFrom } from "../options.ts";
import { printable, printJson } from "../printable.ts";
import { errorText } from "../report/certainty.ts";
import { optionWords } from "../report/command-line.ts";
import { confusionLines, furtherLines, mistakeLines, mistakenPaths, perClassLines } from "../report/evaluation.ts";
import { quoted } from "../report/next.ts";
import { answerLines, fitText, perOutputLines, worstLines } from "../report/numbers.ts";
import { count, percent, short, type Terminal, terminalOf, wrap } from "../report/terminal.ts";
import { addAskingOptions, type TableOptions, tableNotes, tableReading } from "../table-options.ts";
import { furtherScores } from "../training/results.ts";

interface EvaluateOptions extends LookOptions, ModelOptions, TableOptions {
  readonly data?: string;
  readonly label?: string;
  readonly report?: string;
}

/** Declares arguments, options and action of the command. */
export function declareEvaluate(command: Command): void {
  command
    .argument("<model>", "a model file, as train saves it")
    .argument("[data]", `${DATA}; of a pair the test examples`)
    .option("--data <path>", "the same")
    .option("--label <column>", "the column of a table to compare with; if absent, the one that was learnt")
    .option("--report <file>", "write a page: confusions, mistakes, weights, how to repeat it")
    .addHelpText(
      "after",
      [
        "\nExamples:",
        "  inkling evaluate model.safetensors",
        "  inkling evaluate model.safetensors --report report.html",
        "  inkling evaluate model.safetensors iris.csv",
        "  inkling evaluate model.safetensors --augmentation shift=1 --copies 5",
        "  inkling evaluate five.safetensors --combine vote         an ensemble, as train --ensemble 5 saves it",
      ].join("\n"),
    );
  addAskingOptions(command);
  addCombineOption(addMemberOption(addLookOptions(command)), "as its file says if absent");
  addCommonOptions(command).action((path: string, data: string | undefined, options: EvaluateOptions) =>
    run(path, data, options),
  );
}

async function run(path: string, argument: string | undefined, options: EvaluateOptions): Promise<void> {
  const machines = await Machines.of();
  try {
    await runOn(machines, path, argument, options);
  } catch (error) {
    throw machines?.failed(error) ?? error;
  }
}

async function runOn(
  machines: Machines | undefined,
  path: string,
  argument: string | undefined,
  options: EvaluateOptions,
): Promise<void> {
  const { backend } = await backendFrom(options);
  machines?.join(backend);
  const model = await modelFrom(path, options, backend);
  const where = dataPath(argument, options.data);
  const reading = readingFor(model, { label: options.label, needsLabel: true, ...tableReading(options) });
  const { set: data, paths } = await loadTest(where, reading);
  if (options.report !== undefined && machines?.isFirst !== false) await checkReport(options.report);
  const looks = looksFrom(options);
  if (machines) {
    const { augmentation, copies, seed, combine, member } = options;
    const how = JSON.stringify({ augmentation, copies, seed, combine, member });
    machines.start({ model: await model.weightsSha256(), data: await data.sha256(), options: how });
  }
  const result = await evaluate(model, data, { ...looks, together: machines !== undefined });
  if (machines?.isFirst === false) return;
  let isWritten = false;
  if (options.report !== undefined) {
    const { evaluationReport } = await import("../report/html/evaluation-report.ts");
    const command = commandOf(path, where, options);
    isWritten = await writeReport(options.report, () =>
      evaluationReport({ model, data, looks, result, path, command }),
    );
  }
  // Of single looks: a mean over changed copies has another confidence.
  const sure = hasTemperature(model) ? await reliability(model, data) : undefined;
  if (options.json) return printJson({ ...(await jsonOf(path, model, data, result)), ...sureJson(sure) });
  const terminal = terminalOf(process.stdout);
  const together = ensembleText(model);
  if (together !== undefined && !options.quiet) console.log(`${together}\n`);
  if (!options.quiet) for (const line of tableNotes(data, options, terminal)) console.log(line);
  if (!options.quiet) for (const line of await findings(model, data, paths, result, terminal)) console.log(line);
  const reached = result.task === "classes" ? `accuracy ${percent(result.accuracy)}` : fitText(result);
  console.log(terminal.style(["bold", "green"], `Test ${reached}`));
  const of = `Loss ${result.loss.toFixed(4)}, ${count(result.examples)} examples of ${printable(data.name)}`;
  console.log(wrap(of + trainedOn(model, data), terminal.width, "").join("\n"));
  if (sure !== undefined && !options.quiet) console.log(errorText(model, sure));
  if (isWritten && !options.quiet) console.log(`Report in ${printable(options.report)}`);
}

/** The calibration error, raw and with the model's temperature. */
function sureJson(sure: ReliabilityOf | undefined): object {
  if (sure === undefined) return { calibrationError: null };
  const { temperature, raw, calibrated } = sure;
  const errors = { raw: raw.expectedCalibrationError, calibrated: calibrated.expectedCalibrationError };
  return { calibrationError: { temperature, ...errors } };
}

/** The command that evaluates again. */
function commandOf(path: string, data: string | undefined, options: EvaluateOptions): string {
  const where = data === undefined ? [] : [quoted(data)];
  return ["inkling evaluate", quoted(path), ...where, ...optionWords(options, ["data"])].join(" ");
}

async function jsonOf(path: string, model: Model, data: Dataset, result: Evaluation) {
  const { backend, classNames, targetNames } = model;
  const { loss, examples } = result;
  const found =
    result.task === "classes"
      ? { testAccuracy: result.accuracy, loss, examples, confusion: result.confusion, perClass: result.perClass }
      : {
          testAccuracy: null,
          testRmse: result.rootMeanSquaredError,
          testR2: result.rSquared,
          testMeanAbsoluteError: result.meanAbsoluteError,
          loss,
          examples,
          perOutput: result.perOutput,
        };
  return {
    ...found,
    ...furtherScores("test", result),
    ...(classNames && { classNames }),
    ...(targetNames && { targetNames }),
    data: data.name,
    model: path,
    ...ensembleJson(model),
    weightsSha256: await model.weightsSha256(),
    backend: backend.name,
    arithmetic: backend.arithmetic,
    threads: backend.threads,
  };
}

async function findings(
  model: Model,
  data: Dataset,
  paths: readonly string[] | undefined,
  result: Evaluation,
  terminal: Terminal,
): Promise<string[]> {
  if (result.task === "numbers") {
    const absolute = `Mean of |prediction − truth|: ${short(result.meanAbsoluteError)}`;
    const far = await worstLines(model, data, terminal, 10);
    return [...far, "", ...perOutputLines(result, terminal), absolute, ...answerLines(result, terminal)];
  }
  return [
    ...confusionLines(result, model, terminal),
    "",
    ...perClassLines(result, model, terminal),
    "",
    ...mistakeLines(result, data, model, terminal, true),
    ...(paths === undefined ? [] : mistakenPaths(result, paths, terminal)),
    "",
    ...furtherLines(result, terminal),
  ];
}

/** A hint where a model is tested on something else than it was trained on. */
function trainedOn({ training }: Model, data: Dataset): string {
  const name = training?.data.name;
  const isSame = name === undefined || name.split(" ")[0] === data.name.split(" ")[0];
  return isSame ? "" : ` (the model was trained on ${printable(name)})`;
}
