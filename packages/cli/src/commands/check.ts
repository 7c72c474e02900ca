/**
 * `inkling check`: is the gradient of this architecture, or of a saved model, right? Backpropagation against central
 * differences.
 */
import type { Command } from "commander";
import { ArgumentError, Dataset, type Network, type Scaling, standardize } from "inkling";
import { type Backend, type Labels, labels, type Matrix } from "inkling/backends";
import { fillMissing } from "inkling/formats";
import { MersenneTwister } from "inkling/numbers";
import { buildLoss, buildNetwork, dashed, fieldNames, fields } from "inkling/presets";
import { type GradientCheckRow, gradientCheck, layersOf } from "inkling/proofs";
import {
  addConfigurationOptions,
  type ConfigurationOptions,
  checkLossFields,
  configurationOf,
  namedBy,
  withCountedWeights,
} from "../configuring.ts";
import { DATA, dataPath, loadTestData, readingFor } from "../data.ts";
import { addMemberOption, type ModelOptions, networkFrom } from "../model.ts";
import { addCommonOptions, backendFrom, wholeNumber } from "../options.ts";
import { printable, printJson } from "../printable.ts";
import { count, type Terminal, terminalOf, wrap } from "../report/terminal.ts";
import { addTableOptions, type TableOptions, tableReading } from "../table-options.ts";

type CheckOptions = ConfigurationOptions &
  ModelOptions &
  TableOptions & {
    readonly model?: string;
    readonly data?: string;
    readonly label?: string;
    readonly samples: string;
    readonly batch: string;
    readonly classes?: string;
  };

/** A row of the table, and what entered the network: bytes or numbers. */
type Row = GradientCheckRow & { readonly on: "pixels" | "numbers" };

/** Declares arguments, options and action of the command. */
export function declareCheck(command: Command): void {
  command.option("--model <file>", "a saved model, as train saves it, in place of a new network");
  addMemberOption(command)
    .option("--samples <n>", 'entries of each parameter to check, drawn by the seed, or "all"', "200")
    .option("--batch <n>", "examples in the batch that it is checked on", "4")
    .argument("[data]", `${DATA}; MNIST if absent`)
    .option("--data <path>", "the same")
    .option("--label <column>", "the column of a table that is to be learnt: its name, or its index from 0")
    .option("--classes <n>", "how many classes there are; if absent, the labels say it")
    .addHelpText(
      "after",
      [
        "\nExamples:",
        "  inkling check --layers 30,20 --activation tanh --samples 500",
        "  inkling check houses.csv --label price --layers 16",
        "  inkling check --model model.safetensors",
      ].join("\n"),
    );
  addTableOptions(command);
  addConfigurationOptions(command, "network");
  addCommonOptions(command).action((data: string | undefined, options: CheckOptions) => run(data, options));
}

async function run(argument: string | undefined, options: CheckOptions): Promise<void> {
  const samples = options.samples === "all" ? Number.POSITIVE_INFINITY : wholeNumber("--samples", options.samples, 1);
  const batch = wholeNumber("--batch", options.batch, 1);
  if (options.member !== undefined && options.model === undefined) {
    throw new ArgumentError("--member", "a file with an ensemble, as --model ensemble.safetensors", "no file");
  }
  const { backend } = await backendFrom(options, "float64");
  const path = dataPath(argument, options.data);
  const { model, data, seed } =
    options.model === undefined
      ? await newNetwork(backend, path, options)
      : await savedNetwork(backend, path, options, options.model);
  if (data.task === undefined) throw new ArgumentError("--data", "examples with labels", "none");
  if (batch > data.count) throw new ArgumentError("--batch", `at most ${data.count} (all examples)`, String(batch));
  const examples = data.take(batch);
  const targetScaling = model.targetScaling ?? (options.model === undefined ? scalingOfTargets(data) : undefined);
  const targets = targetsOf(backend, examples, model.loss.wantsShares ? undefined : targetScaling);
  // Images once as bytes, as training sees them, and once as numbers, so that the input's gradient is checked too.
  const { inputs, columns } = examples;
  const scaling = model.scaling ?? (options.model === undefined ? scalingOf(data) : undefined);
  const ways: [Row["on"], Matrix][] = [["numbers", numbersOf(backend, examples, scaling)]];
  if (inputs instanceof Uint8Array) ways.unshift(["pixels", backend.pixels(inputs, columns)]);
  const results: Row[] = [];
  for (const [on, x] of ways) {
    for (const row of await gradientCheck(model, x, targets, { samples, seed })) results.push({ ...row, on });
  }
  const passed = results.every((row) => row.passed) && results.some((row) => row.checked > 0);
  const layers = layersOf(model);
  if (options.json) printJson({ passed, batch, layers, results });
  else
    for (const line of report(results, layers, options.quiet === true, terminalOf(process.stdout))) console.log(line);
  if (!passed) process.exitCode = 3;
}

interface Checked {
  readonly model: Network;
  readonly data: Dataset;
  /** Draws the entries that are checked. */
  readonly seed: number;
}

/** The network that the options describe, for these data. */
async function newNetwork(backend: Backend, path: string | undefined, options: CheckOptions): Promise<Checked> {
  const named = await namedBy(options);
  const { loss } = named.fields;
  const read = await loadTestData(path, {
    label: options.label,
    needsLabel: true,
    ...tableReading(options),
    ...(options.classes !== undefined && { classes: wholeNumber("--classes", options.classes, 1) }),
    ...(loss !== undefined && { task: buildLoss({ loss }).task }),
  });
  const data = fillMissing(read);
  if (data.task === undefined) throw new ArgumentError("--data", "examples with labels", "none");
  const asked = configurationOf(named, "mlp", data.task === "numbers" ? "meanSquared" : undefined);
  checkLossFields(named, asked);
  const configuration = withCountedWeights(asked, data);
  const { seed, init } = configuration;
  const generator = init === "numpy" ? new MersenneTwister(seed) : undefined;
  return { model: buildNetwork(configuration, data.shape, data.outputs, { backend, generator }), data, seed };
}

/** A model from a file, which says what its network is; the options say no more. */
async function savedNetwork(
  backend: Backend,
  path: string | undefined,
  options: CheckOptions,
  file: string,
): Promise<Checked> {
  const others = ["preset", "config", "classes", ...fieldNames.filter((name) => fields[name].isOfNetwork === true)];
  const given = others.find(
    (name) => name !== "seed" && (options as unknown as Record<string, unknown>)[name] !== undefined,
  );
  if (given !== undefined) {
    const expected = "a new network, or --model alone";
    throw new ArgumentError(`--${dashed(given)}`, expected, "both", "The file says what the network is.");
  }
  const model = await networkFrom(file, options, backend);
  const data = await loadTestData(
    path,
    readingFor(model, { label: options.label, needsLabel: true, ...tableReading(options) }),
  );
  return { model, data, seed: options.seed === undefined ? model.seed : wholeNumber("--seed", options.seed) };
}

/** The inputs as a matrix of numbers: pixels from 0 to 1, a table's columns scaled as in training. */
function numbersOf(backend: Backend, { inputs, columns, count: rows }: Dataset, scaling: Scale | undefined): Matrix {
  const matrix = backend.keep(rows, columns);
  if (inputs instanceof Uint8Array)
    backend.write(
      matrix,
      Array.from(inputs, (p) => p / 255),
    );
  else backend.write(matrix, scaled(inputs, columns, scaling));
  return matrix;
}

/** Labels, or the numbers to be predicted: scaled as in training, without a scale as they are. */
function targetsOf(
  backend: Backend,
  { labels: classes, targets, outputs, count: rows }: Dataset,
  scaling: Scale | undefined,
): Labels | Matrix {
  if (targets === undefined) return labels(classes ?? []);
  const matrix = backend.keep(rows, outputs);
  backend.write(matrix, scaled(targets, outputs, scaling));
  return matrix;
}

type Scale = Pick<Scaling, "means" | "deviations">;

/** How a training scales the columns of a table; images are not scaled. */
function scalingOf(data: Dataset): Scale | undefined {
  return data.inputs instanceof Uint8Array ? undefined : standardize(data);
}

/** The same for the numbers to be predicted. */
function scalingOfTargets({ name, outputs, targets }: Dataset): Scale | undefined {
  return targets && standardize(new Dataset({ name, shape: [outputs], inputs: targets }));
}

/** In float64, without the rounding of a training. */
function scaled(values: Float32Array, columns: number, scaling: Scale | undefined): ArrayLike<number> {
  if (scaling === undefined) return values;
  const { means, deviations } = scaling;
  return Array.from(values, (value, at) => (value - (means[at % columns] ?? 0)) / (deviations[at % columns] ?? 1));
}

function report(
  results: readonly Row[],
  layers: ReturnType<typeof layersOf>,
  quiet: boolean,
  terminal: Terminal,
): string[] {
  const verdict = verdictOf(results, terminal);
  if (quiet) return verdict;
  const notes = [
    "error: |a − n| / max(|a|, |n|), a by backpropagation, n = (C(w + h) − C(w − h)) / 2h with h = 1e-5. A gradient that " +
      "is too small to be measured in this way is compared with the smallest that can be.",
    "corners: entries left out because a neuron's z changes its sign between w − h and w + h. ReLU has a corner there, and " +
      "no derivative; nor is there one where a maximum changes its pixel.",
  ].flatMap((note) => wrap(note, terminal.width));
  const names = Math.max(19, ...results.map(({ name }) => name.length + 1));
  const isNarrow = terminal.isNarrow || TABLE + names > terminal.width;
  const rows = isNarrow ? results.flatMap((row) => listed(row, terminal)) : table(results, names, terminal);
  const through = layers.map(({ name, description, isFrozen }) => {
    return `${name} ${printable(description)}${isFrozen ? " (its parameters are not checked)" : ""}`;
  });
  const path = wrap(`Through ${through.join("; ")}.`, terminal.width);
  return [terminal.style("bold", "Gradient check, in float64"), ...path, ...rows, "", ...notes, "", ...verdict];
}

/** Columns of the table besides the names. */
const TABLE = 54;

function table(results: readonly Row[], names: number, terminal: Terminal): string[] {
  const titles = `${"shape".padStart(11)}${"checked".padStart(9)}${"corners".padStart(9)}${"largest error".padStart(15)}`;
  const rows = results.flatMap((row) => {
    const { on, name, checked, skipped, passed } = row;
    const counts = `${count(checked).padStart(9)}${count(skipped).padStart(9)}`;
    const text = `  ${on.padEnd(8)}${name.padEnd(names)}${row.shape.join(" × ").padStart(11)}${counts}`;
    const line = text + terminal.style(styleOf(row), errorOf(row).padStart(15));
    return passed || checked === 0 ? [line] : [line, ...wrap(worstOf(row), terminal.width, "    ")];
  });
  return [`  ${"input".padEnd(8)}${"parameter".padEnd(names)}${titles}`, ...rows];
}

function listed(row: Row, terminal: Terminal): string[] {
  const { on, name, shape, checked, skipped, passed } = row;
  const what = `${name} (${shape.join(" × ")}, on ${on}): ${count(checked)} checked, ${count(skipped)} corners, error `;
  const lines = wrap(what + errorOf(row), terminal.width);
  return passed || checked === 0 ? lines : [...lines, ...wrap(worstOf(row), terminal.width, "    ")];
}

function errorOf({ checked, largestError }: Row): string {
  return checked === 0 ? "not checked" : largestError.toExponential(1);
}

function styleOf({ checked, passed }: Row): "yellow" | "green" | "red" {
  if (checked === 0) return "yellow";
  return passed ? "green" : "red";
}

function worstOf({ worst }: Row): string {
  return `at (${worst.row}, ${worst.column}): ${worst.analytic} by backpropagation, ${worst.numeric} by difference`;
}

function verdictOf(results: readonly Row[], terminal: Terminal): string[] {
  const isRight = results.every((row) => row.passed);
  const isChecked = results.some((row) => row.checked > 0);
  const text = !isRight
    ? "The gradient is wrong."
    : isChecked
      ? "The gradient is right: every relative error is at most 1e-6."
      : "Nothing could be checked.";
  const colour = isRight ? (isChecked ? "green" : "yellow") : "red";
  return wrap(text, terminal.width, "").map((line) => terminal.style(["bold", colour], line));
}
