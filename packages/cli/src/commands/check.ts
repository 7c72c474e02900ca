/** `inkling check`: is the gradient of this architecture right? Backpropagation against central differences. */
import { Command } from "commander";
import {
  ArgumentError,
  buildNetwork,
  type GradientCheckRow,
  gradientCheck,
  inOrder,
  Labels,
  MersenneTwister,
} from "inkling";
import { addConfigurationOptions, type ConfigurationOptions, configurationFrom } from "../configuring.ts";
import { loadTestData } from "../data.ts";
import { addCommonOptions, backendFrom, wholeNumber } from "../options.ts";
import { count, type Terminal, terminalOf } from "../report/terminal.ts";
import { wrap } from "../report/training.ts";

interface CheckOptions extends ConfigurationOptions {
  readonly data?: string;
  readonly samples: string;
  readonly batch: string;
  readonly classes: string;
}

export function checkCommand(): Command {
  const command = new Command("check")
    .description("Check the gradient of an architecture: backpropagation against central differences, in float64.")
    .option("--samples <n>", 'entries of each parameter to check, drawn by the seed, or "all"', "200")
    .option("--batch <n>", "images in the batch that it is checked on", "4")
    .option("--data <path>", "where the images come from; MNIST if absent")
    .option("--classes <n>", "how many classes the labels have", "10")
    .addHelpText("after", "\nExample:\n  inkling check --layers 30,20 --activation tanh --samples 500");
  addConfigurationOptions(command, false);
  return addCommonOptions(command).action((options: CheckOptions) => run(options));
}

async function run(options: CheckOptions): Promise<void> {
  const { configuration } = await configurationFrom(options);
  const { seed, init } = configuration;
  const samples = options.samples === "all" ? Number.POSITIVE_INFINITY : wholeNumber("--samples", options.samples, 1);
  const rows = wholeNumber("--batch", options.batch, 1);
  const { backend } = backendFrom(options, "float64");
  const data = await loadTestData(options.data, wholeNumber("--classes", options.classes, 1));
  const { labels: classes } = data;
  if (classes === undefined) throw new ArgumentError("--data", "examples with labels", "none");
  if (rows > data.count) throw new ArgumentError("--batch", `at most ${data.count} (all examples)`, String(rows));

  const generator = init === "numpy" ? new MersenneTwister(seed) : undefined;
  const model = buildNetwork(configuration, data.shape, data.classes, backend, generator);
  const order = inOrder(rows);
  const labels = new Labels(classes, order, 0, rows);
  const batch = data.take(rows);
  // Once on bytes, as training sees them, and once on numbers, so that the input's gradient is checked too.
  const numbers = backend.keep(rows, data.columns);
  backend.write(
    numbers,
    Array.from(batch.inputs, (p) => (batch.inputs instanceof Uint8Array ? p / 255 : p)),
  );
  const results: (GradientCheckRow & { on: string })[] = [];
  if (batch.inputs instanceof Uint8Array) {
    const pixels = backend.pixels(batch.inputs, data.columns);
    for (const row of await gradientCheck(model, pixels, labels, { samples, seed }))
      results.push({ ...row, on: "pixels" });
  }
  for (const row of await gradientCheck(model, numbers, labels, { samples, seed }))
    results.push({ ...row, on: "numbers" });

  const passed = results.every((row) => row.passed) && results.some((row) => row.checked > 0);
  if (options.json) console.log(JSON.stringify({ passed, batch: rows, results }));
  else for (const line of table(results, options.quiet === true, terminalOf(process.stdout))) console.log(line);
  if (!passed) process.exitCode = 3;
}

function table(results: readonly (GradientCheckRow & { on: string })[], quiet: boolean, terminal: Terminal): string[] {
  const verdict = verdictOf(results, terminal);
  if (quiet) return [verdict];
  const titles = `${"shape".padStart(11)}${"checked".padStart(9)}${"kinks".padStart(7)}${"largest error".padStart(15)}`;
  const rows = results.map((row) => {
    const { checked, skipped, largestError, worst, passed } = row;
    const shape = row.shape.join(" × ").padStart(11);
    const text = `  ${row.on.padEnd(8)}${row.name.padEnd(19)}${shape}${count(checked).padStart(9)}${count(skipped).padStart(7)}`;
    if (checked === 0) return `${text}${terminal.style("yellow", "not checked".padStart(15))}`;
    const error = largestError.toExponential(1).padStart(15);
    const where = `  at (${worst.row}, ${worst.column}): ${worst.analytic} by backpropagation, ${worst.numeric} by difference`;
    return `${text}${terminal.style(passed ? "green" : "red", error)}${passed ? "" : where}`;
  });
  const notes = [
    "error: |a − n| / max(|a|, |n|), a by backpropagation, n = (C(w + h) − C(w − h)) / 2h with h = 1e-5; of a gradient " +
      "too small to be measured so, relative to the smallest that can be.",
    "kinks: entries left out because a neuron changes sides between w − h and w + h.",
  ].flatMap((note) => wrap(note, terminal.width));
  return [
    terminal.style("bold", "Gradient check, in float64"),
    `  ${"input".padEnd(8)}${"parameter".padEnd(19)}${titles}`,
    ...rows,
    "",
    ...notes,
    "",
    verdict,
  ];
}

function verdictOf(results: readonly GradientCheckRow[], terminal: Terminal): string {
  if (!results.every((row) => row.passed)) return terminal.style(["bold", "red"], "The gradient is wrong.");
  if (results.every((row) => row.checked === 0)) return terminal.style("yellow", "Nothing could be checked.");
  return terminal.style(["bold", "green"], "The gradient is right: every relative error is at most 1e-6.");
}
