/** The letters of this pane's quantities: they are the same in every language. What they mean is in words.ts. */

export const symbols = {
  x: "x",
  W: "w",
  b: "b",
  products: "w·x",
  z: "z",
  a: "a",
  slope: "σ′(z)",
  y: "y",
  p: "p",
  loss: "C",
  dA: "∂C/∂a",
  delta: "δ",
  dW: "∂C/∂w",
  db: "∂C/∂b",
  dX: "∂C/∂x",
  change: "Δw",
  after: "w after",
  difference: "ΔC/2h",
  error: "ε",
  jacobian: "∂pⱼ/∂zₖ",
  xHat: "x̂",
} as const;

export type QuantityName = keyof typeof symbols;

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** A whole number as an index: z₇, w₄₁₂,₇. */
export function indexed(symbol: string, ...indices: readonly number[]): string {
  const small = indices.map((i) => Array.from(String(i), (digit) => SUBSCRIPTS[Number(digit)] ?? digit).join(""));
  return symbol + small.join(",");
}
