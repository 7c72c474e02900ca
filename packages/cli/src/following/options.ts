/** The options of those who follow a training, and what each of them opens before it begins. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { ArgumentError, type Dataset, type Network, version } from "inkling";
import { fieldNames } from "inkling/presets";
import { configurationLine, type NamedConfiguration } from "../configuring.ts";
import { wholeNumber } from "../options.ts";
import { optionWords } from "../report/command-line.ts";
import { quoted } from "../report/next.ts";
import { networkText } from "../report/training.ts";
import type { SetOptions, Sets } from "../training/sets.ts";
import type { SetRecord, StartEvent } from "./events.ts";
import { type Follower, Following } from "./following.ts";

export interface FollowOptions {
  readonly report?: string;
  readonly log?: string;
  readonly logEvery?: string;
  readonly tensorboard?: string;
}

/** Adds the options. */
export function addFollowOptions(command: Command): Command {
  return command
    .option("--report <file>", "at the end, write a page: curves, confusions, mistakes, weights, how to repeat it")
    .option("--log <file>", "write what happens as it happens, one JSON object a line; a log that is there goes on")
    .option("--tensorboard <directory>", "write event files for TensorBoard, each run in a directory of its own in it")
    .option(
      "--log-every <steps>",
      "steps between two lines of --log, and points of --tensorboard; ten an epoch if absent",
    );
}

/** The followers that the options name. Throws an InklingError for what cannot be written, or is named twice. */
export async function followersFrom(
  options: FollowOptions & { readonly out: string },
  test: Dataset | undefined,
): Promise<Follower[]> {
  const { report, log, tensorboard, logEvery, out } = options;
  if (logEvery !== undefined && log === undefined && tensorboard === undefined) {
    throw new ArgumentError("--log-every", "--log or --tensorboard beside it", "neither", "Add --log run.jsonl.");
  }
  checkApart({ "--out": out, "--report": report, "--log": log });
  const followers: Follower[] = [];
  if (report !== undefined) {
    const { checkReport, reportInto } = await import("./report.ts");
    await checkReport(report);
    followers.push(reportInto(report, test));
  }
  if (log !== undefined) followers.push((await import("./log.ts")).logInto(log));
  if (tensorboard !== undefined) followers.push((await import("./tensorboard.ts")).tensorBoardInto(tensorboard));
  return followers;
}

/**
 * What is still to be written of a training that was over before it was resumed: only what is not there. It followed
 * every step; what would be written now has the end alone.
 */
export async function stillToWrite(options: FollowOptions): Promise<FollowOptions> {
  const isThere = async (path: string | undefined) => path !== undefined && (await stat(path).catch(() => undefined));
  const { report, log, logEvery, tensorboard } = options;
  const [hasReport, hasLog, hasEvents] = await Promise.all([report, log, tensorboard].map(isThere));
  const isFollowed = (log !== undefined && !hasLog) || (tensorboard !== undefined && !hasEvents);
  return {
    ...(report !== undefined && !hasReport && { report }),
    ...(log !== undefined && !hasLog && { log }),
    ...(tensorboard !== undefined && !hasEvents && { tensorboard }),
    ...(logEvery !== undefined && isFollowed && { logEvery }),
  };
}

/** Throws an ArgumentError where two options name one file: the later would take the place of the other. */
function checkApart(files: Readonly<Record<string, string | undefined>>): void {
  const seen = new Map<string, string>();
  for (const [flag, path] of Object.entries(files)) {
    if (path === undefined) continue;
    const other = seen.get(resolve(path));
    if (other !== undefined) throw new ArgumentError(flag, `another file than ${other}`, path);
    seen.set(resolve(path), flag);
  }
}

/** A following of the training of a network, with the steps between two events that the options ask for. */
export function followingOf(followers: readonly Follower[], model: Network, { logEvery }: FollowOptions): Following {
  const every = logEvery === undefined ? undefined : wholeNumber("--log-every", logEvery, 1);
  return new Following(followers, model, every);
}

interface Starting extends SetOptions, FollowOptions {
  readonly out: string;
  readonly precision: string;
}

/** What is said of a training before its first step. Takes the digests of the data. */
export async function startOf(
  model: Network,
  sets: Sets,
  configuration: NamedConfiguration,
  options: Starting,
  ensemble?: number,
): Promise<StartEvent> {
  const { backend, parameters } = model;
  const { train, validation, test } = sets;
  return {
    event: "start",
    time: new Date().toISOString(),
    version,
    command: repeating(options, configuration),
    network: networkText(model),
    parameters: parameters.reduce((sum, { value }) => sum + value.rows * value.columns, 0),
    data: {
      train: await recordOf(train),
      ...(validation && { validation: await recordOf(validation) }),
      ...(test && { test: await recordOf(test) }),
    },
    configuration,
    seed: configuration.seed,
    backend: backend.name,
    threads: backend.threads,
    arithmetic: backend.arithmetic,
    precision: backend.precision,
    modelFile: options.out,
    ...(ensemble !== undefined && { ensemble }),
  };
}

async function recordOf(set: Dataset): Promise<SetRecord> {
  return { name: set.name, examples: set.count, sha256: await set.sha256().catch(() => null) };
}

/** The command that repeats a training, with all its options. */
function repeating(options: Starting, configuration: NamedConfiguration): string {
  const { data } = options;
  // The configuration has these, complete; float32 is the usual precision.
  const left = [...fieldNames, "preset", "config", "data", ...(options.precision === "float32" ? ["precision"] : [])];
  const first = data === undefined ? [] : [quoted(data)];
  return ["inkling train", ...first, ...optionWords(options, left), configurationLine(configuration)].join(" ");
}
