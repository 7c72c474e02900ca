// Files that are no models, and models that cannot be: each is refused in one sentence, whatever its bytes are.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { altered, architecture, metadata, numbers, tensors, whole } from "../../test/small-model.ts";
import { Reference } from "../backends/reference/reference.ts";
import { ArgumentError, ModelFileError } from "../errors.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import type { Network } from "../network/network.ts";
import { decodeModel } from "./model-file.ts";
import { encodeTensors } from "./safetensors.ts";

fc.configureGlobal({ seed: 1, numRuns: 500 });

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

/** The same value with another one at the end of the path. */
function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

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
      'loss to be one of crossEntropy, sigmoidCrossEntropy, quadratic, meanSquared, meanAbsolute, huber, binaryCrossEntropy, got "hinge"',
    ],
    ["a loss of a prototype's name", { loss: { type: "constructor" } }, 'got "constructor"'],
    ["a loss without a name", { loss: {} }, "binaryCrossEntropy, got nothing"],
    ["a loss that is a word, as in format 1", { loss: "crossEntropy" }, "an architecture (input, layers, loss)"],
    [
      "settings that its loss does not have",
      { loss: { type: "crossEntropy", smoothing: 0.1 } },
      'loss, crossEntropy: expected options among labelSmoothing, classWeights, got "smoothing". Nothing was loaded.',
    ],
    [
      "settings of a loss that has none",
      { loss: { type: "quadratic", delta: 1 } },
      'loss, quadratic: expected no options (it has none), got "delta"',
    ],
    [
      "a setting out of its range",
      { loss: { type: "huber", delta: 0 } },
      "loss, huber: expected delta above 0 that float32 can hold, got 0",
    ],
    [
      "class weights of another number than its outputs",
      { loss: { type: "crossEntropy", classWeights: [1, 2, 3, 4, 5] } },
      "crossEntropy, classWeights: expected 2 numbers (one for each class), got 5",
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
