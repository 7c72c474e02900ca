/**
 * An experiment as plain data: a preset of the command line, and the configuration that comes of it when some fields
 * are named. Everything that decides a weight is in it, so that the page and the command line reach the same digest;
 * how many training images it learns from is its field `examples`. What a field may be is in `inkling/presets`.
 */
import {
  type Configuration,
  completed,
  dashed,
  fieldNames,
  fields,
  overridden,
  type PresetName,
  presets,
} from "inkling/presets";
import { type Facts, factsOf, mnistFacts, type OwnData } from "./own-data.ts";

export interface Experiment {
  readonly preset: PresetName;
  /** As it is trained: with a batch and validation images that there are. */
  readonly configuration: Configuration;
  /** What it learns from; MNIST's images if absent. */
  readonly data?: OwnData | undefined;
}

export type FieldName = keyof Configuration;

/**
 * The experiment of a preset with some fields that are named. Throws an ArgumentError for a value that none may have.
 */
export function experimentOf(preset: PresetName, named: Partial<Configuration> = {}, data?: OwnData): Experiment {
  const facts = factsOf(data);
  const configuration = fitted(completed(overridden(baseOf(preset, facts), named)), named, facts);
  return { preset, configuration, ...(data && { data }) };
}

/** The experiment that the command line would begin with these data where nothing else is said. */
export function experimentOn(data: OwnData): Experiment {
  return experimentOf(data.train.inputs instanceof Uint8Array ? "mlp" : "table", {}, data);
}

/** The experiment with other values for some fields. Another optimizer drops what was chosen for the one before. */
export function changed(experiment: Experiment, named: Partial<Configuration>): Experiment {
  const kept = Object.fromEntries(differences(experiment).map((name) => [name, experiment.configuration[name]]));
  const isOther = named.optimizer !== undefined && named.optimizer !== experiment.configuration.optimizer;
  const before: Partial<Configuration> = isOther ? { ...overridden(kept as Configuration, named) } : kept;
  const defined = Object.entries({ ...before, ...named }).filter(([, value]) => value !== undefined);
  return experimentOf(experiment.preset, Object.fromEntries(defined), experiment.data);
}

/** A preset's fields. Where numbers are to be predicted, its loss is one for numbers. */
function baseOf(preset: PresetName, { task }: Facts): Configuration {
  const { description: _, ...base } = presets[preset];
  return task === "numbers" ? { ...base, loss: "meanSquared" } : base;
}

/** How many images it learns from, before some are held out for validation. */
export function imagesOf({ examples }: Configuration, facts: Facts = mnistFacts): number {
  return examples === "all" ? facts.examples : Math.min(examples, facts.examples);
}

/** A preset's batch and validation images are cut to the images that there are, as the command line does. */
function fitted(configuration: Configuration, named: Partial<Configuration>, facts: Facts): Configuration {
  const images = imagesOf(configuration, facts);
  const examples = images >= facts.examples ? "all" : images;
  const most = named.validation === undefined ? Math.floor(images / 10) : images - 1;
  const validation = Math.min(configuration.validation, most);
  const { batchSize: size } = configuration;
  const batchSize = size === "full" ? size : Math.min(size, images - validation);
  return { ...configuration, examples, validation, batchSize };
}

/** The fields whose values are not what the preset, with this optimizer, says by itself. */
export function differences({ preset, configuration, data }: Experiment): FieldName[] {
  const facts = factsOf(data);
  const base = baseOf(preset, facts);
  const { optimizer } = configuration;
  const isOther = optimizer !== base.optimizer;
  const { validation, batchSize, ...unnamed } = completed(overridden(base, isOther ? { optimizer } : {}));
  const alone = fitted({ ...unnamed, examples: configuration.examples, validation, batchSize }, {}, facts);
  const whole: Configuration = { ...alone, examples: unnamed.examples };
  return fieldNames.filter((name) => {
    if (name === "optimizer") return isOther;
    return String(configuration[name]) !== String(whole[name]);
  });
}

/** Whether a field says something where optimizer, loss and schedule are these. */
export function isUsed(name: FieldName, { optimizer, loss, schedule }: Configuration): boolean {
  const { optimizers, losses, schedules } = fields[name];
  if (optimizers !== undefined && !optimizers.includes(optimizer)) return false;
  if (losses !== undefined && !losses.includes(loss)) return false;
  return schedules === undefined || schedules.includes(schedule);
}

/** The line that trains the same on a computer: its digest is this experiment's. Undefined where there is none. */
export function commandOf(experiment: Experiment): string | undefined {
  const { preset, configuration, data } = experiment;
  // It draws the examples to be tested on by the training's own seed.
  if (data !== undefined && (data.command === undefined || (data.isHeldOut && configuration.seed !== 1))) return;
  const different = new Set<FieldName>([...differences(experiment), ...(data?.isTaskSaid ? ["loss" as const] : [])]);
  const named = fieldNames.filter((name) => different.has(name) && isUsed(name, configuration) && name !== "seed");
  const words = [...named, "seed" as const].flatMap((name) => optionOf(name, configuration[name]));
  return ["inkling train", ...(data?.command ?? []), `--preset ${preset}`, ...words].join(" ");
}

/** A field as an option of the command line: --layers 128,64. A flag that is off has none. */
function optionOf(name: FieldName, value: Configuration[FieldName]): string[] {
  if (typeof value === "boolean") return value ? [`--${dashed(name)}`] : [];
  return [`--${dashed(name)} ${inWords(value)}`];
}

/** A field's value as the command line, and an address, write it. */
export function inWords(value: Configuration[FieldName]): string {
  return Array.isArray(value) ? value.join(",") || "none" : String(value);
}
