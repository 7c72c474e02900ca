// What PyTorch computes in float64 from the same numbers (golden/schedules.py): ten steps of SGD and Adam with each
// schedule, with clipping, L1, max-norm and averages of the weights.
import { readFileSync } from "node:fs";
import { adam, cosine, exponential, reduceOnPlateau, type Schedule, sgd, step, warmUp } from "inkling";
import type { Backend, Matrix } from "inkling/backends";
import { Reference } from "inkling/proofs";
import { describe, expect, test } from "vitest";
import type { Parameter } from "../src/layers/layer.ts";
import { Averaging } from "../src/training/averaging.ts";
import { Constraints } from "../src/training/constraints.ts";

const golden = JSON.parse(readFileSync(new URL("golden/schedules.json", import.meta.url), "utf8")) as {
  shape: [number, number];
  parameter: number[];
  gradients: number[][];
  perEpoch: number;
  schedules: {
    schedule: string;
    optimizer: "sgd" | "adam";
    learningRate: number;
    rates: number[];
    steps: number[][];
  }[];
  plateau: { scores: number[]; factor: number; patience: number; least: number; factors: number[] };
  clipping: { limit: number; norm: number; clipped: number[][]; clippedExactly: number[][] }[];
  l1: { strength: number; learningRate: number; steps: number[][] };
  maxNorm: { limit: number; learningRate: number; limited: number[][]; limitedExactly: number[][] };
  averaging: { decay: number; learningRate: number; averages: number[][] };
};

function expectClose(got: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(got.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(got[i] - value)).toBeLessThanOrEqual(tolerance);
}

function parameterOf(ops: Backend, values: readonly number[], rows = golden.shape[0]): Parameter {
  const columns = values.length / rows;
  const [value, gradient] = [ops.keep(rows, columns), ops.keep(rows, columns)];
  ops.write(value, values);
  return { name: `W${rows}`, shape: [rows, columns], role: "parameter", value, gradient, decays: true };
}

const schedules: Record<string, Schedule> = {
  step: step({ every: 2, factor: 0.1 }),
  exponential: exponential({ factor: 0.9 }),
  cosine: cosine({ end: 0.1 }),
  warmUp: warmUp(cosine(), { steps: 4, start: 0.1 }),
};

test.each(golden.schedules)("ten steps of $optimizer with $schedule are PyTorch's", async (entry) => {
  const ops: Backend = new Reference("float64");
  const parameter = parameterOf(ops, golden.parameter);
  const { learningRate, rates, steps } = entry;
  const updater = { sgd, adam }[entry.optimizer]({ learningRate }).prepare(ops, [parameter]);
  for (const [t, expected] of steps.entries()) {
    const eta = learningRate * schedules[entry.schedule].factor(t, steps.length, golden.perEpoch);
    expect(Math.abs(eta - rates[t])).toBeLessThan(1e-16);
    ops.write(parameter.gradient, golden.gradients[t]);
    updater.update(eta);
    expectClose(await ops.read(parameter.value), expected, 1e-14);
  }
});

test("reduceOnPlateau falls after the same epochs as PyTorch's, with one epoch more of patience", () => {
  const { scores, factors, ...options } = golden.plateau;
  const follower = reduceOnPlateau(options).follow?.();
  const got = scores.map((loss, i) => {
    follower?.afterEpoch(i + 1, { loss });
    return follower?.factor(0, 1);
  });
  expect(got).toEqual(factors);
});

describe.each(golden.clipping)("clipping at $limit", ({ limit, clipped, clippedExactly }) => {
  test("scales all gradients by their common norm, as PyTorch does but for its 1e-6", async () => {
    const ops: Backend = new Reference("float64");
    const parameters = [parameterOf(ops, golden.parameter), parameterOf(ops, golden.parameter.slice(0, 3), 1)];
    ops.write(parameters[0].gradient, golden.gradients[0]);
    ops.write(parameters[1].gradient, golden.gradients[1].slice(0, 3));
    new Constraints(ops, parameters, { clipNorm: limit }).beforeUpdate();
    for (const [i, { gradient }] of parameters.entries()) {
      const got = await ops.read(gradient);
      expectClose(got, clippedExactly[i], 1e-15);
      expectClose(got, clipped[i], 1e-6);
    }
  });
});

/** Ten steps of SGD; what `after` gives after each. */
async function tenSteps(
  ops: Backend,
  parameter: Parameter,
  learningRate: number,
  constraints: Constraints,
  after: () => Matrix,
): Promise<ArrayLike<number>[]> {
  const { update } = sgd({ learningRate }).prepare(ops, [parameter]);
  const results: ArrayLike<number>[] = [];
  for (const gradient of golden.gradients) {
    ops.write(parameter.gradient, gradient);
    constraints.beforeUpdate();
    update();
    constraints.afterUpdate();
    results.push(await ops.read(after()));
  }
  return results;
}

test("ten steps with an L1 penalty are PyTorch's", async () => {
  const ops: Backend = new Reference("float64");
  const parameter = parameterOf(ops, golden.parameter);
  const { strength, learningRate, steps } = golden.l1;
  const constraints = new Constraints(ops, [parameter], { l1: strength });
  const got = await tenSteps(ops, parameter, learningRate, constraints, () => parameter.value);
  for (const [t, expected] of steps.entries()) expectClose(got[t], expected, 1e-14);
});

test("ten steps with a max-norm are PyTorch's, but for its 1e-7", async () => {
  const ops: Backend = new Reference("float64");
  const parameter = parameterOf(ops, golden.parameter);
  const { limit, learningRate, limited, limitedExactly } = golden.maxNorm;
  const constraints = new Constraints(ops, [parameter], { maxNorm: limit });
  const got = await tenSteps(ops, parameter, learningRate, constraints, () => parameter.value);
  for (const [t, expected] of limitedExactly.entries()) {
    expectClose(got[t], expected, 1e-14);
    expectClose(got[t], limited[t], 1e-6);
  }
});

test("averages of ten steps are PyTorch's", async () => {
  const ops: Backend = new Reference("float64");
  const parameter = parameterOf(ops, golden.parameter);
  const { decay, learningRate, averages } = golden.averaging;
  const averaging = new Averaging(ops, [parameter], { decay });
  const [average] = averaging.tensors.values();
  const got = await tenSteps(ops, parameter, learningRate, new Constraints(ops, [parameter], {}), () => {
    averaging.afterStep();
    return average;
  });
  for (const [t, expected] of averages.entries()) expectClose(got[t], expected, 1e-15);
});

test("L1 and max-norm leave biases alone; clipping does not", async () => {
  const ops: Backend = new Reference();
  const bias: Parameter = { ...parameterOf(ops, [3, 4], 1), decays: false };
  ops.write(bias.gradient, [3, 4]);
  const constraints = new Constraints(ops, [bias], { l1: 1, maxNorm: 1, clipNorm: 1 });
  constraints.beforeUpdate();
  constraints.afterUpdate();
  expect(Array.from(await ops.read(bias.value))).toEqual([3, 4]);
  expect(Array.from(await ops.read(bias.gradient))).toEqual([0.6, 0.8].map(Math.fround));
});
