/** How often numbers are how large: bins of equal width from the lowest to the highest. */

/** The share of the numbers in each bin. Numbers beyond the ends are counted in the outermost bins; NaN in none. */
export function histogramOf(values: ArrayLike<number>, low: number, high: number, bins: number): Float64Array {
  const shares = new Float64Array(bins);
  const width = high - low || 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    const bin = Math.max(0, Math.min(bins - 1, Math.floor(((value - low) / width) * bins)));
    shares[bin] = (shares[bin] ?? 0) + 1 / values.length;
  }
  return shares;
}
