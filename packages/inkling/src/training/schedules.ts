/**
 * Learning rates that change from step to step. A schedule is a factor, at most 1, of the optimizer's learning rate;
 * + − × ÷ alone, so that it is the same number everywhere.
 *
 *   constant   1
 *   oneCycle   from `start` up to 1 during the first `warmUp` of all steps, then down to `end`, both in a straight
 *              line (Smith 2018, "A disciplined approach to neural network hyper-parameters")
 */

import { checkNumber, checkShare } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import { calledAdvice, checkNoOptions, checkOptions } from "../options.ts";
import { shown } from "../shown.ts";

export type ScheduleName = "constant" | "oneCycle";

export interface Schedule {
  readonly name: ScheduleName;
  /** Its numbers, for records. */
  readonly settings: Readonly<Record<string, number>>;
  /** Whether the factor depends on how long the whole training is. Then a training cannot be made longer later. */
  readonly dependsOnLength: boolean;
  /** The factor in step t, from 0, of `steps` in the whole training. */
  readonly factor: (t: number, steps: number) => number;
}

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
  checkNumber("oneCycle", "end from 0 to 1", end, (factor) => factor >= 0 && factor <= 1);
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

/** The schedules by their names, as files and the command line use them. */
export const schedules = { constant, oneCycle } as const satisfies Record<ScheduleName, (options: never) => Schedule>;

/** Throws an ArgumentError for what is no schedule. */
export function checkSchedule(where: string, schedule: unknown): asserts schedule is Schedule {
  if (typeof (schedule as Partial<Schedule> | null | undefined)?.factor === "function") return;
  const advice = calledAdvice(schedule, Object.keys(schedules));
  throw new ArgumentError(where, "a schedule, as oneCycle()", shown(schedule), advice);
}
