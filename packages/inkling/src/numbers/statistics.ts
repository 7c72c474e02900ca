/** The mean and the standard deviation of a few results, such as the accuracies of several seeds, in float64. */

type Values = readonly number[] | Float64Array;

/** (1/n)·Σ xᵢ; NaN of no numbers. */
export function meanOf(values: Values): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** The sample standard deviation √(Σ (xᵢ − x̄)²/(n − 1)); NaN of fewer than two numbers. */
export function deviationOf(values: Values): number {
  const mean = meanOf(values);
  let sum = 0;
  for (const value of values) {
    const distance = value - mean;
    sum += distance * distance;
  }
  return Math.sqrt(sum / (values.length - 1));
}
