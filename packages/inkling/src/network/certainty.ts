/**
 * What a model knows about how sure it may be: the temperature of its probabilities (evaluation/calibration.ts) and
 * what its examples looked like (evaluation/familiarity.ts). Both are measured on a trained model and kept in its file.
 * Neither changes a weight, a loss or an accuracy. Training forgets them, because they are of other weights then.
 */
import type { DataRecord } from "./record.ts";

/** The temperature T of a model's probabilities, and on what it was measured. */
export interface Calibration {
  /** p = softmax(z / T); of yes-or-no outputs p = σ(z / T). Above 1: the model was too sure. */
  readonly temperature: number;
  /** The examples that it was measured on. */
  readonly data: DataRecord;
  /** The expected calibration error on those examples, from 0 to 1: with T = 1, and with this temperature. */
  readonly expectedCalibrationError: { readonly raw: number; readonly calibrated: number };
}

/**
 * What the examples of each class looked like: subspaces of coarse pictures, of height × width cells. All numbers of a
 * basis are whole, from −127 to 127; only directions count.
 */
export interface Familiarity {
  readonly height: number;
  readonly width: number;
  /** One basis a class: directions × (height · width), row-major. A class without examples has none. */
  readonly bases: readonly Int8Array[];
  /** More than this share left over is called unfamiliar. */
  readonly threshold: number;
  /** The share of examples like those of the training that are called unfamiliar all the same: 0.01. */
  readonly falseAlarms: number;
  /** How many examples made the bases, and how many others the threshold. */
  readonly examples: { readonly bases: number; readonly threshold: number };
}

const calibrations = new WeakMap<object, Calibration>();
const familiarities = new WeakMap<object, Familiarity>();

/** The temperature of a network or an ensemble; undefined where none was measured. */
export function calibrationOf(model: object): Calibration | undefined {
  return calibrations.get(model);
}

/** Gives a model its temperature; undefined takes it away. */
export function setCalibration(model: object, calibration: Calibration | undefined): void {
  if (calibration === undefined) calibrations.delete(model);
  else calibrations.set(model, calibration);
}

/** What the examples of a network looked like; undefined where it was not measured. */
export function familiarityOf(model: object): Familiarity | undefined {
  return familiarities.get(model);
}

/** Gives a model what its examples looked like; undefined takes it away. */
export function setFamiliarity(model: object, familiarity: Familiarity | undefined): void {
  if (familiarity === undefined) familiarities.delete(model);
  else familiarities.set(model, familiarity);
}

/** Takes away what was measured of weights that are about to change. */
export function forgetCertainty(model: object): void {
  calibrations.delete(model);
  familiarities.delete(model);
}
