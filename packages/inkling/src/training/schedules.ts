/**
 * The schedules: factors of the optimizer's learning rate. One epoch or step is counted from 0.
 *
 *   constant         1
 *   oneCycle         from `start` up to 1 during the first `warmUp` of all steps, then down to `end`, both in a straight
 *                    line (Smith 2018, "A disciplined approach to neural network hyper-parameters")
 *   step             factor^⌊epoch / every⌋                         PyTorch's StepLR, stepped after each epoch
 *   exponential      factor^epoch                                   PyTorch's ExponentialLR, likewise
 *   cosine           end + (1 − end)·(1 + cos(π·t / steps)) / 2     Loshchilov and Hutter 2017, without restarts
 *   reduceOnPlateau  plateau.ts        warmUp  warm-up.ts
 */

import { checkNumber, checkShare, checkWhole } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import { cosinePi, power } from "../numbers/powers.ts";
import { calledAdvice, checkNoOptions, checkOptions } from "../options.ts";
import { shown } from "../shown.ts";
import { reduceOnPlateau } from "./plateau.ts";
import type { Schedule, ScheduleName } from "./schedule.ts";

/** The learning rate as it is. */
export function constant(...none: never[]): Schedule {
  checkNoOptions("constant", none);
  return { name: "constant", settings: {}, dependsOnLength: false, factor: () => 1 };
}

interface OneCycleOptions {
  /** The share of all steps in which the learning rate rises, from 0 to below 1; 0.3 if absent. */
  readonly warmUp?: number;
  /** The first factor, above 0; 1 / 25 if absent. */
  readonly start?: number;
  /** The last factor, at least 0; 1 / 10,000 if absent. */
  readonly end?: number;
}

/** One rise to the optimizer's learning rate and one long fall. */
export function oneCycle(options: OneCycleOptions = {}): Schedule {
  checkOptions("oneCycle", options, ["warmUp", "start", "end"]);
  const { warmUp = 0.3, start = 1 / 25, end = 1e-4 } = options;
  checkShare("oneCycle", "warmUp", warmUp);
  checkNumber("oneCycle", "start above 0, at most 1", start, (factor) => factor > 0 && factor <= 1);
  checkEnd("oneCycle", end);
  return {
    name: "oneCycle",
    settings: { warmUp, start, end },
    dependsOnLength: true,
    factor: (t, steps) => {
      const peak = warmUp * (steps - 1);
      if (t < peak) return start + (1 - start) * (t / peak);
      const fall = steps - 1 - peak;
      return fall > 0 ? 1 + (end - 1) * ((t - peak) / fall) : 1;
    },
  };
}

function checkEnd(where: string, end: unknown): void {
  checkNumber(where, "end from 0 to 1", end, (factor) => factor >= 0 && factor <= 1);
}

interface StepOptions {
  /** After how many epochs the learning rate falls, each time; 10 if absent. */
  readonly every?: number;
  /** What it is multiplied with, above 0 and below 1; 0.1 if absent. */
  readonly factor?: number;
}

/** A learning rate that falls every so many epochs. A training that ends before the first fall is refused. */
export function step(options: StepOptions = {}): Schedule {
  checkOptions("step", options, ["every", "factor"]);
  const { every = 10, factor = 0.1 } = options;
  checkWhole("step", "every", every, 1);
  checkFactor("step", factor);
  return {
    name: "step",
    settings: { every, factor },
    dependsOnLength: false,
    factor: (t, _steps, perEpoch = 1) => power(factor, Math.floor(t / (every * perEpoch))),
    check(where, { epochs }) {
      if (every < epochs) return;
      const advice = "The learning rate would never fall: take a smaller every, more epochs, or constant().";
      throw new ArgumentError(`${where}, step`, `every below ${epochs} (the training's epochs)`, `${every}`, advice);
    },
  };
}

interface ExponentialOptions {
  /** What the learning rate is multiplied with after each epoch, above 0 and below 1; 0.95 if absent. */
  readonly factor?: number;
}

/** A learning rate that falls by the same share after each epoch. */
export function exponential(options: ExponentialOptions = {}): Schedule {
  checkOptions("exponential", options, ["factor"]);
  const { factor = 0.95 } = options;
  checkFactor("exponential", factor);
  return {
    name: "exponential",
    settings: { factor },
    dependsOnLength: false,
    factor: (t, _steps, perEpoch = 1) => power(factor, Math.floor(t / perEpoch)),
    check(where, { epochs }) {
      if (epochs > 1) return;
      const advice = "The learning rate would never fall: take more epochs, or constant().";
      throw new ArgumentError(`${where}, exponential`, "at least 2 epochs", `${epochs}`, advice);
    },
  };
}

function checkFactor(where: string, factor: unknown): void {
  checkNumber(where, "factor above 0, below 1", factor, (share) => share > 0 && share < 1);
}

interface CosineOptions {
  /** The factor that it reaches after the last step, from 0 to 1; 0 if absent. */
  readonly end?: number;
}

/**
 * A fall from the optimizer's learning rate along half a wave, step by step. `end` is reached after the last step, as
 * with PyTorch's CosineAnnealingLR over all steps, so no step is without effect.
 */
export function cosine(options: CosineOptions = {}): Schedule {
  checkOptions("cosine", options, ["end"]);
  const { end = 0 } = options;
  checkEnd("cosine", end);
  return {
    name: "cosine",
    settings: { end },
    dependsOnLength: true,
    factor: (t, steps) => end + ((1 - end) * (1 + cosinePi(t / steps))) / 2,
  };
}

/** The schedules by their names, as files and the command line use them. A warm-up is put before one of them. */
export const schedules = { constant, oneCycle, step, exponential, cosine, reduceOnPlateau } as const satisfies Record<
  Exclude<ScheduleName, "warmUp">,
  (options: never) => Schedule
>;

/** Throws an ArgumentError for what is no schedule. */
export function checkSchedule(where: string, schedule: unknown): asserts schedule is Schedule {
  if (typeof (schedule as Partial<Schedule> | null | undefined)?.factor === "function") return;
  const advice = calledAdvice(schedule, [...Object.keys(schedules), "warmUp"]);
  throw new ArgumentError(where, "a schedule, as oneCycle()", shown(schedule), advice);
}
