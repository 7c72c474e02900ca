/** What an evaluation counts of the order in which a network puts things: places among classes, pairs of examples. */
import type { Numbers } from "../matrix.ts";

/**
 * How many outputs of row i come before that of its label: those that are larger, and of equal ones those with a
 * smaller index. So 0 is a hit. NaN comes first, so that it never helps.
 */
export function placeOf(label: number, outputs: Numbers, i: number, columns: number): number {
  const own = outputs[i * columns + label];
  let before = 0;
  for (let j = 0; j < columns; j++) {
    const other = outputs[i * columns + j];
    if (j !== label && !(other < own) && (other !== own || j < label)) before++;
  }
  return before;
}

/**
 * The area under the ROC curve: of all pairs of one example that is positive and one that is not, the share in which
 * the positive one has the higher score; equal scores count half (Mann and Whitney 1947). NaN where there is no pair,
 * or where a score is NaN.
 */
export function rocAuc(scores: Numbers, isPositive: (i: number) => boolean): number {
  if (scores.some(Number.isNaN)) return Number.NaN;
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a] - scores[b] || a - b);
  let [won, positives, negatives] = [0, 0, 0];
  for (let from = 0; from < order.length; ) {
    const score = scores[order[from]];
    let [above, equal] = [0, 0];
    for (; from < order.length && scores[order[from]] === score; from++) {
      if (isPositive(order[from])) above++;
      else equal++;
    }
    // Each of these wins against every negative below, and half against each that is equal. The sum is exact.
    won += above * (negatives + equal / 2);
    positives += above;
    negatives += equal;
  }
  return won / (positives * negatives);
}
