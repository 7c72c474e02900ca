/**
 * Whether one model is better than another on the same examples, by the examples on which they differ (McNemar, 1947,
 * "Note on the sampling error of the difference between correlated proportions", in its exact form).
 */

/**
 * The probability that so many differences, or more, would all but go one way by chance: of n = a + b fair throws, that
 * one side comes min(a, b) times or fewer. Two-sided: 2·Σ C(n, i)/2ⁿ over i ≤ min(a, b), at most 1.
 */
export function signTest(a: number, b: number): number {
  const n = a + b;
  if (n === 0) return 1;
  // ln C(n, i), from one i to the next; all terms in logarithms, because 2ⁿ soon is more than a float64 holds.
  let term = -n * Math.LN2;
  let sum = 0;
  for (let i = 0; i <= Math.min(a, b); i++) {
    sum += Math.exp(term);
    term += Math.log((n - i) / (i + 1));
  }
  return Math.min(1, 2 * sum);
}
