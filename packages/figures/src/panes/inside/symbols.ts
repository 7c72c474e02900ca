/** Letters with indices. */

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** A whole number as an index: z₇, w₄₁₂,₇. */
export function indexed(symbol: string, ...indices: readonly number[]): string {
  const small = indices.map((i) => Array.from(String(i), (digit) => SUBSCRIPTS[Number(digit)] ?? digit).join(""));
  return symbol + small.join(",");
}
