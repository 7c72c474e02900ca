/** The partial sums of all machines, added as one machine would have added them. */
import type { Numbers } from "../matrix.ts";
import { middleOf, type Range } from "./shares.ts";

/**
 * S(whole), from the sums of its parts in order: S(lo, hi) = S(lo, lo + h) + S(lo + h, hi), down to the parts. The sums
 * are used up. An addition of two float32 numbers in float64 that is rounded once is the float32 addition.
 */
function addParts<N extends Numbers>(sums: readonly N[], parts: readonly Range[], whole: Range): N {
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

/** S(whole) / terms, from the sums of its parts in order, into other memory. The sums are used up. */
export function meanOfParts<N extends Numbers>(
  sums: readonly N[],
  parts: readonly Range[],
  whole: Range,
  terms: number,
  into: N,
): void {
  if (parts.length === 1) {
    const [sum] = sums;
    for (let e = 0; e < into.length; e++) into[e] = sum[e] / terms;
    return;
  }
  // The last addition and the division in one pass over memory.
  const middle = middleOf(whole);
  const half = parts.findIndex(({ first }) => first >= middle);
  const left = addParts(sums.slice(0, half), parts.slice(0, half), { first: whole.first, end: middle });
  const right = addParts(sums.slice(half), parts.slice(half), { first: middle, end: whole.end });
  if (into instanceof Float32Array) {
    for (let e = 0; e < into.length; e++) into[e] = Math.fround(left[e] + right[e]) / terms;
  } else {
    for (let e = 0; e < into.length; e++) into[e] = (left[e] + right[e]) / terms;
  }
}
