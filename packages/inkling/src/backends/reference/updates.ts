/**
 * The optimizers' updates as plain loops: each changes a parameter W in place by its gradient g = ∂C/∂W + λ·W. What
 * they are and where they come from is in training/optimizers.ts.
 */
import type { Arithmetic } from "../../numbers/float32.ts";
import type { KernelSet } from "../kernel-set.ts";

type Updates = Pick<KernelSet, "sgd" | "momentum" | "adam" | "rootSquare">;

/** The updates in one precision. */
export function updateLoops({ round }: Arithmetic): Updates {
  /** g = ∂C/∂W + λ·W; without weight decay, the gradient as it is. */
  function decayed(gradient: number, w: number, lambda: number): number {
    return lambda === 0 ? gradient : round(gradient + round(lambda * w));
  }

  return {
    sgd(value, gradient, settings) {
      const [eta, lambda] = [round(settings.learningRate), round(settings.weightDecay)];
      for (let e = 0; e < value.data.length; e++) {
        const w = value.data[e];
        // W ← W − η·g
        value.data[e] = round(w - round(eta * decayed(gradient.data[e], w, lambda)));
      }
    },

    momentum(value, gradient, velocity, settings) {
      const [eta, lambda, mu] = [round(settings.learningRate), round(settings.weightDecay), round(settings.momentum)];
      for (let e = 0; e < value.data.length; e++) {
        const w = value.data[e];
        const g = decayed(gradient.data[e], w, lambda);
        // v ← μ·v + g
        const v = round(round(mu * velocity.data[e]) + g);
        velocity.data[e] = v;
        // W ← W − η·v, or for Nesterov W ← W − η·(g + μ·v)
        const direction = settings.nesterov ? round(g + round(mu * v)) : v;
        value.data[e] = round(w - round(eta * direction));
      }
    },

    adam(value, gradient, mean, square, settings) {
      const [s, epsilon, lambda, keep] = [
        round(settings.stepSize),
        round(settings.epsilon),
        round(settings.weightDecay),
        round(settings.keep),
      ];
      const [beta1, beta2] = [round(settings.beta1), round(settings.beta2)];
      const [fresh1, fresh2] = [round(1 - settings.beta1), round(1 - settings.beta2)];
      for (let e = 0; e < value.data.length; e++) {
        // W ← keep·W
        const w = keep === 1 ? value.data[e] : round(keep * value.data[e]);
        const g = decayed(gradient.data[e], w, lambda);
        // m ← β₁·m + (1 − β₁)·g
        const m = round(round(beta1 * mean.data[e]) + round(fresh1 * g));
        // v ← β₂·v + (1 − β₂)·g²
        const v = round(round(beta2 * square.data[e]) + round(fresh2 * round(g * g)));
        mean.data[e] = m;
        square.data[e] = v;
        // W ← W − s·m / (√v + ε)
        value.data[e] = round(w - round(round(s * m) / round(round(Math.sqrt(v)) + epsilon)));
      }
    },

    rootSquare(value, gradient, square, settings) {
      const [eta, epsilon, lambda] = [
        round(settings.learningRate),
        round(settings.epsilon),
        round(settings.weightDecay),
      ];
      const [old, fresh] = [round(settings.old), round(settings.fresh)];
      for (let e = 0; e < value.data.length; e++) {
        const w = value.data[e];
        const g = decayed(gradient.data[e], w, lambda);
        // v ← old·v + fresh·g²
        const v = round(round(old * square.data[e]) + round(fresh * round(g * g)));
        square.data[e] = v;
        // W ← W − η·g / (√v + ε)
        value.data[e] = round(w - round(round(eta * g) / round(round(Math.sqrt(v)) + epsilon)));
      }
    },
  };
}
