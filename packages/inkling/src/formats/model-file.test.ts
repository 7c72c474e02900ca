import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Reference } from "../backends/reference/reference.ts";
import { standardize } from "../data/scaling.ts";
import { table } from "../data/table.ts";
import { ArgumentError, ModelFileError } from "../errors.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { type LayerKind, layerSpec } from "../layers/layer.ts";
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
  await train(model, points, { epochs: 1, batchSize: 2 });
  return model;
}

/** Every parameter's name and numbers. */
const numbers = ({ parameters, backend }: Network) =>
  Promise.all(parameters.map(async ({ name, value }) => [name, Array.from(await backend.read(value))]));

const whole = await encodeModel(await trained());
const { metadata, tensors } = decodeTensors(whole, "whole");
const architecture = JSON.parse(metadata["inkling.architecture"]);

/** The file of the small model, with some of it replaced. */
function altered(changes: {
  architecture?: unknown;
  training?: string;
  roles?: string;
  tensors?: readonly Tensor[];
}): Uint8Array {
  return encodeTensors({
    metadata: {
      ...metadata,
      "inkling.architecture": JSON.stringify(changes.architecture ?? architecture),
      ...(changes.training !== undefined && { "inkling.training": changes.training }),
      ...(changes.roles !== undefined && { "inkling.roles": changes.roles }),
    },
    tensors: changes.tensors ?? tensors,
  });
}

/** Decodes; undefined for a ModelFileError. What it takes for a model must be one that can be used. */
async function decodedOrRefused(bytes: Uint8Array): Promise<Network | undefined> {
  try {
    const model = decodeModel(bytes, { name: "file" });
    const { probabilities, values } = { values: undefined, ...(await model.predict(new Float32Array(model.inputs))) };
    expect((probabilities ?? values)?.length).toBe(model.outputs);
    return model;
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    expect(error.message).toMatch(/^file[^\n]*: expected [^\n]+, got [^\n]+\. ([^\n]+ )?Nothing was loaded\.$/);
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
    expect({ inputShape, specs, loss: loss.type, seed, training }).toEqual({
      inputShape: [2],
      specs: model.specs,
      loss: "crossEntropy",
      seed: 7,
      training: model.training,
    });
  });

  test("give back a model that has not been trained, of images", async () => {
    const model = network([2, 2, 1], [flatten(), dense(3, "sigmoid")]);
    const again = decodeModel(await encodeModel(model));
    expect(await numbers(again)).toEqual(await numbers(model));
    expect({ shape: again.inputShape, loss: again.loss.type, training: again.training }).toEqual({
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
    ["a layer of an unknown type", { layers: [{ type: "conv\n9d" }] }, "file, layer: expected a layer of kind dense, "],
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
    [
      "a shape of its input without dimensions",
      { input: { shape: [] }, layers: [flatten()] },
      "an architecture (input, layers, loss)",
    ],
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
    [
      "an unknown loss",
      { loss: { type: "hinge" } },
      'loss to be one of crossEntropy, quadratic, meanSquared, got "hinge"',
    ],
    ["a loss of a prototype's name", { loss: { type: "constructor" } }, 'got "constructor"'],
    ["a loss without a name", { loss: {} }, "loss to be one of crossEntropy, quadratic, meanSquared, got nothing"],
    ["a loss that is a word, as in format 1", { loss: "crossEntropy" }, "an architecture (input, layers, loss)"],
    [
      "settings that its loss does not have",
      { loss: { type: "crossEntropy", smoothing: 0.1 } },
      'no settings of the loss crossEntropy, got "smoothing"',
    ],
    ["an output that is a number", { output: 5 }, "an architecture (input, layers, loss)"],
    [
      "class names of a loss for numbers",
      { loss: { type: "meanSquared" }, output: { classNames: ["a", "b"] } },
      "no classNames (the loss meanSquared is for numbers)",
    ],
    [
      "the same class name twice",
      { output: { classNames: ["a", "a"] } },
      "file, network, classNames[1]: expected a name",
    ],
    [
      "a scaling of words",
      { input: { ...architecture.input, scaling: { means: "ab", deviations: [1, 1] } } },
      "file, scaling, means: expected a list of numbers",
    ],
    [
      "deviations of 0",
      { input: { ...architecture.input, scaling: { means: [0, 0], deviations: [0, 1] } } },
      "file, scaling, deviations[0]: expected a number above 0, got 0. Nothing was loaded.",
    ],
    [
      "a misspelt kind of layer",
      { layers: [{ ...dense(3), type: "dnse" }, dense(2)] },
      'got "dnse". A kind of your own is named when the model is loaded: { kinds: [yourKind] }. Did you mean dense?',
    ],
    [
      "a name that changes the direction of a line",
      { layers: [{ ...dense(3), type: "\u202edense" }, dense(2)] },
      'got "\\u202edense"',
    ],
    ["a loss that is a list", { loss: ["cross-entropy"] }, "an architecture (input, layers, loss)"],
    [
      "a loss that does not go with its last layer",
      { layers: [dense(3, "tanh"), dense(2, "tanh")] },
      "logits for crossEntropy",
    ],
  ])("refuses an architecture with %s", (_, changes, expected) => {
    const decode = () => decodeModel(altered({ architecture: { ...architecture, ...changes } }), { name: "file" });
    expect(decode).toThrow(ModelFileError);
    expect(decode).toThrow(expected);
  });

  test("refuses a model of nothing", () => {
    const roles = '{"parameters":[],"statistics":[]}';
    expect(() => decodeModel(altered({ architecture: { ...architecture, layers: [] }, roles, tensors: [] }))).toThrow(
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
    ["lacks a tensor", tensors.slice(1), "tensor layers.0.bias of 3, got none"],
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
      expect(() => decodeModel(altered({ training }))).toThrow("model file: expected a training record (version, seed");
    },
  );
});

const roles = JSON.parse(metadata["inkling.roles"]);

test.each([
  ["is no JSON", "{"],
  ["is a list", "[]"],
  ["lacks the statistics", JSON.stringify({ parameters: roles.parameters })],
  ["has the wrong order", JSON.stringify({ ...roles, parameters: roles.parameters.toReversed() })],
  ["calls a parameter a statistic", JSON.stringify({ parameters: [], statistics: roles.parameters })],
  ["has more than roles", JSON.stringify({ ...roles, buffers: [] })],
])("a list of roles that %s is refused", (_, json) => {
  expect(() => decodeModel(altered({ roles: json }))).toThrow(ModelFileError);
  expect(() => decodeModel(altered({ roles: json }))).toThrow("inkling.roles to name the layers' parameters");
});

test("a file without roles is read: other programs need not write them", async () => {
  const { "inkling.roles": _, ...others } = metadata;
  const model = decodeModel(encodeTensors({ metadata: others, tensors }));
  expect(await model.weightsSha256()).toBe(await decodeModel(whole).weightsSha256());
});

test("a record's metrics are numbers, in the file and from the caller; one that JSON cannot hold is left out", async () => {
  const record = JSON.parse(metadata["inkling.training"]);
  const training = JSON.stringify({ ...record, metrics: { loss: "small" } });
  expect(() => decodeModel(altered({ training }))).toThrow("model file: expected a training record");
  const model = await trained();
  await expect(encodeModel(model, { metrics: { loss: "small" } as never })).rejects.toThrow("metrics to be numbers");
  await expect(encodeModel(model, { metrics: null as never })).rejects.toThrow("metrics to be numbers");
  const bytes = await encodeModel(model, { metrics: { rSquared: Number.NaN, accuracy: 0.5 } });
  expect(decodeModel(bytes).training?.metrics).toEqual({ ...model.training?.metrics, accuracy: 0.5 });
});

test("a loss is an object in the file, with room for settings", () => {
  expect(architecture.loss).toEqual({ type: "crossEntropy" });
});

test.each<[string, () => unknown, string]>([
  [
    "no bytes",
    () => decodeModel(undefined as never),
    "model file: expected the bytes of a file, in a Uint8Array, got nothing.",
  ],
  ["a buffer", () => decodeModel(whole.buffer as never), "got an ArrayBuffer. Write new Uint8Array(buffer)."],
  [
    "a number as name",
    () => decodeModel(whole, { name: 5 } as never),
    "decodeModel: expected name to be a text, got 5.",
  ],
  [
    "no backend",
    () => decodeModel(whole, { backend: 5 } as never),
    "expected a backend, as chooseBackend finds one, got 5.",
  ],
  [
    "a number as kinds",
    () => decodeModel(whole, { kinds: 5 } as never),
    "kinds: expected a list of kinds of layers, got 5.",
  ],
  [
    "a kind without brackets",
    () => decodeModel(whole, { kinds: { type: "own" } } as never),
    "Write { kinds: [yourKind] }.",
  ],
  ["null among the kinds", () => decodeModel(whole, { kinds: [null] } as never), "kinds: expected kinds of layers"],
])("%s in the place of what decodeModel takes is one sentence", (_, attempt, sentence) => {
  expect(attempt).toThrow(ArgumentError);
  expect(attempt).toThrow(sentence);
});

test("encodeModel takes a network", async () => {
  await expect(encodeModel({} as never)).rejects.toThrow("encodeModel: expected a network, got an object.");
});

/** The same value with another one at the end of the path. */
function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

describe("a file of format 1", () => {
  // Written by Inkling 0.1: names with dashes, and a bias of 1 × outputs.
  const old = readFileSync(new URL("../../test/golden/format-1.safetensors", import.meta.url));

  test("is read, with every number", async () => {
    const model = decodeModel(old);
    expect(await model.weightsSha256()).toBe("31d1d96082a89cba175b1413308d18bab88b8fcc530d91cb1bb6f6c9da7c82c0");
    expect(model.specs[0]).toMatchObject({ activation: "leakyRelu", initializer: "scaledNormal" });
    expect(model.loss.type).toBe("crossEntropy");
    expect(model.parameters.map(({ shape }) => shape)).toEqual([[2, 3], [3], [3, 2], [2]]);
    expect(model.training).toMatchObject({ seed: 7, epochs: 2, data: { name: "XOR", examples: 4 } });
  });

  test("keeps names that only look like the old ones", () => {
    const { metadata, tensors } = decodeTensors(old, "old");
    const before = JSON.parse(metadata["inkling.architecture"]);
    const renamed = { ...before, output: { classNames: ["cross-entropy", "constructor"] } };
    const bytes = encodeTensors({
      metadata: { ...metadata, "inkling.architecture": JSON.stringify(renamed) },
      tensors,
    });
    expect(decodeModel(bytes).classNames).toEqual(["cross-entropy", "constructor"]);
  });

  test.each(["constructor", "toString", "__proto__"])("refuses the activation %s by name", (activation) => {
    const { metadata, tensors } = decodeTensors(old, "old");
    const before = JSON.parse(metadata["inkling.architecture"]);
    const [first, ...others] = before.layers;
    const changed = { ...before, layers: [{ ...first, activation }, ...others] };
    const bytes = encodeTensors({
      metadata: { ...metadata, "inkling.architecture": JSON.stringify(changed) },
      tensors,
    });
    expect(() => decodeModel(bytes)).toThrow(`got "${activation}"`);
  });

  test("is written again as format 2", async () => {
    const bytes = await encodeModel(decodeModel(old));
    const { metadata } = decodeTensors(bytes, "file");
    expect(metadata["inkling.format"]).toBe("2");
    expect(JSON.parse(metadata["inkling.roles"])).toEqual({
      parameters: ["layers.0.weights", "layers.0.bias", "layers.1.weights", "layers.1.bias"],
      statistics: [],
    });
    expect(await decodeModel(bytes).weightsSha256()).toBe(await decodeModel(old).weightsSha256());
  });
});

test("what a model knows of its table goes with it: scaling, names of columns and classes", async () => {
  const data = table(
    [
      [1, 200],
      [3, 400],
      [5, 900],
    ],
    ["low", "low", "high"],
    { columnNames: ["a", "b"] },
  );
  const model = network([2], [dense(2)], { scaling: standardize(data) });
  await train(model, data, { epochs: 2 });
  const copy = decodeModel(await encodeModel(model));
  expect([copy.columnNames, copy.classNames, copy.scaling]).toEqual([["a", "b"], ["high", "low"], model.scaling]);
  expect(await copy.predict([1, 200])).toEqual(await model.predict([1, 200]));
});

describe("a kind of layer of one's own", () => {
  const half: LayerKind<{ by: number }> = {
    type: "half",
    check: () => {},
    outputShape: (_fields, shape) => shape,
    build: ({ by }, { ops }) => ({
      forward: (x) => ops.addScaled(x, x, by - 1),
      backward: (dY) => ops.addScaled(dY, dY, by - 1),
    }),
    describe: ({ by }) => `times ${by}`,
  };
  const model = network([2], [layerSpec(half, { by: 0.5 }), dense(2)]);

  test("is read again where it is named", async () => {
    const copy = decodeModel(await encodeModel(model), { kinds: [half] });
    expect(await copy.predict([1, 2])).toEqual(await model.predict([1, 2]));
    expect(copy.summary()).toContain("times 0.5");
  });

  test("is named where it is not known", async () => {
    const bytes = await encodeModel(model);
    expect(() => decodeModel(bytes)).toThrow(/expected a layer of kind dense, .*, got "half"\. A kind of your own/);
  });

  test("may not take a built-in name", async () => {
    const bytes = await encodeModel(model);
    expect(() => decodeModel(bytes, { kinds: [{ ...half, type: "dense" }] })).toThrow("Give your kind another type.");
  });
});
