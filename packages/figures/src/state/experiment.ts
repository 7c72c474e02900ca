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

export interface Experiment {
  readonly preset: PresetName;
  /** As it is trained: with a batch and validation images that there are. */
  readonly configuration: Configuration;
}

export type FieldName = keyof Configuration;

/** MNIST's training images. */
export const ALL_IMAGES = 60_000;

/**
 * The experiment of a preset with some fields that are named. Throws an ArgumentError for a value that none may have.
 */
export function experimentOf(preset: PresetName, named: Partial<Configuration> = {}): Experiment {
  return { preset, configuration: fitted(completed(overridden(baseOf(preset), named)), named) };
}

/** The experiment with other values for some fields. Another optimizer drops what was chosen for the one before. */
export function changed(experiment: Experiment, named: Partial<Configuration>): Experiment {
  const kept = Object.fromEntries(differences(experiment).map((name) => [name, experiment.configuration[name]]));
  const isOther = named.optimizer !== undefined && named.optimizer !== experiment.configuration.optimizer;
  const before: Partial<Configuration> = isOther ? { ...overridden(kept as Configuration, named) } : kept;
  const defined = Object.entries({ ...before, ...named }).filter(([, value]) => value !== undefined);
  return experimentOf(experiment.preset, Object.fromEntries(defined));
}

function baseOf(preset: PresetName): Configuration {
  const { description: _, ...base } = presets[preset];
  return base;
}

/** How many images it learns from, before some are held out for validation. */
export function imagesOf({ examples }: Configuration): number {
  return examples === "all" ? ALL_IMAGES : examples;
}

/** A preset's batch and validation images are cut to the images that there are, as the command line does. */
function fitted(configuration: Configuration, named: Partial<Configuration>): Configuration {
  const images = imagesOf(configuration);
  const examples = images >= ALL_IMAGES ? "all" : images;
  const most = named.validation === undefined ? Math.floor(images / 10) : images - 1;
  const validation = Math.min(configuration.validation, most);
  const { batchSize: size } = configuration;
  const batchSize = size === "full" ? size : Math.min(size, images - validation);
  return { ...configuration, examples, validation, batchSize };
}

/** The fields whose values are not what the preset, with this optimizer, says by itself. */
export function differences({ preset, configuration }: Experiment): FieldName[] {
  const base = baseOf(preset);
  const { optimizer } = configuration;
  const isOther = optimizer !== base.optimizer;
  const { validation, batchSize, ...unnamed } = completed(overridden(base, isOther ? { optimizer } : {}));
  const alone = fitted({ ...unnamed, examples: configuration.examples, validation, batchSize }, {});
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

/** The line that trains the same on a computer: its digest is this experiment's. */
export function commandOf(experiment: Experiment): string {
  const { preset, configuration } = experiment;
  const named = differences(experiment).filter((name) => isUsed(name, configuration) && name !== "seed");
  const words = [...named, "seed" as const].flatMap((name) => optionOf(name, configuration[name]));
  return ["inkling train", `--preset ${preset}`, ...words].join(" ");
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
