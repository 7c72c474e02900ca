/** `inkling check`: is the gradient of this architecture right? Backpropagation against central differences. */
import { Command } from "commander";
import { ArgumentError, Dataset, standardize } from "inkling";
import { type Backend, type Labels, labels, type Matrix } from "inkling/backends";
import { MersenneTwister } from "inkling/numbers";
import { buildLoss, buildNetwork } from "inkling/presets";
import { type GradientCheckRow, gradientCheck } from "inkling/proofs";
import {
  addConfigurationOptions,
  type ConfigurationOptions,
  checkLossFields,
  configurationOf,
  namedBy,
  withCountedWeights,
} from "../configuring.ts";
import { dataPath, loadTestData } from "../data.ts";
import { addCommonOptions, backendFrom, wholeNumber } from "../options.ts";
import { printJson } from "../printable.ts";
import { count, type Terminal, terminalOf, wrap } from "../report/terminal.ts";

type CheckOptions = ConfigurationOptions & {
  readonly data?: string;
  readonly label?: string;
  readonly samples: string;
  readonly batch: string;
  readonly classes?: string;
};

/** A row of the table, and what entered the network: bytes or numbers. */
type Row = GradientCheckRow & { readonly on: "pixels" | "numbers" };

export function checkCommand(): Command {
  const command = new Command("check")
    .description("Check the gradient of an architecture: backpropagation against central differences, in float64.")
    .option("--samples <n>", 'entries of each parameter to check, drawn by the seed, or "all"', "200")
    .option("--batch <n>", "examples in the batch that it is checked on", "4")
    .argument("[data]", "a directory with the four IDX files, or a CSV file; MNIST if absent")
    .option("--data <path>", "the same")
    .option("--label <column>", "the column of a table that is to be learnt: its name, or its index from 0")
    .option("--classes <n>", "how many classes there are; if absent, the labels say it")
    .addHelpText(
      "after",
      [
        "\nExamples:",
        "  inkling check --layers 30,20 --activation tanh --samples 500",
        "  inkling check houses.csv --label price --layers 16",
      ].join("\n"),
    );
  addConfigurationOptions(command, "network");
  return addCommonOptions(command).action((data: string | undefined, options: CheckOptions) => run(data, options));
}

async function run(argument: string | undefined, options: CheckOptions): Promise<void> {
  const named = await namedBy(options);
  const samples = options.samples === "all" ? Number.POSITIVE_INFINITY : wholeNumber("--samples", options.samples, 1);
  const batch = wholeNumber("--batch", options.batch, 1);
  const { backend } = await backendFrom(options, "float64");
  const { loss } = named.fields;
  const data = await loadTestData(dataPath(argument, options.data), {
    label: options.label,
    needsLabel: true,
    ...(options.classes !== undefined && { classes: wholeNumber("--classes", options.classes, 1) }),
    ...(loss !== undefined && { task: buildLoss({ loss }).task }),
  });
  if (data.task === undefined) throw new ArgumentError("--data", "examples with labels", "none");
  if (batch > data.count) throw new ArgumentError("--batch", `at most ${data.count} (all examples)`, String(batch));
  const asked = configurationOf(named, "mlp", data.task === "numbers" ? "meanSquared" : undefined);
  checkLossFields(named, asked);
  const configuration = withCountedWeights(asked, data);
  const { seed, init } = configuration;
  const generator = init === "numpy" ? new MersenneTwister(seed) : undefined;
  const model = buildNetwork(configuration, data.shape, data.outputs, { backend, generator });
  const examples = data.take(batch);
  const targets = targetsOf(backend, examples, model.loss.wantsShares ? undefined : data);
  // Images once as bytes, as training sees them, and once as numbers, so that the input's gradient is checked too.
  const { inputs, columns } = examples;
  const ways: [Row["on"], Matrix][] = [["numbers", numbersOf(backend, examples, data)]];
  if (inputs instanceof Uint8Array) ways.unshift(["pixels", backend.pixels(inputs, columns)]);
  const results: Row[] = [];
  for (const [on, x] of ways) {
    for (const row of await gradientCheck(model, x, targets, { samples, seed })) results.push({ ...row, on });
  }
  const passed = results.every((row) => row.passed) && results.some((row) => row.checked > 0);
  if (options.json) printJson({ passed, batch, results });
  else for (const line of report(results, options.quiet === true, terminalOf(process.stdout))) console.log(line);
  if (!passed) process.exitCode = 3;
}

/** The inputs as a matrix of numbers: pixels from 0 to 1, a table's columns standardised as in training. */
function numbersOf(backend: Backend, { inputs, columns, count: rows }: Dataset, all: Dataset): Matrix {
  const matrix = backend.keep(rows, columns);
  if (inputs instanceof Uint8Array)
    backend.write(
      matrix,
      Array.from(inputs, (p) => p / 255),
    );
  else backend.write(matrix, standardized(inputs, all));
  return matrix;
}

/** Labels, or the numbers to be predicted: by `all` standardised as in training, without it as they are. */
function targetsOf(
  backend: Backend,
  { labels: classes, targets, outputs, count: rows }: Dataset,
  all: Dataset | undefined,
): Labels | Matrix {
  if (targets === undefined) return labels(classes ?? []);
  const matrix = backend.keep(rows, outputs);
  if (all?.targets === undefined) {
    backend.write(matrix, targets);
    return matrix;
  }
  const asInputs = new Dataset({ name: all.name, shape: [outputs], inputs: all.targets });
  backend.write(matrix, standardized(targets, asInputs));
  return matrix;
}

function standardized(values: Float32Array, all: Dataset): number[] {
  const { means, deviations } = standardize(all);
  const columns = all.columns;
  return Array.from(values, (value, at) => (value - (means[at % columns] ?? 0)) / (deviations[at % columns] ?? 1));
}

function report(results: readonly Row[], quiet: boolean, terminal: Terminal): string[] {
  const verdict = verdictOf(results, terminal);
  if (quiet) return verdict;
  const notes = [
    "error: |a − n| / max(|a|, |n|), a by backpropagation, n = (C(w + h) − C(w − h)) / 2h with h = 1e-5. A gradient that " +
      "is too small to be measured in this way is compared with the smallest that can be.",
    "corners: entries left out because a neuron's z changes its sign between w − h and w + h. ReLU has a corner there, and " +
      "no derivative.",
  ].flatMap((note) => wrap(note, terminal.width));
  const rows = terminal.isNarrow ? results.flatMap((row) => listed(row, terminal)) : table(results, terminal);
  return [terminal.style("bold", "Gradient check, in float64"), ...rows, "", ...notes, "", ...verdict];
}

function table(results: readonly Row[], terminal: Terminal): string[] {
  const titles = `${"shape".padStart(11)}${"checked".padStart(9)}${"corners".padStart(9)}${"largest error".padStart(15)}`;
  const rows = results.flatMap((row) => {
    const { on, name, checked, skipped, passed } = row;
    const counts = `${count(checked).padStart(9)}${count(skipped).padStart(9)}`;
    const text = `  ${on.padEnd(8)}${name.padEnd(19)}${row.shape.join(" × ").padStart(11)}${counts}`;
    const line = text + terminal.style(styleOf(row), errorOf(row).padStart(15));
    return passed || checked === 0 ? [line] : [line, ...wrap(worstOf(row), terminal.width, "    ")];
  });
  return [`  ${"input".padEnd(8)}${"parameter".padEnd(19)}${titles}`, ...rows];
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
