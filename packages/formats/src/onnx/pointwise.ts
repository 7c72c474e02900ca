/**
 * What a graph does to each number by itself. Exporters write an activation in many ways: GELU as one operator, or as
 * a product, a quotient, an erf and two sums. So an activation is recognised by what it computes: at some points its
 * numbers are compared with those of Inkling's activations. Nothing that is computed here becomes a weight, so the
 * engine's own functions are good enough.
 */
import type { ActivationName } from "inkling";
import type { Node } from "./graph-in.ts";

/** A function of one number. */
export type Pointwise = (x: number) => number;

const sigmoid: Pointwise = (x) => 1 / (1 + Math.exp(-x));
const softplus: Pointwise = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** erfc(x) = 1 − erf(x), within 1.2e-7 of it: the rational Chebyshev fit of Numerical Recipes, section 6.2. */
function erfc(x: number): number {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const terms = [
    ...[-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806],
    ...[0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277],
  ];
  const sum = terms.reduceRight((total, term) => total * t + term, 0);
  const tail = t * Math.exp(-x * x + sum);
  return x >= 0 ? tail : 2 - tail;
}

/** Φ(x): how much of the normal distribution is below x. */
const normalCdf: Pointwise = (x) => erfc(-x / Math.SQRT2) / 2;

/** The operators of one number, as their attributes make them. */
export const pointwiseOperators: Readonly<Record<string, (node: Node) => Pointwise>> = {
  Relu: () => (x) => Math.max(0, x),
  LeakyRelu: (node) => leaky(node.number("alpha", 0.01)),
  ThresholdedRelu: (node) => (x) => (x > node.number("alpha", 1) ? x : 0),
  Sigmoid: () => sigmoid,
  Tanh: () => Math.tanh,
  Elu: (node) => (x) => (x < 0 ? node.number("alpha", 1) * Math.expm1(x) : x),
  Celu: (node) => (x) =>
    Math.max(0, x) + Math.min(0, node.number("alpha", 1) * Math.expm1(x / node.number("alpha", 1))),
  Selu: (node) => (x) => node.number("gamma", 1.0507) * (x > 0 ? x : node.number("alpha", 1.67326) * Math.expm1(x)),
  Gelu: (node) =>
    node.word("approximate", "none") === "tanh"
      ? (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
      : (x) => x * normalCdf(x),
  Swish: (node) => (x) => x * sigmoid(node.number("alpha", 1) * x),
  HardSwish: () => (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)),
  HardSigmoid: (node) => (x) => Math.max(0, Math.min(1, node.number("alpha", 0.2) * x + node.number("beta", 0.5))),
  Mish: () => (x) => x * Math.tanh(softplus(x)),
  Softplus: () => softplus,
  Softsign: () => (x) => x / (1 + Math.abs(x)),
  Erf: () => (x) => 1 - erfc(x),
  Erfc: () => erfc,
  Exp: () => Math.exp,
  Log: () => Math.log,
  Neg: () => (x) => -x,
  Abs: () => Math.abs,
  Sqrt: () => Math.sqrt,
  Reciprocal: () => (x) => 1 / x,
};

/** As LeakyRelu and PRelu have it: a slope below 0. */
export function leaky(slope: number): Pointwise {
  return (x) => (x < 0 ? slope * x : x);
}

/** Inkling's activations. */
const known: Readonly<Record<ActivationName, Pointwise>> = {
  identity: (x) => x,
  relu: (x) => Math.max(0, x),
  leakyRelu: leaky(0.01),
  sigmoid,
  tanh: Math.tanh,
  gelu: (x) => x * normalCdf(x),
  silu: (x) => x * sigmoid(x),
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
};

/** Where functions are compared: on both sides of 0, near it and so far from it that a bound shows. */
const points = [
  ...[-1e4, -500, -20, -9.5, -6, -3.5, -2.2, -1.5, -1, -0.6, -0.25, -0.01, 0],
  ...[0.02, 0.3, 0.7, 1, 1.6, 2.5, 4, 7, 12, 25, 500, 1e4],
];

/** The activation that a function is, to a few units in the sixth digit; undefined if it is none. */
export function recognised(f: Pointwise): ActivationName | undefined {
  const isSame = (g: Pointwise) => points.every((x) => Math.abs(f(x) - g(x)) <= 2e-6 * Math.max(1, Math.abs(g(x))));
  return (Object.keys(known) as ActivationName[]).find((name) => isSame(known[name]));
}
