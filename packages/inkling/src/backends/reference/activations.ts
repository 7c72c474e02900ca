/** Activations and softmax as plain loops. Each activation's value and slope are in numbers/activations.ts. */
import { activations } from "../../numbers/activations.ts";
import type { Arithmetic } from "../../numbers/float32.ts";
import type { KernelSet } from "../kernel-set.ts";
import { softmaxRow } from "./losses.ts";

type Activations = Pick<KernelSet, "activate" | "activateBackward" | "softmax">;

/** The activations in one precision. */
export function activationLoops(math: Arithmetic): Activations {
  return {
    activate(z, activation, a) {
      const { value } = activations[activation];
      // a = σ(z)
      for (let e = 0; e < z.data.length; e++) a.data[e] = value(z.data[e], math);
    },

    activateBackward(dA, z, a, activation, delta) {
      const { slope } = activations[activation];
      for (let e = 0; e < delta.data.length; e++) {
        // δ = ∂C/∂a · σ′(z)
        delta.data[e] = math.round(dA.data[e] * slope(z.data[e], a.data[e], math));
      }
    },

    softmax(z, p) {
      for (let i = 0; i < z.rows; i++) softmaxRow(math, z, i, p);
    },
  };
}
