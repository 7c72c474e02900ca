/**
 * The activation functions, value and slope side by side: a = σ(z) and σ′(z). The slope is written with whichever
 * of z and a makes it shortest. Chapter 1 (sigmoid), chapter 3 ("Other models of artificial neuron": tanh, ReLU).
 */
import type { Arithmetic } from "./float32.ts";

export type ActivationName = "identity" | "relu" | "leakyRelu" | "sigmoid" | "tanh";

export interface Activation {
  /** a = σ(z) */
  readonly value: (z: number, arithmetic: Arithmetic) => number;
  /** σ′(z), where a = σ(z) */
  readonly slope: (z: number, a: number, arithmetic: Arithmetic) => number;
}

/**
 * Each activation's name, and whether its slope jumps at z = 0. There a central difference measures the mean of both
 * sides. It stands apart from the functions because layers need it, and only the reference and a trace need them.
 */
export const kinked: Readonly<Record<ActivationName, boolean>> = {
  identity: false,
  relu: true,
  leakyRelu: true,
  sigmoid: false,
  tanh: false,
};

/** How steep the leaky ReLU is below 0. */
const LEAK = 0.01;

export const activations: Readonly<Record<ActivationName, Activation>> = {
  identity: {
    // a = z
    value: (z) => z,
    slope: () => 1,
  },
  relu: {
    // a = max(0, z); at z = 0 the slope is 0; NaN stays NaN
    value: (z) => (z <= 0 ? 0 : z),
    slope: (z) => (z <= 0 ? 0 : 1),
  },
  leakyRelu: {
    // a = z above 0, z / 100 below
    value: (z, { round }) => (z <= 0 ? round(round(LEAK) * z) : z),
    slope: (z, _a, { round }) => (z <= 0 ? round(LEAK) : 1),
  },
  sigmoid: {
    // a = 1 / (1 + e⁻ᶻ), σ′ = a·(1 − a)
    value: (z, { sigmoid }) => sigmoid(z),
    slope: (_z, a, { round }) => round(a * round(1 - a)),
  },
  tanh: {
    // a = tanh z, σ′ = 1 − a²
    value: (z, { tanh }) => tanh(z),
    slope: (_z, a, { round }) => round(1 - round(a * a)),
  },
};
