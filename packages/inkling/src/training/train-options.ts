/** What `train` can be told. */

import type { Augmentation } from "../data/augmentation.ts";
import type { Dataset } from "../data/dataset.ts";
import type { AbortLike } from "../signal.ts";
import type { AveragingOptions } from "./averaging.ts";
import type { ConstraintOptions } from "./constraints.ts";
import type { Optimizer } from "./optimizers.ts";
import type { Schedule } from "./schedule.ts";
import type { TrainingState } from "./state.ts";
import type { StoppingOptions } from "./stopping.ts";

export interface TrainOptions extends ConstraintOptions {
  /** Passes over the data; 5 if absent. When a training is resumed, all in all. */
  readonly epochs?: number;
  /** Examples in a batch, or "full" for all in one, which is plain gradient descent; 32, or all if fewer, if absent. */
  readonly batchSize?: number | "full";
  /** The update rule; `sgd()` if absent. */
  readonly optimizer?: Optimizer;
  /** How the optimizer's learning rate changes from step to step; `constant()` if absent. */
  readonly schedule?: Schedule;
  /** Where the order of the examples comes from; the network's seed if absent. */
  readonly seed?: number;
  /** Whether every epoch has another order; true if absent. The full batch is never shuffled. */
  readonly shuffle?: boolean;
  /** How images are changed, anew in every epoch: `augment({ shift: 2 })`; not at all if absent. */
  readonly augmentation?: Augmentation | undefined;
  /** Examples to evaluate after each epoch. */
  readonly validation?: Dataset;
  /** Ends the training when the validation examples show no improvement; it runs through if absent. */
  readonly stopping?: StoppingOptions;
  /**
   * An average of the weights over the last steps, which the model has at the end and after each epoch; none if absent.
   * Inside an epoch, and after a loop that was left there, the model has the weights themselves. With batch norm each
   * epoch ends with one pass over the data (no gradients), which finds the statistics that fit the averages.
   */
  readonly averaging?: AveragingOptions;
  /** Whether to give a value after each epoch, or after each step too; "epoch" if absent. */
  readonly every?: "epoch" | "step";
  /** Extra notes for the model's training record. */
  readonly record?: Readonly<Record<string, unknown>>;
  /** Continues a training where this state was taken, to the last bit. */
  readonly resume?: TrainingState;
  /** Ends the training: after the step in hand the run rejects with the signal's reason. */
  readonly signal?: AbortLike;
}
