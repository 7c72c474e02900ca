/**
 * What a training is to do: the caller's options, checked and completed, before anything has been computed. With a
 * state to resume from, the options are the state's; one that is given besides must agree with it.
 */

import type { Warp } from "../backends/warp.ts";
import { checkName, checkWhole, checkWithin } from "../checks.ts";
import { type Augmentation, checkAugmentation } from "../data/augmentation.ts";
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError } from "../errors.ts";
import { checkFits } from "../evaluation/fits.ts";
import { allLayers, describe } from "../layers/specs.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import { checkOptions, isOptions } from "../options.ts";
import { shown } from "../shown.ts";
import { type AbortLike, checkSignal } from "../signal.ts";
import { type AveragingSettings, averagingSettings } from "./averaging.ts";
import { type ConstraintOptions, constraintNames, constraintsOf } from "./constraints.ts";
import { checkOptimizer, type Optimizer, sgd } from "./optimizers.ts";
import { resumedOptions } from "./resume.ts";
import type { Schedule } from "./schedule.ts";
import { checkSchedule, constant } from "./schedules.ts";
import type { TrainingState } from "./state.ts";
import { type StoppingSettings, stoppingSettings } from "./stopping.ts";
import type { TrainOptions } from "./train-options.ts";

interface Watching {
  readonly stopping: StoppingSettings;
  readonly averaging: AveragingSettings;
}

export interface Plan {
  readonly model: Network;
  readonly data: Dataset;
  readonly epochs: number;
  readonly batchSize: number | "full";
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly shuffle: boolean;
  readonly constraints: ConstraintOptions;
  readonly stopping: StoppingSettings | undefined;
  readonly averaging: AveragingSettings | undefined;
  readonly augmentation: Augmentation | undefined;
  /** The augmentation for these images. */
  readonly warp: Warp | undefined;
  readonly validation: Dataset | undefined;
  readonly every: "epoch" | "step";
  readonly record: Readonly<Record<string, unknown>>;
  readonly resume: TrainingState | undefined;
  readonly signal: AbortLike | undefined;
}

const OPTIONS = [
  ...["epochs", "batchSize", "optimizer", "schedule", "seed", "shuffle", "validation", "every", "record", "resume"],
  ...["signal", "stopping", "averaging", ...constraintNames],
  ...["augmentation", "signal"],
];

/** Checks everything that can be checked before the first step. */
export function planOf(model: Network, data: Dataset, options: TrainOptions): Plan {
  checkNetwork("train", model);
  checkOptions("train", options, OPTIONS);
  const { resume, validation, every = "epoch", record = {}, signal } = options;
  checkFits("train", model, data, { needsTargets: true });
  if (validation !== undefined) {
    checkFits("train, validation", model, validation, { needsTargets: true });
  }
  checkLearns(model);
  checkName("train", "every", every, ["epoch", "step"]);
  checkParts(options);
  checkRecord(record);
  const watching = watchingOf(model, options);
  const chosen = resume === undefined ? options : resumedOptions(resume, model, data, { ...options, ...watching });
  const { epochs = 5, batchSize = Math.min(32, data.count), seed = model.seed, shuffle = true } = chosen;
  const { optimizer = sgd(), schedule = constant(), augmentation } = chosen;
  checkWhole("train", "epochs", epochs, 1);
  checkBatch(batchSize, data.count);
  checkLeast(model, batchSize === "full" ? data.count : batchSize, data.count);
  const steps = epochs * (batchSize === "full" ? 1 : Math.ceil(data.count / batchSize));
  schedule.check?.("train, schedule", { epochs, steps, task: model.loss.task });
  const { stopping, averaging } = watchingOf(model, chosen);
  if (stopping !== undefined && validation === undefined) {
    const advice = "Add validation: data.split(…) holds some examples out.";
    throw new ArgumentError("train, stopping", "validation examples", "none", advice);
  }
  return {
    model,
    data,
    epochs,
    batchSize,
    optimizer,
    schedule,
    seed,
    shuffle,
    constraints: constraintsOf("train", chosen),
    stopping,
    averaging,
    augmentation,
    warp: augmentation?.warpFor("train", data, seed),
    validation,
    every,
    record,
    resume,
    signal,
  };
}

/** Throws an ArgumentError where every layer with parameters is frozen: then there is nothing to learn. */
function checkLearns({ tensors, parameters }: Network): void {
  const all = tensors.filter(({ role }) => role === "parameter");
  if (parameters.length > 0 || all.length === 0) return;
  const advice = "Leave trainable: false out of a layer.";
  throw new ArgumentError("train", "a network with a layer that learns", "one whose layers are all frozen", advice);
}

/** Early stopping and averaging, checked and completed. */
function watchingOf({ loss }: Network, { stopping, averaging }: TrainOptions): Partial<Watching> {
  return {
    ...(stopping !== undefined && { stopping: stoppingSettings("train, stopping", stopping, loss.task) }),
    ...(averaging !== undefined && { averaging: averagingSettings("train, averaging", averaging) }),
  };
}

function checkParts({ optimizer, schedule, seed, shuffle, augmentation, signal }: TrainOptions): void {
  if (optimizer !== undefined) checkOptimizer("train, optimizer", optimizer);
  if (schedule !== undefined) checkSchedule("train, schedule", schedule);
  if (augmentation !== undefined) checkAugmentation("train, augmentation", augmentation);
  if (seed !== undefined) checkWhole("train", "seed", seed, 0);
  if (shuffle !== undefined && typeof shuffle !== "boolean") {
    throw new ArgumentError("train", "shuffle true or false", shown(shuffle));
  }
  checkSignal("train", signal);
}

/** The record goes into the model file, as JSON. */
function checkRecord(record: unknown): void {
  try {
    if (isOptions(record) && JSON.stringify(record) !== undefined) return;
  } catch {
    // A circle, or a bigint.
  }
  throw new ArgumentError("train", "record to be an object that JSON can hold", shown(record));
}

function checkBatch(batchSize: unknown, count: number): void {
  if (batchSize === "full") return;
  checkWithin("train", 'a batch size of at least 1, or "full"', batchSize, 1);
  if ((batchSize as number) > count) {
    const expected = `a batch size of at most ${count} (all examples)`;
    throw new ArgumentError("train", expected, shown(batchSize), 'Use "full" for all.');
  }
}

/** Throws an ArgumentError unless every batch, the last one included, has as many examples as each layer needs. */
function checkLeast({ layers, specs }: Network, batchSize: number, count: number): void {
  const smallest = (size: number) => (size >= count ? count : Math.min(size, count % size || size));
  const got = smallest(batchSize);
  for (const [i, layer] of layers.entries()) {
    const least = Math.max(...allLayers([layer]).map(({ leastExamples = 1 }) => leastExamples));
    if (got >= least) continue;
    const expected = `batches of at least ${least} examples (layer ${i}, ${describe(specs[i])}, needs them)`;
    const isLast = batchSize < count && got < batchSize;
    const found = isLast
      ? `a last batch of ${got} (${count} examples in batches of ${batchSize})`
      : `batches of ${got}`;
    const fitting = nearestSize(batchSize, count, (size) => smallest(size) >= least);
    const advice = fitting === undefined ? `Give at least ${least} examples.` : `Take batchSize: ${fitting}.`;
    throw new ArgumentError("train", expected, found, advice);
  }
}

/** Of the batch sizes that fit, the one nearest to the wanted one, of two the larger; undefined if none does. */
function nearestSize(wanted: number, count: number, fits: (size: number) => boolean): number | undefined {
  for (let distance = 1; distance <= count; distance++) {
    const near = [wanted + distance, wanted - distance].find((size) => size >= 1 && size <= count && fits(size));
    if (near !== undefined) return near;
  }
  return undefined;
}
