/**
 * Successive halving (Jamieson and Talwalkar 2016, "Non-stochastic best arm identification and hyperparameter
 * optimization"), the inner loop of Hyperband (Li et al. 2018): many trials train for a short time, the best of them for
 * longer, and so on. With n trials, η and at most R epochs there are k + 1 rungs, k the largest number with ηᵏ ≤ n and
 * ηᵏ ≤ R; in rung i = 0 … k
 *
 *   ⌊n / ηⁱ⌋ trials train for R / η^(k − i) epochs (rounded)
 *
 * so each rung costs about the same.
 */
import { checkWhole } from "../../checks.ts";
import { ArgumentError } from "../../errors.ts";
import { shown } from "../../shown.ts";

export interface Rung {
  /** The most trials in it. */
  readonly trials: number;
  /** Of each, counted from the beginning of its training. */
  readonly epochs: number;
}

interface HalvingOptions {
  /** n: trials in the first rung. */
  readonly trials: number;
  /** R: epochs in the last one. */
  readonly epochs: number;
  /** η: one in so many goes on; 3 if absent, as Li et al. take it. */
  readonly eta?: number;
}

/** The rungs. Throws an ArgumentError where there would be one only: then nothing is halved. */
export function halvingRungs({ trials, epochs, eta = 3 }: HalvingOptions): Rung[] {
  checkWhole("halving", "trials", trials, 1);
  checkWhole("halving", "epochs", epochs, 1);
  checkWhole("halving", "eta", eta, 2);
  if (trials < eta || epochs < eta) {
    const got = `${shown(trials)} trials and ${shown(epochs)} epochs`;
    throw new ArgumentError("halving", `at least ${eta} trials and ${eta} epochs (eta is ${eta})`, got);
  }
  const powers = [1];
  for (let power = eta; power <= Math.min(trials, epochs); power *= eta) powers.push(power);
  return powers.map((power, i) => {
    return { trials: Math.floor(trials / power), epochs: Math.round(epochs / powers[powers.length - 1 - i]) };
  });
}

/** What ranks a trial. */
export interface Scored {
  readonly trial: number;
  /** The validation score; null where the training diverged. */
  readonly score: number | null;
  /** Of two equal scores the one with the smaller loss is better. */
  readonly loss: number | null;
}

/**
 * The trials, the best first; of equal ones the one with the smaller loss, then the earlier one. Those that diverged are
 * the last.
 */
export function ranked<S extends Scored>(results: readonly S[], better: "higher" | "lower"): S[] {
  const key = (score: number | null) => {
    if (score === null || Number.isNaN(score)) return Number.POSITIVE_INFINITY;
    return better === "higher" ? -score : score;
  };
  const loss = (result: S) => result.loss ?? Number.POSITIVE_INFINITY;
  const order = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);
  return results.toSorted(
    (a, b) => order(key(a.score), key(b.score)) || order(loss(a), loss(b)) || order(a.trial, b.trial),
  );
}

/** The trials that go on to a rung, in their order; one that diverged does not, so there may be fewer. */
export function survivors<S extends Scored>(
  results: readonly S[],
  better: "higher" | "lower",
  { trials }: Pick<Rung, "trials">,
): S[] {
  const best = ranked(results, better).slice(0, trials);
  return best.filter(({ score }) => score !== null).toSorted((a, b) => a.trial - b.trial);
}
