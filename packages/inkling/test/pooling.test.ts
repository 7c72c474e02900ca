// Layers of pooling: PyTorch's numbers (golden/pooling.py), gradients of windows of every kind, files and words.
import { readFileSync } from "node:fs";
import {
  averagePool2d,
  dense,
  flatten,
  globalAveragePool2d,
  type LayerSpec,
  maxPool2d,
  network,
  ShapeError,
} from "inkling";
import { type Backend, labels, type Matrix } from "inkling/backends";
import { decodeModel, encodeModel } from "inkling/formats";
import { type LayerKind, layerSpec } from "inkling/layers";
import { Stream } from "inkling/numbers";
import { type CpuMatrix, gradientCheck, Reference } from "inkling/proofs";
import { describe, expect, test } from "vitest";

interface GoldenCase {
  kind: "max" | "average" | "global";
  shape: [number, number, number];
  window: [number, number];
  stride: [number, number];
  padding: [number, number];
  outShape: [number, number, number];
  x: number[];
  z: number[];
  dZ: number[];
  dX: number[];
}

const golden = JSON.parse(readFileSync(new URL("golden/pooling.json", import.meta.url), "utf8")) as {
  cases: GoldenCase[];
};

function layerOf({ kind, window, stride, padding }: GoldenCase): LayerSpec {
  if (kind === "global") return globalAveragePool2d();
  return (kind === "max" ? maxPool2d : averagePool2d)(window, { stride, padding });
}

function matrixOf(ops: Backend, columns: number, values: readonly number[]): Matrix {
  const matrix = ops.keep(values.length / columns, columns);
  ops.write(matrix, values);
  return matrix;
}

test.each(golden.cases)("$kind of $shape, window $window, stride $stride, padding $padding, is PyTorch's", (entry) => {
  for (const [precision, tolerance] of [
    ["float64", 1e-15],
    ["float32", 1e-6],
  ] as const) {
    const ops: Backend = new Reference(precision);
    const model = network(entry.shape, [layerOf(entry), flatten()], { backend: ops });
    const shape = entry.kind === "global" ? entry.outShape.slice(2) : entry.outShape;
    expect(network(entry.shape, [layerOf(entry)]).outputShape).toEqual(shape);
    const z = model.forward(matrixOf(ops, model.inputs, entry.x));
    const dX = model.backward(matrixOf(ops, model.outputs, entry.dZ), { wantsInput: true });
    for (const [got, wanted] of [
      [z, entry.z],
      [dX, entry.dX],
    ] as const) {
      const { data } = got as CpuMatrix;
      expect(data.length).toBe(wanted.length);
      for (const [e, value] of wanted.entries()) expect(Math.abs(data[e] - value)).toBeLessThanOrEqual(tolerance);
    }
  }
});

/** Reads a row of numbers as images, so that layers with weights can stand below. */
const imageKind: LayerKind<{ shape: readonly number[] }> = {
  type: "image",
  check: () => {},
  outputShape: ({ shape }) => shape,
  build: () => ({ forward: (x) => x, backward: (dOutput) => dOutput }),
  describe: () => "image",
};
const image = (...shape: number[]) => layerSpec(imageKind, { shape });

const pools: [string, LayerSpec[]][] = [
  ["touching windows", [maxPool2d(2), averagePool2d([2, 1])]],
  ["overlapping windows", [averagePool2d(3, { stride: 1 }), maxPool2d(2, { stride: 1 })]],
  ["padding", [maxPool2d(3, { stride: 2, padding: 1 }), averagePool2d(2, { stride: 1, padding: 1 })]],
  ["padding of the same size", [averagePool2d(3, { stride: 1, padding: "same" }), maxPool2d(4, { padding: "same" })]],
  ["gaps between windows", [maxPool2d([1, 2], { stride: [2, 3] }), averagePool2d(1, { stride: 2 })]],
  ["a maximum of maxima", [maxPool2d(2, { stride: 1 }), maxPool2d(3, { stride: 1 })]],
  ["the mean of an image", [maxPool2d(2), globalAveragePool2d()]],
];

test.each(pools)("backpropagation through %s is the loss's derivative", async (_name, layers) => {
  const ops: Backend = new Reference("float64");
  const below = [dense(6 * 7 * 2, "tanh"), image(6, 7, 2)];
  const model = network([4], [...below, ...layers, flatten(), dense(3)], { backend: ops, seed: 3 });
  const stream = new Stream(5, "pooling test");
  const x = matrixOf(
    ops,
    4,
    Array.from({ length: 12 }, (_, e) => 2 * stream.uniform(e) - 1),
  );
  for (const { name, checked, skipped, largestError } of await gradientCheck(model, x, labels([0, 2, 1]))) {
    expect(skipped, name).toBeLessThan(checked / 10);
    expect(largestError, name).toBeLessThan(1e-6);
  }
});

test("an entry that changes which pixel is the maximum is skipped, and counted", async () => {
  const ops: Backend = new Reference("float64");
  const model = network([1, 3, 1], [maxPool2d([1, 2], { stride: 1 }), flatten(), dense(2)], { backend: ops });
  // Pixels 1 and 2 are equal, and pixel 1 is the larger of 0 and 1: it stays the maximum of one window.
  const rows = await gradientCheck(model, matrixOf(ops, 3, [0, 1, 1]), labels([0]));
  expect(rows.find(({ name }) => name === "input")).toMatchObject({ checked: 1, skipped: 2, passed: true });
});

test("pixels are pooled as numbers", async () => {
  const ops: Backend = new Reference();
  const model = network([2, 2, 1], [maxPool2d(2), flatten()], { backend: ops });
  const z = model.forward(ops.pixels(Uint8Array.of(0, 51, 255, 102), 4));
  expect(Array.from(await ops.read(z))).toEqual([1]);
});

test("a model with pooling comes back from its file", async () => {
  const layers = [
    maxPool2d(2),
    maxPool2d([3, 2], { stride: [1, 2], padding: "same" }),
    averagePool2d(3, { stride: 2, padding: 1 }),
    globalAveragePool2d(),
    dense(3),
  ];
  const model = network([12, 12, 2], layers);
  const again = decodeModel(await encodeModel(model));
  expect(again.specs).toEqual(model.specs);
  expect(await again.weightsSha256()).toBe(await model.weightsSha256());
});

test("the summary says how each pools", () => {
  const layers = [
    maxPool2d(2),
    averagePool2d([2, 3], { stride: 1, padding: [0, 1] }),
    maxPool2d(3, { padding: "same", stride: [2, 1] }),
    globalAveragePool2d(),
    dense(2),
  ];
  const lines = network([16, 16, 4], layers).summary().split("\n").slice(1, 5);
  expect(lines.map((line) => line.split(/ {2,}/).slice(1))).toEqual([
    ["max pool 2 × 2", "16 × 16 × 4", "8 × 8 × 4", "0"],
    ["average pool 2 × 3, stride 1, padding 0 × 1", "8 × 8 × 4", "7 × 8 × 4", "0"],
    ["max pool 3 × 3, stride 2 × 1, padding same", "7 × 8 × 4", "4 × 8 × 4", "0"],
    ["global average pool", "4 × 8 × 4", "4", "0"],
  ]);
});

describe("bad input gets one sentence", () => {
  test.each<[string, () => unknown, string]>([
    ["no window", () => maxPool2d(undefined as never), "maxPool2d: expected a window of a whole number from 1 up"],
    ["a window of 0", () => averagePool2d(0), "averagePool2d: expected a window of a whole number from 1 up"],
    ["a stride of 0", () => maxPool2d(2, { stride: 0 }), "maxPool2d: expected a stride of a whole number from 1 up"],
    ["three strides", () => maxPool2d(2, { stride: [1, 2, 3] as never }), "got [1, 2, 3]."],
    [
      "a window of 2³⁰ rows",
      () => maxPool2d([2 ** 30, 1]),
      "maxPool2d: expected a window below 2^30, got [1073741824, 1].",
    ],
    ["a padding of −1", () => averagePool2d(2, { padding: -1 }), 'expected padding "same", or of a whole number'],
    ["an unknown option", () => maxPool2d(2, { strides: 2 } as never), "stride"],
    ["a stride that is no option", () => maxPool2d(2, 2 as never), "maxPool2d: expected"],
    ["a third argument", () => maxPool2d(2, {}, ...([0] as never[])), "Write maxPool2d(window, { stride, padding })."],
    ["an option of a global mean", () => globalAveragePool2d(...([2] as never[])), "globalAveragePool2d: expected"],
    [
      "a window larger than its image",
      () => network([4, 9, 1], [maxPool2d(5)]),
      "maxPool2d: expected images at least as large as its window, 5 × 5, got 4 × 9 × 1 from the input. Take a smaller window, or padding.",
    ],
    [
      "as much padding as window",
      () => network([9, 9, 1], [averagePool2d(2, { padding: 2 })]),
      "averagePool2d: expected less padding than its window, 2 × 2, got 2 × 2.",
    ],
    [
      "rows of numbers",
      () => network([784], [globalAveragePool2d()]),
      "globalAveragePool2d: expected images of height × width × channels, got 784 from the input. Put this layer before flatten()",
    ],
    [
      "rows of numbers after flatten",
      () => network([4, 4, 1], [flatten(), maxPool2d(2)]),
      "maxPool2d: expected images of height × width × channels, got 16 from layers.0 (flatten).",
    ],
  ])("%s", (_name, attempt, sentence) => {
    expect(attempt).toThrow(sentence);
  });

  test("an image without its shape is a ShapeError", () => {
    expect(() => network([784], [maxPool2d(2)])).toThrow(ShapeError);
  });

  test("a file whose pooling has no stride", async () => {
    const model = network([4, 4, 1], [maxPool2d(2), flatten(), dense(2)]);
    const text = Buffer.from(await encodeModel(model)).toString("latin1");
    const broken = Buffer.from(text.replace('\\"stride\\":2', '\\"strid_\\":2'), "latin1");
    expect(() => decodeModel(Uint8Array.from(broken))).toThrow("a stride");
  });
});
