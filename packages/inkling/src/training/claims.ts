/**
 * Who changes a model: which run did it last, and which is computing now. A run that stands still may be overtaken by
 * another one, and says so when it is asked to go on. Runs are known by tokens here, so that nothing is held by this
 * list.
 */
import { ArgumentError } from "../errors.ts";

interface Claim {
  last: object | undefined;
  active: object | undefined;
}

const claims = new WeakMap<object, Claim>();

/** The claim on a model. */
export function claimOf(model: object): Claim {
  let claim = claims.get(model);
  if (claim === undefined) {
    claim = { last: undefined, active: undefined };
    claims.set(model, claim);
  }
  return claim;
}

/**
 * Throws an ArgumentError if another run than `own` is changing the model, or has changed it since `before` was the
 * last to do so.
 */
export function checkClaim(model: object, own: object, before: object | undefined): void {
  const { last, active } = claimOf(model);
  const advice = "Train one after the other, or take the state before and resume.";
  if (active !== undefined && active !== own) {
    throw new ArgumentError("train", "a network that no other training is changing", "one that is", advice);
  }
  if (last !== before && last !== own) {
    throw new ArgumentError("train", "a network that no other training has changed meanwhile", "one that was", advice);
  }
}
