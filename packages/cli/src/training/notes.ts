/**
 * What a command keeps in a checkpoint beside the training's own state: what was shown, what the doctor remembers, the
 * weights after the last whole epoch. With it a training that goes on ends with the report of one that was never
 * stopped.
 */
import { DataError, type Progress } from "inkling";
import { decodeTensors } from "inkling/formats";
import type { DoctorMemory, Finding } from "inkling/proofs";
import type { EpochRecord } from "../report/training.ts";

/** Where a training stood: what is asked of a progress later. */
export type Standing = Pick<
  Progress,
  "epoch" | "step" | "steps" | "loss" | "accuracy" | "seconds" | "epochEnded" | "ended" | "bestEpoch" | "learningRate"
> & { readonly scores: Omit<EpochRecord, "epoch" | "loss" | "accuracy" | "seconds"> };

/** What the end of an epoch still owes: it was measured, shown and said only in part, or not at all. */
export interface Owed {
  readonly at: Standing;
  /** What the doctor found after it. */
  readonly news: readonly Finding[];
}

/** What `learn` knows at one moment. */
export interface Learned {
  readonly history: readonly EpochRecord[];
  /** Undefined before the first step. */
  readonly latest: Standing | undefined;
  readonly owed: Owed | undefined;
  /** The model file after the last whole epoch, and which one that is; 0 is before the first. */
  readonly shown: Uint8Array<ArrayBuffer>;
  readonly shownEpoch: number;
  readonly doctor: DoctorMemory;
}

/** The same for a checkpoint: as notes, and as numbers. */
export function toCheckpoint({ shown, doctor, ...learned }: Learned): {
  readonly notes: Readonly<Record<string, unknown>>;
  readonly values: { readonly shown: Float32Array };
} {
  const { checkups, findings, firstSizes } = doctor;
  const notes = { ...learned, doctor: { checkups, findings, firstSizes } };
  return { notes, values: { shown: numbersOf(shown) } };
}

/** A model file as numbers, bit for bit: it is a multiple of four bytes long. */
export function numbersOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

/** The bytes of such numbers. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}

/** What a checkpoint holds of it. Throws a DataError for notes that this command has not written. */
export function fromCheckpoint(
  where: string,
  notes: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, Float32Array | Float64Array>>,
): Learned {
  const { history, latest, owed, shownEpoch, doctor } = notes as unknown as Partial<Learned>;
  const { shown } = values;
  const { checkups, findings, firstSizes } = (doctor ?? {}) as Partial<DoctorMemory>;
  const lists = [history, checkups, findings, firstSizes];
  const isSound =
    lists.every(Array.isArray) &&
    Number.isSafeInteger(shownEpoch) &&
    shown instanceof Float32Array &&
    [latest, owed?.at].every((standing) => standing === undefined || Number.isSafeInteger(standing.epoch));
  if (!isSound) {
    const advice = "A checkpoint of the library is resumed with train(model, data, { resume }).";
    throw new DataError(where, "a checkpoint of inkling train", "one without its notes", advice);
  }
  const bytes = bytesOf(shown);
  const weights = decodeTensors(bytes, where).tensors.map(({ name, values }) => [name, values] as const);
  const learned = {
    ...{ history, latest, owed, shownEpoch, shown: bytes },
    doctor: { checkups, findings, firstSizes, weights: Object.fromEntries(weights) },
  } as Learned;
  if (learned.owed !== undefined || learned.latest?.ended === undefined) return learned;
  // A training that was over says the result of its last epoch again.
  return { ...learned, owed: { at: learned.latest, news: [] }, history: learned.history.slice(0, -1) };
}
