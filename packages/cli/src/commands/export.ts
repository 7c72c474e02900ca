/** `inkling export`: writes a saved model in a format that other programs read. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { ArgumentError } from "inkling";
import { writeWhole } from "inkling/node";
import { type ExportFormat, exportFormats, type Layout } from "../exchange/export-formats.ts";
import { addMemberOption, type Model, type ModelOptions, modelFrom } from "../model.ts";
import { addCommonOptions, backendFrom, type CommonOptions } from "../options.ts";
import { printable, printJson } from "../printable.ts";
import { count, short, terminalOf, titled } from "../report/terminal.ts";

interface ExportOptions extends CommonOptions, ModelOptions {
  readonly format?: string;
  readonly layout?: string;
  readonly out?: string;
  readonly pixels?: string;
}

/** Declares arguments, options and action of the command. */
export function declareExport(command: Command): void {
  const formats = Object.entries(exportFormats).map(([name, { what }]) => `  ${name.padEnd(12)} ${what}`);
  command
    .argument("<model>", "a model file, as train saves it")
    .option("--format <name>", `the format: ${Object.keys(exportFormats).join(", ")}`)
    .option(
      "--layout <name>",
      "of safetensors and npz: inkling, or torch, which load_state_dict takes; inkling if absent",
    )
    .option(
      "--pixels <kind>",
      "of onnx: bytes (0 to 255, divided inside) or numbers; bytes if absent for images, numbers for rows",
    )
    .option("--out <file>", "where it is written; if absent, beside the model, named after it")
    .addHelpText(
      "after",
      [
        "\nFormats:",
        ...formats,
        "\nExamples:",
        "  inkling export model.safetensors --format onnx                        model.onnx, for ONNX Runtime",
        "  inkling export model.safetensors --format module                      model.js, for a web page",
        "  inkling export model.safetensors --format safetensors --layout torch  for PyTorch's load_state_dict",
        "  inkling export model.safetensors --format json --out digits.json",
      ].join("\n"),
    );
  addCommonOptions(addMemberOption(command)).action((path: string, options: ExportOptions) => run(path, options));
}

async function run(path: string, options: ExportOptions): Promise<void> {
  const [name, format] = formatFrom(options.format);
  const layout = layoutFrom(name, format, options.layout);
  if (options.pixels !== undefined && name !== "onnx") {
    throw new ArgumentError("--pixels", "the format onnx", name, "Leave it out.");
  }
  const { backend } = await backendFrom({ threads: "1", ...options });
  const model = await modelFrom(path, options, backend);
  checkIsOne(model, name, format, layout);
  const out = options.out ?? placeFor(path, format.extension(layout));
  if (resolve(out) === resolve(path)) {
    throw new ArgumentError("--out", "another file than the model itself", JSON.stringify(out));
  }
  const { files, notes, more } = await format.write(model, { layout, out, pixels: options.pixels });
  for (const { path: file, bytes } of files) await writeWhole(file, bytes);

  const weightsSha256 = await model.weightsSha256();
  const { calibration } = model;
  if (options.json) {
    const written = files.map(({ path: file, bytes }) => ({ file, bytes: bytes.length }));
    printJson({
      model: path,
      format: name,
      layout,
      out,
      files: written,
      weightsSha256,
      temperature: calibration?.temperature ?? null,
      notes,
      ...more,
    });
    return;
  }
  const terminal = terminalOf(process.stdout);
  for (const { path: file, bytes } of files) {
    console.log(`Written to ${printable(file)}, ${count(bytes.length)} bytes`);
  }
  if (options.quiet) return;
  const sure = sureText(model);
  if (sure !== undefined) for (const line of titled("Sure", printable(sure), terminal)) console.log(line);
  for (const [title, text] of notes) {
    // Code is shown as it is, so that it can be copied.
    if (text.includes("\n")) console.log(`\n${terminal.style("bold", title)}\n\n${code(text)}`);
    else for (const line of titled(title, printable(text), terminal)) console.log(line);
  }
}

/** How far its probabilities can be believed; undefined for a model that has none. */
function sureText({ calibration, loss }: Model): string | undefined {
  if (calibration !== undefined) {
    const { temperature, data } = calibration;
    return `calibrated on ${count(data.examples)} examples of ${data.name}, T = ${short(temperature)}`;
  }
  return loss.wantsLogits ? "its probabilities are not calibrated" : undefined;
}

function code(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `  ${printable(line)}`.trimEnd())
    .join("\n");
}

function formatFrom(word: string | undefined): [string, ExportFormat] {
  const names = Object.keys(exportFormats);
  const format = word !== undefined && Object.hasOwn(exportFormats, word) ? exportFormats[word] : undefined;
  if (word !== undefined && format !== undefined) return [word, format];
  const got = word === undefined ? "none" : JSON.stringify(word);
  throw new ArgumentError("--format", `one of ${names.join(", ")}`, got, word === undefined ? "Name one." : "");
}

function layoutFrom(name: string, { layouts }: ExportFormat, word = "inkling"): Layout {
  const layout = layouts.find((one) => one === word);
  if (layout !== undefined) return layout;
  const own = layouts.length === 1 ? `the layout inkling (${name} has no other)` : layouts.join(" or ");
  throw new ArgumentError("--layout", own, JSON.stringify(word));
}

/** Throws an ArgumentError for an ensemble where a format holds one network. */
function checkIsOne(model: Model, name: string, { takesEnsembles }: ExportFormat, layout: Layout): void {
  if (!("members" in model) || takesEnsembles(layout)) return;
  const expected = `one network (${name}${layout === "torch" ? " with PyTorch's layout" : ""} holds no ensemble)`;
  throw new ArgumentError("export", expected, `an ensemble of ${model.members.length}`, "Add --member 1.");
}

/** model.safetensors and .json as model.json */
function placeFor(path: string, extension: string): string {
  return path.replace(/\.safetensors$/, "") + extension;
}
