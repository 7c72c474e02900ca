// The exported module: in Node its outputs are the reference's to the last bit, for every kind of layer.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { activation, Ensemble, type Network, network, residual } from "inkling";
import { encodeModule } from "inkling/formats";
import { type LayerKind, layerSpec } from "inkling/layers";
import { Reference } from "inkling/proofs";
import { afterAll, describe, expect, test } from "vitest";
import { setCalibration } from "../src/network/certainty.ts";
import { calibrated, drawn, examplesFor, exchanged, exchangedNetwork, outputsOf } from "./exchanged-models.ts";

interface Module {
  readonly predict: (example: ArrayLike<number>) => {
    label?: number;
    className?: string;
    probabilities?: number[];
    values?: number[];
  };
  readonly logits: (example: ArrayLike<number>) => Float32Array;
  readonly architecture: { input: object };
  readonly digest: string;
  readonly classNames?: readonly string[];
  readonly columnNames?: readonly string[];
}

const directory = mkdtempSync(join(tmpdir(), "inkling-module-"));
afterAll(() => rmSync(directory, { recursive: true }));
let count = 0;

async function loaded(code: string): Promise<Module> {
  const path = join(directory, `${count++}.mjs`);
  writeFileSync(path, code);
  return import(/* @vite-ignore */ pathToFileURL(path).href);
}
const moduleOf = async (model: Network | Ensemble) => loaded((await encodeModule(model)).code);

describe.each(exchanged)("%s as a module", (name) => {
  test("computes the same bits", async () => {
    const model = exchangedNetwork(name);
    const { predict, logits, digest } = await moduleOf(model);
    expect(digest).toBe(await model.weightsSha256());
    for (const example of examplesFor(model, 20)) {
      expect(Array.from(logits(example))).toEqual(await outputsOf(model, example));
      const wanted = await model.predict(example);
      if (wanted.task === "numbers") expect(predict(example)).toEqual({ values: Array.from(wanted.values) });
      else {
        const { label, className, probabilities } = wanted;
        expect(predict(example)).toEqual({ label, className, probabilities: Array.from(probabilities) });
      }
    }
  });
});

test("activations and softmax have the same bits for numbers of any size", async () => {
  for (const name of ["relu", "leakyRelu", "sigmoid", "tanh", "gelu", "silu", "elu"] as const) {
    const model = network([64], [activation(name), residual([activation("identity")])], {
      backend: new Reference("float32"),
    });
    const { logits, predict } = await moduleOf(model);
    const sizes = fc.float({ noNaN: true, noDefaultInfinity: true });
    const usual = fc.float({ noNaN: true, min: -100, max: 100 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(sizes, usual), { minLength: 64, maxLength: 64 }), async (numbers) => {
        const example = Float32Array.from(numbers);
        expect(Array.from(logits(example))).toEqual(await outputsOf(model, example));
        const { probabilities = [] } = (await model.predict(example)) as { probabilities?: Float32Array };
        expect(predict(example).probabilities).toEqual(Array.from(probabilities));
      }),
      { numRuns: 100 },
    );
  }
});

describe.each(["mean", "vote"] as const)("an ensemble by %s", (combine) => {
  test("predicts as its networks do together", async () => {
    const members = Array.from({ length: 3 }, (_, k) => {
      const model = exchangedNetwork("the book's cross-entropy");
      for (const [i, { value }] of model.tensors.entries())
        model.backend.write(value, drawn(value.rows * value.columns, 10 * k + i + 1));
      return model;
    });
    const model = new Ensemble(members, { combine });
    const { predict } = await moduleOf(model);
    for (const example of examplesFor(members[0], 200)) {
      const { label, probabilities = [] } = await model.predict(example);
      expect(predict(example)).toMatchObject({ label, probabilities: Array.from(probabilities) });
    }
  });
});

test("an ensemble with a temperature: probabilities within 1e-6", async () => {
  for (const name of ["probabilities with a temperature", "yes or no with a temperature"]) {
    const model = new Ensemble([exchangedNetwork(name), exchangedNetwork(name)]);
    setCalibration(model, calibrated);
    const { predict } = await moduleOf(model);
    for (const example of examplesFor(model.members[0], 50)) {
      const wanted = await model.predict(example);
      const found = predict(example);
      const numbers = wanted.task === "classes" ? wanted.probabilities : wanted.values;
      for (const [j, p] of numbers.entries()) {
        expect(Math.abs(p - ((found.probabilities ?? found.values)?.[j] ?? Number.NaN))).toBeLessThan(1e-6);
      }
    }
  }
});

test("names keep every character, and none can leave its string or the script of a page", async () => {
  const model = exchangedNetwork("names of classes");
  const { code } = await encodeModule(model, { name: "*/ alert(1) /*" });
  const { classNames, columnNames } = await loaded(code);
  expect(classNames).toEqual(model.classNames);
  expect(columnNames).toEqual(model.columnNames);
  expect(code).not.toMatch(/<\/script|<!--|alert|\u2028/i);
});

test("it has only the functions that the model needs, and nothing from outside", async () => {
  const { code } = await encodeModule(exchangedNetwork("a dense network"), { name: "digits.js" });
  const names = Array.from(code.matchAll(/^(?:export )?function (\w+)/gm), ([, name]) => name);
  expect(names).toEqual([
    ...["predict", "logits", "inputsOf", "forward", "dense", "largest", "relu", "exp", "nearestExponent", "expm1Near"],
    ...["powerOfTwo", "log", "softmax", "split", "decode"],
  ]);
  expect(code).not.toMatch(/\b(?:fetch|eval|require|Function|import\()|^import/m);
  expect(code).toContain('import { predict } from "./digits.js";');
  for (const line of code.split("\n")) if (!line.includes("atob(")) expect(line.length).toBeLessThanOrEqual(500);
});

test("round weights are written as decimals, which are shorter", async () => {
  const initialValues = new Map([["layers.0.weights", [1, -2, 0.5, 0]]]);
  const model = network([2], [(await import("inkling")).dense(2)], { initialValues });
  const { code } = await encodeModule(model);
  expect(code).toContain("const numbers = Float32Array.of(1,-2,0.5,0,");
  expect(code).not.toContain("atob");
});

test("refuses another count, and what is no number, in one sentence", async () => {
  const { predict } = await moduleOf(exchangedNetwork("an image that becomes a row"));
  expect(() => predict([1])).toThrow("predict: expected 12 numbers (4 × 3 × 1), got 1.");
  expect(() => predict(undefined as never)).toThrow("got nothing.");
  expect(() => predict(new Array(12).fill(Number.NaN))).toThrow("predict: expected finite numbers");
});

test("all layers of one's own are named", async () => {
  const kind: LayerKind = {
    type: "mirror",
    check: () => {},
    outputShape: (_fields, shape) => shape,
    build: () => ({ forward: (x) => x, backward: (d) => d }),
    describe: () => "mirror",
  };
  const mirror = () => layerSpec(kind, {});
  await expect(encodeModule(network([2], [mirror(), residual([mirror()])]))).rejects.toThrow(
    "module: expected layers that a module can compute, got layers.0 (mirror); layers.1.layers.0 (mirror). Nothing was written.",
  );
});
