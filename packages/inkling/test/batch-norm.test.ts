// Batch normalization: PyTorch's numbers (golden/batch-norm.py), gradients against central differences, and what
// becomes of the running statistics.
import { readFileSync } from "node:fs";
import {
  batchNorm,
  DivergenceError,
  dense,
  evaluate,
  flatten,
  type LayerSpec,
  type Network,
  network,
  table,
  train,
} from "inkling";
import { type Backend, labels as labelsOf, type Matrix } from "inkling/backends";
import { decodeModel, encodeModel } from "inkling/formats";
import { Stream } from "inkling/numbers";
import { gradientCheck, Reference, trace } from "inkling/proofs";
import { describe, expect, test } from "vitest";
import { batchNormKind } from "../src/layers/batch-norm.ts";
import type { Pass } from "../src/layers/layer.ts";
import { options, points } from "./small-training.ts";

interface GoldenPass {
  purpose: Pass["purpose"];
  examples: number;
  x: number[];
  delta: number[];
  y: number[];
  mean: number[];
  variance: number[];
  dX: number[];
  dScale: number[];
  dShift: number[];
}

interface GoldenCase {
  name: string;
  shape: number[];
  momentum: number;
  epsilon: number;
  scale: number[];
  shift: number[];
  passes: GoldenPass[];
}

const golden: GoldenCase[] = JSON.parse(readFileSync(new URL("golden/batch-norm.json", import.meta.url), "utf8"));

const TRAINING: Pass = { purpose: "training", epoch: 1, order: new Uint32Array(0), start: 0 };

async function expectClose(ops: Backend, got: Matrix | undefined, wanted: readonly number[], tolerance: number) {
  const values = got === undefined ? [] : await ops.read(got);
  expect(values.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(Math.abs(values[i] - value)).toBeLessThanOrEqual(tolerance);
}

function matrixOf(ops: Backend, rows: number, values: readonly number[]): Matrix {
  const matrix = ops.keep(rows, values.length / rows);
  ops.write(matrix, values);
  return matrix;
}

const tensorOf = ({ tensors }: Network, name: string) => {
  const found = tensors.find((tensor) => tensor.name === name);
  if (found === undefined) throw new Error(`no tensor ${name}`);
  return found.value;
};

const statisticsOf = (model: Network) =>
  Promise.all(
    model.tensors
      .filter(({ role }) => role === "statistic")
      .map(async ({ name, value }) => [name, Array.from(await model.backend.read(value))]),
  );

test.each(
  golden.flatMap((entry) => [
    { ...entry, precision: "float64" as const, tolerance: 2e-13 },
    { ...entry, precision: "float32" as const, tolerance: 4e-4 },
  ]),
)("$name: three batches and an evaluation are PyTorch's in $precision", async (entry) => {
  const { shape, momentum, epsilon, precision, tolerance } = entry;
  const ops: Backend = new Reference(precision);
  const model = network(shape, [batchNorm({ momentum, epsilon })], { backend: ops });
  const [scale, shift] = model.parameters;
  ops.write(scale.value, entry.scale);
  ops.write(shift.value, entry.shift);
  for (const { purpose, examples: m, ...wanted } of entry.passes) {
    const y = model.forward(matrixOf(ops, m, wanted.x), { ...TRAINING, purpose });
    const dX = model.backward(matrixOf(ops, m, wanted.delta), { wantsInput: true });
    await expectClose(ops, y, wanted.y, tolerance);
    await expectClose(ops, dX, wanted.dX, tolerance);
    const mean = (sums: number[]) => sums.map((sum) => sum / m);
    await expectClose(ops, scale.gradient, mean(wanted.dScale), tolerance);
    await expectClose(ops, shift.gradient, mean(wanted.dShift), tolerance);
    await expectClose(ops, tensorOf(model, "layers.0.mean"), wanted.mean, tolerance);
    await expectClose(ops, tensorOf(model, "layers.0.variance"), wanted.variance, tolerance);
  }
});

/** m × n numbers between −1 and 1. */
function numbers(ops: Backend, m: number, n: number): Matrix {
  const stream = new Stream(5, "batch norm test");
  return matrixOf(
    ops,
    m,
    Array.from({ length: m * n }, (_, e) => 2 * stream.uniform(e) - 1),
  );
}

const labels = labelsOf([0, 2, 1, 1, 0]);

/** Networks of twelve inputs and three outputs. */
const networks: Readonly<Record<string, [shape: number[], layers: LayerSpec[]]>> = {
  "rows, first": [[12], [batchNorm(), dense(3)]],
  "behind a dense layer, before another with an activation": [
    [12],
    [dense(5), batchNorm(), dense(4, "tanh"), dense(3)],
  ],
  "behind a ReLU": [[12], [dense(5, "relu"), batchNorm({ epsilon: 0.1 }), dense(3)]],
  "last, on the logits": [[12], [dense(3), batchNorm()]],
  "images of three channels": [
    [2, 2, 3],
    [batchNorm(), flatten(), dense(3)],
  ],
  "images of one channel": [
    [3, 4, 1],
    [batchNorm({ momentum: 1 }), flatten(), dense(4, "sigmoid"), dense(3)],
  ],
  "images of one pixel": [
    [1, 1, 12],
    [batchNorm(), flatten(), dense(3)],
  ],
};

/** A network whose scales and shifts are no longer 1 and 0. */
function moved(shape: number[], layers: LayerSpec[], ops: Backend): Network {
  const model = network(shape, layers, { backend: ops, seed: 3 });
  const stream = new Stream(9, "scales");
  for (const { name, value } of model.parameters) {
    if (!/scale|shift/.test(name)) continue;
    ops.write(
      value,
      Array.from({ length: value.columns }, (_, e) => 0.5 + stream.uniform(e)),
    );
  }
  return model;
}

test.each(Object.entries(networks))("backpropagation is the loss's derivative: %s", async (_name, [shape, layers]) => {
  const ops = new Reference("float64");
  const model = moved(shape, layers, ops);
  for (const { name, checked, largestError } of await gradientCheck(model, numbers(ops, 5, 12), labels)) {
    expect(checked, name).toBeGreaterThan(0);
    expect(largestError, name).toBeLessThan(1e-6);
  }
});

// Each equation of the way back, broken once: the check must see it.
describe("a broken equation fails the check", () => {
  const broken: [string, (ops: Backend) => Partial<Backend>][] = [
    [
      "∂C/∂x without the mean of δ",
      (ops) => ({
        normalizeBackward: (delta, xHat, mean, ...rest) =>
          ops.normalizeBackward(delta, xHat, ops.matrix(1, mean.columns), ...rest),
      }),
    ],
    [
      "∂C/∂x without the mean of δ·x̂",
      (ops) => ({
        normalizeBackward: (delta, xHat, mean, product, ...rest) =>
          ops.normalizeBackward(delta, xHat, mean, ops.matrix(1, product.columns), ...rest),
      }),
    ],
    [
      "∂C/∂x with another ε",
      (ops) => ({
        normalizeBackward: (delta, xHat, mean, product, variance, scale, epsilon) =>
          ops.normalizeBackward(delta, xHat, mean, product, variance, scale, epsilon + 0.001),
      }),
    ],
    [
      "∂C/∂γ of δ·δ",
      (ops) => ({
        scaleShiftBackward: (delta, xHat, channels, into) => {
          const made = ops.scaleShiftBackward(delta, xHat, channels, into);
          ops.copy(ops.scaleShiftBackward(delta, delta, channels).dScale, made.dScale);
          return made;
        },
      }),
    ],
    [
      "∂C/∂β divided by all numbers of a channel",
      (ops) => ({
        scaleShiftBackward: (delta, xHat, channels, into) => {
          const made = ops.scaleShiftBackward(delta, xHat, channels, into);
          ops.copy(made.meanDelta, made.dShift);
          return made;
        },
      }),
    ],
  ];

  test.each(broken)("%s", async (_name, breakIt) => {
    const whole = new Reference("float64");
    const overrides = breakIt(whole);
    const ops = new Proxy<Backend>(whole, {
      get: (target, key: keyof Backend) => {
        const member: unknown = overrides[key] ?? target[key];
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
    const model = moved([2, 2, 3], [batchNorm(), flatten(), dense(3)], ops);
    // x belongs to the whole backend, whose matrices the broken one computes with.
    const rows = await gradientCheck(model, numbers(whole, 5, 12), labels);
    expect(rows.filter(({ passed }) => !passed)).toHaveLength(1);
  });
});

const layers = () => [dense(5), batchNorm(), dense(4, "relu"), batchNorm({ momentum: 0.3 }), dense(2)];
const fresh = (seed = 1) => network([3], layers(), { seed });

describe("the running statistics", () => {
  test("begin at mean 0 and variance 1, scale at 1 and shift at 0", async () => {
    const model = network([2], [batchNorm()]);
    expect(await statisticsOf(model)).toEqual([
      ["layers.0.mean", [0, 0]],
      ["layers.0.variance", [1, 1]],
    ]);
    const parameters = model.parameters.map(async ({ name, decays, value }) => {
      return [name, decays, Array.from(await model.backend.read(value))];
    });
    expect(await Promise.all(parameters)).toEqual([
      ["layers.0.scale", false, [1, 1]],
      ["layers.0.shift", false, [0, 0]],
    ]);
  });

  test("are moved by training, and by nothing else", async () => {
    const model = fresh();
    const before = await statisticsOf(model);
    await train(model, points, options);
    const after = await statisticsOf(model);
    expect(after).not.toEqual(before);
    await model.predict([0.1, 0.2, 0.3]);
    await evaluate(model, points);
    await trace(model, [0.1, 0.2, 0.3], { label: 1 });
    expect(await statisticsOf(model)).toEqual(after);
  });

  test("are not moved by a check of the gradient", async () => {
    const ops = new Reference("float64");
    const model = network([3], layers(), { backend: ops });
    const before = await model.weightsSha256();
    await gradientCheck(model, numbers(ops, 5, 3), labelsOf([0, 1, 1, 0, 1]));
    expect(await model.weightsSha256()).toBe(before);
  });

  test("of the k-th batch's share 1/k are the means over all batches", async () => {
    const ops = new Reference("float64");
    const model = network([1], [batchNorm()], { backend: ops });
    for (const [i, values] of [
      [1, 3],
      [5, 9],
      [0, 6],
    ].entries()) {
      model.forward(matrixOf(ops, 2, values), { ...TRAINING, share: 1 / (i + 1) });
    }
    const [[, mean], [, variance]] = await statisticsOf(model);
    expect(mean[0]).toBeCloseTo((2 + 7 + 3) / 3, 12);
    expect(variance[0]).toBeCloseTo((2 + 8 + 18) / 3, 12);
  });

  test("predictions use them: one example gives the same alone and among others", async () => {
    const model = fresh();
    await train(model, points, options);
    const { backend } = model;
    const all = matrixOf(backend, 40, Array.from(points.inputs));
    const outputs = await backend.read(model.forward(all));
    const alone = await backend.read(model.forward(matrixOf(backend, 1, Array.from(points.inputs.subarray(9, 12)))));
    expect(Array.from(alone)).toEqual(Array.from(outputs.subarray(6, 8)));
  });

  test("are part of the digest, and weight decay acts on no scale and no shift", async () => {
    const model = fresh();
    const before = await model.weightsSha256();
    model.forward(numbers(model.backend, 5, 3), TRAINING);
    expect(await model.weightsSha256()).not.toBe(before);
    expect(model.parameters.filter(({ decays }) => decays).map(({ name }) => name)).toEqual(
      [0, 2, 4].map((i) => `layers.${i}.weights`),
    );
  });

  test("come back from a model file", async () => {
    const model = fresh();
    await train(model, points, options);
    const copy = decodeModel(await encodeModel(model));
    expect(await copy.weightsSha256()).toBe(await model.weightsSha256());
    expect(await statisticsOf(copy)).toEqual(await statisticsOf(model));
    const [a, b] = await Promise.all([model, copy].map((each) => each.predict([0.3, -0.2, 0.9])));
    expect(a).toEqual(b);
  });

  test.each([1, 3, 4, 7])("go on after %i steps as in a training that was not stopped", async (steps) => {
    const run = train(fresh(), points, { ...options, every: "step" });
    for (let i = 0; i < steps; i++) await run.next();
    const state = structuredClone(await run.state());
    const [resumed, whole] = [fresh(99), fresh()];
    await train(resumed, points, { resume: state });
    await train(whole, points, options);
    expect(await resumed.weightsSha256()).toBe(await whole.weightsSha256());
    expect(await statisticsOf(resumed)).toEqual(await statisticsOf(whole));
  });

  test("go back with the weights when a training diverges", async () => {
    // The first batch moves the statistics; the variance of the second one is no number.
    const model = network([3], [batchNorm(), dense(2)]);
    const before = await model.weightsSha256();
    const huge = table(
      [...Array.from({ length: 15 }, (_, i) => [i, 1, 2]), [3e38, -3e38, 3e38]],
      Array.from({ length: 16 }, (_, i) => i % 2),
    );
    await expect(train(model, huge, { epochs: 2, batchSize: 8, shuffle: false })).rejects.toThrow(DivergenceError);
    expect(await model.weightsSha256()).toBe(before);
  });
});

describe("a trace", () => {
  test("of one example shows the running statistics and the operations", async () => {
    const model = fresh();
    await train(model, points, options);
    const { calls, layers: traced } = await trace(model, [0.1, 0.2, 0.3], { label: 1 });
    const call = calls.find(({ operation, layer }) => operation === "normalize" && layer === "layers.1");
    const [[, mean], [, variance]] = await statisticsOf(model);
    expect(call?.operands.mean).toMatchObject({ values: Float32Array.from(mean as number[]) });
    expect(call?.operands.variance).toMatchObject({ values: Float32Array.from(variance as number[]) });
    expect(calls.filter(({ layer }) => layer === "layers.1").map(({ operation }) => operation)).toEqual([
      "normalize",
      "scaleShiftBackward",
      "normalizeBackward",
    ]);
    expect(traced[1]).toMatchObject({ type: "batchNorm", description: "batch norm" });
    expect(traced[1].dInput?.every(Number.isFinite)).toBe(true);
    expect(traced.map(({ batchNorm }) => batchNorm !== undefined)).toEqual([false, true, false, true, false]);
  });

  test("shows the equation, and a batch's own statistics where there is a sample", async () => {
    const model = network([2, 1, 2], [batchNorm({ epsilon: 0.5 }), flatten(), dense(2)], { seed: 1 });
    const numbersOf = (values: number[]) => Float32Array.from(values);
    const set = { mean: [1, 2], variance: [3.5, 0.5], scale: [2, 1], shift: [0.25, 0] };
    for (const [name, values] of Object.entries(set)) model.backend.write(tensorOf(model, `layers.0.${name}`), values);
    // Channel 0 has 1, 3, 5 and 7, channel 1 has 0, 0, 8 and 8.
    const sample = table([numbersOf([1, 0, 3, 0]), numbersOf([5, 8, 7, 8])], [0, 1], { shape: [2, 1, 2] });
    const { layers: traced } = await trace(model, [5, 2, 1, 3], { label: 1, sample });
    expect(traced[0].batchNorm).toMatchObject({
      ...{ x: numbersOf([5, 2, 1, 3]), epsilon: 0.5 },
      ...Object.fromEntries(Object.entries(set).map(([name, values]) => [name, numbersOf(values)])),
      xHat: numbersOf([2, 0, 0, 1]),
      y: numbersOf([4.25, 0, 0.25, 1]),
      ofSample: { examples: 2, mean: numbersOf([4, 4]), variance: numbersOf([5, 16]) },
    });
    const [{ batchNorm: shown, dInput, dOutput }] = traced;
    const [d0 = 0, d1 = 0, d2 = 0, d3 = 0] = dOutput ?? [];
    // γ / √(v + ε) is 1 in both channels.
    expect(shown?.back).toEqual({
      ...{ delta: dOutput, dX: dInput },
      dScale: numbersOf([2 * d0, d3]),
      dShift: numbersOf([d0 + d2, d1 + d3]),
    });
    expect(dInput).toEqual(numbersOf([d0, d1, d2, d3]));
    expect((await trace(model, [5, 2, 1, 3])).layers[0].batchNorm).toMatchObject({
      ofSample: undefined,
      back: undefined,
    });
  });
});

describe("one number a channel", () => {
  test("is normalized to 0 and moves no statistic, in a pass by hand", async () => {
    const model = network([2], [batchNorm()]);
    const y = model.forward(matrixOf(model.backend, 1, [5, -3]), TRAINING);
    expect(Array.from(await model.backend.read(y))).toEqual([0, 0]);
    expect((await statisticsOf(model)).map(([, values]) => values)).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  const rows = (count: number, columns = 3) =>
    table(
      Array.from({ length: count }, (_, i) => Array.from({ length: columns }, (_, j) => Math.sin(i + j))),
      Array.from({ length: count }, (_, i) => i % 2),
    );

  test.each<[string, number, number | "full" | undefined, string]>([
    ["a last batch", 41, 8, "got a last batch of 1 (41 examples in batches of 8). Take batchSize: 9."],
    ["a last batch of the default size", 33, undefined, "got a last batch of 1 (33 examples in batches of 32)."],
    ["batches", 40, 1, "got batches of 1. Take batchSize: 2."],
    ["batches of an odd number of examples", 41, 1, "got batches of 1. Take batchSize: 3."],
    [
      "the next larger size leaves one too",
      13,
      3,
      "got a last batch of 1 (13 examples in batches of 3). Take batchSize: 5.",
    ],
  ])("is refused before the first step: %s", async (_name, count, batchSize, sentence) => {
    const model = fresh();
    const before = await model.weightsSha256();
    const chosen = batchSize === undefined ? {} : { batchSize };
    expect(() => train(model, rows(count), chosen)).toThrow(sentence);
    expect(() => train(model, rows(count), chosen)).toThrow(
      "train: expected batches of at least 2 examples (layer 1, batch norm, needs them),",
    );
    expect(await model.weightsSha256()).toBe(before);
  });

  test("a size that is offered is taken", async () => {
    await train(fresh(), rows(41), { epochs: 1, batchSize: 9 });
    await train(fresh(), rows(41), { epochs: 1, batchSize: 3 });
    await train(fresh(), rows(13), { epochs: 1, batchSize: 5 });
  });

  test("a data set of one example is refused", () => {
    const one = table([[1, 2, 3]], [0], { classes: 2 });
    for (const batchSize of ["full", 1] as const) {
      expect(() => train(fresh(), one, { batchSize })).toThrow("got batches of 1. Give at least 2 examples.");
    }
  });

  test("is refused in images of one pixel, and larger images train one by one", async () => {
    const on = (shape: number[]) => network(shape, [batchNorm(), flatten(), dense(2)], { seed: 1 });
    expect(() => train(on([1, 1, 3]), rows(4), { batchSize: 1 })).toThrow("Take batchSize: 2.");
    await train(on([1, 3, 1]), rows(4), { epochs: 1, batchSize: 1 });
  });

  test("is refused by a check of the gradient", async () => {
    const ops = new Reference("float64");
    const model = network([3], [batchNorm(), dense(2)], { backend: ops });
    await expect(gradientCheck(model, numbers(ops, 1, 3), labelsOf([0]))).rejects.toThrow(
      "gradientCheck: expected x of at least 2 rows (layer 0, batch norm, needs them), got 1.",
    );
  });
});

describe("batchNorm refuses", () => {
  test.each<[string, () => unknown, string]>([
    ["a momentum of 0", () => batchNorm({ momentum: 0 }), "batchNorm: expected momentum above 0 and at most 1, got 0."],
    ["a momentum above 1", () => batchNorm({ momentum: 1.1 }), "got 1.1."],
    ["an epsilon of 0", () => batchNorm({ epsilon: 0 }), "batchNorm: expected epsilon above 0, in float32 too, got 0."],
    ["an epsilon that float32 cannot hold", () => batchNorm({ epsilon: 1e-60 }), "got 1e-60."],
    ["a text", () => batchNorm({ epsilon: "1" as never }), 'got "1".'],
    ["an unknown option", () => batchNorm({ momentun: 0.1 } as never), "momentum"],
    ["numbers alone", () => batchNorm(0.1 as never), "batchNorm: expected"],
    [
      "an image without channels",
      () => network([28, 28], [batchNorm(), flatten(), dense(2)]),
      "batchNorm: expected rows of n numbers or images of height × width × channels, got 28 × 28 from the input.",
    ],
    ["backward before forward", () => builtAlone().backward({} as never, true), "a forward pass before it, got none"],
  ])("%s", (_name, attempt, sentence) => {
    expect(attempt).toThrow(sentence);
  });

  test("a model file whose momentum is none", () => {
    expect(() => batchNormKind.check({ momentum: Number.NaN, epsilon: 1e-5 })).toThrow("momentum");
  });
});

function builtAlone() {
  return network([2], [batchNorm()]).layers[0];
}
