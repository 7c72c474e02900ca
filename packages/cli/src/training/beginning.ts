/**
 * How a training begins: anew, with a saved model (`--from`), or where one was stopped (`--resume`); and where its
 * checkpoints go.
 */
import type { Command } from "commander";
import { ArgumentError, type Network } from "inkling";
import type { Backend } from "inkling/backends";
import { type ConfigurationOptions, type Named, type NamedConfiguration, namedBy } from "../configuring.ts";
import { backendFrom, precisionOf } from "../options.ts";
import { printable } from "../printable.ts";
import { type Every, everyFrom } from "./every.ts";
import { Keeper, leftBeside } from "./keeper.ts";
import type { Keeping } from "./learn.ts";
import { type CommandNotes, digestsOf, type Resumed, resumedFrom, type Words, wordsToKeep } from "./resuming.ts";
import type { SetOptions, Sets } from "./sets.ts";
import { configurationOf, modelToStartWith, namedFrom, recordOfStart, withoutNetwork } from "./starting.ts";

export interface BeginOptions {
  readonly from?: string;
  readonly checkpoint?: string;
  readonly every?: string;
  readonly resume?: string;
}

/** Adds the options. */
export function addBeginOptions(command: Command): Command {
  return command
    .option("--from <model>", "a new training that begins with a saved model, trained as its record says")
    .option("--checkpoint <directory>", "where checkpoints go; if absent, beside the model, until it is saved")
    .option("--every <time>", "how often: 5m, 30s, 100steps, 2epochs; every minute if absent")
    .option("--resume <directory>", "go on with a training that was stopped, from its newest checkpoint");
}

type Options = ConfigurationOptions & SetOptions & BeginOptions & { readonly out: string; readonly precision: string };

export interface Beginning<O> {
  /** The options, of a training that goes on also those that it began with. */
  readonly options: O;
  readonly named: Named;
  readonly backend: Backend;
  readonly reason: string;
  readonly every: Every;
  readonly resumed: Resumed | undefined;
  /** The model to go on with, and what the record says of where it came from. */
  readonly first: Network | undefined;
  readonly from: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Loads what a training begins with. `given`: the options without their usual values. `takes`: whether the directory of
 * a training that goes on becomes this process's.
 */
export async function beginningOf<O extends Options>(
  options: O,
  given: Words,
  { takes = true } = {},
): Promise<Beginning<O>> {
  const every = everyFrom(options.every);
  if (options.resume !== undefined) {
    const resumed = await resumedFrom(options.resume, given, { takes });
    const { found, command, words, reason } = resumed;
    const { model } = found;
    return {
      options: { ...options, ...words },
      ...{ named: command.named, backend: model.backend, reason, first: model, from: command.from, resumed },
      every: everyFrom(words.every === undefined ? undefined : String(words.every)),
    };
  }
  const { backend, reason } = await backendFrom(options, precisionOf(options.precision));
  if (options.from === undefined) {
    const named = await namedBy(options);
    return { options, named, backend, reason, every, resumed: undefined, first: undefined, from: undefined };
  }
  const first = await modelToStartWith(options.from, backend);
  const named = namedFrom(first, await namedBy(options, configurationOf(first)));
  const from = await recordOfStart(options.from, first);
  return { options, named, backend, reason, every, resumed: undefined, first, from };
}

/** The keeper of a training's checkpoints. */
export async function keeperFor({ options, resumed, every }: Beginning<Options>): Promise<Keeper> {
  if (resumed !== undefined) return resumed.keeper;
  return options.checkpoint === undefined ? Keeper.beside(options.out, every) : Keeper.into(options.checkpoint, every);
}

/**
 * Where checkpoints go, with the options and the digests of the data, which are taken when the first one is written.
 */
export function keepingFor(
  keeper: Keeper,
  { options, named, resumed, from }: Beginning<Options>,
  given: Words,
  configuration: NamedConfiguration,
  sets: Sets,
): Keeping {
  let command: Promise<CommandNotes> | undefined;
  const notes = async (): Promise<CommandNotes> => ({
    words: { ...wordsToKeep(resumed?.words ?? given), out: options.out },
    ...{ directory: process.cwd(), named, configuration },
    ...{ digests: await digestsOf(sets), ...(from && { from }), isBeside: keeper.isBeside },
  });
  return {
    keeper,
    more: async () => {
      command ??= notes();
      return { notes: { command: await command }, values: {} };
    },
  };
}

/** What the model's record holds of the model that a training began with. */
export function recordWith(
  record: Readonly<Record<string, unknown>>,
  { from, first }: Beginning<Options>,
): Readonly<Record<string, unknown>> {
  return from && first ? { ...withoutNetwork(record, first), from } : record;
}

/** What is said before a training of how it begins: pairs of a title and a sentence. */
export async function beginningLines({ options, resumed, from }: Beginning<Options>): Promise<[string, string][]> {
  if (resumed !== undefined) {
    const { latest } = resumed.learned;
    const done = (resumed.found.notes.finished as readonly unknown[] | undefined)?.length ?? 0;
    const member = done === 0 ? "" : `network ${done + 1}, `;
    const place =
      latest === undefined
        ? "before the first step"
        : latest.ended !== undefined
          ? "after its end"
          : `after epoch ${latest.epoch}, step ${latest.step} of ${latest.steps}`;
    return [["Resuming", `${member}${place}, from ${printable(resumed.found.path)}`]];
  }
  const lines: [string, string][] = [];
  if (from !== undefined) {
    const epochs = from.epochs === 1 ? "1 epoch" : `${from.epochs} epochs`;
    const sentence = `${printable(options.from)} after ${epochs}; a new training: optimizer and schedule begin again`;
    lines.push(["From", sentence]);
  }
  if (options.checkpoint !== undefined) lines.push(["Keeping", `in ${printable(options.checkpoint)}`]);
  else for (const sentence of await leftBeside(options.out)) lines.push(["Keeping", printable(sentence)]);
  return lines;
}

/** Throws an ArgumentError for what an ensemble cannot begin with. */
export function checkEnsembleBegin({ from, ensemble }: BeginOptions & { readonly ensemble?: string }): void {
  if (from === undefined || ensemble === undefined) return;
  throw new ArgumentError("--ensemble", "no --from beside it (its networks begin with weights of their own)", "one");
}
