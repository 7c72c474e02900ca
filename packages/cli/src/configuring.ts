/** From a preset, a configuration file and options to one configuration: each overrides the one before. */
import type { Command } from "commander";
import { ArgumentError, balancedWeights, type Dataset, namedWeights } from "inkling";
import { readWhole } from "inkling/node";
import {
  type Configuration,
  completed,
  configurationFromJson,
  dashed,
  fieldNames,
  fields,
  overridden,
  type PresetName,
  presetNamed,
  presets,
} from "inkling/presets";
import { type CommonOptions, hasOption } from "./options.ts";

type FieldName = keyof Configuration;

/** What the parser gives: a word for each option that was given; true for one without a value. */
export type ConfigurationOptions = CommonOptions & {
  readonly preset?: string;
  readonly config?: string;
} & { readonly [Name in FieldName]?: string | true };

/** Adds the options that make a configuration; for `check`, those that say what the network is. */
export function addConfigurationOptions(command: Command, purpose: "training" | "network"): Command {
  const sets = Object.entries(presets).map(([name, { description }]) => `${name} (${description})`);
  command
    .option("--preset <name>", `a named set of these options: ${sets.join("; ")}`)
    .option("--config <file>", 'a JSON file with these options, as {"layers": [128, 64], "epochs": 10}');
  for (const name of fieldNames) {
    const { argument, help, optimizers, losses, schedules, isOfNetwork } = fields[name];
    if ((purpose === "network" && isOfNetwork !== true) || hasOption(command, flagOf(name))) continue;
    const users = optimizers ?? losses ?? schedules;
    const only = users === undefined ? "" : ` (${users.join(", ")})`;
    command.option([flagOf(name), argument].filter(Boolean).join(" "), help + only);
  }
  return command;
}

/** What the user named: a preset, if any, and fields. */
export interface Named {
  readonly preset: PresetName | undefined;
  readonly fields: Partial<Configuration>;
}

/** A configuration, and the preset that it began with. */
export type NamedConfiguration = Configuration & { readonly preset: PresetName };

/**
 * What options and configuration file name. `base`: what the other options are, where that is no preset. Throws an
 * ArgumentError for a value that no training can have.
 */
export async function namedBy(options: ConfigurationOptions, base?: NamedConfiguration): Promise<Named> {
  const { preset: filePreset, ...inFile } = options.config === undefined ? {} : await readConfiguration(options.config);
  const preset = options.preset ?? filePreset;
  const named: Named = {
    preset: preset === undefined ? undefined : presetNamed(preset, "--preset"),
    fields: { ...inFile, ...parsed(options) },
  };
  const chosen = base === undefined ? configurationOf(named, "mlp") : { ...base, ...named.fields };
  for (const field of fieldNames.filter((name) => options[name] !== undefined)) {
    for (const kind of ["optimizer", "schedule"] as const) {
      const users: readonly string[] | undefined = fields[field][`${kind}s`];
      if (users === undefined || users.includes(chosen[kind])) continue;
      const advice = `Add --${kind} ${dashed(users[0] ?? "")}.`;
      throw new ArgumentError(flagOf(field), `the ${kind} ${users.join(" or ")}`, chosen[kind], advice);
    }
  }
  return named;
}

/** Throws an ArgumentError for a field that is named and not usual, if the loss has no use for it. */
export function checkLossFields({ fields: named }: Named, { loss }: Configuration): void {
  for (const field of fieldNames) {
    const { losses, usual } = fields[field];
    const value = named[field];
    if (value === undefined || losses === undefined || losses.includes(loss)) continue;
    if (String(value) === String(usual)) continue;
    throw new ArgumentError(flagOf(field), `the loss ${losses.join(" or ")}`, loss, `Add --loss ${losses[0]}.`);
  }
}

/** With the class weights as a list: counted where they are to be balanced, and in the order of the data's names. */
export function withCountedWeights<C extends Configuration>(configuration: C, data: Dataset): C {
  const { classWeights, loss } = configuration;
  if (loss !== "crossEntropy" || Array.isArray(classWeights)) return configuration;
  if (classWeights === "balanced") return { ...configuration, classWeights: balancedWeights(data) };
  try {
    return { ...configuration, classWeights: namedWeights(data, classWeights as Readonly<Record<string, number>>) };
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new ArgumentError("--class-weights", error.expected, error.got, error.advice);
  }
}

/** The whole configuration; `usual` is the preset where none is named. */
export function configurationOf(
  { preset = undefined, fields: named }: Named,
  usual: PresetName,
  loss?: Configuration["loss"],
): NamedConfiguration {
  const chosen = preset ?? usual;
  const { description: _, ...base } = presets[chosen];
  const all = { ...overridden(base, named), ...(loss !== undefined && named.loss === undefined && { loss }) };
  return { preset: chosen, ...completed(all, flagOf) };
}

/** learningRate as --learning-rate. */
export function flagOf(field: string): string {
  return `--${dashed(field)}`;
}

/** The options that were given, each as a value of its field's kind; a word that is none stays, to be refused. */
function parsed(options: ConfigurationOptions): Partial<Configuration> {
  const given = fieldNames.flatMap((name): [string, unknown][] => {
    const word = options[name];
    if (word === undefined) return [];
    return [[name, typeof word === "string" ? fields[name].parse(word) : word]];
  });
  return Object.fromEntries(given);
}

async function readConfiguration(path: string) {
  return configurationFromJson(Buffer.from(await readWhole(path, 1 << 20)).toString("utf8"), path);
}

/** The effective configuration in one line, as options that would give it again. */
export function configurationLine(configuration: NamedConfiguration): string {
  const { preset, optimizer } = configuration;
  // What the others would be without being named: the line names the optimizer, which drops some of the preset's.
  const unnamed = configurationOf({ preset, fields: { optimizer } }, preset);
  const named = fieldNames.filter((name) => {
    const { isOff, usual } = fields[name];
    return !(isOff === true && configuration[name] === usual && unnamed[name] === usual);
  });
  return flagsOf(configuration, named);
}

/** The same, shorter: the preset, the seed, and what differs from the preset. */
export function shortConfigurationLine(configuration: NamedConfiguration): string {
  const { preset, optimizer } = configuration;
  const { optimizer: usual } = presets[preset];
  const unnamed = configurationOf({ preset, fields: optimizer === usual ? {} : { optimizer } }, preset);
  const named = fieldNames.filter((name) => {
    if (name === "seed" || String(configuration[name]) !== String(unnamed[name])) return true;
    return name === "optimizer" && optimizer !== usual;
  });
  return flagsOf(configuration, named);
}

/** The preset and some fields as options; what optimizer, loss and schedule have no use for is left out. */
function flagsOf(configuration: NamedConfiguration, names: readonly FieldName[]): string {
  const { preset, optimizer, loss, schedule } = configuration;
  const words = names.flatMap((name) => {
    const { optimizers, losses, schedules } = fields[name];
    const value = configuration[name];
    if (optimizers !== undefined && !optimizers.includes(optimizer)) return [];
    if (losses !== undefined && !losses.includes(loss)) return [];
    if (schedules !== undefined && !schedules.includes(schedule)) return [];
    return optionText(name, value);
  });
  return [`--preset ${preset}`, ...words].join(" ");
}

/** A field as an option, --layers 128,64; an empty list for a flag that is off. */
export function optionText(name: FieldName, value: Configuration[FieldName]): string[] {
  if (typeof value === "boolean") return value ? [flagOf(name)] : [];
  return [`${flagOf(name)} ${Array.isArray(value) ? value.join(",") || "none" : value}`];
}
