/**
 * A learning rate that falls when the training gets no better: chapter 3, "Learning rate schedule". The book's way
 * (halve when the validation accuracy has not improved for n epochs, end at 1/128 of the first learning rate) is
 *
 *   reduceOnPlateau({ factor: 1 / 2, patience: n, on: "accuracy", stopAt: 1 / 128 })
 *
 * PyTorch's ReduceLROnPlateau waits for one epoch more: its patience is ours − 1.
 */
import { checkNumber } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { checkPatience, checkScore, Patience, type PatienceSettings, patienceOptions } from "./patience.ts";
import type { Follower, Schedule } from "./schedule.ts";

export interface PlateauOptions extends Partial<PatienceSettings> {
  /** What the learning rate is multiplied with, above 0 and below 1; 0.5 if absent. */
  readonly factor?: number;
  /** Epochs in a row without improvement after which it is; 3 if absent. */
  readonly patience?: number;
  /**
   * The score: "loss" (the default) or "accuracy", of the validation examples; of the training examples where there are
   * none.
   */
  readonly on?: "loss" | "accuracy";
  /** A score has to be better than the best by more than this; 0 if absent. */
  readonly improvement?: number;
  /** The learning rate falls no further than to this factor; 0 if absent. */
  readonly least?: number;
  /** The training ends when the factor has fallen to this or below; 0 for never, if absent. */
  readonly stopAt?: number;
}

/** The optimizer's learning rate, multiplied by `factor` whenever `patience` epochs brought no improvement. */
export function reduceOnPlateau(options: PlateauOptions = {}): Schedule {
  const where = "reduceOnPlateau";
  checkOptions(where, options, ["factor", ...patienceOptions, "least", "stopAt"]);
  const { factor = 0.5, patience = 3, on = "loss", improvement = 0, least = 0, stopAt = 0 } = options;
  checkNumber(where, "factor above 0, below 1", factor, (share) => share > 0 && share < 1);
  checkPatience(where, { patience, on, improvement });
  checkNumber(where, "least from 0 to below 1", least, (share) => share >= 0 && share < 1);
  checkNumber(where, "stopAt from 0 to below 1", stopAt, (share) => share >= 0 && share < 1);
  if (stopAt > 0 && least > stopAt) {
    throw new ArgumentError(where, `least of at most ${stopAt} (stopAt)`, `${least}`, "The training would never end.");
  }
  return {
    name: "reduceOnPlateau",
    settings: { factor, patience, on, improvement, least, stopAt },
    dependsOnLength: false,
    factor: () => 1,
    check(at, { epochs, task }) {
      checkScore(`${at}, reduceOnPlateau`, { on }, task);
      // The first epoch sets the best score; then `patience` epochs; then there has to be one with the new rate.
      if (patience + 2 <= epochs) return;
      const [expected, got] =
        epochs < 3
          ? ["at least 3 epochs", epochs]
          : [`patience of at most ${epochs - 2} for ${epochs} epochs`, patience];
      const advice = "The learning rate would never fall: wait for fewer epochs, or train longer.";
      throw new ArgumentError(`${at}, reduceOnPlateau`, expected, String(got), advice);
    },
    follow: () => followerOf({ factor, patience, on, improvement, least, stopAt }),
  };
}

function followerOf(settings: Required<PlateauOptions>): Follower {
  const { factor, least, stopAt } = settings;
  const patience = new Patience(settings);
  const numbers = Object.assign(patience.numbers, { factor: 1 });
  return {
    tensors: new Map(),
    numbers,
    factor: () => numbers.factor,
    afterEpoch(epoch, scores) {
      patience.take(epoch, scores);
      if (!patience.isOver) return;
      // η ← factor·η
      numbers.factor = Math.max(least, factor * numbers.factor);
      numbers.waited = 0;
    },
    isOver: () => numbers.factor <= stopAt,
  };
}
