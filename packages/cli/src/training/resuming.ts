/**
 * `train --resume`: a training that was stopped goes on from its checkpoint, with the options that it began with. What
 * does not decide the weights may be given anew: backend, threads, what is shown and where the model goes. Anything
 * else that is given and differs is refused, and so are other data.
 */
import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { ArgumentError, DataError, type Dataset } from "inkling";
import { Checkpoints, type FoundCheckpoint, loadCheckpoint } from "inkling/node";
import { type Configuration, fieldNames } from "inkling/presets";
import { type ConfigurationOptions, flagOf, type Named, type NamedConfiguration, namedBy } from "../configuring.ts";
import { backendFrom, type CommonOptions, precisionOf } from "../options.ts";
import { printable } from "../printable.ts";
import { everyFrom } from "./every.ts";
import { Keeper } from "./keeper.ts";
import { fromCheckpoint, type Learned } from "./notes.ts";
import type { Sets } from "./sets.ts";

/** Options as they were given, by name. */
export type Words = Readonly<Record<string, string | true | undefined>>;

/** What decided a training, for one that goes on with it. */
export interface CommandNotes {
  /** The options that were given, without those of the configuration, and where they were given. */
  readonly words: Words;
  readonly directory: string;
  /** The options of the configuration that were given, and what became of them. */
  readonly named: Named;
  readonly configuration: NamedConfiguration;
  readonly digests: Readonly<Record<SetName, string | null>>;
  /** Of a training on with a saved model: which one that was. */
  readonly from?: Readonly<Record<string, unknown>>;
  /** Whether the directory of the checkpoints was not named. */
  readonly isBeside: boolean;
}

type SetName = "train" | "validation" | "test";

/** Options that a training may go on with although it began with others. */
const FREE = [
  ...["backend", "instructions", "threads", "mpi", "json", "quiet", "debug", "verbose", "diagnose", "out", "every"],
  ...["resume"],
  ...["log", "logEvery", "tensorboard", "report", "memory"],
];
/** Of these, the ones that have to be given again. */
const NOT_KEPT = [
  "backend",
  "instructions",
  "threads",
  "mpi",
  "json",
  "quiet",
  "debug",
  "verbose",
  "checkpoint",
  "resume",
  "memory",
];
/** Options that are paths. */
const PATHS = ["data", "labels", "test", "out", "log", "tensorboard", "report"];
/** Whether these are the same is told by their content. */
const BY_CONTENT = ["data", "labels", "test"];

/** The options to keep in a checkpoint. */
export function wordsToKeep(given: Words): Words {
  const isKept = (name: string) => !NOT_KEPT.includes(name) && !isOfConfiguration(name);
  return Object.fromEntries(Object.entries(given).filter(([name]) => isKept(name)));
}

function isOfConfiguration(name: string): boolean {
  return name === "preset" || name === "config" || (fieldNames as readonly string[]).includes(name);
}

/** A training that goes on. */
export interface Resumed {
  /** What was named: a directory, or one checkpoint. */
  readonly path: string;
  /** The options that it began with, and those that were given now. */
  readonly words: Words;
  readonly command: CommandNotes;
  readonly found: FoundCheckpoint;
  /** Why the model has the backend that it has. */
  readonly reason: string;
  readonly learned: Learned;
  readonly keeper: Keeper;
}

/**
 * Takes the directory for this process (unless `takes` is false: of several machines one does) and loads the newest
 * checkpoint that is whole; damaged ones are named. Throws an InklingError where there is none, where another process
 * has the directory, or for options that differ.
 */
export async function resumedFrom(path: string, given: Words, { takes = true } = {}): Promise<Resumed> {
  if (given.checkpoint !== undefined) {
    throw new ArgumentError("--checkpoint", "no --resume beside it", "one", `It goes on writing into ${path}.`);
  }
  const directory = await directoryOf(path);
  const checkpoints = directory === undefined || !takes ? undefined : await Checkpoints.open(directory);
  try {
    const { found, reason } = await loadedFor(path, given);
    if (takes)
      for (const { message } of found.damaged) console.error(printable(`${message} The one before it is used.`));
    const command = commandOf(path, found.notes);
    await checkGiven(path, given, command);
    const words = { ...wordsNow(command), ...given };
    const every = everyFrom(words.every === undefined ? undefined : String(words.every));
    const out = String(words.out ?? "model.safetensors");
    checkpoints?.distrust(found.damaged.map(({ path }) => path));
    const beside = command.isBeside ? out : undefined;
    const keeper = checkpoints ? Keeper.goingOn(checkpoints, every, beside) : Keeper.beside(out, every);
    const { learned } = found.notes;
    return {
      path,
      words,
      command,
      found,
      reason,
      learned: fromCheckpoint(path, asObject(learned), found.values),
      keeper,
    };
  } catch (error) {
    await checkpoints?.close();
    throw error;
  }
}

/** The directory of checkpoints that a path means; undefined for a file that stands elsewhere, and for nothing. */
async function directoryOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return path;
  return found?.isFile() && /^checkpoint-\d+\.safetensors$/.test(basename(path)) ? dirname(path) : undefined;
}

/** Loads with the backend that is asked for, in the precision that the training has. */
async function loadedFor(path: string, given: Words): Promise<{ found: FoundCheckpoint; reason: string }> {
  const load = async (precision: "float32" | "float64") => {
    const { backend, reason } = await backendFrom(given as CommonOptions, precision);
    return { found: await loadCheckpoint(path, { backend }), reason };
  };
  const loaded = await load("float32");
  const precision = precisionOf(String(commandOf(path, loaded.found.notes).words.precision ?? "float32"));
  return precision === "float32" ? loaded : load(precision);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function commandOf(path: string, notes: Readonly<Record<string, unknown>>): CommandNotes {
  const command = asObject(notes.command) as Partial<CommandNotes>;
  const { words, named, configuration, digests, directory } = command;
  const isSound =
    [words, named?.fields, configuration, digests].every((part) => typeof part === "object" && part !== null) &&
    typeof directory === "string";
  if (isSound) return command as CommandNotes;
  const advice = "A checkpoint of the library is resumed with train(model, data, { resume }).";
  throw new DataError(path, "a checkpoint of inkling train", "one without its options", advice);
}

/** The options that it began with; paths as they are seen from here. */
function wordsNow({ words, directory }: CommandNotes): Words {
  if (directory === process.cwd()) return words;
  const isPath = (name: string, word: unknown) => PATHS.includes(name) && typeof word === "string" && word !== "-";
  return Object.fromEntries(
    Object.entries(words).map(([name, word]) => [name, isPath(name, word) ? resolve(directory, String(word)) : word]),
  );
}

/** Throws an ArgumentError for an option that is given and is not what the training began with. */
async function checkGiven(path: string, given: Words, { words, configuration }: CommandNotes): Promise<void> {
  const refuse = (flag: string, expected: unknown, got: unknown): never => {
    const advice = "Leave it out: a training goes on with the options that it began with. --from begins another one.";
    throw new ArgumentError(flag, `${shownWord(expected)}, as in ${path}`, shownWord(got), advice);
  };
  const now = await namedBy(given as ConfigurationOptions, configuration);
  if (now.preset !== undefined && now.preset !== configuration.preset) {
    refuse("--preset", configuration.preset, now.preset);
  }
  for (const [name, value] of Object.entries(now.fields)) {
    const before = configuration[name as keyof Configuration];
    if (JSON.stringify(value) !== JSON.stringify(before)) refuse(flagOf(name), before, value);
  }
  for (const [name, word] of Object.entries(given)) {
    if (FREE.includes(name) || BY_CONTENT.includes(name) || isOfConfiguration(name)) continue;
    if (word !== words[name]) refuse(flagOf(name), words[name] ?? "none", word);
  }
  if (words.data === "-" && given.data === undefined) {
    throw new ArgumentError("--data", "the data that came on standard input", "none", "Give them again.");
  }
}

function shownWord(value: unknown): string {
  if (Array.isArray(value)) return value.join(",") || "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The digests of a training's data; null where one has none. */
export async function digestsOf({ train, validation, test }: Sets): Promise<CommandNotes["digests"]> {
  const digest = async (set: Dataset | undefined) => (set === undefined ? null : set.sha256());
  return { train: await digest(train), validation: await digest(validation), test: await digest(test) };
}

/** Throws an ArgumentError unless data and configuration are those that the training began with. */
export async function checkSame({ path, command }: Resumed, configuration: NamedConfiguration, sets: Sets) {
  for (const name of fieldNames) {
    const [before, now] = [command.configuration[name], configuration[name]].map((value) => JSON.stringify(value));
    if (before === now) continue;
    const advice = "The data or this version of Inkling are others.";
    throw new ArgumentError(flagOf(name), `${before}, as in ${path}`, String(now), advice);
  }
  const digests = await digestsOf(sets);
  const flags = { train: "--data", validation: "--data, held out", test: "--test" } as const;
  for (const name of ["train", "validation", "test"] as const) {
    const [before, now] = [command.digests[name], digests[name]];
    if (before === now) continue;
    const shown = (digest: string | null) => (digest === null ? "none" : `SHA-256 ${digest.slice(0, 16)}…`);
    const expected = `the data that ${path} began with (${shown(before)})`;
    throw new ArgumentError(flags[name], expected, `others (${shown(now)})`);
  }
}
