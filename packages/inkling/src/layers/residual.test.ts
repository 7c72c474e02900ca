// A skip connection: its equation, its names, what it refuses, and its way into files and back.
import { describe, expect, test } from "vitest";
import type { CpuMatrix } from "../backends/cpu-matrix.ts";
import { recording } from "../backends/recording.ts";
import { Reference } from "../backends/reference/reference.ts";
import { decodeModel, encodeModel } from "../formats/model-file.ts";
import { decodeTensors, encodeTensors } from "../formats/safetensors.ts";
import { inOrder, labels } from "../matrix.ts";
import { network } from "../network/network.ts";
import { gradientCheck } from "../proofs/gradient-check.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { flatten } from "./flatten.ts";
import { type LayerKind, layerSpec } from "./layer.ts";
import { residual } from "./residual.ts";
import { allLayers } from "./specs.ts";

const { fround } = Math;

function batch(ops: Reference, rows: number, columns: number): CpuMatrix {
  const x = ops.keep(rows, columns);
  ops.write(
    x,
    Float32Array.from({ length: rows * columns }, (_, e) => ((e * 7) % 11) / 5 - 1),
  );
  return x;
}

test.each([1, 0.1, -2])("y = x + s·f(x), rounded after the product and after the sum: s = %d", (scale) => {
  const ops = new Reference();
  const inside = [dense(5, "tanh"), dense(4)];
  const model = network([4], [residual(inside, { scale })], { backend: ops, seed: 2 });
  const f = network([4], inside, { backend: ops, seed: 2 });
  for (const [i, { value }] of model.parameters.entries())
    ops.copy(value as CpuMatrix, f.parameters[i].value as CpuMatrix);
  const x = batch(ops, 3, 4);
  const [y, fx] = [model, f].map((one) => (one.forward(x) as CpuMatrix).data);
  const s = fround(scale);
  expect(Array.from(y)).toEqual(Array.from(fx, (value, e) => fround(x.data[e] + fround(s * value))));
});

test("its tensors and streams are named by their place, also in a residual of a residual", () => {
  const inner = residual([dropout(0.5), dense(4)]);
  const model = network([4], [dense(4), residual([dense(4, "relu"), inner]), dense(2)]);
  expect(model.tensors.map(({ name }) => name)).toEqual([
    ...["layers.0.weights", "layers.0.bias", "layers.1.layers.0.weights", "layers.1.layers.0.bias"],
    ...["layers.1.layers.1.layers.1.weights", "layers.1.layers.1.layers.1.bias", "layers.2.weights", "layers.2.bias"],
  ]);
  expect(model.streams).toEqual(["layers.1.layers.1.layers.0.dropout"]);
  expect(allLayers(model.layers).length).toBe(7);
});

test("a recording names the layer inside that asked for an operation", () => {
  const { backend, calls } = recording(new Reference());
  const model = network([4], [residual([dense(4, "relu"), residual([dense(4)])])], { backend });
  const x = backend.keep(1, 4);
  model.backward(model.forward(x));
  expect(calls.map(({ operation, layer }) => `${layer}: ${operation}`)).toEqual([
    ...["layers.0.layers.0: affine", "layers.0.layers.1.layers.0: affine", "layers.0.layers.1: addScaled"],
    ...["layers.0: addScaled", "layers.0.layers.1.layers.0: activateBackward", "layers.0.layers.1.layers.0: meanRows"],
    ...["layers.0.layers.1.layers.0: meanOuter", "layers.0.layers.1.layers.0: matmulTransposeB"],
    ...["layers.0.layers.1: addScaled", "layers.0.layers.0: activateBackward", "layers.0.layers.0: meanRows"],
    "layers.0.layers.0: meanOuter",
  ]);
});

test("where nobody wants ∂C/∂x, no gradient goes below the first layer inside that learns", () => {
  const { backend, calls } = recording(new Reference("float64"));
  const specs = [residual([dropout(0.1), dense(4, "tanh"), dense(4)], { scale: 0.5 })];
  const model = network([4], specs, { backend });
  const x = backend.keep(2, 4);
  const products = (wantsInput: boolean) => {
    const outputs = model.forward(x);
    calls.length = 0;
    model.backward(outputs, { wantsInput });
    return calls.filter(({ operation }) => operation === "matmulTransposeB").length;
  };
  expect([products(false), products(true)]).toEqual([1, 2]);
});

test("the corners of layers inside reach the gradient check", async () => {
  const ops = new Reference("float64");
  const model = network([1], [residual([dense(1, "relu")]), dense(2)], { backend: ops, seed: 3 });
  ops.write(model.parameters[0].value as CpuMatrix, [1]);
  ops.write(model.parameters[1].value as CpuMatrix, [-1]);
  const x = ops.keep(1, 1);
  ops.write(x, [1]);
  const [row] = await gradientCheck(model, x, labels([0]));
  expect(row).toMatchObject({ name: "layers.0.layers.0.weights", checked: 0, skipped: 1 });
});

test("a last residual makes logits: a sum has no activation", () => {
  expect(network([4], [dense(3, "relu"), residual([dense(3, "relu")])]).loss.type).toBe("crossEntropy");
  expect(network([4], [residual([dense(4)]), dense(3, "sigmoid")]).loss.type).toBe("quadratic");
});

test("images pass through it too: as numbers, and of one shape", () => {
  const ops = new Reference();
  const model = network([2, 2, 1], [residual([dropout(0.5)]), flatten(), dense(2)], { backend: ops });
  const bytes = ops.pixels(Uint8Array.of(255, 0, 51, 102), 4);
  const y = model.forward(bytes, { purpose: "training", epoch: 1, order: inOrder(1), start: 0 });
  expect(y.columns).toBe(2);
});

test("the summary has the layers inside, indented, with their parameters", () => {
  const model = network(
    [4],
    [
      residual([dense(8, { activation: "relu", trainable: false }), residual([dense(8)]), dense(4)], { scale: 0.5 }),
      dense(2),
    ],
  );
  expect(model.summary().split("\n")).toEqual([
    "layer   kind                            in   out   parameters",
    "0       residual, 3 layers, scale 0.5    4     4             ",
    "0.0       dense, relu, frozen            4     8           40",
    "0.1       residual, 1 layer              8     8             ",
    "0.1.0       dense, identity              8     8           72",
    "0.2       dense, identity                8     4           36",
    "1       dense, identity                  4     2           10",
    "158 parameters in all, 40 of them frozen, loss: crossEntropy",
  ]);
});

describe("it refuses", () => {
  test("layers that make another shape, naming both", () => {
    const model = () => network([4], [residual([dense(8, "relu"), dense(3)])]);
    expect(model).toThrow(
      "layers.0, residual: expected layers that make 4 of 4, since x and f(x) are added, got 3 (dense, relu; dense, " +
        "identity) from the input. " +
        "Give the last layer inside the shape 4.",
    );
    expect(() => network([2, 2, 1], [residual([flatten()])])).toThrow("expected layers that make 2 × 2 × 1");
  });

  test.each<[string, unknown[], string]>([
    ["no list", [dense(4)], "residual: expected a list of layers, as [dense(10)], got an object."],
    ["nothing", [], "residual: expected a list of layers, as [dense(10)], got nothing."],
    ["no layers", [[]], "residual: expected at least one layer, got 0."],
    ["what is no layer", [[dense]], "residual: expected layers as dense(10) or flatten(), got"],
    ["two layers that are no list", [dense(4), dense(4)], "residual: expected options among scale, trainable, got"],
    ["three arguments", [[dense(4)], {}, dense(4)], "a list of layers and one object of options, got 3 arguments."],
    ["a misspelt option", [[dense(4)], { scael: 2 }], 'got "scael". Did you mean scale?'],
    ["a scale that is none", [[dense(4)], { scale: "1" }], 'scale to be a number that float32 can hold, got "1".'],
    ["a scale of 1e39", [[dense(4)], { scale: 1e39 }], "scale to be a number that float32 can hold, got 1e+39."],
    [
      "a frozen that is no yes or no",
      [[dense(4)], { trainable: 0 }],
      "residual: expected trainable true or false, got 0.",
    ],
  ])("%s", (_name, given, sentence) => {
    expect(() => (residual as (...given: unknown[]) => unknown)(...given)).toThrow(sentence);
  });

  test("a layer whose fields were changed afterwards", () => {
    const spec = { ...dense(4), outputs: -1 };
    expect(() => residual([spec])).toThrow("outputs to be a whole number of at least 1, got -1.");
  });
});

describe("in a model file", () => {
  const halving: LayerKind = {
    type: "halving",
    check: () => {},
    outputShape: (_fields, shape) => shape,
    build: (_fields, { ops }) => ({
      forward: (x) => ops.addScaled(x, x, -0.5),
      backward: (dY) => ops.addScaled(dY, dY, -0.5),
    }),
    describe: () => "halving",
  };
  const specs = [
    residual([dense(4, "relu"), dropout(0.25), residual([layerSpec(halving, {}), dense(4)], { scale: 0.3 })]),
    residual([dense(4)], { trainable: false }),
    dense(2, { trainable: false }),
  ];

  test("it comes back with its layers, kinds of one's own too, and the same bits", async () => {
    const model = network([4], specs, { seed: 4 });
    const copy = decodeModel(await encodeModel(model), { kinds: [halving] });
    expect(copy.specs).toEqual(model.specs);
    expect(copy.summary()).toBe(model.summary());
    expect(await copy.weightsSha256()).toBe(await model.weightsSha256());
    expect(copy.parameters.map(({ name }) => name)).toEqual(model.parameters.map(({ name }) => name));
    expect((await copy.predict([1, 2, 3, 4])).probabilities).toEqual((await model.predict([1, 2, 3, 4])).probabilities);
  });

  test("a kind of one's own inside is asked for by name", async () => {
    const file = await encodeModel(network([4], specs));
    expect(() => decodeModel(file)).toThrow('residual, got "halving". A kind of your own is named when');
  });

  test.each<[string, unknown, string]>([
    ["no layers", { type: "residual", scale: 1 }, "residual: expected a list of layers"],
    ["layers of no kind", { type: "residual", scale: 1, layers: [5] }, "got none."],
    ["no scale", { type: "residual", layers: [{ type: "flatten" }] }, "scale to be a number"],
    ["a bad layer", { type: "residual", scale: 1, layers: [{ type: "dropout", rate: 2 }] }, "got 2."],
    [
      "trainable of flatten",
      { type: "flatten", trainable: false },
      "flatten: expected no trainable (it has no parameters)",
    ],
    [
      "trainable that is a word",
      { ...dense(2), trainable: "no" },
      'dense: expected trainable true or false, got "no".',
    ],
    [
      "layers in layers without end",
      Array.from({ length: 500 }).reduce((inner) => ({ type: "residual", scale: 1, layers: [inner] }), {}),
      "expected at most 32 layers around a layer, got more.",
    ],
  ])("%s is refused", async (_name, layer, sentence) => {
    const { metadata, tensors } = decodeTensors(await encodeModel(network([4], [dense(2)])), "file");
    const architecture = JSON.stringify({ ...JSON.parse(metadata["inkling.architecture"]), layers: [layer] });
    const file = encodeTensors({ metadata: { ...metadata, "inkling.architecture": architecture }, tensors });
    expect(() => decodeModel(file)).toThrow(sentence);
  });
});
