/** Many numbers as a histogram, in the way of TensorFlow's HistogramProto (core/framework/summary.proto). */

/** How many numbers are in which bucket. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /**
   * The upper limit of each bucket, ascending. A bucket begins where the one before it ends, the first one at `min`.
   */
  readonly limits: readonly number[];
  /** How many numbers each bucket has. */
  readonly counts: readonly number[];
}

/** The usual number of buckets. */
const BUCKETS = 30;

/**
 * A histogram of finite numbers in buckets of one width; numbers that are not finite are left out. Without any number,
 * or where all are equal, there is one bucket.
 */
export function histogramOf(values: ArrayLike<number>, buckets = BUCKETS): Histogram {
  let [min, max, count, sum, sumOfSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (!Number.isFinite(value)) continue;
    [min, max] = [Math.min(min, value), Math.max(max, value)];
    count++;
    sum += value;
    sumOfSquares += value * value;
  }
  if (count === 0) return { min: 0, max: 0, count, sum, sumOfSquares, limits: [0], counts: [0] };
  const width = (max - min) / buckets;
  // The same number throughout, or numbers so close or so far apart that a width cannot be computed.
  if (!(width > 0 && Number.isFinite(width))) {
    return { min, max, count, sum, sumOfSquares, limits: [max], counts: [count] };
  }
  const counts = new Array<number>(buckets).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (!Number.isFinite(value)) continue;
    const bucket = Math.min(buckets - 1, Math.floor((value - min) / width));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  // Of numbers that are nearly 0 the width is rounded up, by as much as itself: no limit goes beyond the largest.
  const limits = counts.map((_, bucket) => (bucket === buckets - 1 ? max : Math.min(max, min + width * (bucket + 1))));
  return { min, max, count, sum, sumOfSquares, limits, counts };
}
