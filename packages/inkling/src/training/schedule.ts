/**
 * What a schedule is: a learning rate that changes from step to step. It is a factor, at most 1, of the optimizer's
 * learning rate; + − × ÷ alone, so that it is the same number everywhere.
 */
import type { Task } from "../losses/loss.ts";
import type { Memory } from "./memory.ts";
import type { Scores } from "./patience.ts";

export type ScheduleName = "constant" | "oneCycle" | "step" | "exponential" | "cosine" | "warmUp" | "reduceOnPlateau";

/** A schedule by its name and numbers, as records and states hold it. A warm-up holds the schedule that follows it. */
export interface ScheduleRecord {
  readonly name: string;
  readonly settings: { readonly [name: string]: number | string | ScheduleRecord };
}

/** What a schedule may ask about a training. */
export interface Length {
  readonly epochs: number;
  /** All steps. */
  readonly steps: number;
  readonly task: Task;
}

export interface Schedule extends ScheduleRecord {
  readonly name: ScheduleName;
  /** Whether the factor depends on how long the whole training is. Then a training cannot be made longer later. */
  readonly dependsOnLength: boolean;
  /** The factor in step t, from 0, of `steps` in the whole training; `perEpoch`: steps in an epoch, 1 if absent. */
  readonly factor: (t: number, steps: number, perEpoch?: number) => number;
  /** Throws an ArgumentError for a training that is too short for it. Absent: none is. */
  readonly check?: (where: string, length: Length) => void;
  /** Begins a training, where the factor depends on how the training goes. Absent: `factor` says all. */
  readonly follow?: () => Follower;
}

/** A schedule that follows one training, with what it remembers. */
export interface Follower extends Memory {
  /** What it remembers; `judged` is the last epoch whose scores it has taken. */
  readonly numbers: Record<string, number> & { judged: number };
  readonly factor: Schedule["factor"];
  /** Takes the scores of an epoch that has ended. */
  readonly afterEpoch: (epoch: number, scores: Scores) => void;
  /** Whether the training is to end. */
  readonly isOver: () => boolean;
}

/** A schedule in a model's record; a warm-up stands beside the schedule that follows it. */
export function recorded({ name, settings }: ScheduleRecord): Record<string, unknown> {
  const { schedule, ...warmUpSettings } = settings;
  if (typeof schedule === "object") return { ...recorded(schedule), warmUpSettings };
  return { schedule: name, ...(name !== "constant" && { scheduleSettings: settings }) };
}
