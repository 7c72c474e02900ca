// Test-time augmentation: what a network makes of several changed copies of an image, averaged.
import {
  augment,
  Dataset,
  dense,
  Ensemble,
  evaluate,
  flatten,
  type Network,
  network,
  predictAll,
  train,
} from "inkling";
import { Stream } from "inkling/numbers";
import { Reference } from "inkling/proofs";
import { beforeAll, describe, expect, test } from "vitest";

const stream = new Stream(4, "test-time augmentation");
/** A bright bar, upright (0) or lying (1), somewhere in grey noise. */
const inputs = Uint8Array.from({ length: 1300 * 64 }, (_, e) => {
  const [image, x, y] = [Math.floor(e / 64), e % 8, Math.floor((e % 64) / 8)];
  const at = stream.below(8, 0, image, 1);
  return stream.below(160, e) + ((image % 2 === 0 ? x : y) === at ? 90 : 0);
});
const bars = new Dataset({
  name: "bars",
  shape: [8, 8, 1],
  classes: 2,
  inputs,
  labels: Uint8Array.from({ length: 1300 }, (_, i) => i % 2),
});
const augmentation = augment({ shift: 0.7, noise: 5 });
let model: Network<"classes">;
beforeAll(async () => {
  model = network([8, 8, 1], [flatten(), dense(12, "relu"), dense(2)], { seed: 2, backend: new Reference() });
  await train(model, bars.take(400), { epochs: 3 });
});

describe("copies of an image", () => {
  test("are averaged: probabilities by hand, the class and the accuracy from their mean, the loss over all", async () => {
    const { probabilities, labels } = await predictAll(model, bars, { augmentation, copies: 3, seed: 9 });
    const warp = augmentation.warpFor("test", bars, 9);
    const order = Uint32Array.from({ length: bars.count }, (_, i) => i);
    const { backend } = model;
    const sums = new Float64Array(bars.count * 2);
    let losses = 0;
    for (const copy of [0, 1, 2]) {
      const images = backend.pixels(inputs, 64);
      const seen = copy === 0 ? images : backend.augment(images, warp, { epoch: 0, copy, order, start: 0 });
      const found = await backend.read(backend.softmax(model.forward(seen)));
      for (const [e, p] of found.entries()) sums[e] += p;
      for (let i = 0; i < bars.count; i++) losses -= Math.log(found[2 * i + (i % 2)]);
    }
    expect(probabilities).toEqual(Float32Array.from(sums, (sum) => sum / 3));
    expect(Array.from(labels)).toEqual(Array.from(order, (i) => (sums[2 * i] >= sums[2 * i + 1] ? 0 : 1)));
    const { accuracy, loss, examples, confusion } = await evaluate(model, bars, { augmentation, copies: 3, seed: 9 });
    expect(examples).toBe(bars.count);
    expect(loss).toBeCloseTo(losses / (3 * bars.count), 5);
    const hits = Array.from(labels).filter((label, i) => label === i % 2).length;
    expect(accuracy).toBe(hits / bars.count);
    expect((confusion[0][0] + confusion[1][1]) / bars.count).toBe(accuracy);
  });

  test("one of them is the image as it is; several are others by another seed", async () => {
    const plain = await evaluate(model, bars);
    expect(await evaluate(model, bars, { augmentation, copies: 1 })).toEqual(plain);
    const eight = await evaluate(model, bars, { augmentation });
    expect(eight.loss).not.toBe(plain.loss);
    expect(await evaluate(model, bars, { augmentation, copies: 8, seed: model.seed })).toEqual(eight);
    expect((await evaluate(model, bars, { augmentation, seed: 7 })).loss).not.toBe(eight.loss);
  });

  test("are looked at by predict too, as by predictAll of a set with that one image", async () => {
    const options = { augmentation, copies: 5, seed: 3 };
    for (const i of [0, 1, 7]) {
      const one = bars.pick([i]);
      const { labels, probabilities } = await predictAll(model, one, options);
      const found = await model.predict(bars.example(i), options);
      expect(found).toEqual({ task: "classes", label: labels[0], probabilities });
      expect(found).not.toEqual(await model.predict(bars.example(i)));
      expect(await model.predict(bars.example(i), { augmentation, copies: 1 })).toEqual(
        await model.predict(bars.example(i)),
      );
    }
    const usual = await model.predict(bars.example(2), { augmentation });
    expect(usual).toEqual(await model.predict(bars.example(2), { augmentation, copies: 8, seed: model.seed }));
  });

  test("are the same ones for every member of an ensemble", async () => {
    const other = network([8, 8, 1], [flatten(), dense(2)], { seed: 5, backend: new Reference() });
    const both = new Ensemble([model, other]);
    const options = { augmentation, copies: 4 };
    const { probabilities, members } = await both.predict(bars.example(3), options);
    expect(members[1]).toEqual(await other.predict(bars.example(3), { ...options, seed: model.seed }));
    const [p, q] = members.map((member) => member.probabilities);
    expect(probabilities).toEqual(Float32Array.from(p, (x, c) => (x + q[c]) / 2));
    expect(probabilities).toEqual((await predictAll(both, bars.pick([3]), options)).probabilities);
  });

  test("give the same on wasm", async () => {
    const fast = network([8, 8, 1], [flatten(), dense(12, "relu"), dense(2)], { seed: 2 });
    await train(fast, bars.take(400), { epochs: 3 });
    const options = { augmentation: augment({ elastic: { alpha: 5, sigma: 2 } }), copies: 4 };
    expect(await evaluate(fast, bars, options)).toEqual(await evaluate(model, bars, options));
  });
});

test.each<[string, object, string]>([
  ["copies without augmentation", { copies: 3 }, "evaluate: expected no copies without augmentation, got 3. Give"],
  ["a seed without augmentation", { seed: 3 }, "evaluate: expected no seed without augmentation, got 3."],
  ["no copy", { augmentation, copies: 0 }, "evaluate: expected copies from 1 to 1000, got 0."],
  ["half a copy", { augmentation, copies: 1.5 }, "copies from 1 to 1000, got 1.5."],
  ["a seed below 0", { augmentation, seed: -1 }, "evaluate: expected seed to be a whole number of at least 0, got -1."],
  [
    "options in place of an augmentation",
    { augmentation: { shift: 1 } },
    "evaluate, augmentation: expected what augment",
  ],
])("evaluate refuses %s", async (_name, options, sentence) => {
  await expect(evaluate(model, bars, options)).rejects.toThrow(sentence);
});

test.each<[string, ArrayLike<number>, object, string]>([
  ["copies without augmentation", bars.example(0), { copies: 3 }, "predict: expected no copies without augmentation"],
  ["no copy", bars.example(0), { augmentation, copies: 0 }, "predict: expected copies from 1 to 1000, got 0."],
  ["a misspelt option", bars.example(0), { copis: 3 }, 'got "copis". Did you mean copies?'],
  [
    "a signal",
    bars.example(0),
    { signal: new AbortController().signal },
    "predict: expected options among augmentation,",
  ],
  ["numbers", new Float32Array(64), { augmentation }, "predict, augmentation of the example: expected images in bytes"],
])("predict refuses %s", async (_name, example, options, sentence) => {
  await expect(model.predict(example, options)).rejects.toThrow(sentence);
});
