/**
 * Learning rates that change from step to step. A schedule is a factor, at most 1, of the optimizer's learning rate;
 * + − × ÷ alone, so that it is the same number everywhere.
 *
 *   constant    1
 *   one-cycle   from `start` up to 1 during the first `warmUp` of all steps, then down to `end`, both in a straight
 *               line (Smith 2018, "A disciplined approach to neural network hyper-parameters")
 */
import { ArgumentError } from "../errors.ts";

export type ScheduleName = "constant" | "one-cycle";

export interface Schedule {
  readonly name: ScheduleName;
  /** Its numbers, for records. */
  readonly settings: Readonly<Record<string, number>>;
  /** The factor in step t, from 0, of `steps` in the whole training. */
  readonly factor: (t: number, steps: number) => number;
}

/** The learning rate as it is. */
export function constant(): Schedule {
  return { name: "constant", settings: {}, factor: () => 1 };
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
export function oneCycle({ warmUp = 0.3, start = 1 / 25, end = 1e-4 }: OneCycleOptions = {}): Schedule {
  if (!(warmUp >= 0 && warmUp < 1)) throw new ArgumentError("oneCycle", "warmUp from 0 to below 1", String(warmUp));
  if (!(start > 0 && start <= 1)) throw new ArgumentError("oneCycle", "start above 0, at most 1", String(start));
  if (!(end >= 0 && end <= 1)) throw new ArgumentError("oneCycle", "end from 0 to 1", String(end));
  return {
    name: "one-cycle",
    settings: { warmUp, start, end },
    factor: (t, steps) => {
      const peak = warmUp * (steps - 1);
      if (t < peak) return start + (1 - start) * (t / peak);
      const fall = steps - 1 - peak;
      return fall > 0 ? 1 + (end - 1) * ((t - peak) / fall) : 1;
    },
  };
}
