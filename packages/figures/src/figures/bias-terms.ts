/**
 * A real gradient, term by term: what each of 1,000 test digits says about the bias of one output, pⱼ − yⱼ. Their mean
 * is ∂C/∂bⱼ.
 */
import { type Dataset, type Network, predictAll } from "inkling";
import { sumsOfAllOrders } from "./float32-sums.ts";

/** Whose bias it is, and how many of the terms can be put in order. */
export const OUTPUT = 6;
export const FEW = 8;
const DIGITS = 1000;

/** One of the terms that can be moved. */
export interface Term {
  readonly digit: number;
  readonly label: number;
  readonly value: number;
}

export interface Gradient {
  readonly values: Float32Array;
  /** Those of largest size. */
  readonly few: readonly Term[];
  /** All sums that these have, by their orders. */
  readonly sums: readonly { readonly sum: number; readonly orders: number }[];
  /** ∂C/∂b as the library computes it. */
  readonly mean: number;
}

/** What the digits say about the output's bias, and what the library makes of it. */
export async function gradientOf(model: Network, test: Dataset): Promise<Gradient> {
  const digits = test.take(Math.min(DIGITS, test.count));
  const { probabilities, labels } = await predictAll(model as Network<"classes">, digits);
  const classes = model.outputs;
  const truth = (digit: number) => digits.labels?.[digit] ?? 0;
  // (p − y)ⱼ, rounded
  const values = Float32Array.from(labels, (_, i) => {
    return (probabilities[i * classes + OUTPUT] ?? 0) - (truth(i) === OUTPUT ? 1 : 0);
  });
  const few = Array.from(values, (value, digit) => ({ digit, label: truth(digit), value }))
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, FEW)
    .toSorted((a, b) => a.digit - b.digit);
  return { values, few, sums: sumsOfAllOrders(few.map(({ value }) => value)), mean: await meanOf(values, model) };
}

/** The mean by the network's backend, which other figures use, too. */
async function meanOf(values: Float32Array, { backend }: Network): Promise<number> {
  const [delta, mean] = [backend.keep(values.length, 1), backend.keep(1, 1)];
  backend.write(delta, values);
  while (backend.busy !== undefined) await backend.busy;
  backend.step(() => backend.meanRows(delta, mean));
  const [result = Number.NaN] = await backend.read(mean);
  backend.release(delta);
  backend.release(mean);
  return result;
}
