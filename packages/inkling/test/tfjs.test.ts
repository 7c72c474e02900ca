// Models that TensorFlow.js and Keras wrote (golden/tfjs.mjs, golden/tfjs-keras.py): they compute here what they
// computed there, within 1e-5. And files that are none, or that reach for what is not theirs.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { Dataset, InklingError, meanSquared, quadratic, sigmoidCrossEntropy, train } from "inkling";
import { decodeTfjs, type TfjsOptions } from "inkling/formats";
import { describe, expect, test } from "vitest";

const golden = (name: string) => new URL(`golden/${name}`, import.meta.url);
const computed: Record<string, { rows: number[][]; outputs: number[][] }> = {
  ...JSON.parse(readFileSync(golden("tfjs.json"), "utf8")),
  ...JSON.parse(readFileSync(golden("tfjs-keras.json"), "utf8")),
};
const textOf = (name: string) => readFileSync(golden(`tfjs-${name}/model.json`), "utf8");
const shardsOf = (name: string) => async (path: string) => new Uint8Array(readFileSync(golden(`tfjs-${name}/${path}`)));
/** No such file; or, for a name of blanks, which an address leaves out, the directory itself. */
const isOfReader = (error: unknown) => ["ENOENT", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
const decoded = (name: string, options: TfjsOptions = {}) => decodeTfjs(textOf(name), shardsOf(name), options);

test.each([
  ["dense", "crossEntropy"],
  ["cnn", "crossEntropy"],
  ["row", "binaryCrossEntropy"],
  ["keras-chain", "crossEntropy"],
  ["keras-half", "meanSquared"],
  ["keras-quantised", "meanSquared"],
])("%s computes the same here", async (name, loss) => {
  const { model } = await decoded(name);
  expect(model.loss.type).toBe(loss);
  for (const [i, row] of computed[name].rows.entries()) {
    const isBytes = name === "keras-chain";
    const prediction = await model.predict(isBytes ? Uint8Array.from(row) : Float32Array.from(row));
    const found = prediction.task === "classes" ? prediction.probabilities : prediction.values;
    for (const [j, value] of found.entries()) {
      const wanted = computed[name].outputs[i][j];
      expect(Math.abs(value - wanted)).toBeLessThan(1e-5 * Math.max(1, Math.abs(wanted)));
    }
  }
});

test("what was read between the lines is said", async () => {
  expect((await decoded("keras-chain")).notes).toEqual([
    "Its division by 255 is what happens to bytes here.",
    "Loss crossEntropy, which --loss changes.",
  ]);
  expect((await decoded("row")).model.inputShape).toEqual([4, 3, 1]);
});

test("an imported model is trained on", async () => {
  const { model } = await decoded("keras-chain");
  const { rows } = computed["keras-chain"];
  const inputs = Uint8Array.from(rows.flat());
  const data = new Dataset({ name: "few", shape: [7, 6, 1], inputs, labels: [0, 1, 2, 0, 1], classes: 3 });
  const losses: number[] = [];
  for await (const { loss } of train(model, data, { epochs: 30, batchSize: 5 })) losses.push(loss);
  expect(losses.at(-1)).toBeLessThan(losses[0] / 2);
});

test("another loss is taken where the end of the network allows it", async () => {
  const { model } = await decoded("row", { loss: sigmoidCrossEntropy() });
  expect(model.loss.type).toBe("sigmoidCrossEntropy");
  expect((await decoded("row", { loss: quadratic() })).model.specs.at(-1)).toMatchObject({ activation: "sigmoid" });
  await expect(decoded("dense", { loss: meanSquared() })).rejects.toThrow(
    "--loss: expected crossEntropy (the model ends in softmax), got meanSquared.",
  );
});

/** A model.json of these layers, without weights. */
const ofLayers = (layers: unknown, weightsManifest: unknown = []) =>
  JSON.stringify({ modelTopology: { class_name: "Sequential", config: { layers } }, weightsManifest });
const layer = (className: string, config: object = {}) => ({
  class_name: className,
  config: { name: className, ...config },
});
const input = layer("InputLayer", { batch_input_shape: [null, 8, 8, 1] });
const noShards = async () => new Uint8Array();

test("all layers that there are not here are named at once, and what about them", async () => {
  const text = ofLayers([
    input,
    layer("LSTM"),
    layer("Conv2D", { filters: 2, kernel_size: [3, 3], data_format: "channels_first" }),
    layer("LeakyReLU", { alpha: 0.3 }),
    layer("__proto__"),
    layer("BatchNormalization", { axis: 1 }),
    layer("Dense", { units: 3 }),
    layer("Flatten"),
    layer("Dense", { units: 3, activation: "selu" }),
    layer("Softmax"),
    layer("ReLU", { max_value: 6 }),
  ]);
  await expect(decodeTfjs(text, noShards, { name: "model.json" })).rejects.toThrow(
    'model.json: expected layers that Inkling has, got LSTM (LSTM); Conv2D (Conv2D: data_format "channels_first"); ' +
      "LeakyReLU (LeakyReLU: slope 0.3, where ours is 0.01); __proto__ (__proto__); " +
      "BatchNormalization (BatchNormalization: axis 1); Dense (Dense: on images, without Flatten before it); " +
      'Dense (Dense: activation "selu"); ReLU (ReLU after softmax); ReLU (ReLU: max_value 6). Nothing was loaded.',
  );
});

test("all tensors that do not fit are named at once", async () => {
  const json = JSON.parse(textOf("dense"));
  const [group] = json.weightsManifest;
  group.weights[0].shape = [5, 6];
  group.weights[1].name = "other/bias";
  await expect(decodeTfjs(JSON.stringify(json), shardsOf("dense"))).rejects.toThrow(
    "tensors that fit the layers, got dense_Dense1/kernel of 5 × 6 in place of 6 × 5; other/bias of 5, which no layer has.",
  );
});

describe("refuses", () => {
  const shard = (path: string) => ofLayers([input, layer("Flatten")], [{ paths: [path], weights: [] }]);
  const weight = (fields: object) =>
    ofLayers(
      [input, layer("Flatten")],
      [{ paths: [], weights: [{ name: "a", shape: [1], dtype: "float32", ...fields }] }],
    );
  test.each([
    ["what is no layers model", "{}", "expected a layers model of tfjs (with modelTopology and weightsManifest)"],
    ["a graph model", '{"format":"graph-model","modelTopology":{},"weightsManifest":[]}', "got a graph model"],
    ["no layers", ofLayers([]), "expected a model with layers, got none"],
    ["layers that are no list", ofLayers(7), "expected a model with a list of layers"],
    ["only an input", ofLayers([input]), "expected layers, got only an input"],
    [
      "an input of any size",
      ofLayers([layer("InputLayer", { batch_input_shape: [null, null, 3] })]),
      "got none, or one of any size. Say it with --input.",
    ],
    [
      "a path above",
      shard("../../etc/passwd"),
      "expected files beside it, or in a directory beside it, got ../../etc/passwd",
    ],
    ["a path above, inside", shard("a/../../b"), "got a/../../b"],
    ["a path from the root", shard("/etc/passwd"), "got /etc/passwd"],
    ["a path of Windows", shard("C:\\\\x"), "expected files beside it"],
    ["an address", shard("https://example.org/w.bin"), "expected files beside it"],
    ["an empty path", shard(""), 'got "".'],
    [
      "a weight of texts",
      weight({ dtype: "string" }),
      'weight a: expected numbers of float32, int32, uint16, float16, uint8, bool, got "string"',
    ],
    ["a huge weight", weight({ shape: [2 ** 40, 2 ** 40] }), "bytes in the files of the weights, got 0"],
    ["a shape that is none", weight({ shape: [-1] }), "weight a: expected a shape of whole numbers"],
    [
      "a manifest that is none",
      ofLayers([input, layer("Flatten")], { a: 1 }),
      "weightsManifest: expected a list of groups",
    ],
    [
      "layers that would be huge",
      ofLayers([input, layer("Flatten"), layer("Dense", { units: 2 ** 40 })]),
      "no Dense/kernel of 64 × 1099511627776",
    ],
    [
      "units that are none",
      ofLayers([input, layer("Flatten"), layer("Dense", { units: -1 })]),
      "expected outputs to be a whole number",
    ],
    [
      "a model that branches",
      JSON.stringify({
        modelTopology: {
          class_name: "Model",
          config: {
            layers: [
              { ...input, name: "x", inbound_nodes: [] },
              { ...layer("Dense"), name: "a", inbound_nodes: [[["x", 0, 0, {}]]] },
              { ...layer("Dense"), name: "b", inbound_nodes: [[["x", 0, 0, {}]]] },
              {
                ...layer("Add"),
                name: "c",
                inbound_nodes: [
                  [
                    ["a", 0, 0, {}],
                    ["b", 0, 0, {}],
                  ],
                ],
              },
            ],
          },
        },
        weightsManifest: [],
      }),
      "expected layers that follow each other, got b, where it branches",
    ],
  ])("%s", async (_what, text, sentence) => {
    await expect(decodeTfjs(text, noShards)).rejects.toThrow(sentence);
  });
});

test("whatever is in a model.json, it is a model or an InklingError", async () => {
  const text = textOf("cnn");
  const begin = text.indexOf('"layers"');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.nat(20),
      fc.oneof(fc.string({ maxLength: 10 }), fc.json()),
      async (seed, removed, added) => {
        const at = begin + (seed % (text.length - begin));
        const changed = text.slice(0, at) + added + text.slice(at + removed);
        try {
          (await decodeTfjs(changed, shardsOf("cnn"))).model.close();
        } catch (error) {
          if (!isOfReader(error)) expect(error).toBeInstanceOf(InklingError);
        }
      },
    ),
    { numRuns: 400 },
  );
  // Any value in the place of one of its own.
  const places: [object: Record<string, unknown>, key: string][] = [];
  const json = JSON.parse(text);
  const visit = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    for (const key of Object.keys(value)) {
      places.push([value as Record<string, unknown>, key]);
      visit((value as Record<string, unknown>)[key]);
    }
  };
  visit(json);
  await fc.assert(
    fc.asyncProperty(fc.nat(places.length - 1), fc.jsonValue(), async (which, value) => {
      const [object, key] = places[which];
      const before = object[key];
      object[key] = value;
      try {
        (await decodeTfjs(JSON.stringify(json), shardsOf("cnn"))).model.close();
      } catch (error) {
        if (!isOfReader(error)) expect(error).toBeInstanceOf(InklingError);
      } finally {
        object[key] = before;
      }
    }),
    { numRuns: 600 },
  );
});
