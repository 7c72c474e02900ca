// Backpropagation against central differences: every activation × loss and every kind of layer, on numbers and on
// pixels.
import {
  type ActivationName,
  activation as activationLayer,
  averagePool2d,
  batchNorm,
  type Conv2dOptions,
  conv2d,
  crossEntropy,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  huber,
  type LayerSpec,
  type Loss,
  maxPool2d,
  network,
  residual,
  type Shape,
} from "inkling";
import { type Backend, labels as labelsOf, type Matrix } from "inkling/backends";
import { Stream } from "inkling/numbers";
import { type CpuMatrix, gradientCheck, Reference, recording } from "inkling/proofs";
import { describe, expect, test } from "vitest";
import { layerKinds } from "../src/layers/kinds.ts";
import { losses } from "../src/losses/losses.ts";
import { activations } from "../src/numbers/activations.ts";

const activationNames = Object.keys(activations) as ActivationName[];
const labels = labelsOf([0, 2, 1, 1, 0]);

/** m × n numbers from −1 to 1. */
function numbers(ops: Backend, m: number, n: number): Matrix {
  const stream = new Stream(5, "gradients test");
  const x = ops.keep(m, n);
  ops.write(
    x,
    Array.from({ length: m * n }, (_, e) => 2 * stream.uniform(e) - 1),
  );
  return x;
}

/** m × n bytes, about half of them 0. */
function bytes(m: number, n: number): Uint8Array {
  const stream = new Stream(6, "gradients test");
  return Uint8Array.from({ length: m * n }, (_, e) => Math.max(0, stream.uniform(e) * 510 - 255));
}

function specs(activation: ActivationName, loss: Loss): LayerSpec[] {
  return [dense(7, activation), dense(4, activation), dense(3, loss.type === "quadratic" ? "sigmoid" : "identity")];
}

/** Every loss of the list, and those with settings once more with some. */
const everyLoss: [string, () => Loss][] = [
  ...Object.entries(losses),
  ["crossEntropy with smoothing and weights", () => crossEntropy({ labelSmoothing: 0.2, classWeights: [0.5, 3, 1] })],
  ["huber with a small delta", () => huber({ delta: 0.2 })],
];

describe.each(activationNames)("with %s", (activation) => {
  test.each(everyLoss)("and the loss %s, backpropagation is the loss's derivative", async (_name, make) => {
    const ops = new Reference("float64");
    const loss = make();
    const model = network([6], specs(activation, loss), { backend: ops, loss, seed: 3 });
    const targets = loss.task === "classes" ? labels : numbers(ops, 5, 3);
    for (const x of [numbers(ops, 5, 6), ops.pixels(bytes(5, 6), 6)]) {
      for (const { name, checked, largestError } of await gradientCheck(model, x, targets)) {
        expect(checked, name).toBeGreaterThan(0);
        expect(largestError, name).toBeLessThan(1e-6);
      }
    }
  });
});

/** A network of six inputs and three outputs for each kind of layer. */
const kinds: Readonly<Record<string, LayerSpec[]>> = {
  dense: [dense(5, "tanh"), dense(3)],
  flatten: [flatten(), dense(3)],
  conv2d: [conv2d(2, 2, "tanh"), flatten(), dense(3)],
  activation: [dense(5), activationLayer("relu"), dense(3), activationLayer("identity")],
  maxPool2d: [maxPool2d([1, 2], { stride: 1 }), flatten(), dense(3)],
  averagePool2d: [averagePool2d([1, 2], { stride: 1 }), flatten(), dense(3)],
  globalAveragePool2d: [globalAveragePool2d(), dense(3)],
  batchNorm: [batchNorm(), dense(4), batchNorm({ epsilon: 0.1 }), dense(3)],
  dropout: [dropout(0.2), dense(5, "tanh"), dropout(0.5), dense(3)],
  residual: [
    residual([dense(6, "tanh"), dropout(0.3)], { scale: 0.7 }),
    residual([dense(4, "relu"), residual([dense(4, "leakyRelu")]), dense(6)]),
    dense(3),
  ],
};

/** The shape of the six inputs, where the kind wants images. */
const imagesOf: Readonly<Record<string, Shape>> = {
  maxPool2d: [1, 3, 2],
  averagePool2d: [1, 3, 2],
  globalAveragePool2d: [1, 3, 2],
  conv2d: [2, 3, 1],
};

test("every kind of layer has a case", () => {
  expect(Object.keys(kinds).toSorted()).toEqual(layerKinds.map(({ type }) => type).toSorted());
});

test.each(Object.entries(kinds))("backpropagation through %s is the loss's derivative", async (kind, layers) => {
  const ops = new Reference("float64");
  const model = network(imagesOf[kind] ?? [6], layers, { backend: ops, seed: 3 });
  for (const x of [numbers(ops, 5, 6), ops.pixels(bytes(5, 6), 6)]) {
    for (const { name, checked, largestError } of await gradientCheck(model, x, labels)) {
      expect(checked, name).toBeGreaterThan(0);
      expect(largestError, name).toBeLessThan(1e-6);
    }
  }
});

/** Images, filters, window and options of a convolution. */
const convolutions: [shape: [number, number, number], window: number | [number, number], options: Conv2dOptions][] = [
  [[4, 4, 1], 3, { activation: "relu" }],
  [[5, 6, 1], [2, 3], { activation: "sigmoid", stride: 2 }],
  [[4, 3, 3], 2, { activation: "tanh" }],
  [[4, 5, 2], 3, { activation: "leakyRelu", padding: "same" }],
  [[5, 5, 1], [3, 2], { activation: "identity", padding: [2, 1] }],
  [[6, 5, 2], 2, { activation: "tanh", dilation: 2 }],
  [[7, 6, 2], [2, 3], { activation: "tanh", stride: [2, 1], padding: [1, 2], dilation: [3, 2] }],
  [[5, 4, 1], 3, { activation: "sigmoid", stride: 2, padding: "same" }],
];

test.each(convolutions)(
  "backpropagation through two convolutions is the loss's derivative: images of %j, a window of %j, %j",
  async (shape, window, options) => {
    const ops = new Reference("float64");
    const inputs = shape[0] * shape[1] * shape[2];
    const layers = [conv2d(3, 1, "tanh"), conv2d(2, window, options), flatten(), dense(3)];
    const model = network(shape, layers, { backend: ops, seed: 3 });
    for (const x of [numbers(ops, 5, inputs), ops.pixels(bytes(5, inputs), inputs)]) {
      for (const { name, checked, largestError } of await gradientCheck(model, x, labels)) {
        expect(checked, name).toBeGreaterThan(0);
        expect(largestError, name).toBeLessThan(1e-6);
      }
    }
  },
);

test("the input's gradient is checked too, where the input is numbers", async () => {
  const ops = new Reference("float64");
  const model = network([6], specs("tanh", losses.crossEntropy()), { backend: ops });
  const names = (await gradientCheck(model, numbers(ops, 5, 6), labels)).map(({ name }) => name);
  expect(names).toEqual([
    ...["layers.0.weights", "layers.0.bias", "layers.1.weights", "layers.1.bias", "layers.2.weights", "layers.2.bias"],
    "input",
  ]);
});

test("the check leaves every parameter as it was", async () => {
  const ops = new Reference("float64");
  const model = network([6], specs("relu", losses.crossEntropy()), { backend: ops });
  const before = await model.weightsSha256();
  await gradientCheck(model, numbers(ops, 5, 6), labels);
  expect(await model.weightsSha256()).toBe(before);
});

test("an entry between two sides of a corner is skipped, and counted", async () => {
  const ops: Backend = new Reference("float64");
  const model = network([1], [dense(1, "relu"), dense(2)], { backend: ops, seed: 3 });
  const [weights, bias] = model.parameters;
  ops.write(weights.value, [1]);
  ops.write(bias.value, [-1]);
  const x = ops.keep(1, 1);
  ops.write(x, [1]);
  const [row] = await gradientCheck(model, x, labelsOf([0]));
  expect(row).toMatchObject({ checked: 0, skipped: 1, passed: true });
});

test.each([
  ["numbers", [dense(4, "tanh"), dense(3)]],
  ["images", [flatten(), dense(4, "tanh"), dense(3)]],
])("∂C/∂x of the data is not computed where nobody wants it: %s", (_name, layers) => {
  const { backend, calls } = recording(new Reference("float64"));
  const model = network([2, 3, 1], [flatten(), ...layers], { backend });
  const backwards = (wantsInput: boolean) => {
    const outputs = model.forward(numbers(backend, 5, 6));
    calls.length = 0;
    const dX = model.backward(model.loss.compute(backend, outputs, labels).dOutputs, { wantsInput });
    return [calls.filter(({ operation }) => operation === "matmulTransposeB").length, dX === undefined];
  };
  expect([backwards(false), backwards(true)]).toEqual([
    [1, true],
    [2, false],
  ]);
});

test("a float32 network is refused", async () => {
  const model = network([6], [dense(3)]);
  const x = numbers(model.backend, 5, 6);
  await expect(gradientCheck(model, x, labels)).rejects.toThrow(
    "expected a network with a float64 backend, got float32",
  );
});

test("the forward pass is a training's, so that dropout is checked too; or an evaluation's, if asked for", async () => {
  const ops: Backend = new Reference("float64");
  let drops = 0;
  /** Forwards it drops; backwards it lets everything pass. */
  const broken = new Proxy(ops, {
    get(target, key: keyof Backend) {
      const member: unknown = target[key];
      if (key === "dropout") return (x: Matrix, settings: never) => (drops++ > 0 ? x : target.dropout(x, settings));
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  const passed = async (backend: Backend, purpose?: "training" | "evaluation") => {
    const model = network([6], [dense(9, "tanh"), dropout(0.5), dense(3)], { backend, seed: 3 });
    const rows = await gradientCheck(model, numbers(ops, 5, 6), labels, purpose && { purpose });
    return rows.every((row) => row.passed);
  };
  expect([await passed(ops), await passed(ops, "evaluation"), await passed(broken, "evaluation")]).toEqual([
    ...[true, true, true],
  ]);
  expect(drops).toBe(0);
  expect(await passed(broken)).toBe(false);
  await expect(passed(ops, "test" as never)).rejects.toThrow("purpose to be one of training, evaluation, got");
});

// Each of the four equations, broken once: the check must see it.
describe("a broken equation fails the check", () => {
  const scaled = (ops: Backend, matrix: Matrix, factor: number, into?: Matrix) => {
    const out = into ?? ops.keep(matrix.rows, matrix.columns);
    ops.write(
      out,
      Array.from((matrix as CpuMatrix).data, (value) => factor * value),
    );
    return out;
  };
  const broken: [string, (ops: Backend) => Partial<Backend>, loss?: () => Loss][] = [
    [
      "(BP1) without − y",
      (ops) => ({
        softmaxCrossEntropy: (z, y) => ({ losses: ops.softmaxCrossEntropy(z, y).losses, dZ: ops.softmax(z) }),
      }),
    ],
    ["(BP2) without σ′(z)", () => ({ activateBackward: (dA) => dA })],
    [
      "(BP2) off by a thousandth",
      (ops) => ({ matmulTransposeB: (delta, W) => scaled(ops, ops.matmulTransposeB(delta, W), 1.001) }),
    ],
    [
      "(BP3) summed, not averaged",
      (ops) => ({ meanRows: (delta, into) => scaled(ops, ops.meanRows(delta, into), delta.rows, into) }),
    ],
    [
      "(BP4) off by a thousandth",
      (ops) => ({ meanOuter: (x, delta, into) => scaled(ops, ops.meanOuter(x, delta, into), 0.999, into) }),
    ],
    [
      "weighted cross-entropy without the sum of the weights",
      (ops) => ({
        weightedCrossEntropy(z, y, w, smoothing) {
          const { losses } = ops.weightedCrossEntropy(z, y, w, smoothing);
          return { losses, dZ: ops.softmaxCrossEntropy(z, y).dZ };
        },
      }),
      () => crossEntropy({ classWeights: [0.5, 3, 1] }),
    ],
    [
      "weighted cross-entropy without smoothing",
      (ops) => ({
        weightedCrossEntropy(z, y, w, smoothing) {
          const { losses } = ops.weightedCrossEntropy(z, y, w, smoothing);
          return { losses, dZ: ops.weightedCrossEntropy(z, y, w, 0).dZ };
        },
      }),
      () => crossEntropy({ labelSmoothing: 0.1, classWeights: [0.5, 3, 1] }),
    ],
    [
      "binary cross-entropy without the mean over the outputs",
      (ops) => ({
        binaryCrossEntropy(z, y, w) {
          return { losses: ops.binaryCrossEntropy(z, y, w).losses, dZ: ops.binaryCrossEntropy(z, y, 1).dZ };
        },
      }),
      losses.binaryCrossEntropy,
    ],
    [
      "Huber's slope without its limit",
      (ops) => ({
        huberError(a, y, delta, w) {
          return { losses: ops.huberError(a, y, delta, w).losses, dA: ops.huberError(a, y, 1e9, w).dA };
        },
      }),
      () => huber({ delta: 0.1 }),
    ],
    [
      "the absolute error's slope with the wrong sign",
      (ops) => ({
        absoluteError(a, y, w) {
          const { losses, dA } = ops.absoluteError(a, y, w);
          return { losses, dA: scaled(ops, dA, -1) };
        },
      }),
      losses.meanAbsolute,
    ],
  ];
  /** A backend in which some operations are others. */
  const brokenBy = (breakIt: (ops: Backend) => Partial<Backend>) => {
    const whole = new Reference("float64");
    const overrides = breakIt(whole);
    return new Proxy<Backend>(whole, {
      get: (target, key: keyof Backend) => {
        const member: unknown = overrides[key] ?? target[key];
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
  };
  test.each(broken)("%s", async (_name, breakIt, makeLoss = losses.crossEntropy) => {
    const ops = brokenBy(breakIt);
    const loss = makeLoss();
    const targets = loss.task === "classes" ? labels : numbers(ops, 5, 3);
    const model = network([6], specs("tanh", loss), { backend: ops, loss });
    const rows = await gradientCheck(model, numbers(ops, 5, 6), targets);
    expect(rows.every(({ passed }) => passed)).toBe(false);
  });

  const brokenConvolutions: [string, (ops: Backend) => Partial<Backend>][] = [
    [
      "∂C/∂x of a convolution off by a thousandth",
      (ops) => ({ convolveBackward: (delta, W, window) => scaled(ops, ops.convolveBackward(delta, W, window), 1.001) }),
    ],
    [
      "∂C/∂W of a convolution off by a thousandth",
      (ops) => ({
        convolveOuter: (x, delta, window, into) => scaled(ops, ops.convolveOuter(x, delta, window, into), 0.999, into),
      }),
    ],
    [
      "∂C/∂b of a convolution summed over the batch, not averaged",
      (ops) => ({
        meanPositions: (delta, filters, into) => scaled(ops, ops.meanPositions(delta, filters, into), delta.rows, into),
      }),
    ],
    [
      "∂C/∂x of a convolution with its window upside down",
      (ops) => ({
        convolveBackward: (delta, W, window) => {
          const turned = ops.keep(W.rows, W.columns);
          const { data } = W as CpuMatrix;
          const at = (e: number) => (W.rows - 1 - Math.floor(e / W.columns)) * W.columns + (e % W.columns);
          ops.write(
            turned,
            Array.from(data, (_, e) => data[at(e)]),
          );
          return ops.convolveBackward(delta, turned, window);
        },
      }),
    ],
  ];
  test.each(brokenConvolutions)("%s", async (_name, breakIt) => {
    const ops = brokenBy(breakIt);
    const model = network([3, 4, 1], [conv2d(2, 2, "tanh"), flatten(), dense(3)], { backend: ops });
    const rows = await gradientCheck(model, numbers(ops, 5, 12), labels);
    expect(rows.every(({ passed }) => passed)).toBe(false);
  });
});
