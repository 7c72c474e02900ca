/**
 * What another batch would have taught the same weights: its gradient g′ beside the batch's own g, by their lengths and
 * the angle between them, cos θ = g·g′ / (‖g‖·‖g′‖). Along g′ the loss of the own batch falls with cos θ of the slope that
 * it has along g: at 90° a step along g′ does nothing for it, beyond 90° it does harm.
 */
import type { Numbers } from "inkling/backends";

export interface AnotherBatch {
  /** Which batch of the epoch it is, from 1, of so many. */
  readonly place: number;
  readonly of: number;
  /** Its examples. */
  readonly count: number;
  /** Of all parameters together, as if they were one long vector. */
  readonly whole: Comparison;
  readonly parameters: readonly (Comparison & { readonly name: string })[];
}

export interface Comparison {
  /** ‖g‖ and ‖g′‖ */
  readonly own: number;
  readonly other: number;
  /** cos θ; not a number where one of them is 0. */
  readonly cosine: number;
}

/** The gradients of a batch, by parameter. */
export type Gradients = ReadonlyMap<string, Numbers>;

/** Two batches' gradients for the same parameters. */
export function compared(own: Gradients, other: Gradients): Pick<AnotherBatch, "whole" | "parameters"> {
  const sums = [...own].map(([name, g]) => ({ name, ...sumsOf(g, other.get(name) ?? []) }));
  const whole = { own: 0, other: 0, product: 0 };
  for (const one of sums) {
    whole.own += one.own;
    whole.other += one.other;
    whole.product += one.product;
  }
  return { whole: comparison(whole), parameters: sums.map((one) => ({ name: one.name, ...comparison(one) })) };
}

/** ‖g‖², ‖g′‖² and g·g′ */
interface Sums {
  own: number;
  other: number;
  product: number;
}

function sumsOf(a: ArrayLike<number>, b: ArrayLike<number>): Sums {
  const sums = { own: 0, other: 0, product: 0 };
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    sums.own += x * x;
    sums.other += y * y;
    sums.product += x * y;
  }
  return sums;
}

function comparison({ own, other, product }: Sums): Comparison {
  const [a, b] = [Math.sqrt(own), Math.sqrt(other)];
  return { own: a, other: b, cosine: product / (a * b) };
}
