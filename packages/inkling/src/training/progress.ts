/** What a training says of itself after each epoch, or after each step. */
import type { Evaluation } from "../evaluation/evaluate.ts";

/** Where a training stands. */
interface Standing {
  /** The epoch that is being run or has just ended, from 1. */
  readonly epoch: number;
  /** The last step done in this epoch, from 1, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Mean loss of this epoch's examples so far, each measured before the update of its step. */
  readonly loss: number;
  /** Examples trained on in this epoch so far. */
  readonly examples: number;
  /** Seconds of training since its start, without what happened between two values. */
  readonly seconds: number;
  /** Whether the epoch has ended. */
  readonly epochEnded: boolean;
  /** On the validation examples, after the epoch; undefined without them and inside an epoch. */
  readonly validation: Evaluation | undefined;
  /**
   * Why the training is over: "epochs" where all are done, "stopping" where early stopping ended it, "schedule" where
   * the schedule did; undefined while it goes on.
   */
  readonly ended: "epochs" | "stopping" | "schedule" | undefined;
  /** With early stopping: the best epoch so far. Its weights are the model's at the end. Otherwise undefined. */
  readonly bestEpoch: number | undefined;
  /** The learning rate of the last step: the optimizer's, times what the schedule says. */
  readonly learningRate: number;
}

export interface ClassProgress extends Standing {
  readonly task: "classes";
  /** Share of this epoch's examples so far that were recognised, each measured before the update of its step. */
  readonly accuracy: number;
}

export interface NumberProgress extends Standing {
  readonly task: "numbers";
  readonly accuracy?: undefined;
}

export type Progress = ClassProgress | NumberProgress;
