/**
 * Arithmetic or memory: what a part of a training has to compute and to move, at least, for a batch of m digits. Its
 * quotient, the work for each byte, says which of the two holds it up on a machine (the roofline).
 */

/** A machine: operations and bytes a second. */
export interface Machine {
  readonly arithmetic: number;
  readonly memory: number;
}

/** What a part takes: additions and multiplications, and bytes that come or go at least once. */
export interface Demand {
  readonly work: number;
  readonly bytes: number;
}

/** Bytes of a float32. */
const BYTES = 4;

/** x·W forwards, x (m × k), W (k × n): x and W come, z goes. */
export function productDemand(m: number, k: number, n: number): Demand {
  return { work: 2 * m * k * n, bytes: BYTES * (m * k + k * n + m * n) };
}

/**
 * A step of Adam for so many weights: m ← β₁·m + (1 − β₁)·g takes 3 operations, v ← β₂·v + (1 − β₂)·(g·g) 4, and
 * W ← W − (s·m) / (√v + ε) 5. W, g, m and v come; W, m and v go.
 */
export function adamDemand(weights: number): Demand {
  return { work: 12 * weights, bytes: 7 * BYTES * weights };
}

/** Work for each byte. */
export function intensityOf({ work, bytes }: Demand): number {
  return work / bytes;
}

/** Operations a second at most: what memory lets through, or what the arithmetic can do. */
export function roofAt(intensity: number, { arithmetic, memory }: Machine): number {
  return Math.min(arithmetic, memory * intensity);
}

/** Seconds at least. */
export function secondsOf({ work, bytes }: Demand, { arithmetic, memory }: Machine): number {
  return Math.max(work / arithmetic, bytes / memory);
}
