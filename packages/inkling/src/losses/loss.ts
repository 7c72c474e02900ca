/**
 * What every loss is: it says what an example's outputs cost, and the gradient at them. The loss of a batch is the mean
 * of its examples'; the mean is taken where the gradients of the parameters are summed (backends/backend.ts). A loss
 * also decides what the outputs mean, and so how a network predicts and is evaluated:
 *
 *   classes   the outputs are one number a class; a target is a label
 *   numbers   the outputs are the numbers to be predicted; a target is such numbers
 */
import type { Backend } from "../backends/backend.ts";
import type { Totals } from "../backends/totals.ts";
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError } from "../errors.ts";
import { Labels, type Matrix } from "../matrix.ts";
import { calledAdvice } from "../options.ts";
import { shown } from "../shown.ts";
import type { ScoreOptions, Scores } from "./scores.ts";

/** What an example's target is: a label a row, or a row of numbers. */
export type Targets = Labels | Matrix;

export type Task = "classes" | "numbers";

/** The loss of each example (m × 1), and its gradient with respect to that example's outputs (m × n). */
export interface LossAndGradient {
  readonly losses: Matrix;
  readonly dOutputs: Matrix;
}

/** A loss. `type` is its name in files. */
export interface Loss<T extends Task = Task> {
  readonly type: string;
  readonly task: T;
  /** Its settings, for files: it is written as { type, ...settings }. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether it takes a last layer's z, without an activation. */
  readonly wantsLogits: boolean;
  /** Whether its targets are numbers from 0 to 1: they are then never scaled. */
  readonly wantsShares?: true;
  /** What each example's outputs cost, and ∂Cᵢ/∂outputs. */
  compute(ops: Backend, outputs: Matrix, targets: Targets): LossAndGradient;
  /** What the outputs say: probabilities of the classes, or the numbers that are predicted. */
  meaning(ops: Backend, outputs: Matrix): Matrix;
  /** Throws an error for a network that it does not fit, when the network is made. */
  checkModel?(model: { readonly outputs: number; readonly targetScaling: object | undefined }): void;
  /** Throws an error, in the name of `where`, for targets that it cannot take, before anything is computed with them. */
  checkTargets?(where: string, data: Dataset): void;
  /** What `evaluate` counts on a data set; of classes with the model's names for them. */
  scores(data: Dataset, outputs: number, classNames?: readonly string[], options?: ScoreOptions): Scores;
}

/** The names of the losses of losses.ts, which holds them all: a program that takes one does not load the others. */
export const lossNames = [
  "crossEntropy",
  "sigmoidCrossEntropy",
  "quadratic",
  "meanSquared",
  "meanAbsolute",
  "huber",
  "binaryCrossEntropy",
] as const;

export type LossName = (typeof lossNames)[number];

/** Throws an ArgumentError for what is no loss. */
export function checkLoss(where: string, loss: unknown): asserts loss is Loss {
  const { compute, meaning, scores } = (loss ?? {}) as Partial<Loss>;
  if ([compute, meaning, scores].every((part) => typeof part === "function")) return;
  const advice = calledAdvice(loss, lossNames);
  throw new ArgumentError(where, "a loss, as crossEntropy() or meanSquared()", shown(loss), advice);
}

/** Adds a batch's losses and hits to the totals, and returns ∂Cᵢ/∂outputs of each example. */
export function compareWith(
  targets: Targets,
  outputs: Matrix,
  { backend, loss }: { readonly backend: Backend; readonly loss: Loss },
  totals: Totals,
): Matrix {
  const { losses, dOutputs } = loss.compute(backend, outputs, targets);
  backend.sumLosses(losses, totals);
  if (targets instanceof Labels) backend.countHits(outputs, targets, totals);
  return dOutputs;
}

/** Throws an ArgumentError unless the targets are labels. */
export function labelsOf(loss: string, targets: Targets): Labels {
  if (targets instanceof Labels) return targets;
  throw new ArgumentError(loss, "labels", "numbers", "Take meanSquared() for numbers.");
}

/** Throws an ArgumentError unless the targets are numbers. */
export function numbersOf(loss: string, targets: Targets): Matrix {
  if (!(targets instanceof Labels)) return targets;
  throw new ArgumentError(loss, "numbers", "labels", "Take crossEntropy() for classes.");
}
