/** `inkling train`: trains a network on MNIST, or on other data, and shows what it has learned. */
import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { Command } from "commander";
import {
  ArgumentError,
  buildNetwork,
  buildOptimizer,
  type Configuration,
  type Dataset,
  DivergenceError,
  type Evaluation,
  encodeModel,
  evaluate,
  inOrder,
  MersenneTwister,
  type Network,
  type Precision,
  type Progress,
  train,
} from "inkling";
import { checkWritable, mnist, writeWhole } from "inkling/node";
import { addConfigurationOptions, type ConfigurationOptions, configurationFrom } from "../configuring.ts";
import { loadData, loadTestData } from "../data.ts";
import { addCommonOptions, backendFrom, wholeNumber } from "../options.ts";
import { ProgressBar } from "../progress.ts";
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

interface TrainOptions extends ConfigurationOptions {
  readonly data?: string;
  readonly test?: string;
  readonly classes: string;
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
        "  inkling train                                     97.8 % on MNIST",
        "  inkling train --layers 128,64 --epochs 10 --seed 7",
        "  inkling train --preset seed --init numpy --seed 0 the original program, draw for draw",
        "  inkling train --data train.csv --validation 2000 --out digits.safetensors",
      ].join("\n"),
    );
  addConfigurationOptions(command, true);
  return addCommonOptions(command).action((options: TrainOptions) => run(options));
}

/** The sets of one training. */
interface Sets {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly test: Dataset | undefined;
  /** NumPy's generator after the shuffle of the rows, for --init numpy. */
  readonly generator: MersenneTwister | undefined;
}

async function run(options: TrainOptions): Promise<void> {
  const configuration = await configurationFrom(options);
  if (options.precision !== "float32" && options.precision !== "float64") {
    throw new ArgumentError("--precision", "float32 or float64", options.precision);
  }
  const { backend, reason } = backendFrom(options, options.precision as Precision);
  const terminal = terminalOf(process.stdout);
  const say = (...lines: string[]) => {
    if (!options.json && !options.quiet) for (const line of lines) console.log(line);
  };

  const sets = await prepareData(configuration, options);
  const model = buildNetwork(configuration, sets.train.shape, sets.train.classes, backend, sets.generator);
  await checkWritable(options.out, (await encodeModel(model)).length);

  say(terminal.style("bold", "Configuration"), ...wrap(configurationLine(configuration), terminal.width));
  say("", ...dataLines(sets, configuration, options, terminal), "", ...networkLines(model, terminal), "");
  say(terminal.style("bold", "Training"), ...wrap(`on the ${reason}`, terminal.width));

  const outcome = await learn(model, sets, configuration, options, (record) => {
    say(...(worthALine(record.epoch, configuration.epochs) ? [epochLine(record, configuration.epochs, terminal)] : []));
  });
  const { history, seconds } = outcome;
  say(...lossCurve(history, terminal));

  const trained = await measured(model, sets.train);
  const tested = sets.test && (await measured(model, sets.test));
  if (model.training !== undefined) {
    model.training = {
      ...model.training,
      configuration: {
        ...configuration,
        precision: options.precision,
        backend: backend.name,
        arithmetic: backend.arithmetic,
      },
      metrics: {
        loss: trained.loss,
        trainAccuracy: trained.accuracy,
        ...lastValidation(history),
        ...(tested && { testLoss: tested.loss, testAccuracy: tested.accuracy }),
      },
    };
  }
  const weightsSha256 = await model.weightsSha256();
  await writeWhole(options.out, await encodeModel(model));

  if (options.json) {
    const json = {
      testAccuracy: tested?.accuracy ?? null,
      trainAccuracy: trained.accuracy,
      loss: trained.loss,
      testLoss: tested?.loss ?? null,
      ...lastValidation(history),
      epochs: configuration.epochs,
      seconds,
      weightsSha256,
      backend: backend.name,
      threads: backend.threads,
      arithmetic: backend.arithmetic,
      precision: backend.precision,
      seed: configuration.seed,
      modelFile: options.out,
      configuration,
      history,
      confusion: tested?.confusion ?? null,
    };
    console.log(JSON.stringify(json));
    return;
  }
  if (tested && sets.test && !options.quiet) {
    say("", ...confusionLines(tested, terminal), "", ...perClassLines(tested, terminal), "");
    say(...mistakeLines(tested, sets.test, terminal));
  }
  console.log(resultLines(trained, tested, seconds, terminal).join("\n"));
  if (!tested) console.log("Test accuracy unknown: a CSV file has no test images. Name some with --test.");
  if (configuration.preset === "seed") say(...seedLines(trained, tested, history));
  console.log(`Model saved in ${options.out}`);
  console.log(`Weights SHA-256 ${weightsSha256}`);
}

/** Loads the data, takes the examples that the configuration asks for and holds out those for validation. */
async function prepareData(configuration: Configuration & { preset: string }, options: TrainOptions): Promise<Sets> {
  const classes = wholeNumber("--classes", options.classes, 1);
  const { init, seed, validation, examples, preset } = configuration;
  const data = await loadData(options.data, classes);
  let all = "only" in data ? data.only : data.train;
  if (all.labels === undefined) {
    throw new ArgumentError("--data", "examples with labels", `${all.name} without a column "label"`);
  }
  let test = "only" in data ? undefined : data.test;
  if (options.test !== undefined) test = await loadTestData(options.test, classes);
  // The seed's experiment is tested on the 10,000 images that the original never used, whatever file it learns from.
  else if (preset === "seed" && test === undefined) test = (await mnist()).test;
  if (examples !== "all") all = all.take(examples);
  const generator = init === "numpy" ? new MersenneTwister(seed) : undefined;
  if (generator === undefined && validation === 0) return { train: all, validation: undefined, test, generator };
  if (validation >= all.count) {
    throw new ArgumentError("--validation", `fewer than the ${all.count} training examples`, String(validation));
  }
  let by: number | Uint32Array = seed;
  if (generator !== undefined) {
    by = inOrder(all.count);
    generator.shuffle(by);
    if (validation === 0) return { train: all.pick(by), validation: undefined, test, generator };
  }
  const split = all.split(validation, by);
  return { train: split.train, validation: split.validation, test, generator };
}

/** Trains to the end, shows how it goes, and saves what there is when it is interrupted or diverges. */
async function learn(
  model: Network,
  sets: Sets,
  configuration: Configuration,
  options: TrainOptions,
  afterEpoch: (record: EpochRecord) => void,
): Promise<{ history: EpochRecord[]; seconds: number }> {
  const { epochs, batchSize, seed } = configuration;
  const bar = new ProgressBar(epochs, options.quiet === true || options.json === true);
  const history: EpochRecord[] = [];
  let lastEpoch: Uint8Array | undefined;
  let interrupted = false;
  const interrupt = () => {
    // The second time it is meant at once.
    if (interrupted) process.exit(130);
    interrupted = true;
  };
  process.removeAllListeners("SIGINT").on("SIGINT", interrupt);
  process.removeAllListeners("SIGTERM").on("SIGTERM", interrupt);

  const optimizer = buildOptimizer(configuration);
  let latest: Progress | undefined;
  let breathed = performance.now();
  try {
    const { validation } = sets;
    for await (latest of train(model, sets.train, {
      epochs,
      batchSize,
      seed,
      optimizer,
      every: "step",
      ...(validation && { validation }),
    })) {
      bar.update(latest);
      if (latest.epochEnded) {
        // With the full batch, what training measures is from before its only step.
        const after = batchSize === "full" ? await measured(model, sets.train) : latest;
        const record: EpochRecord = {
          epoch: latest.epoch,
          loss: after.loss,
          accuracy: after.accuracy,
          ...(latest.validation && {
            validationLoss: latest.validation.loss,
            validationAccuracy: latest.validation.accuracy,
          }),
          seconds: latest.seconds,
        };
        history.push(record);
        lastEpoch = await encodeModel(model);
        if (worthALine(latest.epoch, epochs)) bar.clear();
        afterEpoch(record);
      }
      // Signals and the terminal get their turn.
      if (latest.epochEnded || performance.now() - breathed > 50) {
        await setImmediate();
        breathed = performance.now();
      }
      if (interrupted) break;
    }
  } catch (error) {
    bar.clear();
    if (!(error instanceof DivergenceError)) throw error;
    await writeWhole(options.out, await encodeModel(model));
    error.message += ` The weights from before epoch ${error.epoch} are in ${options.out}.`;
    throw error;
  }
  bar.clear();
  if (interrupted) await leave(latest, history.length, lastEpoch, options.out);
  return { history, seconds: latest?.seconds ?? 0 };
}

/** Ends an interrupted training: the weights after the last whole epoch are saved, then exit 130. */
async function leave(
  at: Progress | undefined,
  done: number,
  lastEpoch: Uint8Array | undefined,
  out: string,
): Promise<never> {
  const where = at ? `in epoch ${at.epoch}, step ${at.step}` : "before the first step";
  if (lastEpoch === undefined) {
    writeSync(2, `Interrupted ${where}. No epoch was complete, so nothing was saved.\n`);
  } else {
    await writeWhole(out, lastEpoch);
    writeSync(2, `Interrupted ${where}. The weights after epoch ${done} are in ${out}.\n`);
  }
  process.exit(130);
}

/** An evaluation whose loss must be a number: after training, weights that only look finite are a divergence too. */
async function measured(model: Network, data: Dataset): Promise<Evaluation> {
  return evaluate(model, data);
}

/** Long trainings print the epochs 1, 2, 3, 5, 10, then every tenth of them. */
function worthALine(epoch: number, epochs: number): boolean {
  if (epochs <= 30) return true;
  return [1, 2, 3, 5, epochs].includes(epoch) || epoch % Math.ceil(epochs / 10) === 0;
}

function lastValidation(history: readonly EpochRecord[]): { validationLoss?: number; validationAccuracy?: number } {
  const { validationLoss, validationAccuracy } = history.at(-1) ?? {};
  if (validationLoss === undefined || validationAccuracy === undefined) return {};
  return { validationLoss, validationAccuracy };
}

function dataLines(
  sets: Sets,
  configuration: Configuration & { preset: string },
  options: TrainOptions,
  terminal: Terminal,
): string[] {
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
