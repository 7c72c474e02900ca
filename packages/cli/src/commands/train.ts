/** `inkling train`: trains a network on MNIST, or on other data, and shows what it has learned. */
import type { Command } from "commander";
import { ArgumentError, BugError, type Network } from "inkling";
import { encodeModel } from "inkling/formats";
import { checkWritable } from "inkling/node";
import { buildAugmentation } from "inkling/presets";
import type { Finding } from "inkling/proofs";

import {
  addConfigurationOptions,
  type ConfigurationOptions,
  configurationLine,
  type NamedConfiguration,
  shortConfigurationLine,
  withCountedWeights,
} from "../configuring.ts";
import { DATA, dataPath } from "../data.ts";
import type { RunEvent } from "../following/events.ts";
import {
  addFollowOptions,
  type FollowOptions,
  followersFrom,
  followingOf,
  startOf,
  stillToWrite,
} from "../following/options.ts";
import { factsOf, Machines } from "../machines/machines.ts";
import { addCombineOption } from "../model.ts";
import { addCommonOptions } from "../options.ts";
import { addPictureOptions } from "../pictures.ts";
import { printable } from "../printable.ts";
import { findingLines } from "../report/diagnosis.ts";
import { count, indentOf, type Terminal, terminalOf, titled, wrap } from "../report/terminal.ts";
import { type EpochRecord, epochLines, networkText } from "../report/training.ts";
import { addTableOptions } from "../table-options.ts";
import {
  addBeginOptions,
  type Beginning,
  type BeginOptions,
  beginningLines,
  beginningOf,
  checkEnsembleBegin,
  keeperFor,
  keepingFor,
  recordWith,
} from "../training/beginning.ts";
import { buildFor, fittingBatch, recordFor } from "../training/building.ts";
import { finishedFrom } from "../training/ensemble.ts";
import { serveMembers } from "../training/ensemble-farm.ts";
import { checkTraining } from "../training/learn.ts";
import { checkSame, digestsOf, type Words } from "../training/resuming.ts";
import { isTaken } from "../training/saving.ts";
import { filledIn, prepare, type SetOptions, type Sets } from "../training/sets.ts";
import { checkedEnsemble, reportEnsemble } from "./train-ensemble.ts";
import { reportNetwork } from "./train-network.ts";

type TrainOptions = ConfigurationOptions &
  SetOptions &
  FollowOptions &
  BeginOptions & {
    readonly precision: string;
    readonly out: string;
    readonly verbose?: true;
    readonly diagnose?: true;
    readonly ensemble?: string;
    readonly combine?: string;
  };

/** Declares arguments, options and action of the command. */
export function declareTrain(command: Command): void {
  command
    .argument("[data]", `what to learn from: ${DATA}; MNIST if absent`)
    .optionsGroup("Your data:")
    .option("--data <path>", "the same")
    .option("--label <column>", "the column of a table that is to be learnt: its name, or its index from 0")
    .option(
      "--test <path>",
      "what to test on, of the same kind; if absent, the test examples of a pair, or a tenth of a table or of pictures",
    )
    .option("--classes <n>", "how many classes there are; if absent, the labels say it")
    .addHelpText(
      "after",
      [
        "\nExamples:",
        "  inkling train                                          98 % on MNIST",
        "  inkling train --layers 128,64 --epochs 10 --seed 7",
        "  inkling train --layers 20c5,p2,40c5,p2,100             convolutions of 5 × 5, max pooling of 2 × 2",
        "  inkling train iris.csv --label species                 a table, classes",
        "  inkling train houses.csv --label price                 a table, numbers",
        "  inkling train pets/ --size 32x32                       pictures, one subfolder a class",
        "  inkling train --ensemble 5 --combine vote              five networks, and what most of them say",
        "  mpirun -n 4 inkling train --batch-size 4096            one network on four machines; of an ensemble, each its own",
        "  inkling train --preset original --init numpy --seed 0  the original program, draw for draw",
        "  inkling train --resume model.safetensors.checkpoint    goes on with a training that was stopped",
        "  inkling train --from model.safetensors --epochs 3      a new training, with a model that is there",
        "\nHidden layers of --layers:",
        "  128    a dense layer of 128 neurons",
        "  20c5   a convolution with 20 filters of 5 × 5; 20c5s2: stride 2, 20c5p1: padding 1, 20c5same: as large as the image",
        "  p2     max pooling of 2 × 2; p3s2: stride 2; a2: average pooling; g: the average of each channel",
        "  bn     batch normalisation; the layer before it then has its activation after it",
        "  d0.5   dropout of one half",
      ].join("\n"),
    );
  addPictureOptions(addTableOptions(command));
  command
    .optionsGroup("What is kept, and where a training begins:")
    .option("--out <file>", "where the model is saved", "model.safetensors");
  addBeginOptions(command).optionsGroup("What is shown:");
  addFollowOptions(command)
    .option("--verbose", "print everything: all options, the layers, the scores of each class, more mistakes")
    .option("--diagnose", "at the end, print what the doctor measured of each layer after each epoch")
    .optionsGroup("Several networks:")
    .option("--ensemble <n>", "train so many networks, from seeds that come from --seed, and save them as one model");
  addCombineOption(command, "mean if absent").optionsGroup("The network and its training:");
  addConfigurationOptions(command, "training")
    .option("--precision <name>", "float32, or float64, for checking", "float32")
    .optionsGroup("How it runs:");
  addCommonOptions(command).action(async (argument: string | undefined, options: TrainOptions) => {
    const data = dataPath(argument, options.data);
    const named = Object.entries(options).filter(([name]) => command.getOptionValueSource(name) === "cli");
    const given: Words = { ...Object.fromEntries(named), ...(data !== undefined && { data }) };
    const machines = await Machines.of();
    let beginning: Beginning<TrainOptions> | undefined;
    try {
      const takes = machines?.isFirst ?? true;
      beginning = await beginningOf({ ...options, ...(data !== undefined && { data }) }, given, { takes });
      await run(beginning, given, machines);
    } catch (error) {
      // Of a training that goes on the directory is taken already.
      await beginning?.resumed?.keeper.close();
      throw machines?.failed(error, beginning?.options.ensemble !== undefined) ?? error;
    }
  });
}

async function run(beginning: Beginning<TrainOptions>, given: Words, machines: Machines | undefined): Promise<void> {
  const { options, named, backend, reason, resumed, first } = beginning;
  checkEnsembleBegin(options);
  if (machines) checkShared(options);
  // Of an ensemble each machine trains networks of its own.
  if (options.ensemble === undefined) machines?.join(backend);
  // Of several machines the first alone says, writes and keeps.
  const isFirst = machines?.isFirst ?? true;
  const terminal = terminalOf(process.stdout);
  const say = (...lines: string[]) => {
    if (isFirst && !options.json && !options.quiet) for (const line of lines) console.log(line);
  };

  const { configuration: asked, sets: found } = await prepare(named, {
    ...options,
    model: options.from === undefined ? undefined : first,
  });
  const sets = filledIn(found);
  const fitting = { ...asked, batchSize: fittingBatch(asked, named, sets.train) };
  const configuration = withCountedWeights(fitting, sets.train);
  // Refused now where the examples are no images, before anything is said.
  buildAugmentation(configuration)?.warpFor("train", sets.train, configuration.seed);
  if (resumed) await checkSame(resumed, configuration, sets);
  const model = first ?? buildFor(sets, configuration, backend);
  const ensemble = checkedEnsemble(options, model, configuration);
  const finished = resumed && ensemble ? finishedFrom(resumed.path, resumed.found) : [];
  const seed = ensemble?.seeds[finished.length] ?? configuration.seed;
  const resume = resumed && { state: resumed.found.state, learned: resumed.learned };
  checkTraining(model, sets, { ...configuration, seed }, resume);
  if (isFirst) await checkWritable(options.out, (ensemble?.seeds.length ?? 1) * (await encodeModel(model)).length);

  const isOver = ensemble === undefined && resumed?.learned.latest?.ended !== undefined;
  const followed = isOver ? await stillToWrite(options) : options;
  const followers = isFirst ? await followersFrom({ ...followed, out: options.out }, sets.test) : [];
  const events = followingOf(followers, model, followed);
  const keeper = isFirst ? await keeperFor(beginning) : undefined;
  const keeping = keeper && keepingFor(keeper, beginning, given, configuration, sets);

  if (machines) {
    const { latest, owed } = resumed?.learned ?? {};
    const place = JSON.stringify([latest?.epoch ?? 0, latest?.step ?? 0, owed !== undefined]);
    machines.start({
      ...(await factsOf(model, configuration, await digestsOf(sets))),
      place,
      ensemble: String(ensemble?.seeds.length),
    });
  }
  for (const [title, sentence] of isFirst ? await beginningLines(beginning) : []) {
    if (options.json || options.quiet) console.error(`${title}: ${sentence}`);
    say(...titled(title, sentence, terminal));
  }
  say(...openingLines(model, sets, configuration, options, reason, terminal));
  if (machines) say(...machinesLines(machines, configuration, sets, options.ensemble, terminal));
  if (await isTaken(options.out)) {
    say(...titled("Saving", `over ${printable(options.out)}, which is there already`, terminal));
  }
  const columns = {
    hasAccuracy: model.loss.task === "classes",
    hasValidation: sets.validation !== undefined,
    isMeasuredAfter: configuration.batchSize === "full",
  };
  const following = (own: NamedConfiguration) => ({
    found: (all: readonly Finding[]) => say(...all.flatMap((finding) => findingLines(finding, terminal))),
    live: isFirst && !options.quiet && !options.json,
    record: recordWith(recordFor(own, sets, backend), beginning),
    events,
    afterEpoch: (record: EpochRecord, isLast: boolean) => {
      if (isLast || isWorthALine(record.epoch, configuration.epochs)) say(...epochLines(record, columns, terminal));
    },
  });
  const reporting = { options, columns, terminal, say, events };
  const begun = () => startOf(model, sets, configuration, options, ensemble?.seeds.length);
  await events.start(begun, ensemble === undefined ? resumed?.learned.history : undefined);
  if (ensemble !== undefined) {
    // The first network has the seed itself.
    const build = (own: NamedConfiguration) =>
      own.seed === configuration.seed && !resumed ? model : buildFor(sets, own, backend);
    const isFollowed = options.log !== undefined || options.report !== undefined;
    const recorded = (take: (event: RunEvent) => void) =>
      followingOf(isFollowed ? [{ take, lines: () => [], close() {} }] : [], model, options);
    const training = { ...ensemble, build, following, recorded, backend, out: options.out };
    if (machines && !isFirst) return serveMembers(machines, sets, configuration, training);
    if (keeping === undefined) throw new BugError("an ensemble without a keeper.");
    const plan = { ...training, keeping, ...(resume && { resume: { ...resume, finished, model } }) };
    await reportEnsemble(sets, configuration, plan, reporting, machines);
    return machines?.letGo(0);
  }
  const plan = {
    ...{ ...following(configuration), out: options.out },
    ...(keeping && { keeping }),
    ...(machines && { machines }),
    ...(resume && { resume }),
  };
  return reportNetwork(model, sets, configuration, plan, reporting);
}

/** Long trainings print the epochs 1, 2, 3, 5, 10, then every tenth of them. */
function isWorthALine(epoch: number, epochs: number): boolean {
  if (epochs <= 12) return true;
  return [1, 2, 3, 5, epochs].includes(epoch) || epoch % Math.ceil(epochs / 10) === 0;
}

/** Throws an ArgumentError for what several machines cannot do together. */
function checkShared({ ensemble, precision, ...options }: TrainOptions): void {
  const advice = "Add --no-mpi, or start it without mpirun.";
  if (ensemble === undefined) {
    if (precision === "float32") return;
    throw new ArgumentError("--precision", "float32 on several machines", precision, advice);
  }
  // A checkpoint is of one training under way, and TensorBoard's files have its weights after each epoch.
  for (const name of ["resume", "checkpoint", "tensorboard"] as const) {
    if (options[name] === undefined) continue;
    throw new ArgumentError(`--${name}`, "no --ensemble beside it on several machines", "one", advice);
  }
}

/** With which machines it is trained, and whether all of them have work. */
function machinesLines(
  machines: Machines,
  { batchSize }: NamedConfiguration,
  { train }: Sets,
  ensemble: string | undefined,
  terminal: Terminal,
): string[] {
  const idle = ensemble === undefined ? machines.idleText(batchSize === "full" ? train.count : batchSize) : undefined;
  const sentences = [machines.text, ...(idle === undefined ? [] : [idle])];
  return sentences.flatMap((sentence, i) =>
    i === 0 ? titled("Machines", printable(sentence), terminal) : wrap(sentence, terminal.width, indentOf(terminal)),
  );
}

/** What is trained, on what, how and where. */
function openingLines(
  model: Network,
  sets: Sets,
  configuration: NamedConfiguration,
  options: TrainOptions,
  reason: string,
  terminal: Terminal,
): string[] {
  const { verbose } = options;
  const summary = verbose ? model.summary().split("\n") : [];
  const [short = reason] = reason.replace(" backend", "").split(":");
  const how = verbose ? `on ${reason}` : `${shortConfigurationLine(configuration)}, on ${short}`;
  return [
    ...(verbose ? titled("Options", configurationLine(configuration), terminal) : []),
    ...dataLines(sets, configuration, options, terminal),
    ...titled("Network", networkText(model), terminal),
    ...summary.map((line) => `  ${printable(line)}`),
    ...titled("Training", how, terminal),
  ];
}

function dataLines(sets: Sets, { preset }: NamedConfiguration, options: TrainOptions, terminal: Terminal): string[] {
  const { train, validation, test, notes } = sets;
  const parts = [
    `${count(train.count)} to train on (${printable(train.name)})`,
    ...(validation ? [`${count(validation.count)} for validation`] : []),
    test ? `${count(test.count)} to test on (${printable(test.name)})` : "none to test on",
  ];
  const lines = titled("Data", parts.join(", "), terminal);
  const remarks = [...notes];
  if (preset === "original" && options.data === undefined) {
    remarks.push(
      "The original read Kaggle's train.csv. Here the first 42,000 training images of MNIST stand in for it: another " +
        "draw of the same digits. With that file: --data train.csv.",
    );
  }
  const indent = indentOf(terminal);
  return [...lines, ...remarks.flatMap((remark) => wrap(printable(remark), terminal.width, indent))];
}
