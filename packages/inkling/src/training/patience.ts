/**
 * Whether a training still gets better: the best score so far, and for how many epochs there was none better. Early
 * stopping and the schedule reduceOnPlateau wait like this (chapter 3, "How to choose a neural network's
 * hyper-parameters": "no improvement in n epochs").
 *
 * The scores are of the validation examples, or of the epoch's training examples where there are none. They are float64
 * sums in a fixed order, so every backend comes to the same verdict.
 */
import { checkName, checkNumber, checkWhole } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import type { Task } from "../losses/loss.ts";

/** What an epoch is judged by. */
export interface Scores {
  readonly loss: number;
  /** Undefined where numbers are predicted. */
  readonly accuracy?: number | undefined;
}

export interface PatienceSettings {
  /** Epochs in a row without improvement after which something is done. */
  readonly patience: number;
  readonly on: "loss" | "accuracy";
  /** A score has to be better than the best one by more than this. */
  readonly improvement: number;
}

/** The names of its options. */
export const patienceOptions = ["patience", "on", "improvement"];

/** Throws an ArgumentError for settings that are none. */
export function checkPatience(where: string, { patience, on, improvement }: PatienceSettings): void {
  checkWhole(where, "patience", patience, 1);
  checkName(where, "on", on, ["loss", "accuracy"]);
  checkNumber(where, "improvement of at least 0", improvement, (least) => least >= 0);
}

/** Throws an ArgumentError where a training has no such score. */
export function checkScore(where: string, { on }: Pick<PatienceSettings, "on">, task: Task): void {
  if (on === "loss" || task === "classes") return;
  throw new ArgumentError(where, 'on to be "loss" (a network that predicts numbers has no accuracy)', '"accuracy"');
}

export class Patience {
  readonly #settings: PatienceSettings;
  /** bestEpoch is 0 before there is a best score; judged is the last epoch whose scores were taken. */
  readonly numbers = { best: 0, bestEpoch: 0, waited: 0, judged: 0 };

  constructor(settings: PatienceSettings) {
    this.#settings = settings;
  }

  /** Takes an epoch's scores; returns whether they are the best so far. A score that is not finite never is. */
  take(epoch: number, scores: Scores): boolean {
    const { numbers } = this;
    const { on, improvement } = this.#settings;
    const score = scores[on] ?? Number.NaN;
    const gain = on === "loss" ? numbers.best - score : score - numbers.best;
    const isBest = Number.isFinite(score) && (numbers.bestEpoch === 0 || gain > improvement);
    numbers.judged = epoch;
    if (isBest) Object.assign(numbers, { best: score, bestEpoch: epoch, waited: 0 });
    else numbers.waited++;
    return isBest;
  }

  /** Whether there was no improvement for so many epochs that something is to be done. */
  get isOver(): boolean {
    return this.numbers.waited >= this.#settings.patience;
  }
}
