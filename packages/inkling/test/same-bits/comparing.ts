// Where two lists of numbers differ. Zeros of both signs do; any NaN equals any NaN.
import type { Numbers } from "../../src/matrix.ts";

/** The first place where two lists differ; −1 where they do not. Lists of other lengths differ at the end of one. */
export function firstDifference(got: Numbers, wanted: Numbers): number {
  // Nearly always all bytes are the same, and that is seen fifty times sooner.
  if (bytesOf(got).equals(bytesOf(wanted)) && got.length === wanted.length) return -1;
  const shorter = Math.min(got.length, wanted.length);
  for (let i = 0; i < shorter; i++) if (!Object.is(got[i], wanted[i])) return i;
  return got.length === wanted.length ? -1 : shorter;
}

function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
