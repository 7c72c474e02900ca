// What PyTorch computes in float64 from the same numbers (golden/generate.py), forwards, backwards and ten updates.
import { readFileSync } from "node:fs";
import {
  type ActivationName,
  adagrad,
  adam,
  adamW,
  dense,
  inOrder,
  Labels,
  type LossName,
  losses,
  momentum,
  network,
  type Optimizer,
  Reference,
  rmsprop,
  sgd,
} from "inkling";
import { expect, test } from "vitest";

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
  const ops = new Reference(precision);
  const name = (activation === "leakyRelu" ? "leaky-relu" : activation) as ActivationName;
  const lossName: LossName = loss === "quadratic" ? "quadratic" : "cross-entropy";
  const last = dense(3, loss === "quadratic" ? "sigmoid" : "identity");
  const model = network([5], [dense(4, name), last], { backend: ops, loss: lossName });
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
  const labels = new Labels(Uint8Array.from(golden.labels), inOrder(golden.batch), 0, golden.batch);

  const outputs = model.forward(x);
  const cost = losses[lossName](ops, outputs, labels);
  const dX = model.backward(cost.dOutputs);
  const totals = { loss: 0, correct: 0, examples: 0 };
  ops.tally(outputs, cost.losses, labels, totals);

  expectClose(model.probabilities(outputs).data, entry.outputs, tolerance);
  expect(Math.abs(totals.loss / totals.examples - entry.lossValue)).toBeLessThanOrEqual(tolerance);
  expectClose(W0.gradient.data, entry.dW0, tolerance);
  expectClose(b0.gradient.data, entry.db0, tolerance);
  expectClose(W1.gradient.data, entry.dW1, tolerance);
  expectClose(b1.gradient.data, entry.db1, tolerance);
  // Ours is of each example's own loss, PyTorch's of the batch's mean.
  const mean = (dX?.data ?? []).map((value) => value / golden.batch);
  expectClose(mean, entry.dX, tolerance);
});

/** PyTorch's SGD is ours with or without momentum. */
const makers: Record<string, (hyperparameters: OptimizerCase["hyperparameters"]) => Optimizer> = {
  sgd: (numbers) => (numbers.momentum ? momentum(numbers) : sgd(numbers)),
  adam,
  adamW,
  rmsProp: rmsprop,
  adagrad,
};

test.each(golden.optimizers)("ten updates of $optimizer with $hyperparameters are PyTorch's", (entry) => {
  const ops = new Reference("float64");
  const value = ops.keep(...golden.parameterShape);
  ops.write(value, golden.parameter);
  const parameter = { name: "W", value, gradient: ops.keep(...golden.parameterShape), decays: true };
  const { update } = makers[entry.optimizer](entry.hyperparameters).prepare(ops, [parameter]);
  for (const [step, expected] of entry.steps.entries()) {
    ops.write(parameter.gradient, golden.gradients[step]);
    update();
    expectClose(value.data, expected, 1e-14);
  }
});

test("weight decay leaves biases alone", () => {
  const ops = new Reference();
  const model = network([2], [dense(1)], { backend: ops });
  const [weights, bias] = model.parameters;
  ops.write(weights.value, [1, 1]);
  ops.write(bias.value, [1]);
  for (const parameter of model.parameters)
    parameter.gradient = ops.keep(parameter.value.rows, parameter.value.columns);
  sgd({ learningRate: 0.5, weightDecay: 0.5 }).prepare(ops, model.parameters).update();
  expect(Array.from(weights.value.data)).toEqual([0.75, 0.75]);
  expect(Array.from(bias.value.data)).toEqual([1]);
});
