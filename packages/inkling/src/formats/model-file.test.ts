import { describe, expect, test } from "vitest";
import { altered, architecture, metadata, numbers, tensors, trained, whole } from "../../test/small-model.ts";
import { Reference } from "../backends/reference/reference.ts";
import { standardize } from "../data/scaling.ts";
import { table } from "../data/table.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { type LayerKind, layerSpec } from "../layers/layer.ts";
import { network } from "../network/network.ts";
import { train } from "../training/train.ts";
import { decodeModel, encodeModel } from "./model-file.ts";
import { encodeTensors } from "./safetensors.ts";

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

test("encodeModel takes a network", async () => {
  await expect(encodeModel({} as never)).rejects.toThrow("encodeModel: expected a network, got an object.");
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
