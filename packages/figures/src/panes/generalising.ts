/** Does a network learn its examples by heart? What Judge and the doctor's pane go by. */

/**
 * From which difference on, between the accuracy on examples that a network learns from and on others, that is asked:
 * five points. One or two points are usual.
 */
export const BY_HEART = 0.05;

/** Fewer moments of a training say nothing. */
const LEAST = 5;

export interface Trend {
  /** The loss on new examples halfway, and now. */
  readonly halfway: number;
  readonly now: number;
  /** Whether what was learnt between them helps with new examples: it takes 3 % of their loss, at least. */
  readonly helps: boolean;
}

/** By the losses on new examples at evenly spaced moments of a training, the last of them now. */
export function trendOf(losses: readonly number[]): Trend | undefined {
  const [halfway, now] = [losses[(losses.length - 1) >> 1], losses.at(-1)];
  if (losses.length < LEAST || halfway === undefined || now === undefined) return undefined;
  return { halfway, now, helps: now < 0.97 * halfway };
}
