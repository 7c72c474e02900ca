import { dense, flatten, meanSquared, network, quadratic, Scaling, sgd, standardize, table, train } from "inkling";
import { type LayerKind, layerSpec, type Parameter } from "inkling/layers";
import { describe, expect, test } from "vitest";
import { Reference } from "../backends/reference/reference.ts";
import { Dataset } from "../data/dataset.ts";
import { optimizers } from "../training/optimizers.ts";
import { copyOf } from "./copy.ts";
import { trace } from "./trace.ts";

const image = Uint8Array.of(0, 255, 51, 0, 102, 204);
const digits = () => network([2, 3, 1], [flatten(), dense(4, "relu"), dense(3)], { seed: 3 });
const onlyOne = (inputs: Uint8Array, label: number) =>
  new Dataset({ name: "one", shape: [2, 3, 1], inputs, labels: [label], classes: 3 });
const { fround } = Math;

describe("a trace of an image", () => {
  test("holds z = x·W + b and a = σ(z) of each dense layer", async () => {
    const { layers, inputs } = await trace(digits(), image);
    expect(Array.from(inputs)).toEqual(Array.from(image, (byte) => fround(byte / 255)));
    expect(layers.map(({ name, type, index }) => [name, type, index])).toEqual([
      ["layers.0", "flatten", 0],
      ["layers.1", "dense", 1],
      ["layers.2", "dense", 2],
    ]);
    for (const { dense: layer, input, output } of layers.slice(1)) {
      if (layer === undefined) throw new Error("no dense layer");
      expect([layer.x, layer.a]).toEqual([input, output]);
      for (let j = 0; j < layer.z.length; j++) {
        let z = 0;
        for (let k = 0; k < layer.x.length; k++) {
          z = fround(z + fround(layer.x[k] * layer.W.values[k * layer.W.columns + j]));
        }
        expect(layer.z[j]).toBe(fround(z + layer.b[j]));
        expect(layer.a[j]).toBe(layer.activation === "relu" ? Math.max(0, layer.z[j]) : layer.z[j]);
      }
    }
  });

  test("holds (BP1) to (BP4): δ, ∂C/∂b, ∂C/∂W and ∂C/∂x", async () => {
    const { layers, back, softmax } = await trace(digits(), image, { label: 2 });
    const [, hidden, last] = layers.map((layer) => layer.dense);
    const y = [0, 0, 1];
    expect(Array.from(back?.y ?? [])).toEqual(y);
    expect(Array.from(last?.back?.delta ?? [])).toEqual(
      Array.from(softmax?.probabilities ?? [], (p, j) => fround(p - y[j])),
    );
    for (const [layer, above] of [
      [hidden, last],
      [last, undefined],
    ] as const) {
      if (layer?.back === undefined) throw new Error("no way back");
      const { delta, dA, db, dW } = layer.back;
      if (above?.back) expect(dA).toEqual(timesTransposed(above.back.delta, above.W.values));
      expect(Array.from(delta)).toEqual(Array.from(dA, (d, j) => fround(d * layer.slope[j])));
      expect(db).toEqual(delta);
      expect(Array.from(dW.values)).toEqual(
        Array.from(layer.x).flatMap((x) => Array.from(delta, (d) => fround(0 + fround(x * d)))),
      );
    }
    expect(back?.dInputs).toEqual(hidden && timesTransposed(hidden.back?.delta ?? [], hidden.W.values));
  });

  test("takes softmax apart as it is computed", async () => {
    const { softmax, outputs, back } = await trace(digits(), image, { label: 0 });
    if (softmax === undefined) throw new Error("no softmax");
    expect(softmax.max).toBe(Math.max(...outputs));
    expect(Math.max(...softmax.shifted)).toBe(0);
    expect(Math.max(...softmax.exps)).toBe(1);
    expect(softmax.sum).toBeCloseTo(
      Array.from(softmax.exps).reduce((sum, e) => sum + e),
      6,
    );
    expect(softmax.logSum).toBeCloseTo(Math.log(softmax.sum), 6);
    expect(softmax.probabilities[0]).toBeCloseTo(softmax.exps[0] / softmax.sum, 6);
    expect(back?.loss).toBeCloseTo(-Math.log(softmax.probabilities[0]), 6);
  });

  test("says the same bits as the network that it is a trace of, which it leaves alone", async () => {
    const model = digits();
    const digest = await model.weightsSha256();
    const { prediction, softmax, outputs } = await trace(model, image, { label: 1 });
    expect(prediction).toEqual(await model.predict(image));
    expect(softmax?.probabilities).toEqual(prediction.probabilities);
    const { backend } = model;
    expect(outputs).toEqual(await backend.read(model.forward(backend.pixels(image, 6))));
    expect(await model.weightsSha256()).toBe(digest);
    expect(await trace(model, new Uint8ClampedArray(image))).toMatchObject({ outputs });
  });

  test("knows the operations and their layers, of both ways", async () => {
    const { calls } = await trace(digits(), image, { label: 1 });
    expect(calls.map(({ layer, operation }) => `${layer ?? ""} ${operation}`)).toEqual([
      ...["layers.1 affine", "layers.2 affine", " softmax", " softmaxCrossEntropy"],
      ...["layers.2 activateBackward", "layers.2 meanRows", "layers.2 meanOuter", "layers.2 matmulTransposeB"],
      ...["layers.1 activateBackward", "layers.1 meanRows", "layers.1 meanOuter", "layers.1 matmulTransposeB"],
    ]);
  });

  test("has no way back without a label", async () => {
    const found = await trace(digits(), image);
    expect(found.back).toBeUndefined();
    expect(found.layers.map(({ dOutput, dense: layer }) => dOutput ?? layer?.back)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await expect(found.difference(1, 0, 0)).rejects.toThrow("trace: expected a label for the way back, got none.");
    await expect(found.step(sgd())).rejects.toThrow("a label for the way back");
  });
});

function timesTransposed(delta: ArrayLike<number>, W: ArrayLike<number>): Float32Array {
  const columns = delta.length;
  return Float32Array.from({ length: W.length / columns }, (_, k) => {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum = fround(sum + fround(delta[j] * W[k * columns + j]));
    return sum;
  });
}

describe("the step of a trace", () => {
  test.each(Object.entries(optimizers))("by %s is the step of a training on that example", async (_, optimizer) => {
    const model = digits();
    const found = await trace(model, image, { label: 2, optimizer: optimizer() });
    await train(model, onlyOne(image, 2), { epochs: 1, optimizer: optimizer() });
    for (const { name, value } of model.parameters) {
      const trained = await model.backend.read(value);
      expect(found.back?.step.parameters[name]).toEqual(trained);
      const parameter = found.layers.flatMap(({ parameters }) => parameters).find((one) => one.name === name);
      expect(parameter?.after?.values).toEqual(trained);
    }
    const after = await trace(model, image, { label: 2 });
    expect(found.back?.step.loss).toBe(after.back?.loss);
    expect(found.back?.step.meaning).toEqual(after.prediction.probabilities);
  });

  test("is one of gradient descent at η = 0.1 if nothing is said, and others can be tried", async () => {
    const { back, step, layers } = await trace(digits(), image, { label: 2 });
    const before = back?.loss ?? Number.NaN;
    expect(back?.step).toMatchObject({ optimizer: { name: "sgd" }, learningRate: 0.1 });
    expect(back?.step.loss).toBeLessThan(before);
    expect(await step(sgd({ learningRate: 0.1 }))).toEqual(back?.step);
    const [W, b] = ["W", "b"].map((letter) => (letter === "W" ? layers[2].dense?.W.values : layers[2].dense?.b) ?? []);
    const { dW, db, WAfter, bAfter } = layers[2].dense?.back ?? {};
    const moved = (value: number, gradient: number) => fround(value - fround(fround(0.1) * gradient));
    expect(Array.from(WAfter?.values ?? [])).toEqual(Array.from(W, (w, e) => moved(w, dW?.values[e] ?? 0)));
    expect(Array.from(bAfter ?? [])).toEqual(Array.from(b, (value, e) => moved(value, db?.[e] ?? 0)));
    expect((await trace(digits(), image, { label: 2, learningRate: 1 })).back?.step.learningRate).toBe(1);
  });

  test("starts from the model as it was traced, however far it has learnt since", async () => {
    const model = digits();
    const { back, step, difference } = await trace(model, image, { label: 2 });
    await train(model, onlyOne(image, 2), { epochs: 3 });
    expect(await step(sgd())).toEqual(back?.step);
    const { above, below } = await difference(1, 0, 1);
    expect((above + below) / 2).toBeCloseTo(back?.loss ?? Number.NaN, 5);
  });
});

test("the central difference agrees with backpropagation at every weight and bias", async () => {
  const { difference, layers } = await trace(digits(), image, { label: 2 });
  for (const { index, dense: layer } of layers) {
    for (let j = 0; j < (layer?.W.columns ?? 0); j++) {
      for (const k of [undefined, ...Array(layer?.W.rows).keys()]) {
        const { relativeError, numeric, analytic } = await difference(index, j, k);
        expect(Math.abs(numeric - analytic)).toBeLessThan(1e-9);
        expect(relativeError).toBeLessThan(1e-5);
        const own = k === undefined ? layer?.back?.db[j] : layer?.back?.dW.values[k * layer.W.columns + j];
        expect(analytic).toBeCloseTo(own ?? Number.NaN, 6);
      }
    }
  }
});

test("a central difference is as far apart as it is asked to be", async () => {
  const { difference } = await trace(digits(), image, { label: 2 });
  const [usual, wide] = [await difference(2, 1, 0), await difference(2, 1, 0, 0.5)];
  expect([usual.h, wide.h]).toEqual([1e-5, 0.5]);
  expect(wide.analytic).toBe(usual.analytic);
  expect(Math.abs(wide.above - wide.below)).toBeGreaterThan(1000 * Math.abs(usual.above - usual.below));
  expect(wide.relativeError).toBeGreaterThan(usual.relativeError);
  await expect(difference(2, 1, 0, 0)).rejects.toThrow("h above 0, got 0");
});

test("a central difference says when a ReLU changes sides under it", async () => {
  const model = network([1], [dense(1, "relu"), dense(2)]);
  model.backend.write(model.parameters[0].value, [0]);
  const { difference } = await trace(model, [1], { label: 0 });
  expect((await difference(0, 0, 0)).crossesCorner).toBe(true);
  expect((await difference(1, 0, 0)).crossesCorner).toBe(false);
});

test("silent neurons are named, and dead ones: silent for every example of the sample", async () => {
  const model = network([1], [dense(3, "relu"), dense(2)]);
  model.backend.write(model.parameters[0].value, [1, -1, 0]);
  model.backend.write(model.parameters[1].value, [0, 0, -1]);
  const sample = table([[1], [2], [-3]], [0, 1, 0]);
  const found = async (data: typeof sample) => (await trace(model, [1], { sample: data })).layers[0].dense;
  expect(await found(sample)).toMatchObject({ silent: [1, 2], dead: [2], slope: Float32Array.of(1, 0, 0) });
  expect(await found(sample.take(2))).toMatchObject({ silent: [1, 2], dead: [1, 2] });
  expect((await trace(model, [1])).layers[0].dense?.dead).toBeUndefined();
});

describe("other models", () => {
  test("of numbers: the target is scaled as the training's, and the prediction is in its own units", async () => {
    const rows = [
      [1, 100],
      [2, 300],
      [3, 200],
    ];
    const data = table(rows, [[10], [30], [20]]);
    const model = network([2], [dense(2, "tanh"), dense(1)], {
      loss: meanSquared(),
      scaling: standardize(data),
      targetScaling: new Scaling([20], [10]),
    });
    const { back, prediction, inputs, softmax } = await trace(model, rows[0], { target: [10] });
    expect([softmax, back?.y]).toEqual([undefined, Float32Array.of(-1)]);
    expect(inputs[0]).toBeCloseTo(-Math.sqrt(1.5), 6);
    expect(prediction).toEqual(await model.predict(rows[0]));
    expect(back?.loss).toBeCloseTo(((prediction.task === "numbers" ? prediction.values[0] : 0) / 10 - 2 + 1) ** 2, 5);
    await expect(trace(model, rows[0], { label: 1 })).rejects.toThrow(
      "trace: expected a target of 1 number, got another.",
    );
    await expect(trace(model, rows[0], { target: [1, 2] })).rejects.toThrow("a target of 1 number, got an array of 2.");
    await expect(trace(model, rows[0], { target: [Number.NaN] })).rejects.toThrow("finite float32 numbers, got NaN");
  });

  test("with the quadratic loss compare their outputs with a 1 at the label", async () => {
    const { back, softmax, outputs } = await trace(network([2], [dense(3, "sigmoid")], { loss: quadratic() }), [1, 2], {
      label: 1,
    });
    expect(softmax).toBeUndefined();
    expect(Array.from(back?.dOutputs ?? [])).toEqual(Array.from(outputs, (a, j) => fround(a - (j === 1 ? 1 : 0))));
  });

  test("with layers of one's own give what every layer has", async () => {
    const shiftKind: LayerKind = {
      type: "shift",
      check: () => {},
      outputShape: (_fields, shape) => shape,
      tensors: (_fields, shape) => [{ name: "by", shape, role: "parameter", first: (_stream, e) => e }],
      build: (_fields, { ops, parameter }) => {
        const by: Parameter = parameter("by");
        return {
          forward: (x) => ops.addScaled(x, by.value, 2),
          backward: (dOutput) => {
            ops.meanRows(dOutput, by.gradient);
            return dOutput;
          },
        };
      },
      describe: () => "shift",
    };
    const model = network([2], [layerSpec(shiftKind, {}), dense(2)]);
    const { layers, back } = await trace(model, [5, 7], { label: 0 });
    const [shift] = layers;
    expect(shift).toMatchObject({ description: "shift", input: Float32Array.of(5, 7), output: Float32Array.of(5, 9) });
    expect(shift.dense).toBeUndefined();
    expect(shift.dInput).toEqual(back?.dInputs);
    expect(shift.parameters).toMatchObject([{ name: "layers.0.by", gradient: { values: shift.dOutput } }]);
  });
});

describe("a trace refuses", () => {
  test.each<[string, object, string]>([
    ["a label above the outputs", { label: 3 }, "a label from 0 to 2, got 3"],
    ["a label that is no whole number", { label: 0.5 }, "label to be a whole number"],
    ["a target for a classifier", { target: [1, 0, 0] }, "expected a label, got another."],
    ["both", { label: 1, target: [1] }, "expected a label, got another."],
    ["a misspelt option", { lable: 1 }, "Did you mean label?"],
    ["the name of an optimizer", { optimizer: "adam", label: 1 }, "Write adam()."],
    [
      "two learning rates",
      { optimizer: sgd(), learningRate: 1, label: 1 },
      "an optimizer or a learning rate, got both",
    ],
    ["a sample that is none", { sample: [] }, "trace, sample: expected a data set"],
    ["a sample of another shape", { sample: table([[1]], [0]) }, "trace, sample: expected examples of 6 numbers"],
  ])("%s", async (_, options, expected) => {
    await expect(trace(digits(), image, options)).rejects.toThrow(expected);
  });

  test.each([undefined, null, {}, Promise.resolve(digits())])("%o in the place of a network", async (model) => {
    await expect(trace(model as never, image)).rejects.toThrow("trace: expected a network, got ");
  });

  test("an example that does not fit, and places that are none", async () => {
    await expect(trace(digits(), [1, 2])).rejects.toThrow("6 numbers (the network's inputs), got 2");
    const { difference } = await trace(digits(), image, { label: 0 });
    await expect(difference(0, 0, 0)).rejects.toThrow(
      "the place of a convolution, a dense layer or a batch normalization, got 0",
    );
    await expect(difference(1, 4, 0)).rejects.toThrow("neuron from 0 to 3, got 4");
    await expect(difference(1, 0, 6)).rejects.toThrow("weight from 0 to 5, got 6");
  });
});

test("a copy on another backend has the same tensors, scaling and names, and goes its own way", async () => {
  const model = network([1], [dense(2)], {
    scaling: new Scaling([1], [2]),
    ...{ columnNames: ["size"], classNames: ["small", "large"], seed: 7 },
  });
  const copy = await copyOf(model, new Reference("float64"));
  expect(await copy.weightsSha256()).toBe(await model.weightsSha256());
  expect(copy).toMatchObject({
    scaling: model.scaling,
    columnNames: ["size"],
    classNames: ["small", "large"],
    seed: 7,
  });
  copy.backend.write(copy.parameters[1].value, [5, 5]);
  expect(await model.backend.read(model.parameters[1].value)).toEqual(Float32Array.of(0, 0));
});
