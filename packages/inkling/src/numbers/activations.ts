/**
 * The activation functions, value and slope side by side: a = σ(z) and σ′(z). The slope is written with whichever
 * of z and a makes it shortest. Chapter 1 (sigmoid), chapter 3 ("Other models of artificial neuron": tanh, ReLU).
 * GELU: Hendrycks and Gimpel 2016, exact as PyTorch's default; SiLU, also called swish: Elfwing and others 2017; ELU:
 * Clevert and others 2015, with α = 1.
 *
 * Errors in float32, where nothing is subnormal, in units in the last place: a of GELU ≤ 8, of SiLU ≤ 4, of ELU ≤ 2.
 * Their slopes are within 4e-7.
 */
import type { Arithmetic } from "./float32.ts";

export type ActivationName = "identity" | "relu" | "leakyRelu" | "sigmoid" | "tanh" | "gelu" | "silu" | "elu";

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
  gelu: false,
  silu: false,
  elu: false,
};

/** How steep the leaky ReLU is below 0. */
const LEAK = 0.01;

/** z, but no infinity, which times 0 is NaN: ±2¹⁰⁰ times 0 is 0. */
const finite = (z: number) => (z < -(2 ** 100) ? -(2 ** 100) : z > 2 ** 100 ? 2 ** 100 : z);
/** The same for −Infinity alone. */
const notBelow = (z: number) => (z < -(2 ** 100) ? -(2 ** 100) : z);

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
  gelu: {
    // a = z·Φ(z), Φ(z) = ½·(1 + erf(z / √2)), σ′ = Φ(z) + z·φ(z)
    value: (z, { round, normalCdf }) => round(notBelow(z) * normalCdf(z)),
    slope: (z, _a, { round, normalCdf, normalDensity }) => round(normalCdf(z) + round(finite(z) * normalDensity(z))),
  },
  silu: {
    // a = z·s, s = 1 / (1 + e⁻ᶻ), σ′ = s·(1 + z·(1 − s)); 1 − s is s of −z
    value: (z, { round, sigmoid }) => round(notBelow(z) * sigmoid(z)),
    slope: (z, _a, { round, sigmoid }) => round(sigmoid(z) * round(1 + round(finite(z) * sigmoid(-z)))),
  },
  elu: {
    // a = z above 0, eᶻ − 1 below, σ′ = 1 above 0, a + 1 below
    value: (z, { expm1 }) => (z > 0 ? z : expm1(z)),
    slope: (z, a, { round }) => (z > 0 ? 1 : round(a + 1)),
  },
};
