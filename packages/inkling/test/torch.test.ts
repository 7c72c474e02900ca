// What PyTorch computes in float64 from the same numbers (golden/generate.py), forwards, backwards and ten updates.
import { readFileSync } from "node:fs";
import {
  type ActivationName,
  adagrad,
  adam,
  adamW,
  dense,
  momentum,
  network,
  type Optimizer,
  rmsprop,
  sgd,
} from "inkling";
import { type Backend, labels, Totals } from "inkling/backends";
import { Reference } from "inkling/proofs";
import { expect, test } from "vitest";
import { losses } from "../src/losses/losses.ts";

interface NetworkCase {
  activation: string;
  loss: "crossEntropy" | "quadratic";
  hidden: number[];
  logits: number[];
  outputs: number[];
  lossValue: number;
  dX: number[];
  dW0: number[];
  db0: number[];
  dW1: number[];
  db1: number[];
}

interface OptimizerCase {
  optimizer: string;
  hyperparameters: {
    learningRate: number;
    weightDecay: number;
    momentum?: number;
    nesterov?: boolean;
    beta1?: number;
    beta2?: number;
    alpha?: number;
    epsilon?: number;
  };
  steps: number[][];
}

const golden = JSON.parse(readFileSync(new URL("golden/torch.json", import.meta.url), "utf8")) as {
  batch: number;
  x: number[];
  labels: number[];
  W0: number[];
  b0: number[];
  W1: number[];
  b1: number[];
  networks: NetworkCase[];
  parameterShape: [number, number];
  parameter: number[];
  gradients: number[][];
  optimizers: OptimizerCase[];
};

function expectClose(got: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(got.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(got[i] - value)).toBeLessThanOrEqual(tolerance);
}

test.each(
  golden.networks.flatMap((entry) => [
    { ...entry, precision: "float64" as const, tolerance: 1e-14 },
    { ...entry, precision: "float32" as const, tolerance: 1e-6 },
  ]),
)("$activation and $loss agree with PyTorch in $precision: outputs, loss and every gradient", async (entry) => {
  const { activation, loss, tolerance, precision } = entry;
  const ops: Backend = new Reference(precision);
  const last = dense(3, loss === "quadratic" ? "sigmoid" : "identity");
  const model = network([5], [dense(4, activation as ActivationName), last], { backend: ops, loss: losses[loss]() });
  const [W0, b0, W1, b1] = model.parameters;
  for (const [parameter, values] of [
    [W0, golden.W0],
    [b0, golden.b0],
    [W1, golden.W1],
    [b1, golden.b1],
  ] as const) {
    ops.write(parameter.value, values);
  }
  const x = ops.matrix(golden.batch, 5);
  ops.write(x, golden.x);
  const targets = labels(golden.labels);

  const outputs = model.forward(x);
  const cost = model.loss.compute(ops, outputs, targets);
  const dX = model.backward(cost.dOutputs, { wantsInput: true });
  const totals = new Totals();
  ops.sumLosses(cost.losses, totals);

  expectClose(await ops.read(model.meaning(outputs)), entry.outputs, tolerance);
  expect(Math.abs(totals.loss.total / totals.examples - entry.lossValue)).toBeLessThanOrEqual(tolerance);
  expectClose(await ops.read(W0.gradient), entry.dW0, tolerance);
  expectClose(await ops.read(b0.gradient), entry.db0, tolerance);
  expectClose(await ops.read(W1.gradient), entry.dW1, tolerance);
  expectClose(await ops.read(b1.gradient), entry.db1, tolerance);
  // Ours is of each example's own loss, PyTorch's of the batch's mean.
  const mean = (dX === undefined ? new Float64Array() : await ops.read(dX)).map((value) => value / golden.batch);
  expectClose(mean, entry.dX, tolerance);
});

/** PyTorch's SGD is ours with or without momentum. */
const makers: Record<string, (hyperparameters: OptimizerCase["hyperparameters"]) => Optimizer> = {
  sgd: ({ momentum: mu, nesterov = false, ...numbers }) =>
    mu ? momentum({ ...numbers, momentum: mu, nesterov }) : sgd(numbers),
  adam,
  adamW,
  rmsProp: rmsprop,
  adagrad,
};

test.each(golden.optimizers)("ten updates of $optimizer with $hyperparameters are PyTorch's", async (entry) => {
  const ops: Backend = new Reference("float64");
  const value = ops.keep(...golden.parameterShape);
  ops.write(value, golden.parameter);
  const gradient = ops.keep(...golden.parameterShape);
  const shape = golden.parameterShape;
  const parameter = { name: "W", shape, role: "parameter" as const, value, gradient, decays: true };
  const { update } = makers[entry.optimizer](entry.hyperparameters).prepare(ops, [parameter]);
  for (const [step, expected] of entry.steps.entries()) {
    ops.write(gradient, golden.gradients[step]);
    update();
    expectClose(await ops.read(value), expected, 1e-14);
  }
});

test("weight decay leaves biases alone", async () => {
  const ops: Backend = new Reference();
  const model = network([2], [dense(1)], { backend: ops });
  const [weights, bias] = model.parameters;
  ops.write(weights.value, [1, 1]);
  ops.write(bias.value, [1]);
  sgd({ learningRate: 0.5, weightDecay: 0.5 }).prepare(ops, model.parameters).update();
  expect(Array.from(await ops.read(weights.value))).toEqual([0.75, 0.75]);
  expect(Array.from(await ops.read(bias.value))).toEqual([1]);
});
