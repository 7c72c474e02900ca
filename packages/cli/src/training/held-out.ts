/** The validation examples of a training, found again by its record. */
import type { Dataset, TrainingRecord } from "inkling";
import { inOrder } from "inkling/backends";
import { MersenneTwister } from "inkling/numbers";
import { tenth } from "./sets.ts";

/**
 * The examples of `found` that a training by the command held out for validation; undefined if it held none out, or
 * if they are others: their digest is compared with the record's.
 */
export async function heldOut(found: Dataset, record: TrainingRecord): Promise<Dataset | undefined> {
  const { validation, configuration, seed: own } = record;
  if (validation?.sha256 == null) return undefined;
  const { seed = own, examples = "all", init } = configuration;
  if (!Number.isSafeInteger(seed) || !(examples === "all" || Number.isSafeInteger(examples))) return undefined;
  // Of a table, or of a folder of pictures, a tenth was first held out for testing, unless --test named others.
  const sources = [
    found,
    ...(found.count > 1 ? [found.split(tenth(found.count), { seed: seed as number }).train] : []),
  ];
  for (const source of sources) {
    const all = examples === "all" ? source : source.take(examples as number);
    if (validation.examples < 1 || validation.examples >= all.count) continue;
    const order = inOrder(all.count);
    if (init === "numpy") new MersenneTwister(seed as number).shuffle(order);
    const by = init === "numpy" ? { order } : { seed: seed as number };
    const { validation: held } = all.split(validation.examples, by);
    if ((await held.sha256().catch(() => undefined)) === validation.sha256) return held;
  }
  return undefined;
}
