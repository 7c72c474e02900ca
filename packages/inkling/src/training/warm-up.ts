/**
 * A warm-up before any schedule: the learning rate rises in a straight line during the first steps (Goyal et al. 2017,
 * "Accurate, large minibatch SGD"). PyTorch's LinearLR, followed by another one in SequentialLR.
 *
 *   t < n    (start + (1 − start)·t / n)·(the first factor of the schedule)
 *   t ≥ n    the schedule, whose steps are counted from the end of the warm-up: t − n, of steps − n
 */
import { checkNumber, checkWhole } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { shown } from "../shown.ts";
import type { Schedule } from "./schedule.ts";
import { checkSchedule } from "./schedules.ts";

export interface WarmUpOptions {
  /** How many steps it takes: this, or `share`. */
  readonly steps?: number;
  /** Which share of all steps it takes, above 0 and below 1; the steps are rounded, half up. 0.05 if both are absent. */
  readonly share?: number;
  /** The first factor, above 0 and at most 1; 1 / 25 if absent. */
  readonly start?: number;
}

/** A schedule behind a warm-up. The epochs of `step` and `exponential` are counted from the warm-up's end. */
export function warmUp(schedule: Schedule, options: WarmUpOptions = {}): Schedule {
  checkSchedule("warmUp", schedule);
  checkOptions("warmUp", options, ["steps", "share", "start"]);
  const { steps, start = 1 / 25 } = options;
  if (steps !== undefined && options.share !== undefined) {
    throw new ArgumentError("warmUp", "steps or share", "both", "Leave one of the two out.");
  }
  if (schedule.name === "warmUp") {
    throw new ArgumentError(
      "warmUp",
      "a schedule without a warm-up",
      "one with a warm-up",
      "Leave one of the two out.",
    );
  }
  if (schedule.name === "oneCycle") {
    const got = "oneCycle, which has its own";
    throw new ArgumentError("warmUp", "a schedule without a warm-up", got, "Set its warmUp, or take another schedule.");
  }
  const share = options.share ?? 0.05;
  if (steps !== undefined) checkWhole("warmUp", "steps", steps, 1);
  else checkNumber("warmUp", "share above 0, below 1", share, (part) => part > 0 && part < 1);
  checkNumber("warmUp", "start above 0, at most 1", start, (first) => first > 0 && first <= 1);
  const lengthOf = (all: number) => steps ?? Math.floor(share * all + 0.5);
  const { name, settings, follow } = schedule;
  const behind = (factor: Schedule["factor"]): Schedule["factor"] => {
    return (t, all, perEpoch) => {
      const n = lengthOf(all);
      if (t >= n) return factor(t - n, all - n, perEpoch);
      return (start + (1 - start) * (t / n)) * factor(0, all - n, perEpoch);
    };
  };
  return {
    name: "warmUp",
    settings: { ...(steps === undefined ? { share } : { steps }), start, schedule: { name, settings } },
    dependsOnLength: steps === undefined || schedule.dependsOnLength,
    factor: behind(schedule.factor),
    check(where, length) {
      const n = lengthOf(length.steps);
      if (n < 1) {
        const advice = "Take a larger share, steps, or no warm-up.";
        throw new ArgumentError(
          `${where}, warmUp`,
          `a share of at least one step of ${length.steps}`,
          `${share}`,
          advice,
        );
      }
      if (n >= length.steps) {
        const expected = `fewer steps than the training's ${length.steps}`;
        throw new ArgumentError(`${where}, warmUp`, expected, shown(n), "Take a shorter warm-up, or more epochs.");
      }
      schedule.check?.(where, length);
    },
    ...(follow && {
      follow: () => {
        const follower = follow();
        return { ...follower, factor: behind(follower.factor) };
      },
    }),
  };
}
