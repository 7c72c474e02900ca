/** From a preset, a configuration file and options to one configuration: each overrides the one before. */
import { type Command, Option } from "commander";
import {
  ArgumentError,
  type Configuration,
  checkConfiguration,
  configurationFields,
  DataError,
  defaultLearningRates,
  type OptimizerName,
  type PresetName,
  presets,
} from "inkling";
import { readWhole } from "inkling/node";
import { brief, type CommonOptions, decimal } from "./options.ts";

export interface ConfigurationOptions extends CommonOptions {
  readonly preset?: string;
  readonly config?: string;
  readonly layers?: string;
  readonly activation?: string;
  readonly loss?: string;
  readonly optimizer?: string;
  readonly learningRate?: string;
  readonly momentum?: string;
  readonly nesterov?: boolean;
  readonly beta1?: string;
  readonly beta2?: string;
  readonly schedule?: string;
  readonly weightDecay?: string;
  readonly batchSize?: string;
  readonly epochs?: string;
  readonly init?: string;
  readonly validation?: string;
  readonly examples?: string;
}

const names = Object.keys(presets) as PresetName[];

/** Adds the options that make a configuration; `check` leaves out what only training needs. */
export function addConfigurationOptions(command: Command, training: boolean): Command {
  const presetHelp = names.map((name) => `${name} (${presets[name].description})`).join("; ");
  command
    .option("--preset <name>", `a named set of these options: ${presetHelp}`)
    .option("--config <file>", 'a JSON file with these options, as {"layers": [128, 64], "epochs": 10}')
    .option("--layers <widths>", 'widths of the hidden layers, as 128,64; "none" for no hidden layer')
    .option("--activation <name>", "of the hidden layers: identity, relu, leaky-relu, sigmoid, tanh")
    .option("--loss <name>", "cross-entropy (of softmax) or quadratic (of sigmoid outputs)")
    .option("--init <name>", "first weights: uniform, zeros, normal, scaled-normal, glorot, he, numpy");
  if (!training) return command;
  return command
    .option("--optimizer <name>", "sgd, momentum, adam, adamW, rmsprop, adagrad")
    .option("--learning-rate <number>", "η; without it, the preset's or the named optimizer's own")
    .option("--momentum <number>", "μ, from 0 to below 1, for the optimizer momentum")
    .addOption(new Option("--nesterov", "Nesterov's variant of momentum"))
    .option("--beta1 <number>", "β₁ of adam and adamW: how long the mean of the gradients remembers")
    .option("--beta2 <number>", "β₂ of adam and adamW: how long the mean of their squares remembers")
    .option("--schedule <name>", "of the learning rate: constant or one-cycle")
    .option("--weight-decay <number>", "λ: adds λ·W to every weight's gradient")
    .option("--batch-size <n>", 'examples in a step, or "full" for plain gradient descent')
    .option("--epochs <n>", "passes over the training examples")
    .option("--validation <n>", "training examples held out for validation, drawn by the seed")
    .option("--examples <n>", 'use only the first N training examples, or "all"');
}

/** Whose numbers these are. */
const ownNumbers: Readonly<Record<string, readonly string[]>> = {
  momentum: ["momentum"],
  nesterov: ["momentum"],
  beta1: ["adam", "adamW"],
  beta2: ["adam", "adamW"],
};

/** What they are where neither an option nor a preset chose them. */
const usualNumbers = { momentum: 0.9, beta1: 0.9, beta2: 0.999 };

/** A configuration, the preset that it began with, and the fields that were named besides. */
export type NamedConfiguration = Configuration & { readonly preset: string };

/** The configuration that the options describe. Throws an ArgumentError for a value that no training can have. */
export async function configurationFrom(
  options: ConfigurationOptions,
): Promise<{ configuration: NamedConfiguration; named: ReadonlySet<string> }> {
  const file = options.config === undefined ? {} : await readConfiguration(options.config);
  const preset = options.preset ?? file.preset ?? "mlp";
  if (typeof preset !== "string" || !Object.hasOwn(presets, preset)) {
    throw new ArgumentError("--preset", `one of ${names.join(", ")}`, JSON.stringify(preset));
  }
  const { description: _, ...base } = presets[preset as PresetName];
  const named = { ...file, ...parsedOptions(options) };
  const merged: Record<string, unknown> = { ...base, ...named, preset };
  // A named optimizer brings its own numbers: the preset's were chosen for another training.
  if (named.optimizer !== undefined) {
    merged.schedule = named.schedule ?? "constant";
    merged.learningRate =
      named.learningRate ?? defaultLearningRates[named.optimizer as OptimizerName] ?? base.learningRate;
    for (const [field, usual] of Object.entries(usualNumbers)) merged[field] = named[field] ?? usual;
  }
  const configuration = checkConfiguration(merged as unknown as NamedConfiguration, flagOf) as NamedConfiguration;
  for (const [field, optimizers] of Object.entries(ownNumbers)) {
    if (options[field as keyof ConfigurationOptions] === undefined || optimizers.includes(merged.optimizer as string))
      continue;
    const advice = `Add --optimizer ${optimizers[0]}.`;
    throw new ArgumentError(
      flagOf(field),
      `the optimizer ${optimizers.join(" or ")}`,
      String(merged.optimizer),
      advice,
    );
  }
  return { configuration, named: new Set(Object.keys(named)) };
}

/** learningRate as --learning-rate. */
function flagOf(field: string): string {
  return `--${kebab(field)}`;
}

function kebab(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The options that were given, each as a value of its field's kind; a word that is no number stays, to be refused. */
function parsedOptions(options: ConfigurationOptions): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const field of configurationFields) {
    const word = options[field as keyof ConfigurationOptions];
    if (word !== undefined) given[field] = typeof word === "string" ? fieldValue(field, word) : word;
  }
  return given;
}

function fieldValue(field: string, word: string): unknown {
  if (field === "layers") {
    if (word === "none" || word === "") return [];
    return word.split(",").map((width) => numberOrWord(width.trim()));
  }
  return ["activation", "loss", "optimizer", "init", "schedule"].includes(field) ? word : numberOrWord(word);
}

function numberOrWord(word: string): number | string {
  const value = decimal(word);
  return Number.isNaN(value) ? word : value;
}

/** A configuration file: the options' names as keys, learningRate or learning-rate. */
async function readConfiguration(path: string): Promise<Record<string, unknown>> {
  const text = Buffer.from(await readWhole(path, 1 << 20))
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new DataError(path, "JSON", brief(error instanceof Error ? error.message : String(error)));
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new DataError(path, 'an object, as {"epochs": 10}', brief(text.trim()));
  }
  const known = ["preset", ...configurationFields];
  const configuration: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(json)) {
    const field = known.find((name) => name === key || kebab(name) === key);
    if (field === undefined) throw new ArgumentError(path, `keys among ${known.join(", ")}`, brief(key) || '""');
    if (Object.hasOwn(configuration, field)) throw new ArgumentError(path, "every option once", `${field} twice`);
    if (!isPlain(value)) {
      throw new ArgumentError(`${path}, ${key}`, "a number, a word, true, false or a list of numbers", kind(value));
    }
    configuration[field] = typeof value === "string" && field !== "preset" ? fieldValue(field, value) : value;
  }
  return configuration;
}

/** Whether a value is of a kind that some field has. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((width) => typeof width === "number");
  return typeof value !== "object";
}

function kind(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "another list" : "an object";
}
