/** `inkling calibrate`: measures a saved model's temperature on examples that it has not learned from, and keeps it. */
import type { Command } from "commander";
import { ArgumentError, calibrate, type Dataset, reliability } from "inkling";
import { checkWritable, save } from "inkling/node";
import { dataPath, loadData, readingFor } from "../data.ts";
import { type Model, modelFrom } from "../model.ts";
import { addCommonOptions, backendFrom, type CommonOptions } from "../options.ts";
import { printable, printJson } from "../printable.ts";
import { reliabilityLines } from "../report/certainty.ts";
import { count, percent, terminalOf, titled, wrap } from "../report/terminal.ts";
import { addAskingOptions, type TableOptions, tableReading } from "../table-options.ts";
import { heldOut } from "../training/held-out.ts";

interface CalibrateOptions extends CommonOptions, TableOptions {
  readonly data?: string;
  readonly label?: string;
  readonly out?: string;
}

/** Declares arguments, options and action of the command. */
export function declareCalibrate(command: Command): void {
  command
    .argument("<model>", "a model file, as train saves it")
    .argument("[data]", "examples that it has not learned from; those that its training held out, if absent")
    .option("--data <path>", "the same")
    .option("--label <column>", "the column of a table with the truth; if absent, the one that was learnt")
    .option("--out <file>", "where the model with its temperature goes; over the model itself if absent")
    .addHelpText(
      "after",
      [
        "\nA network is mostly too sure. A temperature T divides its logits, so that of the answers with 90 % about 90 of",
        "100 are right. No answer changes, and no weight.",
        "\nExamples:",
        "  inkling train --validation 5000                        measures it at the end by itself",
        "  inkling calibrate model.safetensors                    again, on the examples that were held out",
        "  inkling calibrate model.safetensors new-digits         on a directory's test images",
        "  inkling calibrate iris.safetensors more.csv --label species",
      ].join("\n"),
    );
  addCommonOptions(addAskingOptions(command)).action(
    (path: string, data: string | undefined, options: CalibrateOptions) => run(path, data, options),
  );
}

async function run(path: string, argument: string | undefined, options: CalibrateOptions): Promise<void> {
  const { backend } = await backendFrom(options);
  const model = await modelFrom(path, {}, backend);
  const where = dataPath(argument, options.data);
  const { data, note } = await unseen(model, where, options);
  const { out = path } = options;
  await checkWritable(out, 1);
  const { temperature, expectedCalibrationError } = await calibrate(model, data);
  const table = await reliability(model, data);
  await save(model, out);
  if (options.json) {
    return printJson({
      ...{ temperature, expectedCalibrationError, examples: data.count, data: data.name },
      ...{ model: path, modelFile: out, weightsSha256: await model.weightsSha256(), note: note ?? null },
    });
  }
  const terminal = terminalOf(process.stdout);
  if (!options.quiet) {
    for (const line of titled("Data", `${count(data.count)} examples (${printable(data.name)})`, terminal)) {
      console.log(line);
    }
    if (note !== undefined)
      for (const line of wrap(note, terminal.width, "")) console.log(terminal.style("yellow", line));
    console.log("");
    for (const line of reliabilityLines(table, terminal)) console.log(line);
    console.log("");
  }
  const { raw, calibrated } = expectedCalibrationError;
  const kind =
    Math.abs(temperature - 1) < 0.02 ? "about as sure as it may be" : temperature > 1 ? "too sure" : "not sure enough";
  console.log(`${terminal.style(["bold", "green"], `T = ${temperature.toFixed(3)}`)}: it was ${kind}`);
  console.log(`Calibration error ${percent(raw)}; with T, ${percent(calibrated)}`);
  console.log(`Model saved in ${printable(out)}`);
}

/** Examples that the model has not learned from, and what there is to say of them. */
async function unseen(
  model: Model,
  path: string | undefined,
  options: CalibrateOptions,
): Promise<{ readonly data: Dataset; readonly note?: string }> {
  const record = model.training;
  const isOfMnist = record?.data.name.startsWith("MNIST train") === true;
  if (path === undefined && (!isOfMnist || record?.validation === undefined)) {
    const got = record?.validation === undefined ? "a training that held none out" : "none (the file is not known)";
    const advice = "Name some, or train with --validation 5000.";
    throw new ArgumentError("--data", "examples that the model has not learned from", got, advice);
  }
  const found = await loadData(
    path,
    readingFor(model, { label: options.label, needsLabel: true, ...tableReading(options) }),
  );
  const [first, rest] = "only" in found ? [found.only, found.only] : [found.train, found.test];
  const held = record && (await heldOut(first, record));
  if (held !== undefined) return { data: held };
  if (path === undefined) {
    const advice = "Name examples by --data.";
    throw new ArgumentError("--data", "the examples that the training held out", "others by the same name", advice);
  }
  const digest = await rest.sha256().catch(() => null);
  if (digest !== null && digest === record?.data.sha256) {
    const advice = "It knows these by heart. Name others.";
    throw new ArgumentError("--data", "examples that the model has not learned from", "those that it has", advice);
  }
  if (record?.data.name !== rest.name) return { data: rest };
  const note = `The model was trained on rows of ${printable(rest.name)}. If these are among them, T is too small.`;
  return { data: rest, note };
}
