/** How sure a trained model may be: measured at the end of a training, before the model is saved for the last time. */
import {
  calibrate,
  DataError,
  type Ensemble,
  FileError,
  hasTemperature,
  learnFamiliarity,
  type Network,
} from "inkling";
import { save } from "inkling/node";
import { printable } from "../printable.ts";
import type { Sets } from "./sets.ts";

/**
 * Notes what the training's examples looked like, and with validation examples the temperature; gives a sentence where
 * it cannot be measured. What was measured in training stays as it is.
 */
export async function becomeSure(
  model: Network | Ensemble,
  { train, validation }: Pick<Sets, "train" | "validation">,
): Promise<string | undefined> {
  // Of an ensemble, each network on its own: every one of them can be asked alone.
  for (const member of "members" in model ? model.members : [model]) await learnFamiliarity(member, train);
  if (validation === undefined || !hasTemperature(model)) return undefined;
  try {
    await calibrate(model, validation);
    return undefined;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return `Not calibrated. ${error.message}`;
  }
}

/**
 * Saves an ensemble once more. It is on the disk already: a disk that has no room for a second one costs this alone.
 */
export async function saveSure(ensemble: Ensemble, out: string): Promise<void> {
  try {
    await save(ensemble, out);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    console.error(printable(`${error.message} The ensemble is there, without its temperature.`));
  }
}

/** What --json says of it. */
export function certaintyJson({ calibration, familiarity }: Network | Ensemble): object {
  const { threshold, falseAlarms, examples } = familiarity ?? {};
  return {
    calibration: calibration ?? null,
    familiarity: familiarity === undefined ? null : { threshold, falseAlarms, examples },
  };
}
