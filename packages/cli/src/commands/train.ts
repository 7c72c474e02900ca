/** `inkling train`: trains a network on MNIST, or on other data, and shows what it has learned. */
import { writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import {
  ArgumentError,
  buildNetwork,
  type Dataset,
  type Evaluation,
  encodeModel,
  evaluate,
  FileError,
  type Network,
  type Precision,
} from "inkling";
import { checkWritable, save } from "inkling/node";
import {
  addConfigurationOptions,
  type ConfigurationOptions,
  configurationFrom,
  type NamedConfiguration,
} from "../configuring.ts";
import { onInterrupt } from "../interrupt.ts";
import { addCommonOptions, backendFrom } from "../options.ts";
import { confusionLines, mistakeLines, perClassLines } from "../report/evaluation.ts";
import { count, percent, type Terminal, terminalOf } from "../report/terminal.ts";
import {
  configurationLine,
  type EpochRecord,
  epochLine,
  lossCurve,
  networkLines,
  resultLines,
  wrap,
} from "../report/training.ts";
import { learn } from "../training/learn.ts";
import { prepareSets, type SetOptions, type Sets } from "../training/sets.ts";

interface TrainOptions extends ConfigurationOptions, SetOptions {
  readonly precision: string;
  readonly out: string;
}

export function trainCommand(): Command {
  const command = new Command("train")
    .description("Train a network: on MNIST with no argument, live, and with a report at the end.")
    .option("--data <path>", "a directory with the four IDX files, or a CSV file as Kaggle's; MNIST if absent")
    .option("--test <path>", "what to test on, where --data is a CSV file")
    .option("--classes <n>", "how many classes the labels have", "10")
    .option("--precision <name>", "float32, or float64 for proofs", "float32")
    .option("--out <file>", "where the model is saved", "model.safetensors")
    .addHelpText(
      "after",
      [
        "\nExamples:",
        "  inkling train                                     98 % on MNIST  ",
        "  inkling train --layers 128,64 --epochs 10 --seed 7",
        "  inkling train --preset seed --init numpy --seed 0 the original program, draw for draw",
        "  inkling train --data train.csv --validation 2000 --out digits.safetensors",
      ].join("\n"),
    );
  addConfigurationOptions(command, true);
  return addCommonOptions(command).action((options: TrainOptions) => run(options));
}

async function run(options: TrainOptions): Promise<void> {
  const { configuration: asked, named } = await configurationFrom(options);
  if (options.precision !== "float32" && options.precision !== "float64") {
    throw new ArgumentError("--precision", "float32 or float64", options.precision);
  }
  const { backend, reason } = backendFrom(options, options.precision as Precision);
  const terminal = terminalOf(process.stdout);
  const say = (...lines: string[]) => {
    if (!options.json && !options.quiet) for (const line of lines) console.log(line);
  };

  const sets = await prepareSets(asked, named, options);
  const configuration = { ...asked, batchSize: fittingBatch(asked, named, sets.train) };
  const model = buildNetwork(configuration, sets.train.shape, sets.train.classes, backend, sets.generator);
  await checkWritable(options.out, (await encodeModel(model)).length);

  say(terminal.style("bold", "Configuration"), ...wrap(configurationLine(configuration), terminal.width));
  say("", ...dataLines(sets, configuration, options, terminal), "", ...networkLines(model, terminal), "");
  say(terminal.style("bold", "Training"), ...wrap(`on the ${reason}`, terminal.width));
  const worthALine = (epoch: number) => isWorthALine(epoch, configuration.epochs);
  const {
    history,
    final: trained,
    seconds,
    wasInterrupted,
  } = await learn(model, sets, configuration, {
    out: options.out,
    live: !options.quiet && !options.json,
    record: { ...configuration, precision: backend.precision, backend: backend.name, arithmetic: backend.arithmetic },
    worthALine,
    afterEpoch: (record) => {
      if (worthALine(record.epoch)) say(epochLine(record, configuration.epochs, terminal));
    },
  });
  say(...lossCurve(history, terminal));
  // Saved before anything else is measured or printed, and once more with what was measured.
  const out = await saveSomewhere(model, options.out);
  if (wasInterrupted()) {
    writeSync(2, `Interrupted after the training. The model is in ${out}.\n`);
    process.exit(130);
  }
  onInterrupt();
  const tested = sets.test && (await evaluate(model, sets.test));
  const validation = lastValidation(history);
  if (model.training !== undefined) {
    const metrics = { loss: trained.loss, trainAccuracy: trained.accuracy, ...validation };
    const test = tested && { testLoss: tested.loss, testAccuracy: tested.accuracy };
    model.training = { ...model.training, metrics: { ...metrics, ...test } };
  }
  await save(model, out);
  const weightsSha256 = await model.weightsSha256();

  if (options.json) {
    const json = {
      testAccuracy: tested?.accuracy ?? null,
      trainAccuracy: trained.accuracy,
      loss: trained.loss,
      testLoss: tested?.loss ?? null,
      ...validation,
      epochs: configuration.epochs,
      seconds,
      weightsSha256,
      backend: backend.name,
      threads: backend.threads,
      arithmetic: backend.arithmetic,
      precision: backend.precision,
      seed: configuration.seed,
      modelFile: out,
      configuration,
      history,
      confusion: tested?.confusion ?? null,
    };
    console.log(JSON.stringify(json));
    return;
  }
  if (tested && sets.test) {
    say("", ...confusionLines(tested, terminal), "", ...perClassLines(tested, terminal), "");
    say(...mistakeLines(tested, sets.test, terminal));
  }
  console.log(resultLines(trained, tested, seconds, terminal).join("\n"));
  if (!tested) console.log("Test accuracy unknown: a CSV file has no test images. Name some with --test.");
  if (configuration.preset === "seed") say(...seedLines(trained, tested, history));
  console.log(`Model saved in ${out}`);
  console.log(`Weights SHA-256 ${weightsSha256}`);
}

/** Saves the model where it was to go; if that place has gone meanwhile, where there is one, and says so. */
async function saveSomewhere(model: Network, out: string): Promise<string> {
  try {
    await save(model, out);
    return out;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const refuge = join(tmpdir(), `inkling-${process.pid}.safetensors`);
    await save(model, refuge);
    console.error(`${error.message} The model is in ${refuge} instead.`);
    process.exitCode = 2;
    return refuge;
  }
}

/** A batch that was named must fit the data; a preset's is cut to it. */
function fittingBatch({ batchSize }: NamedConfiguration, named: ReadonlySet<string>, train: Dataset): number | "full" {
  if (batchSize === "full" || batchSize <= train.count) return batchSize;
  if (!named.has("batchSize")) return train.count;
  const expected = `at most ${train.count} (all training examples)`;
  throw new ArgumentError("--batch-size", expected, String(batchSize), 'Use "full" for all.');
}

/** Long trainings print the epochs 1, 2, 3, 5, 10, then every tenth of them. */
function isWorthALine(epoch: number, epochs: number): boolean {
  if (epochs <= 30) return true;
  return [1, 2, 3, 5, epochs].includes(epoch) || epoch % Math.ceil(epochs / 10) === 0;
}

function lastValidation(history: readonly EpochRecord[]): { validationLoss?: number; validationAccuracy?: number } {
  const { validationLoss, validationAccuracy } = history.at(-1) ?? {};
  if (validationLoss === undefined || validationAccuracy === undefined) return {};
  return { validationLoss, validationAccuracy };
}

function dataLines(sets: Sets, configuration: NamedConfiguration, options: TrainOptions, terminal: Terminal): string[] {
  const { train, validation, test } = sets;
  const parts = [
    `${count(train.count)} examples to train on (${train.name})`,
    ...(validation ? [`${count(validation.count)} for validation`] : []),
    test ? `${count(test.count)} to test on (${test.name})` : "none to test on",
  ];
  const lines = [terminal.style("bold", "Data"), ...wrap(parts.join(", "), terminal.width)];
  if (configuration.preset === "seed" && options.data === undefined) {
    const note =
      "The original read Kaggle's train.csv. Here the first 42,000 training images of MNIST stand in: a different draw " +
      "of the same digits. With that file: --data train.csv.";
    lines.push(...wrap(note, terminal.width));
  }
  return lines;
}

/** What the seed's experiment found, beside what its author reported. */
function seedLines(train: Evaluation, test: Evaluation | undefined, history: readonly EpochRecord[]): string[] {
  const validation = history.at(-1)?.validationAccuracy;
  return [
    "",
    "The original reported around 85 %. Found here:",
    `  ${percent(train.accuracy)} on the training images, ${validation === undefined ? "–" : percent(validation)} on the validation images,`,
    `  ${test ? percent(test.accuracy) : "–"} on test images that the original never used.`,
    "At η = 1 this training is chaotic: other seeds end between 66 and 86 % (docs/seed-experiment.md).",
    "",
  ];
}
