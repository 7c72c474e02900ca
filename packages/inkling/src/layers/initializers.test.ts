// First weights against what their authors ask for: mean and variance of 10,000 draws.
import { expect, test } from "vitest";
import { Stream } from "../numbers/random.ts";
import { type InitializerName, initializers } from "./initializers.ts";

const [INPUTS, OUTPUTS, COUNT] = [50, 20, 10_000];

/** Mean and variance of many draws, and the farthest from 0. */
function moments(draw: (element: number) => number): { mean: number; variance: number; farthest: number } {
  const values = Array.from({ length: COUNT }, (_, e) => draw(e));
  const mean = values.reduce((sum, x) => sum + x, 0) / COUNT;
  const variance = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / COUNT;
  return { mean, variance, farthest: Math.max(...values.map(Math.abs)) };
}

/** For each name the variance of a weight and of a bias, and the bound of those that are uniform. */
const expected: Readonly<Record<InitializerName, { weight: number; bias: number; most?: number }>> = {
  uniform: { weight: 1 / 12, bias: 1 / 12, most: 0.5 },
  zeros: { weight: 0, bias: 0 },
  normal: { weight: 1, bias: 1 },
  scaledNormal: { weight: 1 / INPUTS, bias: 1 },
  scaledByOutputs: { weight: 1 / OUTPUTS, bias: 1 },
  // Uniform on ±√(6 / (n_in + n_out)) has the variance 2 / (n_in + n_out).
  glorot: { weight: 2 / (INPUTS + OUTPUTS), bias: 0, most: Math.sqrt(6 / (INPUTS + OUTPUTS)) },
  he: { weight: 2 / INPUTS, bias: 0 },
};

test.each(Object.keys(initializers) as InitializerName[])("%s has the mean and variance that it promises", (name) => {
  const { weight, bias, most = Number.POSITIVE_INFINITY } = expected[name];
  for (const [part, variance] of [
    ["weight", weight],
    ["bias", bias],
  ] as const) {
    const found = moments((e) => initializers[name][part](new Stream(3, name), e, INPUTS, OUTPUTS));
    // Four standard errors: of the mean σ/√n, of the variance σ²·√(2/n).
    expect(Math.abs(found.mean)).toBeLessThanOrEqual((4 * Math.sqrt(variance)) / Math.sqrt(COUNT));
    expect(Math.abs(found.variance - variance)).toBeLessThanOrEqual(4 * variance * Math.sqrt(2 / COUNT));
    expect(found.farthest).toBeLessThanOrEqual(most);
  }
});
