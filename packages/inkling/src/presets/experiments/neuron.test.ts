import { expect, test } from "vitest";
import type { Neuron } from "./experiment.ts";
import { experimentsNamed } from "./experiments.ts";
import { neuronEpochs } from "./neuron.ts";

const neuronOf = (id: string) => (experimentsNamed(id, "")[0] as unknown as { neuron: Neuron }).neuron;
const outputs = (id: string) => neuronEpochs(neuronOf(id)).map(({ training }) => training?.output ?? Number.NaN);

test("the neuron's first step is the one worked out by hand", () => {
  // a = σ(4) = 0.98201379, ∂C/∂z = a²·(1 − a) = 0.01734471; both w and b move by 0.15 of it: z = 4 − 0.30·0.01734471
  const far = neuronEpochs({ weight: 2, bias: 2, cost: "quadratic", learningRate: 0.15, epochs: 1 });
  expect(far).toHaveLength(2);
  expect(far[0]?.training?.output).toBeCloseTo(0.98201379, 8);
  expect(far[0]?.training?.loss).toBeCloseTo(0.98201379 ** 2 / 2, 7);
  expect(far[1]?.training?.output).toBeCloseTo(1 / (1 + Math.exp(-(4 - 0.3 * 0.01734471))), 7);
  // With the cross-entropy C = −ln(1 − a) and ∂C/∂z = a: z = 4 − 2·0.005·0.98201379
  const steep = neuronEpochs({ weight: 2, bias: 2, cost: "crossEntropy", learningRate: 0.005, epochs: 1 });
  expect(steep[0]?.training?.loss).toBeCloseTo(-Math.log(1 - 0.98201379), 6);
  expect(steep[1]?.training?.output).toBeCloseTo(1 / (1 + Math.exp(-(4 - 0.01 * 0.98201379))), 7);
});

test("the neuron that is most wrong learns slowly with the quadratic cost, and at once with the cross-entropy", () => {
  const steps = (id: string) => {
    const own = outputs(id);
    return { first: Math.abs((own[1] ?? 0) - (own[0] ?? 0)), first20: (own[0] ?? 0) - (own[20] ?? 0) };
  };
  // The quadratic cost: the far start moves much less in 20 epochs than the near one.
  expect(steps("3a-far").first20).toBeLessThan(0.1 * steps("3a-near").first20);
  // The cost falls fastest at the start with the cross-entropy, at its far start faster than at the near one.
  const costs = (id: string) => neuronEpochs(neuronOf(id)).map(({ training }) => training?.loss ?? Number.NaN);
  const fall = (id: string, at: number) => (costs(id)[at] ?? 0) - (costs(id)[at + 1] ?? 0);
  expect(fall("3b-far", 0)).toBeGreaterThan(fall("3b-near", 0));
  expect(fall("3b-far", 0)).toBeGreaterThan(fall("3b-far", 100));
  expect(fall("3a-far", 0)).toBeLessThan(fall("3a-far", 200));
});
