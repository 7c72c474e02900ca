/**
 * How a model was trained: what a model file keeps beside its numbers, so that the training can be repeated. Training
 * writes it; a model shows it as `model.training`.
 */
import type { Dataset } from "../data/dataset.ts";

/** A data set by what identifies it. */
export interface DataRecord {
  readonly name: string;
  readonly examples: number;
  /** Its digest, taken when the model is saved; null where there is none (a page without https). */
  readonly sha256: string | null;
}

export interface TrainingRecord {
  /** The version of Inkling that trained it. */
  readonly version: string;
  /** The network's seed, which drew its first weights. */
  readonly seed: number;
  /** Whole ones, over all trainings. */
  readonly epochs: number;
  /** Of a model that was saved inside an epoch: which one, and how many of its steps were done. */
  readonly position?: { readonly epoch: number; readonly step: number; readonly steps: number };
  /** The last data set that it was trained on. */
  readonly data: DataRecord;
  /** The examples that were evaluated after each epoch. */
  readonly validation?: DataRecord;
  /** Batch size, optimizer and schedule with their numbers; from the command line all options. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Loss and accuracy after the last epoch, as training measured them, and what was measured since. */
  readonly metrics: Readonly<Record<string, number>>;
}

interface Remembered {
  readonly record: TrainingRecord;
  readonly data?: Dataset | undefined;
  readonly validation?: Dataset | undefined;
}

const remembered = new WeakMap<object, Remembered>();

/** Notes how a model was trained, and on which data, whose digests are taken when they are asked for. */
export function remember(model: object, record: TrainingRecord, data?: Dataset, validation?: Dataset): void {
  remembered.set(model, { record, data, validation });
}

/** How a model was trained; undefined before. */
export function recordOf(model: object): TrainingRecord | undefined {
  return remembered.get(model)?.record;
}

/** The record with the digests of its data. From then on the model no longer holds the data. */
export async function fullRecordOf(model: object): Promise<TrainingRecord | undefined> {
  const found = remembered.get(model);
  if (found === undefined) return undefined;
  const { record, data, validation } = found;
  const full: TrainingRecord = {
    ...record,
    data: { ...record.data, sha256: (await digestOf(data)) ?? record.data.sha256 },
    ...(record.validation && {
      validation: { ...record.validation, sha256: (await digestOf(validation)) ?? record.validation.sha256 },
    }),
  };
  if (remembered.get(model) === found) remembered.set(model, { record: full });
  return full;
}

/**
 * The digest of a data set for a record. A page without https has no digests: the record then has null, and what it
 * belongs to can still be saved.
 */
export async function digestOf(data: Dataset | undefined): Promise<string | null> {
  return (await data?.sha256().catch(() => null)) ?? null;
}
