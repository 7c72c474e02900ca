/** The examples of a search: one division for all trials. The test examples are set aside, and no trial sees them. */
import { ArgumentError, DataError } from "inkling";
import type { Configuration } from "inkling/presets";
import type { Named, NamedConfiguration } from "../configuring.ts";
import { divided, filledIn, prepare, type SetOptions, type Sets, tenth } from "../training/sets.ts";

export interface SearchSets {
  readonly configuration: NamedConfiguration;
  /** What the user named, with the number of validation examples. */
  readonly fields: Partial<Configuration>;
  readonly sets: Sets;
}

/**
 * Loads and divides the data as `inkling train` does, so that its command repeats a trial. Without --validation a tenth
 * of the training examples is held out; with folds none is. Throws the caller's mistakes.
 */
export async function setsFor(named: Named, data: SetOptions, folds: number | undefined): Promise<SearchSets> {
  const asked = named.fields.validation;
  if (folds === undefined && asked === 0) {
    const advice = "Leave it out, and a tenth is held out; or cross-validate with --folds 5.";
    throw new ArgumentError("--validation", "validation examples to compare the trials on", "0", advice);
  }
  if (folds !== undefined && asked !== undefined && asked !== 0) {
    throw new ArgumentError("--folds", "no --validation beside it", String(asked), "Each fold is held out in turn.");
  }
  // There are validation examples in the end; so early stopping is not refused here for the want of them.
  const own = { ...named.fields, patience: 0, ...(folds !== undefined && { validation: 0 }) };
  const { configuration, sets } = await prepare({ ...named, fields: own }, data);
  const { count, name } = sets.train;
  if (folds !== undefined) {
    if (folds > count) {
      throw new ArgumentError("--folds", `at most ${count} (all training examples of ${name})`, String(folds));
    }
    return { configuration, fields: { ...named.fields, validation: 0 }, sets };
  }
  if (sets.validation !== undefined) {
    return { configuration, fields: { ...named.fields, validation: sets.validation.count }, sets: filledIn(sets) };
  }
  if (count < 2) throw new DataError(name, "at least 2 training examples, one of them for validation", String(count));
  const validation = { validation: tenth(count) };
  const parts = divided(sets.train, { ...configuration, ...validation }, { preset: undefined, fields: validation });
  return { configuration, fields: { ...named.fields, ...validation }, sets: filledIn({ ...sets, ...parts }) };
}
