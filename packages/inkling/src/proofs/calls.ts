/** Finds in a recording what one layer computed. */
import type { Call } from "../backends/recording.ts";
import { BugError } from "../errors.ts";
import type { Numbers } from "../matrix.ts";
import { type ActivationName, activations } from "../numbers/activations.ts";
import { float32 } from "../numbers/float32.ts";

/** The calls of one layer: the first of an operation, which may be missing, or has to be there. */
export function callsOf(calls: readonly Call[], layer: string) {
  const found = (operation: Call["operation"]) =>
    calls.find((call) => call.layer === layer && call.operation === operation);
  const needed = (operation: Call["operation"]): Call => {
    const call = found(operation);
    if (call === undefined) throw new BugError(`nothing was recorded of ${layer}.`);
    return call;
  };
  return { found, needed };
}

/** σ′(z) of each number. */
export function slopesOf(activation: ActivationName, z: Numbers, a: Numbers): Numbers {
  const { slope } = activations[activation];
  return a.map((_, j) => slope(z[j], a[j], float32));
}
