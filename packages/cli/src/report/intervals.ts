/** How far chance may have moved a share: what an accuracy on so many examples says of others. */

/** 97.5 % of a normal distribution lie below it: two of them hold 95 %. */
const Z = 1.959963984540054;

/**
 * The 95 % interval of a share k/n by Wilson (1927), "Probable inference, the law of succession, and statistical
 * inference": (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n). It stays within 0 and 1, also where all are right.
 */
export function wilson(share: number, examples: number): readonly [low: number, high: number] {
  const z2 = (Z * Z) / examples;
  const middle = share + z2 / 2;
  const half = Z * Math.sqrt((share * (1 - share)) / examples + (z2 / 4) * (1 / examples));
  return [Math.max(0, (middle - half) / (1 + z2)), Math.min(1, (middle + half) / (1 + z2))];
}

/** "97.58 to 98.14 %" */
export function intervalText(share: number, examples: number): string {
  const [low, high] = wilson(share, examples).map((value) => (100 * value).toFixed(2));
  return `${low} to ${high} %`;
}

/** What the interval beside an accuracy means. */
export function intervalMeaning(examples: string): string {
  return `The range beside the accuracy is its 95 % interval: how far chance may have moved it on ${examples}.`;
}
