// What PyTorch computes of convolutions in float64 (golden/convolution.py), and what a convolution says about itself:
// shapes, summary, first weights, model file, trace, and what it refuses.
import { readFileSync } from "node:fs";
import { conv2d, dense, flatten, type LayerSpec, network, type Shape } from "inkling";
import { type Backend, labels, type Matrix } from "inkling/backends";
import { decodeModel, encodeModel } from "inkling/formats";
import { Reference, trace } from "inkling/proofs";
import { describe, expect, test } from "vitest";
import { Wasm } from "../src/backends/wasm/wasm.ts";

interface GoldenCase {
  shape: [number, number, number];
  window: [number, number];
  filters: number;
  stride: [number, number];
  padding: [number, number] | "same";
  dilation: [number, number];
  x: number[];
  weights: number[];
  bias: number[];
  z: number[];
  delta: number[];
  dX: number[];
  dW: number[];
  db: number[];
}

const golden = JSON.parse(readFileSync(new URL("golden/convolution.json", import.meta.url), "utf8")) as {
  batch: number;
  cases: GoldenCase[];
};

function expectClose(got: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(got.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(got[i] - value)).toBeLessThanOrEqual(tolerance);
}

describe.each([
  ["the reference in float64", () => new Reference("float64"), 1e-14],
  ["the reference in float32", () => new Reference(), 4e-6],
  ["wasm", () => new Wasm(), 4e-6],
] as [string, () => Backend, number][])("on %s", (_name, make, tolerance) => {
  test.each(golden.cases)(
    "PyTorch agrees on images of $shape: $filters filters of $window, stride $stride, padding $padding",
    async (entry) => {
      const { shape, window, filters, stride, padding, dilation } = entry;
      const ops = make();
      const model = network(shape, [conv2d(filters, window, { stride, padding, dilation })], { backend: ops });
      const [weights, bias] = model.parameters;
      ops.write(weights.value, entry.weights);
      ops.write(bias.value, entry.bias);
      const matrix = (values: readonly number[]) => {
        const made = ops.keep(golden.batch, values.length / golden.batch);
        ops.write(made, values);
        return made;
      };
      expectClose(await ops.read(model.forward(matrix(entry.x))), entry.z, tolerance);
      const dX = model.backward(matrix(entry.delta), { wantsInput: true }) as Matrix;
      expectClose(await ops.read(dX), entry.dX, tolerance);
      expectClose(await ops.read(weights.gradient), entry.dW, tolerance);
      expectClose(await ops.read(bias.gradient), entry.db, tolerance);
    },
  );
});

const small: LayerSpec[] = [
  conv2d(4, 3, "relu"),
  conv2d(5, [2, 3], { padding: "same", stride: 2 }),
  flatten(),
  dense(3),
];

test("the summary shows shapes and numbers of parameters", () => {
  expect(network([8, 8, 1], small).summary().split("\n").slice(1)).toEqual([
    "0       conv2d 4 of 3 × 3, relu                               8 × 8 × 1   6 × 6 × 4           40",
    "1       conv2d 5 of 2 × 3, stride 2, same padding, identity   6 × 6 × 4   3 × 3 × 5          125",
    "2       flatten                                               3 × 3 × 5          45            0",
    "3       dense, identity                                              45           3          138",
    "303 parameters in all, loss: crossEntropy",
  ]);
});

test("weights are rows × columns × channels × filters, drawn as if the taps were a neuron's inputs", async () => {
  const backend = new Reference();
  const model = network([8, 8, 2], [conv2d(300, 5, "relu"), flatten(), dense(2)], { backend });
  const [weights, bias] = model.parameters;
  expect(weights).toMatchObject({ name: "layers.0.weights", shape: [5, 5, 2, 300], decays: true });
  expect(bias).toMatchObject({ name: "layers.0.bias", shape: [300], decays: false });
  const values = Array.from(await backend.read(weights.value));
  const variance = values.reduce((sum, w) => sum + w * w, 0) / values.length;
  // He: 2 / n_in, with n_in = 5 · 5 · 2
  expect(variance / (2 / 50)).toBeCloseTo(1, 1);
  expect(await backend.read(bias.value)).toEqual(new Float32Array(300));

  const glorot = network([8, 8, 2], [conv2d(300, 5), flatten(), dense(2)], { backend }).parameters[0];
  const largest = Math.max(...Array.from(await backend.read(glorot.value), Math.abs));
  // Glorot: ±√(6 / (n_in + n_out)), with n_out = 5 · 5 · 300
  expect(largest / Math.sqrt(6 / (50 + 7500))).toBeCloseTo(1, 2);
});

test("a model file gives the same network back", async () => {
  const model = network([8, 8, 1], small, { seed: 5 });
  const loaded = decodeModel(await encodeModel(model));
  expect(loaded.specs).toEqual(model.specs);
  expect(await loaded.weightsSha256()).toBe(await model.weightsSha256());
  expect(loaded.summary()).toBe(model.summary());
});

test("a trace has the operations of a convolution, forwards and backwards", async () => {
  const model = network([8, 8, 1], small);
  const { layers, calls, back } = await trace(model, new Uint8Array(64).fill(90), { label: 1 });
  expect(layers[0]).toMatchObject({ type: "conv2d", description: "conv2d 4 of 3 × 3, relu", dense: undefined });
  expect(layers[0].output.length).toBe(144);
  expect(layers[1].dInput?.length).toBe(144);
  expect(layers[0].parameters[0].gradient?.values.some((g) => g !== 0)).toBe(true);
  expect(back?.loss).toBeGreaterThan(0);
  const ofFirst = calls.filter(({ layer }) => layer === "layers.0").map(({ operation }) => operation);
  expect(ofFirst).toEqual(["convolve", "activateBackward", "meanPositions", "convolveOuter", "convolveBackward"]);
});

test("∂C/∂x of the images is not computed where nobody wants it", () => {
  const ops = new Reference();
  const model = network([8, 8, 1], [conv2d(4, 3, "relu"), flatten(), dense(3)], { backend: ops });
  const outputs = model.forward(ops.matrix(2, 64));
  expect(model.backward(model.loss.compute(ops, outputs, labels([0, 1])).dOutputs)).toBeUndefined();
});

test.each<[string, () => unknown, string]>([
  ["no filters", () => conv2d(0, 3), "conv2d: expected filters to be a whole number of at least 1, got 0."],
  [
    "no window",
    () => conv2d(4, undefined as unknown as number),
    "conv2d: expected a window of a whole number from 1 up",
  ],
  ["half a window", () => conv2d(4, [3, 1.5]), "or two: [down, across], got [3, 1.5]."],
  ["a stride of 0", () => conv2d(4, 3, { stride: 0 }), "conv2d: expected a stride of a whole number from 1 up"],
  ["a dilation of 0", () => conv2d(4, 3, { dilation: [1, 0] }), "conv2d: expected a dilation of a whole number"],
  ["negative padding", () => conv2d(4, 3, { padding: -1 }), 'conv2d: expected padding "same", or of a whole number'],
  ["other padding", () => conv2d(4, 3, { padding: "valid" as "same" }), 'got "valid".'],
  ["an unknown activation", () => conv2d(4, 3, "rellu" as "relu"), "Did you mean relu?"],
  ["an unknown option", () => conv2d(4, 3, { strides: 2 } as object), "Did you mean stride?"],
  [
    "options after the options",
    () => (conv2d as (...given: unknown[]) => unknown)(4, 3, "relu", { stride: 2 }),
    "conv2d: expected filters, a window and one object of options, got 4 arguments.",
  ],
])("%s is refused", (_name, body, sentence) => {
  expect(body).toThrow(sentence);
});

test.each<[string, Shape, LayerSpec[], string]>([
  [
    "rows of numbers",
    [784],
    [conv2d(4, 3)],
    "layers.0, conv2d: expected images of height × width × channels, got 784 from the input. " +
      "Put this layer before flatten() and before dense layers.",
  ],
  [
    "the outputs of a dense layer",
    [8, 8, 1],
    [flatten(), dense(10, "relu"), conv2d(4, 3)],
    "layers.2, conv2d: expected images of height × width × channels, got 10 from layers.1 (dense, relu).",
  ],
  [
    "an image smaller than the window",
    [8, 6, 1],
    [conv2d(4, [2, 4]), conv2d(4, 5)],
    "layers.1, conv2d: expected images at least as large as its window, 5 × 5, " +
      "got 7 × 3 × 4 from layers.0 (conv2d 4 of 2 × 4, identity). Take a smaller window, or padding.",
  ],
  ["as much padding as window", [8, 8, 1], [conv2d(4, 3, { padding: 3 })], "less padding than its window, 3 × 3"],
])("%s is refused with both layers and both shapes", (_name, shape, layers, sentence) => {
  expect(() => network(shape, layers)).toThrow(sentence);
});

test("a convolution cannot go backwards before it went forwards", () => {
  const ops = new Reference();
  const model = network([4, 4, 1], [conv2d(2, 3)], { backend: ops });
  expect(() => model.backward(ops.matrix(1, 8))).toThrow("Conv2d.backward: expected a forward pass before it");
});
