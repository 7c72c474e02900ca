/** The numbers of a tensor at a glance. */
import type { Tensor } from "inkling/formats";

export interface TensorStatistics {
  readonly name: string;
  readonly shape: readonly number[];
  /** How many numbers. */
  readonly numbers: number;
  /** Of those that are finite; null where there is none. */
  readonly min: number | null;
  readonly mean: number | null;
  /** √(mean of (x − mean)²) */
  readonly deviation: number | null;
  readonly max: number | null;
  /** The share of all numbers that are 0. */
  readonly zeros: number;
  /** How many are NaN or infinite. */
  readonly notFinite: number;
}

export function statisticsOf({ name, shape, values }: Tensor): TensorStatistics {
  let [min, max, sum, finite, zeros] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    [min, max] = [Math.min(min, value), Math.max(max, value)];
    sum += value;
    finite++;
    if (value === 0) zeros++;
  }
  const mean = sum / finite;
  let squares = 0;
  for (const value of values) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  const known = finite > 0;
  return {
    ...{ name, shape, numbers: values.length },
    ...{ min: known ? min : null, mean: known ? mean : null },
    ...{ deviation: known ? Math.sqrt(squares / finite) : null, max: known ? max : null },
    zeros: values.length === 0 ? 0 : zeros / values.length,
    notFinite: values.length - finite,
  };
}
