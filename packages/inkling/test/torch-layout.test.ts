// PyTorch's layout: out and back without PyTorch (torch-exchange.verify.ts does it with), state dicts that PyTorch's
// users saved (golden/state-dicts.py), and what does not fit.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import {
  activation,
  averagePool2d,
  batchNorm,
  conv2d,
  dense,
  flatten,
  InklingError,
  type LayerSpec,
  maxPool2d,
  network,
  residual,
  type Shape,
} from "inkling";
import {
  decodeForeignTensors,
  decodeModel,
  decodeTorch,
  denseWidths,
  encodeTensors,
  endsOf,
  type Tensors,
  torchFileOf,
} from "inkling/formats";
import { type LayerKind, layerSpec } from "inkling/layers";
import { expect, test } from "vitest";
import { contentOf, exchanged, exchangedNetwork, outputsOf } from "./exchanged-models.ts";

const golden = (name: string) => new URL(`golden/${name}`, import.meta.url);
const stateDict = (name: string) =>
  decodeForeignTensors(readFileSync(golden(`state-dict-${name}.safetensors`)), `${name}.safetensors`);
const computed = JSON.parse(readFileSync(golden("state-dicts.json"), "utf8")) as Record<
  string,
  { rows: number[][]; outputs: number[][] }
>;

test.each(exchanged)("%s comes back from PyTorch's layout, with all that its file says", async (name) => {
  const model = exchangedNetwork(name);
  const file = decodeForeignTensors(encodeTensors(await torchFileOf(model)), name);
  const { model: back } = await decodeTorch(file);
  expect(await contentOf(back)).toEqual(await contentOf(model));
});

const written = async (input: Shape, layers: readonly LayerSpec[]) => {
  const { metadata, tensors } = await torchFileOf(network(input, layers, { seed: 2 }));
  return [metadata["torch.model"], tensors.map(({ name, shape }) => `${name} ${shape.join("×")}`).join(" ")];
};

test("modules are counted with their activations", async () => {
  expect(
    await written([28, 28, 1], [conv2d(8, 5, "relu"), maxPool2d(2), flatten(), dense(30, "tanh"), dense(10)]),
  ).toEqual([
    "nn.Sequential(nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2, stride=2), nn.Flatten(), nn.Linear(1152, 30), nn.Tanh(), nn.Linear(30, 10))",
    "0.weight 8×1×5×5 0.bias 8 4.weight 30×1152 4.bias 30 6.weight 10×30 6.bias 10",
  ]);
  expect(
    await written([4], [dense(3), batchNorm({ momentum: 0.2 }), residual([dense(3)], { scale: 0.5 }), dense(2)]),
  ).toEqual([
    "nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3, eps=0.00001, momentum=0.2), Residual(nn.Linear(3, 3), scale=0.5), nn.Linear(3, 2))",
    "0.weight 3×4 0.bias 3 1.weight 3 1.bias 3 1.running_mean 3 1.running_var 3 1.num_batches_tracked  2.layers.0.weight 3×3 2.layers.0.bias 3 3.weight 2×3 3.bias 2",
  ]);
});

test("a dense weight is transposed, and the one after an image comes channel by channel", async () => {
  // An image of 1 × 2 pixels with 2 channels: ours is p₀c₀ p₀c₁ p₁c₀ p₁c₁, PyTorch's p₀c₀ p₁c₀ p₀c₁ p₁c₁.
  const weights = [1, 10, 2, 20, 3, 30, 4, 40];
  const initialValues = new Map([["layers.1.weights", weights]]);
  const { tensors } = await torchFileOf(network([1, 2, 2], [flatten(), dense(2)], { initialValues }));
  expect(Array.from(tensors[0].values as Float32Array)).toEqual([1, 3, 2, 4, 10, 30, 20, 40]);
});

test("all layers that PyTorch has no module for are named", async () => {
  const kind: LayerKind = {
    type: "mirror",
    check: () => {},
    outputShape: (_fields, shape) => shape,
    build: () => ({ forward: (x) => x, backward: (d) => d }),
    describe: () => "mirror",
  };
  const mirror = () => layerSpec(kind, {});
  const same = averagePool2d(2, { stride: 1, padding: "same" });
  const model = network([4, 4, 2], [mirror(), same, residual([mirror()]), flatten(), residual([activation("relu")])]);
  await expect(torchFileOf(model)).rejects.toThrow(
    "PyTorch's layout: expected layers that PyTorch has modules for, got layers.0 (mirror); layers.1 (average pooling " +
      "with more padding on one side); layers.2.layers.0 (mirror); layers.4 (residual right after an image became a " +
      "row; put a dense layer between them); outputs that are the pixels of an image (put a dense layer at the end). " +
      "Nothing was written.",
  );
});

const mlp = [dense(5, "relu"), dense(4, "relu"), dense(3)];
const cnn = [
  ...[conv2d(4, 3, "relu"), maxPool2d(2), conv2d(5, 2, { padding: 1 }), maxPool2d(2), batchNorm(), activation("relu")],
  ...[flatten(), dense(6, "relu"), dense(3)],
];

test.each([
  ["mlp", { input: [6], layers: mlp }],
  ["half", { input: [6], layers: mlp }],
  ["cnn", { input: [11, 10, 3], layers: cnn }],
])("PyTorch's %s computes the same here", async (name, options) => {
  const { model } = await decodeTorch(stateDict(name), options);
  for (const [i, row] of computed[name].rows.entries()) {
    const outputs = await outputsOf(model, Float32Array.from(row));
    for (const [j, z] of outputs.entries()) expect(Math.abs(z - computed[name].outputs[i][j])).toBeLessThan(1e-5);
  }
});

test("modules are found by kind, shape and number, and a bias that is not there is 0", async () => {
  const { sources } = await decodeTorch(stateDict("cnn"), { input: [11, 10, 3], layers: cnn });
  const weights = sources.filter(({ name }) => name.endsWith(".weights"));
  expect(weights.map(({ from }) => from)).toEqual([
    "module.conv2.weight",
    "module.conv10.weight",
    "module.fc.weight",
    "module.out.weight",
  ]);
  const { sources: ofMlp, model } = await decodeTorch(stateDict("mlp"), { input: [6], layers: mlp });
  expect(ofMlp.find(({ name }) => name === "layers.1.bias")?.from).toBeUndefined();
  expect(Array.from(await model.backend.read(model.tensors[3].value))).toEqual([0, 0, 0, 0]);
});

test("of two layers of one shape the lower number comes first, or the first of a file in order", async () => {
  const square = (name: string, first: number) => [
    { name: `${name}.weight`, shape: [2, 2], values: Float32Array.of(first, 0, 0, 1) },
  ];
  const file = { metadata: {}, tensors: [...square("layer10", 10), ...square("layer2", 2)] };
  for (const [isOrdered, first] of [
    [false, "layer2.weight"],
    [true, "layer10.weight"],
  ] as const) {
    const { sources } = await decodeTorch(file, { input: [2], layers: [dense(2), dense(2)], isOrdered });
    expect(sources[0]).toEqual({ name: "layers.0.weights", from: first });
  }
});

test("widths are found from shapes alone", () => {
  expect(denseWidths(stateDict("mlp").tensors)).toEqual([6, 5, 4, 3]);
  expect(denseWidths(stateDict("cnn").tensors)).toBeUndefined();
  expect(endsOf(stateDict("cnn").tensors, [6])).toEqual({ outputs: 3, inputs: 20 });
  expect(endsOf(stateDict("cnn").tensors, [7])).toBeUndefined();
  const squares = Array.from({ length: 60 }, (_, i) => ({
    name: `${i}.weight`,
    shape: [4, 4],
    values: new Float32Array(16),
  }));
  expect(denseWidths(squares)).toEqual(new Array(61).fill(4));
  // Two ways to go through them: nothing is guessed.
  const both = [
    [3, 2],
    [2, 3],
  ].map((shape, i) => ({ name: `${i}.weight`, shape, values: new Float32Array(6) }));
  expect(denseWidths(both)).toBeUndefined();
});

test("all tensors that do not fit are named at once", async () => {
  const { tensors } = stateDict("mlp");
  const extra = { name: "attention.in_proj_weight", shape: [2, 2], values: new Float32Array(4) };
  const file = { metadata: {}, tensors: [...tensors.filter(({ name }) => name !== "hidden1.weight"), extra] };
  const given = { input: [6], layers: [dense(5, "relu"), dense(4, "relu"), dense(2)], name: "mlp.safetensors" };
  await expect(decodeTorch(file, given)).rejects.toThrow(
    "mlp.safetensors: expected tensors that fit the layers, got head.weight of 3 × 4 in place of 5 × 6 for layers.0; " +
      "head.bias of 3 in place of 5 for layers.0; no weight of 2 × 4 for layers.2; " +
      "attention.in_proj_weight of 2 × 2, which belongs to no layer; " +
      "hidden1.bias of 5, which belongs to no layer. Nothing was loaded.",
  );
  await expect(decodeTorch(file, { name: "mlp.safetensors" })).rejects.toThrow("which does not say them");
});

test("read as a model file, an export says what reads it", async () => {
  const bytes = encodeTensors(await torchFileOf(exchangedNetwork("a dense network")));
  expect(() => decodeModel(bytes, { name: "m.safetensors" })).toThrow(
    "m.safetensors: expected a model file, got a state dict with PyTorch's layout. " +
      "decodeTorch and `inkling import` read it. Nothing was loaded.",
  );
});

test("whatever a state dict holds, it is a model or an InklingError", async () => {
  const file = (await torchFileOf(exchangedNetwork("batch normalization of images and rows"))) as Tensors;
  const names = file.tensors.map(({ name }) => name);
  const shapes = fc.array(fc.oneof(fc.nat(7), fc.constant(2 ** 31), fc.constant(2 ** 52)), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ name: fc.oneof(fc.constantFrom(...names), fc.string()), shape: shapes }), { maxLength: 4 }),
      fc.subarray([...file.tensors]),
      fc.string(),
      async (others, kept, architecture) => {
        const changed = others.map(({ name, shape }) => ({ name, shape, values: new Float32Array(4) }));
        const metadata = { ...file.metadata, ...(architecture.length > 3 && { "inkling.architecture": architecture }) };
        try {
          (await decodeTorch({ metadata, tensors: [...kept, ...changed] })).model.close();
        } catch (error) {
          expect(error).toBeInstanceOf(InklingError);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("a layer that would be huge is refused before there is memory for it", async () => {
  const file = (await torchFileOf(exchangedNetwork("a dense network"))) as Tensors;
  const architecture = JSON.parse(file.metadata["inkling.architecture"]);
  architecture.layers[0].outputs = 2 ** 50;
  const metadata = { ...file.metadata, "inkling.architecture": JSON.stringify(architecture) };
  await expect(decodeTorch({ metadata, tensors: file.tensors })).rejects.toThrow("in place of 1125899906842624 × 6");
});
