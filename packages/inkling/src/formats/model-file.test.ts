import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Reference } from "../backends/reference/reference.ts";
import { table } from "../data/dataset.ts";
import { ModelFileError } from "../errors.ts";
import { dense, flatten } from "../layers/kinds.ts";
import type { Precision } from "../matrix.ts";
import { type Network, network } from "../network/network.ts";
import { train } from "../training/train.ts";
import { decodeModel, encodeModel } from "./model-file.ts";
import { decodeTensors, encodeTensors, type Tensor } from "./safetensors.ts";

fc.configureGlobal({ seed: 1, numRuns: 500 });

const points = table(
  [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  [0, 1, 1, 0],
  { name: "xor" },
);

/** A small model that has learned for one epoch. */
async function trained(precision: Precision = "float32"): Promise<Network> {
  const model = network([2], [dense(3, "tanh"), dense(2)], { seed: 7, backend: new Reference(precision) });
  for await (const _ of train(model, points, { epochs: 1, batchSize: 2 }));
  return model;
}

/** Every parameter's name and numbers. */
const numbers = ({ parameters, backend }: Network) =>
  Promise.all(parameters.map(async ({ name, value }) => [name, Array.from(await backend.read(value))]));

const whole = await encodeModel(await trained());
const { metadata, tensors } = decodeTensors(whole, "whole");
const architecture = JSON.parse(metadata["inkling.architecture"]);

/** The file of the small model, with some of it replaced. */
function altered(changes: { architecture?: unknown; training?: string; tensors?: readonly Tensor[] }): Uint8Array {
  return encodeTensors({
    metadata: {
      ...metadata,
      "inkling.architecture": JSON.stringify(changes.architecture ?? architecture),
      ...(changes.training !== undefined && { "inkling.training": changes.training }),
    },
    tensors: changes.tensors ?? tensors,
  });
}

/** Decodes; undefined for a ModelFileError. What it takes for a model must be one that can be used. */
async function decodedOrRefused(bytes: Uint8Array): Promise<Network | undefined> {
  try {
    const model = decodeModel(bytes, { name: "file" });
    expect((await model.predict(new Float32Array(model.inputs))).probabilities.length).toBe(model.outputs);
    return model;
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    expect(error.message).toMatch(/^file[^\n]*: expected [^\n]+, got [^\n]+\. Nothing was loaded\.$/);
    return undefined;
  }
}

describe("encodeModel and decodeModel", () => {
  test.each(["float32", "float64"] as const)("give back every bit of a %s model", async (precision) => {
    const model = await trained(precision);
    const bytes = await encodeModel(model);
    const again = decodeModel(bytes, { backend: new Reference(precision) });
    expect(await numbers(again)).toEqual(await numbers(model));
    expect(await again.weightsSha256()).toBe(await model.weightsSha256());
    expect(await encodeModel(again)).toEqual(bytes);
  });

  test("give back what the model is and how it was trained", async () => {
    const model = await trained();
    const { inputShape, specs, loss, seed, training } = decodeModel(await encodeModel(model));
    expect({ inputShape, specs, loss, seed, training }).toEqual({
      inputShape: [2],
      specs: model.specs,
      loss: "cross-entropy",
      seed: 7,
      training: model.training,
    });
  });

  test("give back a model that has not been trained, of images", async () => {
    const model = network([2, 2, 1], [flatten(), dense(3, "sigmoid")]);
    const again = decodeModel(await encodeModel(model));
    expect(await numbers(again)).toEqual(await numbers(model));
    expect({ shape: again.inputShape, loss: again.loss, training: again.training }).toEqual({
      shape: [2, 2, 1],
      loss: "quadratic",
      training: undefined,
    });
  });

  test("give a float32 model to a float64 backend without changing a number", async () => {
    const wide = decodeModel(whole, { backend: new Reference("float64") });
    expect(await numbers(wide)).toEqual(await numbers(await trained()));
  });

  test("round a float64 model for a float32 backend, once", async () => {
    const model = await trained("float64");
    const rounded = decodeModel(await encodeModel(model));
    expect(await rounded.weightsSha256()).toBe(await model.weightsSha256());
  });

  test("do not mind where the bytes lie in memory", async () => {
    const pool = Buffer.alloc(whole.length + 10, 0xee);
    pool.set(whole, 3);
    const inside = decodeModel(pool.subarray(3, 3 + whole.length));
    expect(await numbers(inside)).toEqual(await numbers(decodeModel(whole)));
  });
});

describe("decodeModel", () => {
  test("refuses a file that is cut off anywhere", async () => {
    for (let length = 0; length < whole.length; length++) {
      expect(await decodedOrRefused(whole.subarray(0, length))).toBeUndefined();
    }
  });

  test("makes of a file with a few other bytes a ModelFileError or a model that works", async () => {
    const edits = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(edits, async (changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        await decodedOrRefused(bytes);
      }),
    );
  });

  test("makes of any value anywhere in the architecture a ModelFileError or a model that works", async () => {
    const paths = [
      [],
      ["input"],
      ["input", "shape"],
      ["input", "shape", 0],
      ["layers"],
      ["layers", 0],
      ["layers", 0, "type"],
      ["layers", 0, "outputs"],
      ["layers", 0, "activation"],
      ["layers", 1, "activation"],
      ["layers", 0, "initializer"],
      ["loss"],
    ];
    const strange = fc.constantFrom<unknown>(
      "",
      [],
      {},
      { toString: 1 },
      ["cross-entropy"],
      "__proto__",
      0,
      -1,
      0.5,
      2 ** 53,
      1e300,
      null,
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.oneof(strange, fc.jsonValue()), async (path, value) => {
        await decodedOrRefused(altered({ architecture: replaced(architecture, path, value) ?? null }));
      }),
    );
  });

  test.each([
    ["layers that are a word", { layers: "" }, "an architecture (input, layers, loss)"],
    ["layers that are an object", { layers: {} }, "an architecture (input, layers, loss)"],
    ["no layers", { layers: [] }, "0 tensors, got 4"],
    [
      "a layer of an unknown type",
      { layers: [{ type: "conv\n9d" }] },
      "file, layer: expected type to be dense or flatten, got conv 9d.",
    ],
    [
      "a layer of no neurons",
      { layers: [dense(3), { ...dense(2), outputs: 0 }] },
      "file, dense: expected outputs to be a whole number",
    ],
    [
      "an unknown activation",
      { layers: [{ ...dense(3), activation: "swish" }, dense(2)] },
      "file, dense: expected activation",
    ],
    ["a shape of its input without dimensions", { input: { shape: [] }, layers: [flatten()] }, "tensor"],
    ["an input of no numbers", { input: { shape: [0] } }, "an architecture (input, layers, loss)"],
    [
      "more inputs than its tensors have",
      { input: { shape: [1e9] } },
      "tensor layers.0.weights of 1000000000 × 3, got 2 × 3",
    ],
    ["fewer inputs than its tensors have", { input: { shape: [1] } }, "tensor layers.0.weights of 1 × 3, got 2 × 3"],
    [
      "more neurons than its tensors have",
      { layers: [dense(1e9, "tanh"), dense(2)] },
      "tensor layers.0.weights of 2 × 1000000000",
    ],
    ["fewer layers than its tensors have", { layers: [dense(3)] }, "2 tensors, got 4"],
    [
      "more layers than its tensors have",
      { layers: [...architecture.layers, dense(2)] },
      "tensor layers.2.weights of 2 × 2, got none",
    ],
    ["an unknown loss", { loss: "hinge" }, "loss to be one of"],
    ["a loss that is a list", { loss: ["cross-entropy"] }, "an architecture (input, layers, loss)"],
    [
      "a loss that does not go with its last layer",
      { layers: [dense(3, "tanh"), dense(2, "tanh")] },
      "logits for cross-entropy",
    ],
  ])("refuses an architecture with %s", (_, changes, expected) => {
    const decode = () => decodeModel(altered({ architecture: { ...architecture, ...changes } }), { name: "file" });
    expect(decode).toThrow(ModelFileError);
    expect(decode).toThrow(expected);
  });

  test("refuses a model of nothing", () => {
    expect(() => decodeModel(altered({ architecture: { ...architecture, layers: [] }, tensors: [] }))).toThrow(
      "model file, network: expected at least one layer, got 0. Nothing was loaded.",
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses a weight that is %d",
    (value) => {
      const bad = tensors.map((tensor) => ({ ...tensor, values: tensor.values.slice().fill(value, -1) }));
      expect(() => decodeModel(altered({ tensors: bad }))).toThrow("finite float32 numbers in layers.0.bias");
    },
  );

  test("refuses a float64 weight that is infinite as a float32", async () => {
    const wide = tensors.map((tensor) => ({ ...tensor, values: Float64Array.from(tensor.values).fill(1e300, -1) }));
    const bytes = altered({ tensors: wide });
    expect(() => decodeModel(bytes, { backend: new Reference() })).toThrow("finite float32 numbers");
    const kept = await numbers(decodeModel(bytes, { backend: new Reference("float64") }));
    expect(kept.flat(2)).toContain(1e300);
  });

  test.each([
    ["lacks a tensor", tensors.slice(1), "tensor layers.0.bias of 1 × 3, got none"],
    ["has one too many", [...tensors, { ...tensors[0], name: "__proto__" }], "4 tensors, got 5"],
    [
      "has one on its side",
      tensors.map((tensor) => ({ ...tensor, shape: tensor.shape.toReversed() })),
      "tensor layers.0.weights of 2 × 3, got 3 × 2",
    ],
  ])("refuses a model that %s", (_, changed, expected) => {
    expect(() => decodeModel(altered({ tensors: changed }))).toThrow(expected);
  });

  test("refuses a file from elsewhere and says so", () => {
    const foreign = encodeTensors({ metadata: { format: "pt" }, tensors });
    expect(() => decodeModel(foreign, { name: "resnet" })).toThrow(
      "resnet: expected a model of Inkling (with inkling.architecture",
    );
  });

  test.each(["", "null", "5", "{}", '{"seed":-1}', '{"seed":1.5}', '{"seed":"1"}', "{"])(
    "refuses the training record %j",
    (training) => {
      expect(() => decodeModel(altered({ training }))).toThrow("model file: expected a training record with a seed");
    },
  );
});

/** The same value with another one at the end of the path. */
function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}
