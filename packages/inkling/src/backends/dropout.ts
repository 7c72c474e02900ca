/**
 * What decides the mask of dropout: the rate as a threshold for whole numbers, and the checks of its settings. A random
 * number of 32 bits is compared with the threshold, which is exact everywhere.
 */
import { checkNumber, checkWithin } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import { Stream } from "../numbers/random.ts";
import { isLength } from "../shapes.ts";
import { shown } from "../shown.ts";
import type { DropoutSettings } from "./settings.ts";

const TWO_TO_32 = 4294967296;

/** Below this a random number of 32 bits drops: the rate in units of 2⁻³², rounded. */
export function thresholdOf(rate: number): number {
  return Math.round(rate * TWO_TO_32);
}

/** Throws an ArgumentError for a rate that is not from 0 to below 1; one that is rounded to 1 would keep nothing. */
export function checkRate(where: string, rate: unknown): void {
  checkNumber(where, "a rate from 0 to below 1", rate, (r) => r >= 0 && thresholdOf(r) < TWO_TO_32);
}

/** Throws an ArgumentError for settings that cannot decide the mask of so many rows. */
export function checkDropout({ rate, stream, epoch, order, start }: DropoutSettings, rows: number): void {
  checkRate("dropout", rate);
  if (!(stream instanceof Stream)) throw new ArgumentError("dropout", "a Stream of random numbers", shown(stream));
  checkWithin("dropout", "an epoch from 0 to 2^32 − 1", epoch, 0, TWO_TO_32 - 1);
  if (order instanceof Uint32Array && isLength(start + 1) && start + rows <= order.length) return;
  const expected = "the numbers of its examples, order[start] … (a Uint32Array), one for each row";
  const got = order instanceof Uint32Array ? `${rows} rows from ${shown(start)} on, of ${order.length}` : shown(order);
  throw new ArgumentError("dropout", expected, got, "Give the training's pass on to the layers inside of yours.");
}
