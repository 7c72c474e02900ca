/**
 * Early stopping: a training ends when the validation examples show no improvement for `patience` epochs, and the model
 * gets the weights of the best epoch (chapter 3, "How to choose a neural network's hyper-parameters": the book's "no
 * improvement in n" looks at the accuracy).
 *
 * The best weights are a copy of all of the model's tensors, as evaluations see them: with averaging, the averages. At
 * the end copy and model change places, so that a training that is resumed to become longer finds its last weights.
 */
import type { Backend } from "../backends/backend.ts";
import { ArgumentError } from "../errors.ts";
import type { Tensor } from "../layers/layer.ts";
import type { Task } from "../losses/loss.ts";
import type { Matrix } from "../matrix.ts";
import { checkOptions } from "../options.ts";
import { shown } from "../shown.ts";
import { exchange, type Memory } from "./memory.ts";
import {
  checkPatience,
  checkScore,
  Patience,
  type PatienceSettings,
  patienceOptions,
  type Scores,
} from "./patience.ts";

export interface StoppingOptions {
  /** The training ends after so many epochs in a row without improvement; 10 if absent. */
  readonly patience?: number;
  /** The validation examples' score: "loss" (the default) or "accuracy". */
  readonly on?: "loss" | "accuracy";
  /** A score has to be better than the best by more than this; 0 if absent. */
  readonly improvement?: number;
  /** Whether the model gets the best epoch's weights at the end, also of a training that runs through; true if absent. */
  readonly restoreBest?: boolean;
}

export interface StoppingSettings extends PatienceSettings {
  readonly restoreBest: boolean;
}

/** The options, checked and completed. */
export function stoppingSettings(where: string, options: StoppingOptions, task: Task): StoppingSettings {
  checkOptions(where, options, [...patienceOptions, "restoreBest"]);
  const { patience = 10, on = "loss", improvement = 0, restoreBest = true } = options;
  checkPatience(where, { patience, on, improvement });
  checkScore(where, { on }, task);
  if (typeof restoreBest !== "boolean") {
    throw new ArgumentError(where, "restoreBest true or false", shown(restoreBest));
  }
  return { patience, on, improvement, restoreBest };
}

export class Stopping implements Memory {
  readonly #ops: Backend;
  readonly #model: readonly Tensor[];
  readonly #patience: Patience;
  /** The tensors of the best epoch; once they are restored, those of the last one. */
  readonly tensors: ReadonlyMap<string, Matrix>;
  readonly numbers: Patience["numbers"] & { isRestored: number };

  constructor(ops: Backend, model: readonly Tensor[], settings: StoppingSettings) {
    this.#ops = ops;
    this.#model = settings.restoreBest ? model : [];
    this.#patience = new Patience(settings);
    this.numbers = Object.assign(this.#patience.numbers, { isRestored: 0 });
    this.tensors = new Map(this.#model.map(({ name, value }) => [name, ops.keep(value.rows, value.columns)]));
  }

  /** Takes an epoch's scores, and keeps the model if they are the best so far. */
  afterEpoch(epoch: number, scores: Scores): void {
    if (!this.#patience.take(epoch, scores)) return;
    for (const [value, kept] of this.#pairs()) this.#ops.copy(value, kept);
  }

  /** Whether the training is to end. */
  isOver(): boolean {
    return this.#patience.isOver;
  }

  /** Gives the model the best weights; returns whether they are others than the last. */
  restore(): boolean {
    const { numbers } = this;
    if (numbers.isRestored === 1 || numbers.bestEpoch === 0 || numbers.bestEpoch === numbers.judged) return false;
    this.#exchange(1);
    return this.#model.length > 0;
  }

  /** Gives the model its last weights back, for a training that goes on. */
  undo(): void {
    if (this.numbers.isRestored === 1) this.#exchange(0);
  }

  #exchange(isRestored: number): void {
    for (const [value, kept] of this.#pairs()) exchange(this.#ops, value, kept);
    this.numbers.isRestored = isRestored;
  }

  #pairs(): [value: Matrix, kept: Matrix][] {
    return this.#model.map(({ name, value }) => [value, this.tensors.get(name) as Matrix]);
  }
}
