/** The partial sums of all machines, added as one machine would have added them. */
import type { Numbers } from "../matrix.ts";
import { middleOf, type Range } from "./shares.ts";

/**
 * S(whole), from the sums of its parts in order: S(lo, hi) = S(lo, lo + h) + S(lo + h, hi), down to the parts. The sums
 * are used up. An addition of two float32 numbers in float64 that is rounded once is the float32 addition.
 */
export function addParts<N extends Numbers>(sums: readonly N[], parts: readonly Range[], whole: Range): N {
  let next = 0;
  const add = (range: Range): N => {
    const { first, end } = parts[next];
    if (first === range.first && end === range.end) return sums[next++];
    const middle = middleOf(range);
    const left = add({ first: range.first, end: middle });
    const right = add({ first: middle, end: range.end });
    for (let e = 0; e < left.length; e++) left[e] += right[e];
    return left;
  };
  return add(whole);
}
