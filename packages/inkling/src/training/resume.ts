/**
 * Whether a state can be resumed, and with which options: the state's own. It has to be a state of such a network and
 * such data; an option that is given besides has to agree with it. Nothing is written before all of it was checked.
 */
import { checkNumber, checkWithin } from "../checks.ts";
import type { Augmentation, AugmentOptions } from "../data/augmentation.ts";
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError } from "../errors.ts";
import type { Network } from "../network/network.ts";
import { digestOf } from "../network/record.ts";
import { isOptions } from "../options.ts";
import { size } from "../shapes.ts";
import { shown } from "../shown.ts";
import { constraintNames } from "./constraints.ts";
import { optimizers } from "./optimizers.ts";
import type { Schedule, ScheduleRecord } from "./schedule.ts";
import { schedules } from "./schedules.ts";
import type { TrainingState } from "./state.ts";
import type { TrainOptions } from "./train-options.ts";
import { warmUp } from "./warm-up.ts";

/**
 * What a state says of its network: two networks with the same text, whatever the order of its keys (a file has its
 * own), can go on with each other's states.
 */
export function identityOf(model: Network): string {
  const { inputShape, specs, loss, backend, scaling, targetScaling, seed, streams } = model;
  return JSON.stringify({
    inputShape,
    layers: specs,
    // A loss without settings is its name alone, as in states from before there were settings.
    loss: Object.keys(loss.settings).length === 0 ? loss.type : { type: loss.type, ...loss.settings },
    precision: backend.precision,
    // Layers that draw random numbers, as dropout does, draw them by the seed.
    ...(streams.length > 0 && { seed }),
    scaling: [scaling, targetScaling].map((s) => s && [s.means, s.deviations].map((list) => Array.from(list))),
  });
}

/** The options of a state. Throws an ArgumentError for what is no state, or for an option that is given and differs. */
export function resumedOptions(
  state: TrainingState,
  model: Network,
  data: Dataset,
  options: TrainOptions,
): TrainOptions {
  checkKind(state);
  checkNetwork(state, model);
  checkData(state.data, data);
  const { options: before } = state;
  const optimizer = options.optimizer ?? made(optimizers, "optimizer", before.optimizer);
  const schedule = options.schedule ?? scheduleOf(before.schedule);
  for (const name of ["batchSize", "seed", "shuffle", ...constraintNames] as const) {
    if (options[name] !== undefined && options[name] !== before[name]) refuse(name, before[name], options[name]);
  }
  for (const [name, now] of [
    ["optimizer", optimizer],
    ["schedule", schedule],
  ] as const) {
    const [expected, got] = [textOf(before[name]), textOf(now)];
    if (expected !== got) refuse(name, expected, got);
  }
  for (const name of ["stopping", "averaging"] as const) {
    const given = options[name];
    const [expected, got] = [settingsText(before[name] ?? {}), settingsText(given ?? {})];
    if (given !== undefined && expected !== got) refuse(name, expected || "none", got);
  }
  checkSameAugmentation(before.augmentation, options.augmentation);
  const { epochs = before.epochs } = options;
  if (epochs !== before.epochs && (epochs < before.epochs || schedule.dependsOnLength)) {
    refuse("epochs", before.epochs, epochs);
  }
  checkPlace(state, data, epochs);
  return { ...before, epochs, optimizer, schedule, augmentation: options.augmentation };
}

/** The augmentation has to be given again: so a training that has none does not load it. */
function checkSameAugmentation(before: AugmentOptions | undefined, now: Augmentation | undefined): void {
  const [expected, got] = [before, now?.settings].map((settings) => (settings ? sortedText(settings) : "none"));
  if (got === expected) return;
  const advice = before && !now ? "Give it in the options." : "A resumed training has the augmentation it began with.";
  throw new ArgumentError("train, resume, augmentation", expected, got, advice);
}

/** Settings as text, whatever the order of their names. */
function sortedText(settings: object): string {
  const isNested = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{ ${sorted.map(([name, value]) => `${name}: ${isNested(value) ? sortedText(value) : JSON.stringify(value)}`).join(", ")} }`;
}

function refuse(name: string, expected: unknown, got: unknown): never {
  const text = (value: unknown) => (typeof value === "string" ? value : shown(value));
  const advice = "Leave it out: a resumed training has the options that it began with.";
  throw new ArgumentError(`train, resume, ${name}`, text(expected), text(got), advice);
}

/** What `run.state()` gives is an object of objects. */
function checkKind(state: unknown): void {
  const { options, data, tensors, numbers, network } = (state ?? {}) as Partial<TrainingState>;
  const { optimizer, schedule } = options ?? {};
  const parts = [options, data, tensors, numbers, optimizer?.settings, schedule?.settings];
  if (parts.every(isOptions) && typeof network === "string") return;
  throw new ArgumentError("train, resume", "a state, as run.state() gives one", shown(state));
}

function checkNetwork({ network, tensors }: TrainingState, model: Network): void {
  const [expected, got] = [inOrderOfKeys(identityOf(model)), inOrderOfKeys(network)];
  if (got !== expected) {
    const [where, a, b] = firstDifference(expected, got);
    throw new ArgumentError(
      "train, resume",
      `a state of this network (…${where}${a}…)`,
      `one of another (…${where}${b}…)`,
    );
  }
  for (const { name, shape } of model.tensors) {
    const values: unknown = tensors[`model.${name}`];
    const isNumbers = values instanceof Float32Array || values instanceof Float64Array;
    if (isNumbers && values.length === size(shape)) continue;
    const got = isNumbers ? `${values.length} numbers` : shown(values);
    throw new ArgumentError(`train, resume, ${name}`, `${size(shape)} numbers in a typed array`, got);
  }
}

/** A JSON text with the keys of each object in their order; a text that is none as it is. */
function inOrderOfKeys(text: string): string {
  const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);
  try {
    return JSON.stringify(JSON.parse(text), (_, part: unknown) =>
      isOptions(part) ? Object.fromEntries(Object.entries(part).toSorted(byName)) : part,
    );
  } catch {
    return text;
  }
}

/** Where two texts part, with some letters around. */
function firstDifference(a: string, b: string): [before: string, a: string, b: string] {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return [a.slice(Math.max(0, at - 20), at), a.slice(at, at + 12), b.slice(at, at + 12)];
}

function checkData(seen: TrainingState["data"], data: Dataset): void {
  if (data.count === seen.examples && data.columns === seen.columns) return;
  const expected = `the data that it was trained on (${seen.name}, ${seen.examples} × ${seen.columns})`;
  throw new ArgumentError("train, resume", expected, `${data.name}, ${data.count} × ${data.columns}`);
}

/** Throws an ArgumentError unless the data's digest is the one that the state was taken with, where both have one. */
export async function checkDigest({ data: seen }: TrainingState, data: Dataset): Promise<void> {
  const digest = seen.sha256 === null ? null : await digestOf(data);
  if (digest === seen.sha256 || digest === null) return;
  throw new ArgumentError("train, resume", `the data that it was trained on (SHA-256 ${seen.sha256})`, `${digest}`);
}

/** The place in the training: whole numbers within its epochs and steps. */
function checkPlace({ numbers, options }: TrainingState, data: Dataset, epochs: number): void {
  const steps = options.batchSize === "full" ? 1 : Math.ceil(data.count / options.batchSize);
  const most = { step: steps, t: epochs * steps, epochsBefore: Number.MAX_SAFE_INTEGER };
  const counts = { hits: data.count, examples: data.count };
  for (const [name, value] of Object.entries(numbers)) {
    checkNumber(`train, resume, ${name}`, "a finite number", value, () => true);
  }
  for (const [name, limit] of Object.entries({ epoch: epochs, ...most, ...counts })) {
    const least = name === "epoch" ? 1 : 0;
    checkWithin(`train, resume, ${name}`, `a whole number up to ${limit}`, numbers[`training.${name}`], least, limit);
  }
}

/** An optimizer or a schedule of ours by its name. Throws an ArgumentError for one of the caller's own. */
function made<Part>(
  table: Readonly<Record<string, (options: never) => Part>>,
  kind: string,
  { name, settings }: { readonly name: string; readonly settings: object },
): Part {
  if (Object.hasOwn(table, name)) return table[name](settings as never);
  throw new ArgumentError(`train, resume, ${kind}`, `the ${kind} ${name}`, "none", "Give it in the options.");
}

/** A schedule of ours from its record. */
function scheduleOf({ name, settings }: ScheduleRecord): Schedule {
  const { schedule, ...options } = settings;
  if (name === "warmUp" && isOptions(schedule)) return warmUp(scheduleOf(schedule as ScheduleRecord), options);
  return made(schedules, "schedule", { name, settings });
}

/** An optimizer or a schedule as text, whatever the order of its settings. */
function textOf({ name, settings }: { readonly name: string; readonly settings: object }): string {
  return `${name}(${settingsText(settings)})`;
}

function settingsText(settings: object): string {
  const sorted = Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted
    .map(([setting, value]) => `${setting}: ${isOptions(value) ? textOf(value as ScheduleRecord) : value}`)
    .join(", ");
}
