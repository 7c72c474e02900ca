/** What a training is at one moment: its options, its data and all that it remembers. */

import type { AugmentOptions } from "../data/augmentation.ts";
import type { AveragingSettings } from "./averaging.ts";
import type { ConstraintOptions } from "./constraints.ts";
import type { MemoryState } from "./memory.ts";
import type { ScheduleRecord } from "./schedule.ts";
import type { StoppingSettings } from "./stopping.ts";

/** A training at one moment: all that it needs to go on. */
export interface TrainingState extends MemoryState {
  /** The version of Inkling that it was taken with. */
  readonly version: string;
  readonly options: ConstraintOptions & {
    readonly epochs: number;
    readonly batchSize: number | "full";
    readonly seed: number;
    readonly shuffle: boolean;
    readonly optimizer: { readonly name: string; readonly settings: Readonly<Record<string, number | boolean>> };
    readonly schedule: ScheduleRecord;
    readonly stopping?: StoppingSettings;
    readonly averaging?: AveragingSettings;
    /** What `augment` was given; absent without augmentation. */
    readonly augmentation?: AugmentOptions;
  };
  /** Its network as text: shapes, layers, loss, precision, scaling. */
  readonly network: string;
  /** The data that it learns from. */
  readonly data: {
    readonly name: string;
    readonly examples: number;
    readonly columns: number;
    readonly sha256: string | null;
  };
}
