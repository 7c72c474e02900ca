// A trace of a network that has every kind of layer: each number against a sum that is made here by hand.
import {
  activation,
  augment,
  averagePool2d,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  maxPool2d,
  network,
  residual,
  table,
  train,
} from "inkling";
import { describe, expect, test } from "vitest";
import { Dataset } from "../data/dataset.ts";
import { layerKinds } from "../layers/kinds.ts";
import { Stream } from "../numbers/random.ts";
import { trace } from "./trace.ts";
import type { LayerTrace, Trace } from "./traced.ts";
import { convolutionAt, poolingAt } from "./window-traces.ts";

const { fround } = Math;
const stream = new Stream(5, "images");
const images = Uint8Array.from({ length: 6 * 72 }, (_, e) => (stream.below(3, e) === 0 ? 0 : stream.below(256, e, 1)));
const sample = new Dataset({
  name: "images",
  shape: [6, 6, 2],
  inputs: images,
  labels: [0, 1, 2, 0, 1, 2],
  classes: 3,
});
const image = images.subarray(72, 144);

const everyKind = () =>
  network(
    [6, 6, 2],
    [
      conv2d(3, [3, 2], { padding: 1, stride: [1, 2], activation: "tanh" }),
      batchNorm(),
      activation("gelu"),
      maxPool2d(2, { stride: 1, padding: 1 }),
      residual([conv2d(3, 3, { padding: "same" }), averagePool2d(3, { stride: 1, padding: 1 })], { scale: 0.5 }),
      dropout(0.4),
      residual([activation("silu"), dropout(0.5)]),
      globalAveragePool2d(),
      flatten(),
      residual([dense(3, "elu"), batchNorm()]),
      dense(3),
    ],
    { seed: 4 },
  );

const options = { label: 1, sample, training: { epoch: 3, example: 1 } };
const found: Trace = await trace(everyKind(), image, options);
const inside = (layers: readonly LayerTrace[]): LayerTrace[] =>
  layers.flatMap((layer) => [layer, ...inside(layer.layers)]);
const all = inside(found.layers);

/** The part of a layer that has to be there. */
function of<Key extends keyof LayerTrace>(name: string, key: Key): NonNullable<LayerTrace[Key]> {
  const part = all.find((layer) => layer.name === name)?.[key];
  if (part === undefined || part === null) throw new Error(`${name} has no ${key}`);
  return part;
}

/** Rows and columns that a window of `length` looks at, padding left out. */
const seen = (start: number, length: number, size: number) =>
  Array.from({ length }, (_, k) => ({ k, at: start + k })).filter(({ at }) => at >= 0 && at < size);

test("every kind of layer is in the network, and each one is named with what it took and gave", () => {
  for (const { type } of layerKinds) expect(all.map((layer) => layer.type)).toContain(type);
  for (const layer of all) {
    expect(layer.input.length).toBe(layer.inputShape.reduce((a, b) => a * b));
    expect(layer.output.length).toBe(layer.outputShape.reduce((a, b) => a * b));
    expect([layer.dInput?.length, layer.dOutput?.length]).toEqual([layer.input.length, layer.output.length]);
  }
  for (const layers of [found.layers, of("layers.4", "layers"), of("layers.9", "layers")]) {
    for (const [i, layer] of layers.entries()) {
      if (i === 0) continue;
      expect(layer.input).toEqual(layers[i - 1].output);
      expect(layer.dInput).toEqual(layers[i - 1].dOutput);
    }
  }
  expect(found.outputs).toEqual(found.layers.at(-1)?.output);
});

describe("a convolution", () => {
  const convolution = of("layers.0", "convolution");

  test("is its windows: every z and a by a sum over pixels and weights", () => {
    const { x, W, b, z, a, slope } = convolution;
    expect([W.rows, W.columns, z.length]).toEqual([12, 3, 6 * 4 * 3]);
    for (let oy = 0; oy < 6; oy++) {
      for (let ox = 0; ox < 4; ox++) {
        for (let f = 0; f < 3; f++) {
          let sum = 0;
          for (const { k: ky, at: y } of seen(oy - 1, 3, 6)) {
            for (const { k: kx, at: xx } of seen(2 * ox - 1, 2, 6)) {
              for (let c = 0; c < 2; c++) {
                const w = W.values[((ky * 2 + kx) * 2 + c) * 3 + f];
                sum = fround(sum + fround(x[(y * 6 + xx) * 2 + c] * w));
              }
            }
          }
          const o = (oy * 4 + ox) * 3 + f;
          expect(z[o]).toBe(fround(sum + b[f]));
          expect(a[o]).toBeCloseTo(Math.tanh(z[o]), 6);
          expect(slope[o]).toBe(fround(1 - fround(a[o] * a[o])));
          const place = convolutionAt(convolution, { channel: f, row: oy, column: ox });
          expect(place.terms.at(-1)?.sum).toBe(sum);
          expect(place).toMatchObject({ z: z[o], a: a[o], slope: slope[o], bias: b[f] });
        }
      }
    }
  });

  test("at one place has its taps in the order of the sum, padding among them", () => {
    const { terms } = convolutionAt(convolution, { channel: 2, row: 0, column: 3 });
    expect(terms.map(({ tap }) => tap)).toEqual([...Array(12).keys()]);
    const [first] = terms;
    expect(first).toMatchObject({ row: -1, column: 5, channel: 0, at: undefined, x: 0, product: 0, sum: 0 });
    const inner = terms[4];
    expect(inner).toMatchObject({ row: 0, column: 5, channel: 0, at: 10, x: fround(image[10] / 255) });
    expect(inner.product).toBe(fround(inner.x * inner.w));
    expect(terms.filter(({ at }) => at === undefined)).toHaveLength(8);
  });

  test("goes back: ∂C/∂W and ∂C/∂b by sums over the positions, ∂C/∂x over the windows that see a pixel", () => {
    const { x, W, back, slope } = convolution;
    if (back === undefined) throw new Error("no way back");
    expect(Array.from(back.delta)).toEqual(Array.from(back.dA, (d, o) => fround(d * slope[o])));
    const dW = new Float32Array(36);
    const db = new Float32Array(3);
    const dX = new Float32Array(72);
    for (let o = 0; o < 24; o++) {
      for (let f = 0; f < 3; f++) db[f] += back.delta[o * 3 + f];
      for (const { k: ky, at: y } of seen(Math.floor(o / 4) - 1, 3, 6)) {
        for (const { k: kx, at: xx } of seen(2 * (o % 4) - 1, 2, 6)) {
          for (let c = 0; c < 2; c++) {
            const [at, tap] = [(y * 6 + xx) * 2 + c, (ky * 2 + kx) * 2 + c];
            for (let f = 0; f < 3; f++) {
              dW[tap * 3 + f] += fround(x[at] * back.delta[o * 3 + f]);
              dX[at] += fround(back.delta[o * 3 + f] * W.values[tap * 3 + f]);
            }
          }
        }
      }
    }
    expect([back.dW.values, back.db, found.back?.dInputs]).toEqual([dW, db, dX]);
    expect(back.WAfter.values[5]).toBe(fround(W.values[5] - fround(fround(0.1) * dW[5])));
  });

  test("inside of a residual is shown in the same way, with its central difference", async () => {
    const { z, back } = of("layers.4.layers.0", "convolution");
    const { terms, bias, delta } = convolutionAt(of("layers.4.layers.0", "convolution"), {
      channel: 1,
      row: 2,
      column: 3,
    });
    expect(fround((terms.at(-1)?.sum ?? 0) + bias)).toBe(z[(2 * 5 + 3) * 3 + 1]);
    expect(delta).toBe(back?.delta[(2 * 5 + 3) * 3 + 1]);
    for (const [name, filter, tap] of [
      ["layers.4.layers.0", 1, 7],
      ["layers.9.layers.0", 2, 1],
      ["layers.0", 2, 3],
    ] as const) {
      const { numeric, analytic } = await found.difference(name, filter, tap);
      const { dense: full, convolution: windows } = all.find((layer) => layer.name === name) ?? {};
      expect(numeric).toBeCloseTo(analytic, 8);
      expect(analytic).toBeCloseTo((windows ?? full)?.back?.dW.values[tap * 3 + filter] ?? Number.NaN, 6);
    }
    expect((await found.difference(0, 1)).analytic).toBeCloseTo(convolution.back?.db[1] ?? Number.NaN, 6);
    await expect(found.difference("layers.4", 0, 0)).rejects.toThrow(
      "a convolution, a dense layer or a batch normalization, got layers.4",
    );
  });

  test("of batch normalization measures γ and β of each channel", async () => {
    for (const name of ["layers.1", "layers.9.layers.1"]) {
      const back = all.find((layer) => layer.name === name)?.batchNorm?.back;
      for (const channel of [0, 1, 2]) {
        const [scale, shift] = [await found.difference(name, channel, 0), await found.difference(name, channel)];
        expect(scale.numeric).toBeCloseTo(scale.analytic, 8);
        expect(shift.numeric).toBeCloseTo(shift.analytic, 8);
        expect(scale.analytic).toBeCloseTo(back?.dScale[channel] ?? Number.NaN, 6);
        expect(shift.analytic).toBeCloseTo(back?.dShift[channel] ?? Number.NaN, 6);
      }
      await expect(found.difference(name, 0, 1)).rejects.toThrow("weight from 0 to 0, got 1");
    }
  });
});

describe("pooling", () => {
  test("of maxima says which pixel each came from, and gives that one the gradient", () => {
    const pooling = of("layers.3", "pooling");
    const { x, z, sources, back, keeps } = pooling;
    expect([keeps, z.length, sources?.length]).toEqual(["maximum", 7 * 5 * 3, 105]);
    const dX = new Float32Array(72);
    for (let o = 0; o < 105; o++) {
      const [row, column, channel] = [Math.floor(o / 15), Math.floor(o / 3) % 5, o % 3];
      const places = seen(row - 1, 2, 6).flatMap(({ at: y }) =>
        seen(column - 1, 2, 4).map(({ at }) => (y * 4 + at) * 3 + channel),
      );
      const most = Math.max(...places.map((at) => x[at]));
      const source = places.find((at) => x[at] === most) ?? Number.NaN;
      expect([z[o], sources?.[o]]).toEqual([most, source]);
      dX[source] += back?.delta[o] ?? Number.NaN;
      const place = poolingAt(pooling, { channel, row, column });
      expect(place).toMatchObject({ z: most, count: places.length, source: { at: source, x: most } });
      expect(place.pixels).toHaveLength(4);
    }
    expect(back?.dX).toEqual(dX);
  });

  test("of equal pixels names the first, as the gradient does", async () => {
    const model = network([1, 4, 1], [maxPool2d([1, 2]), flatten(), dense(2)]);
    const { pooling } = (await trace(model, [3, 3, -0, 0], { label: 0 })).layers[0];
    expect(pooling?.sources).toEqual([0, 2]);
    expect(Array.from(pooling?.back?.dX ?? [])).toEqual([pooling?.back?.delta[0], 0, pooling?.back?.delta[1], 0]);
  });

  test("of means says how many pixels there were, the whole image too", () => {
    const pooling = of("layers.4.layers.1", "pooling");
    for (const [row, column, count] of [
      [0, 0, 4],
      [3, 2, 9],
      [6, 2, 6],
    ] as const) {
      const place = poolingAt(pooling, { channel: 1, row, column });
      let sum = 0;
      for (const { at, x } of place.pixels) if (at !== undefined) sum = fround(sum + x);
      expect(place).toMatchObject({ count, source: undefined, z: fround(sum / count) });
      expect(place.z).toBe(pooling.z[(row * 5 + column) * 3 + 1]);
    }
    const whole = of("layers.7", "pooling");
    expect([whole.keeps, whole.sources, whole.z.length]).toEqual(["mean", undefined, 3]);
    expect(poolingAt(whole, { channel: 2, row: 0, column: 0 }).count).toBe(35);
    expect(whole.back?.dX[2]).toBe(fround((whole.back?.delta[2] ?? 0) / 35));
  });
});

test("an activation by itself has z, a, its slope and δ", () => {
  const { activation: name, z, a, slope, back } = of("layers.2", "activation");
  expect([name, z]).toEqual(["gelu", of("layers.1", "batchNorm").y]);
  const erf = (x: number) => {
    let [term, sum] = [x, x];
    for (let n = 1; n < 60; n++) {
      term *= -(x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  };
  for (const [e, value] of z.entries()) {
    const share = 0.5 * (1 + erf(value / Math.SQRT2));
    expect(a[e]).toBeCloseTo(value * share, 5);
    expect(slope[e]).toBeCloseTo(share + (value * Math.exp((-value * value) / 2)) / Math.sqrt(2 * Math.PI), 5);
    expect(back?.delta[e]).toBe(fround((back?.dA[e] ?? 0) * slope[e]));
  }
});

test("a residual has both branches, and the gradient comes back on both", () => {
  const { scale, x, f, y, back } = of("layers.4", "residual");
  expect([scale, x, f]).toEqual([0.5, of("layers.4", "input"), of("layers.4.layers.1", "output")]);
  expect(Array.from(y)).toEqual(Array.from(x, (value, e) => fround(value + fround(0.5 * f[e]))));
  expect(back?.dY).toEqual(of("layers.4", "dOutput"));
  expect(of("layers.4.layers.1", "dOutput")).toEqual(back?.dY.map((d) => fround(0.5 * d)));
  expect(back?.through).toEqual(of("layers.4.layers.0", "dInput"));
  expect(Array.from(back?.dX ?? [])).toEqual(Array.from(back?.dY ?? [], (d, e) => fround(d + (back?.through[e] ?? 0))));
  expect(of("layers.9", "residual")).toMatchObject({ scale: 1, y: of("layers.10", "input") });
});

test("at prediction dropout changes nothing, and batch normalization takes the running statistics", () => {
  expect(of("layers.5", "output")).toEqual(of("layers.5", "input"));
  const { x, mean, variance, xHat, y } = of("layers.1", "batchNorm");
  expect([mean, variance]).toEqual([new Float32Array(3), new Float32Array(3).fill(1)]);
  const sigma = fround(Math.sqrt(fround(1 + fround(1e-5))));
  expect(Array.from(xHat)).toEqual(Array.from(x, (value) => fround(value / sigma)));
  expect(y).toEqual(xHat);
});

describe("a pass of a training", () => {
  test("drops what a training drops in that epoch, of that example", () => {
    for (const [name, rate] of [
      ["layers.5", 0.4],
      ["layers.6.layers.1", 0.5],
    ] as const) {
      const { dropout: drops, input, output } = of(name, "training");
      if (drops === undefined) throw new Error("no dropout");
      const words = new Stream(4, `${name}.dropout`);
      const mask = input.map((_, j) =>
        words.words(Math.floor(j / 4), 1, 3)[j % 4] < Math.round(rate * 2 ** 32) ? 0 : 1,
      );
      expect([Array.from(drops.mask), drops.rate]).toEqual([Array.from(mask), rate]);
      expect(drops.factor).toBe(fround(1 / (1 - rate)));
      expect(Array.from(output)).toEqual(Array.from(input, (x, j) => (mask[j] === 0 ? 0 : fround(x * drops.factor))));
      expect(drops.dropped).toEqual([...mask.keys()].filter((j) => mask[j] === 0));
      expect(drops.dropped.length).toBeGreaterThan(0);
      expect([drops.x, drops.z]).toEqual([input, output]);
    }
  });

  test("normalizes by the batch of the example and the sample's others, and moves the running statistics", async () => {
    expect(found.training).toMatchObject({ epoch: 3, example: 1, examples: 6, augmentation: undefined });
    const { batchNorm: norm } = of("layers.1", "training");
    if (norm === undefined) throw new Error("no batch normalization");
    expect(norm.numbers).toBe(6 * 24);
    // The convolution below is the same in both kinds of passes: its outputs of each example are those of predictions.
    const below = await Promise.all(
      [1, 0, 2, 3, 4, 5].map(async (i) => (await trace(everyKind(), sample.example(i))).layers[0].output),
    );
    for (let c = 0; c < 3; c++) {
      const values = below.flatMap((output) => Array.from(output).filter((_, e) => e % 3 === c));
      const mean = values.reduce((sum, value) => sum + value) / 144;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 144;
      expect(norm.mean[c]).toBeCloseTo(mean, 6);
      expect(norm.variance[c]).toBeCloseTo(variance, 6);
      expect([norm.running.mean[c], norm.running.variance[c]]).toEqual([0, 1]);
      expect(norm.moved.mean[c]).toBeCloseTo(0.1 * mean, 6);
      expect(norm.moved.variance[c]).toBeCloseTo(0.9 + (0.1 * variance * 144) / 143, 6);
      expect(norm.xHat[c]).toBeCloseTo((norm.x[c] - mean) / Math.sqrt(variance + 1e-5), 5);
    }
    expect(norm.x).toEqual(below[0]);
  });

  test("shows what augmentation does, as the training of that epoch sees the image", async () => {
    const augmentation = augment({ shift: 2, rotation: 20, noise: 3 });
    const model = network([6, 6, 2], [flatten(), dense(3)], { seed: 9 });
    const { training } = await trace(model, image, { label: 1, training: { epoch: 2, example: 1, augmentation } });
    const { before, after, settings } = training?.augmentation ?? {};
    expect(before).toEqual(Float32Array.from(image, (byte) => fround(byte / 255)));
    expect(settings).toEqual({ shift: 2, rotation: 20, noise: 3 });
    expect(after).not.toEqual(before);
    expect(training?.examples).toBe(1);
    expect(
      (await trace(model, image, { training: { epoch: 2, example: 2, augmentation } })).training,
    ).not.toMatchObject({
      augmentation: { after },
    });
    expect((await trace(model, image)).training).toBeUndefined();
  });

  test("costs what a step of a training reports", async () => {
    const make = () => network([6, 6, 2], [conv2d(2, 3), dropout(0.5), flatten(), dense(3)], { seed: 9 });
    const augmentation = augment({ shift: 1 });
    const one = new Dataset({ name: "one", shape: [6, 6, 2], inputs: image, labels: [1], classes: 3 });
    const { training } = await trace(make(), image, { label: 1, training: { augmentation } });
    const progress = await train(make(), one, { epochs: 1, augmentation });
    expect(training?.loss).toBe(progress?.loss);
    expect((await trace(make(), image, { label: 1 })).back?.loss).not.toBe(training?.loss);
  });

  test.each<[string, object, string]>([
    ["epoch 0", { epoch: 0 }, "trace, training: expected epoch to be a whole number of at least 1, got 0."],
    [
      "an example below 0",
      { example: -1 },
      "trace, training: expected example to be a whole number of at least 0, got −1.",
    ],
    ["a misspelt option", { epochs: 2 }, "Did you mean epoch?"],
    ["no augmentation", { augmentation: { shift: 2 } }, "trace, training: expected what augment() makes"],
  ])("refuses %s", async (_, training, sentence) => {
    const attempt = trace(everyKind(), image, { sample, training: training as never });
    await expect(attempt).rejects.toThrow(sentence.replace("−", "-"));
  });

  test("refuses numbers that augmentation cannot change, and one row where a variance is needed", async () => {
    const rows = network([3], [residual([batchNorm()]), dense(2)]);
    await expect(trace(rows, [1, 2, 3], { training: {} })).rejects.toThrow(
      "trace, training: expected at least 2 examples (layers.0.layers.0, batch norm, needs them), got 1. Give a sample.",
    );
    const data = table(
      [
        [1, 2, 3],
        [2, 3, 1],
      ],
      [0, 1],
    );
    const { training } = await trace(rows, [1, 2, 3], { sample: data, training: {} });
    expect(training?.examples).toBe(2);
    const augmentation = augment({ shift: 1 });
    await expect(trace(rows, [1, 2, 3], { sample: data, training: { augmentation } })).rejects.toThrow(
      "trace, training, augmentation of the example: expected images in bytes",
    );
  });
});

test("a place that a layer does not have is refused", () => {
  const [convolution, pooling] = [of("layers.0", "convolution"), of("layers.3", "pooling")];
  expect(() => convolutionAt(convolution, { channel: 3, row: 0, column: 0 })).toThrow(
    "convolutionAt: expected channel from 0 to 2, got 3.",
  );
  expect(() => convolutionAt(convolution, { channel: 0, row: 6, column: 0 })).toThrow("row from 0 to 5, got 6.");
  expect(() => poolingAt(pooling, { channel: 0, row: 0, column: 5 })).toThrow("poolingAt: expected column from 0 to 4");
  expect(() => poolingAt(pooling, { channel: 0.5, row: 0, column: 0 })).toThrow("channel to be a whole number");
});
