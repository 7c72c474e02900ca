import { expect, test } from "vitest";
import { Dataset } from "../data/dataset.ts";
import { table } from "../data/table.ts";
import { DataError, ShapeError } from "../errors.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { type Network, network } from "../network/network.ts";
import { Stream } from "../numbers/random.ts";
import { adam } from "../training/optimizers.ts";
import { train } from "../training/train.ts";
import { Ensemble } from "./ensemble.ts";
import { familiarity, takeFamiliarity } from "./familiarity.ts";
import { learnFamiliarity } from "./learn-familiarity.ts";

/** Pictures of bars: class 0 has one that stands, class 1 one that lies, brighter or darker, anywhere; with grain. */
function bars(count: number, channels = 1): Dataset {
  const random = new Stream(1, "bars");
  const inputs = new Uint8Array(count * 144 * channels);
  for (let k = 0; k < count; k++) {
    const [place, light] = [2 + random.below(8, 0, k), 100 + random.below(156, 1, k)];
    for (let e = 0; e < 144; e++) {
      const [i, j] = [Math.floor(e / 12), e % 12];
      const [across, along] = k % 2 === 0 ? [j, i] : [i, j];
      const isInk = Math.abs(across - place) <= 1 && along >= 1 && along <= 10;
      const value = isInk ? light : random.below(6, e + 2, k);
      inputs.fill(value, (k * 144 + e) * channels, (k * 144 + e + 1) * channels);
    }
  }
  const labels = Uint8Array.from({ length: count }, (_, k) => k % 2);
  return new Dataset({ name: "bars", shape: [12, 12, channels], inputs, labels, classes: 2 });
}

const data = bars(600);
const trained = async (from: Dataset): Promise<Network> => {
  const model = network(from.shape, [flatten(), dense(8, "relu"), dense(2)]);
  await train(model, from, { epochs: 3, batchSize: 20, optimizer: adam({ learningRate: 0.01 }) });
  return model;
};
const model = await trained(data);
const known = await learnFamiliarity(model, data);
const share = (example: ArrayLike<number>, label = 0) => familiarity(model, example, label)?.leftOver ?? Number.NaN;

test("a model knows how many examples it looked at, and calls 1 of 100 of the others unfamiliar", () => {
  expect(known).toBe(model.familiarity);
  expect(known).toMatchObject({ height: 10, width: 10, falseAlarms: 0.01, examples: { bases: 300, threshold: 300 } });
  expect(known?.bases.map(({ length }) => length)).toEqual([1200, 1200]);
  const [others, threshold] = [Array.from({ length: 300 }, (_, i) => 300 + i), known?.threshold ?? 0];
  const above = others.filter((i) => share(data.example(i), i % 2) > threshold);
  expect(above).toHaveLength(3);
});

test("pictures of its kind are familiar; empty pages, noise and other pictures are not", () => {
  const fresh = bars(700);
  for (const i of [650, 651, 652, 653]) expect(familiarity(model, fresh.example(i), i % 2)?.isUnfamiliar).toBe(false);
  const random = new Stream(2, "noise");
  const noise = Uint8Array.from({ length: 144 }, (_, e) => random.below(256, e));
  const diagonal = Uint8Array.from({ length: 144 }, (_, e) => (Math.floor(e / 12) === e % 12 ? 255 : 0));
  const inverted = data.example(0).map((byte) => 255 - byte);
  for (const other of [noise, diagonal, inverted, new Uint8Array(144), new Uint8Array(144).fill(255)]) {
    for (const label of [0, 1]) expect(familiarity(model, other, label)?.isUnfamiliar).toBe(true);
  }
});

test("what is left over is sin² of the angle: all of an empty picture, and the same of brighter and darker ones", () => {
  expect(share(new Uint8Array(144))).toBe(1);
  const halves = Array.from(data.example(0), (byte) => byte / 255 / 2);
  expect(share(halves)).toBeCloseTo(share(data.example(0)), 12);
  expect(share(data.example(0), 1)).toBeGreaterThan(5 * share(data.example(0), 0));
  expect(share(new Float64Array(144).fill(Number.NaN))).toBe(1);
});

test("a picture within the subspace leaves nothing over but what bytes round", async () => {
  // Every picture is the same in one class: one direction holds it whole.
  const inputs = Uint8Array.from({ length: 300 * 4 }, (_, e) => [10, 20, 30, 50][e % 4]);
  const alike = new Dataset({ name: "alike", shape: [2, 2, 1], inputs, labels: new Uint8Array(300), classes: 2 });
  const own = network([2, 2, 1], [flatten(), dense(2)]);
  const found = await learnFamiliarity(own, alike);
  expect(found?.bases.map(({ length }) => length)).toEqual([4, 0]);
  expect(found?.bases[0].map(Math.abs)).toEqual(Int8Array.of(25, 51, 76, 127));
  expect(familiarity(own, [10, 20, 30, 50], 0)?.leftOver).toBeLessThan(1e-4);
  // (50, 0, 0, −10)·(10, 20, 30, 50) = 0
  expect(familiarity(own, [50, 0, 0, -10], 0)?.leftOver).toBeGreaterThan(0.999);
  // A class without examples knows nothing.
  expect(familiarity(own, [10, 20, 30, 50], 1)).toMatchObject({ leftOver: 1, isUnfamiliar: true });
});

test("the channels of a colour picture count together", async () => {
  const colour = bars(600, 3);
  const three = await trained(colour);
  // Channels are added, so grey as colour is three times as bright, which makes no difference.
  expect((await learnFamiliarity(three, colour))?.bases).toEqual(known?.bases);
});

test("it is undefined where there is nothing to be known, and forgotten by training", async () => {
  const few = data.take(150);
  expect(await learnFamiliarity(await trained(few), few)).toBeUndefined();
  const rows = table(
    Array.from({ length: 300 }, (_, i) => [i, 1]),
    Array.from({ length: 300 }, (_, i) => i % 2),
  );
  const flat = network([2], [dense(2)]);
  expect(await learnFamiliarity(flat, rows)).toBeUndefined();
  expect(familiarity(flat, [0, 1], 0)).toBeUndefined();
  const own = await trained(data);
  await learnFamiliarity(own, data);
  await train(own, data, { epochs: 1 });
  expect(own.familiarity).toBeUndefined();
  // Also what was learnt between two values of a training.
  const run = train(own, data, { epochs: 2 });
  await run.next();
  await learnFamiliarity(own, data);
  await run.next();
  expect(own.familiarity).toBeUndefined();
});

test("a copy of a model takes what the model knows", async () => {
  const [of, copy] = [await trained(data), await trained(data)];
  const known = await learnFamiliarity(of, data);
  if (known === undefined) throw new Error("Nothing was learnt.");
  takeFamiliarity(copy, structuredClone(known));
  expect(familiarity(copy, data.example(0), 0)).toEqual(familiarity(of, data.example(0), 0));
  expect(() => takeFamiliarity(copy, { ...known, bases: [] })).toThrow("takeFamiliarity: expected what a network of");
});

test("an ensemble has what its first network knows", () => {
  const together = new Ensemble([model]);
  expect(familiarity(together, data.example(0), 0)).toEqual(familiarity(model, data.example(0), 0));
});

test("what does not fit is said in a sentence", async () => {
  expect(() => familiarity(model, [1, 2], 0)).toThrow(ShapeError);
  expect(() => familiarity(model, data.example(0), 2)).toThrow("familiarity: expected a class from 0 to 1, got 2.");
  const bare = new Dataset({ name: "bare", shape: [12, 12, 1], inputs: new Uint8Array(144) });
  await expect(learnFamiliarity(model, bare)).rejects.toThrow(DataError);
});
