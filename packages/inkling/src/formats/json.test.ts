import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { contentOf, exchanged, exchangedNetwork } from "../../test/exchanged-models.ts";
import { InklingError } from "../errors.ts";
import { Ensemble } from "../evaluation/ensemble.ts";
import { decodeJson, encodeJson, shortestDecimal } from "./json.ts";

describe("the shortest decimal of a float32 number", () => {
  test.each([
    [0.1, "0.1"],
    [1 / 3, "0.33333334"],
    [16777216, "16777216"],
    [1e-45, "1e-45"],
    [3.4028234663852886e38, "3.4028235e+38"],
    [-2.5, "-2.5"],
  ])("of %d is %s", (value, text) => {
    expect(shortestDecimal(Math.fround(value))).toBe(text);
  });

  test("is read back as the same number", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(Number(shortestDecimal(value)))).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each(exchanged)("%s comes back from JSON, bit for bit", async (name) => {
  const model = exchangedNetwork(name);
  const back = decodeJson(await encodeJson(model));
  expect(await contentOf(back as typeof model)).toEqual(await contentOf(model));
});

test("an ensemble comes back with its members, and float64 with all its digits", async () => {
  const members = [1, 2].map(() => exchangedNetwork("a dense network"));
  const back = decodeJson(await encodeJson(new Ensemble(members, { combine: "vote" })));
  expect(back).toBeInstanceOf(Ensemble);
  expect((back as Ensemble).combine).toBe("vote");
});

test("its head is JSON that a person can read", async () => {
  const text = await encodeJson(exchangedNetwork("a dense network"));
  expect(text.split("\n").slice(0, 3)).toEqual(["{", '  "format": "inkling-json 1",', '  "metadata": {']);
  const { metadata, tensors } = JSON.parse(text);
  expect(metadata["inkling.architecture"].layers[0].type).toBe("dense");
  expect(Object.keys(tensors)).toEqual(["layers.0.weights", "layers.0.bias", "layers.1.weights", "layers.1.bias"]);
});

test.each([
  ["[]", "model file: expected a JSON object with every key once, got another value. Nothing was loaded."],
  ["{", "a JSON object with every key once, got a text that is no JSON"],
  ["[".repeat(100_000), "a JSON object with every key once"],
  [`{"format":${"[".repeat(200)}${"]".repeat(200)}}`, "got one that is nested too deep"],
  ['{"format":"inkling-json 1","format":"inkling-json 1"}', "got a key twice"],
  ['{"format":"layers-model"}', 'expected a model with the format "inkling-json 1", got "layers-model"'],
  ['{"format":"inkling-json 1"}', "expected metadata and tensors"],
  [
    '{"format":"inkling-json 1","metadata":{},"tensors":{"a":7}}',
    "tensor a: expected dtype float32 or float64, got nothing",
  ],
  [
    '{"format":"inkling-json 1","metadata":{},"tensors":{"a":{"dtype":"float32","shape":[-1]}}}',
    "a shape of whole numbers",
  ],
  [
    '{"format":"inkling-json 1","metadata":{},"tensors":{"a":{"dtype":"float32","shape":[9e15,9e15],"values":[]}}}',
    "values, got 0",
  ],
  [
    '{"format":"inkling-json 1","metadata":{},"tensors":{"a":{"dtype":"float32","shape":[1],"values":["1"]}}}',
    "values that are numbers",
  ],
  ['{"format":"inkling-json 1","metadata":{"__proto__":{}},"tensors":{}}', "a model of Inkling"],
])("refuses %s", (text, sentence) => {
  expect(() => decodeJson(text)).toThrow(sentence);
});

test("refuses to write what JSON has no number for", async () => {
  const model = exchangedNetwork("a dense network");
  model.backend.write(model.tensors[1].value, [0, 0, Number.NaN, 0, 0]);
  await expect(encodeJson(model)).rejects.toThrow("encodeJson, layers.0.bias[2]: expected a finite number, got NaN.");
  await expect(encodeJson({} as never)).rejects.toThrow("encodeJson: expected a network, got an object.");
});

describe("whatever is in it", () => {
  let text = "";
  beforeAll(async () => {
    text = await encodeJson(exchangedNetwork("batch normalization of images and rows"));
  });

  test("a changed text is a model or an InklingError", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(12), fc.string({ maxLength: 12 }), (seed, removed, added) => {
        // Near the beginning, where the structure is, as often as anywhere.
        const at = seed % (seed % 2 === 0 ? 1800 : text.length);
        const changed = text.slice(0, at) + added + text.slice(at + removed);
        expectModelOrError(() => decodeJson(changed));
      }),
      { numRuns: 400 },
    );
  });

  test("any JSON is a model or an InklingError", () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (metadata, tensors) => {
        expectModelOrError(() => decodeJson(`{"format":"inkling-json 1","metadata":${metadata},"tensors":${tensors}}`));
      }),
      { numRuns: 300 },
    );
  });
});

function expectModelOrError(decode: () => { close(): void }): void {
  try {
    decode().close();
  } catch (error) {
    expect(error).toBeInstanceOf(InklingError);
  }
}
