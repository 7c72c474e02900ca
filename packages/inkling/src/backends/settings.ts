/**
 * The numbers that an operation takes beside its matrices: of the updates, of a running statistic, of dropout. Their
 * equations are in operations.ts.
 */
import type { Stream } from "../numbers/random.ts";

/** Plain gradient descent's numbers for one update; float64, rounded once by the operation. */
export interface DescentSettings {
  readonly learningRate: number;
  /** λ: adds λ·W to ∂C/∂W; with 0 nothing is added. Nielsen's λ / n (chapter 3). */
  readonly weightDecay: number;
}

export interface MomentumSettings extends DescentSettings {
  /** μ: the share of its velocity that a weight keeps (chapter 3, "momentum-based gradient descent"). */
  readonly momentum: number;
  /** Nesterov's variant: the gradient acts on the weight once more, before the velocity does. */
  readonly nesterov: boolean;
}

export interface AdamSettings {
  /** η·√(1 − β₂ᵗ) / (1 − β₁ᵗ) */
  readonly stepSize: number;
  readonly beta1: number;
  readonly beta2: number;
  /** ε·√(1 − β₂ᵗ) */
  readonly epsilon: number;
  /** λ of adam: adds λ·W to ∂C/∂W; with 0 nothing is added. */
  readonly weightDecay: number;
  /** 1 − η·λ of adamW: W is multiplied with it first; with 1 it is not. */
  readonly keep: number;
}

export interface RootSquareSettings extends DescentSettings {
  /** Of the squares so far, the share that is kept: α of RMSprop, 1 of Adagrad. */
  readonly old: number;
  /** Of the new square, the share that is added: 1 − α, or 1. */
  readonly fresh: number;
  readonly epsilon: number;
}

/** How far a statistic moves; float64, rounded once by the operation. */
export interface StatisticSettings {
  /** Of the statistic so far, the share that is kept. */
  readonly old: number;
  /** What the batch's number is multiplied with before it is added. */
  readonly fresh: number;
}

/** What decides which numbers dropout drops. */
export interface DropoutSettings {
  /** r, from 0 to below 1; in units of 2⁻³². */
  readonly rate: number;
  /** The layer's own random numbers. */
  readonly stream: Stream;
  readonly epoch: number;
  /** Which example row i is: order[start + i] of its data set. */
  readonly order: Uint32Array;
  readonly start: number;
}
