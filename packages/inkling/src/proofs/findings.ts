/** What the doctor says of an illness. */

export type Illness =
  | "constantColumns"
  | "unscaledColumns"
  | "constantTargets"
  | "unscaledTargets"
  | "missingClasses"
  | "imbalance"
  | "sharedExamples"
  | "badStart"
  | "equalNeurons"
  | "shrunkWeights"
  | "risingLoss"
  | "flatLoss"
  | "deadNeurons"
  | "saturatedNeurons"
  | "vanishingGradient"
  | "explodingGradient"
  | "laggingAverage"
  | "divergence";

export interface Finding {
  readonly illness: Illness;
  /** The layer that is ill, as layers.1; undefined where it is the data or the whole network. */
  readonly layer: string | undefined;
  /** What was measured, and the number from which on it is an illness. */
  readonly value: number;
  readonly limit: number;
  /** The equation that says why it matters. */
  readonly equation: string;
  /** All of it in one or two sentences: where, the number, why, and what to do. */
  readonly sentence: string;
}

/** 0.00123 for people: three digits. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** 0.42 as "42 %". */
export function share(value: number): string {
  return `${figure(100 * value)} %`;
}
