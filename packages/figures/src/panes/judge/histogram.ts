/** How often numbers are how large: bins of equal width, symmetric around 0. */

export interface Histogram {
  /** The bins reach from −bound to bound. */
  readonly bound: number;
  /** The share of the numbers in each bin. */
  readonly shares: Float64Array;
}

/** Numbers beyond the bound are counted in the outermost bins; NaN in none. */
export function histogramOf(values: ArrayLike<number>, bound: number, bins = 41): Histogram {
  const shares = new Float64Array(bins);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    const bin = Math.floor(((value / bound + 1) / 2) * bins);
    const inside = Math.max(0, Math.min(bins - 1, bin));
    shares[inside] = (shares[inside] ?? 0) + 1 / values.length;
  }
  return { bound, shares };
}
