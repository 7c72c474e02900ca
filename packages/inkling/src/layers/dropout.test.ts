// Dropout: how much it drops, what decides its masks, and that it does nothing at evaluation.
import { expect, test } from "vitest";
import type { Backend } from "../backends/backend.ts";
import { CpuMatrix } from "../backends/cpu-matrix.ts";
import { Reference } from "../backends/reference/reference.ts";
import { Wasm } from "../backends/wasm/wasm.ts";
import { inOrder, Pixels } from "../matrix.ts";
import { network } from "../network/network.ts";
import { Stream } from "../numbers/random.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import type { LayerSpec, Pass } from "./layer.ts";
import { residual } from "./residual.ts";

const training = (order: Uint32Array, epoch = 1, start = 0): Pass => ({ purpose: "training", epoch, order, start });

/** What a network of dropout alone makes of rows of ones. */
function ofOnes(specs: readonly LayerSpec[], columns: number, pass: Pass, rows: number, seed = 1): Float32Array {
  const model = network([columns], specs, { seed, backend: new Wasm() });
  const x = model.backend.keep(rows, columns);
  model.backend.write(x, new Float32Array(rows * columns).fill(1));
  return (model.forward(x, pass) as CpuMatrix).data.slice() as Float32Array;
}

const share = (values: ArrayLike<number>, holds: (value: number) => boolean) =>
  Array.from(values).filter(holds).length / values.length;

test.each([0.1, 0.25, 0.5, 0.9])("of 10⁶ numbers a rate of %d drops its share, and keeps their mean", (rate) => {
  const z = ofOnes([dropout(rate)], 1000, training(inOrder(1000)), 1000);
  // Four standard deviations of a share of 10⁶.
  const most = 4 * Math.sqrt((rate * (1 - rate)) / 1e6);
  expect(Math.abs(share(z, (value) => value === 0) - rate)).toBeLessThan(most);
  const kept = Math.fround(1 / (1 - rate));
  expect(z.every((value) => value === 0 || value === kept)).toBe(true);
  const mean = z.reduce((sum, value) => sum + value, 0) / z.length;
  expect(Math.abs(mean - 1)).toBeLessThan(most * kept);
});

test("in every column and in every row it drops its share", () => {
  const [rows, columns] = [400, 37];
  const z = ofOnes([dropout(0.5)], columns, training(inOrder(rows)), rows);
  const dropped = (of: (e: number) => boolean) =>
    share(
      z.filter((_, e) => of(e)),
      (value) => value === 0,
    );
  for (let j = 0; j < columns; j++) expect(Math.abs(dropped((e) => e % columns === j) - 0.5)).toBeLessThan(0.125);
  for (let i = 0; i < rows; i++) {
    expect(Math.abs(dropped((e) => Math.floor(e / columns) === i) - 0.5)).toBeLessThan(0.45);
  }
});

test("masks of other epochs, examples, layers, seeds and places in a row agree by chance alone", () => {
  const columns = 1024;
  const row = (example: number, epoch = 1, seed = 1, specs: readonly LayerSpec[] = [dropout(0.5)]) =>
    ofOnes(specs, columns, training(Uint32Array.of(example), epoch), 1, seed);
  const first = row(3);
  const second = network([columns], [dropout(0), dropout(0.5)], { seed: 1 });
  expect(second.streams).toEqual(["layers.0.dropout", "layers.1.dropout"]);
  const others = {
    "another example": row(4),
    "another epoch": row(3, 2),
    "another seed": row(3, 1, 2),
    "another layer": row(3, 1, 1, [dropout(0), dropout(0.5)]),
    "the same place in another layer": row(3, 1, 1, [residual([dropout(0.5)])]).map((value) => value - 1),
    "the next place": Float32Array.from(first, (_, j) => first[(j + 1) % columns]),
    "the next draw": Float32Array.from(first, (_, j) => first[(j + 4) % columns]),
  };
  for (const [name, other] of Object.entries(others)) {
    const agree = first.filter((value, j) => (value === 0) === (other[j] === 0)).length;
    // Half of 1024, and five standard deviations (16 each).
    expect(Math.abs(agree - 512), name).toBeLessThan(80);
  }
});

test("an example is treated alike wherever it stands in a batch, and the same pass gives the same mask", () => {
  const order = Uint32Array.of(9, 3, 7, 5);
  const all = ofOnes([dropout(0.5)], 21, training(order), 4);
  expect(ofOnes([dropout(0.5)], 21, training(order), 4)).toEqual(all);
  expect(ofOnes([dropout(0.5)], 21, training(order, 1, 2), 2)).toEqual(all.slice(2 * 21));
  expect(ofOnes([dropout(0.5)], 21, training(Uint32Array.of(7)), 1)).toEqual(all.slice(2 * 21, 3 * 21));
});

test("number j of a row is decided by word j mod 4 of the draw ⌊j / 4⌋", () => {
  const stream = new Stream(1, "layers.0.dropout");
  const z = ofOnes([dropout(0.3)], 11, training(Uint32Array.of(6), 5), 1);
  const drops = (j: number) => stream.words(Math.floor(j / 4), 6, 5)[j % 4] < Math.round(0.3 * 2 ** 32);
  expect(Array.from(z, (value) => value === 0)).toEqual(Array.from(z, (_, j) => drops(j)));
});

test("what is dropped is +0, whatever it was", () => {
  const ops = new Reference();
  const x = ops.keep(1, 64) as CpuMatrix;
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, -3]) {
    x.data.fill(value);
    const settings = { rate: 0.5, stream: new Stream(1, "test"), epoch: 0, order: Uint32Array.of(0), start: 0 };
    const { data: z } = ops.dropout(x, settings);
    expect(share(z, (one) => Object.is(one, 0) || Object.is(one, 2 * value))).toBe(1);
    expect(Math.abs(share(z, (one) => Object.is(one, 0)) - 0.5)).toBeLessThan(0.25);
  }
});

test("at evaluation, and with a rate of 0, nothing is done: images even stay pixels", async () => {
  const backend: Backend = new Wasm();
  const model = network([4], [dropout(0.5), dense(3)], { backend });
  const plain = network([4], [dense(3)], { backend, seed: 5 });
  for (const [i, { value }] of model.parameters.entries()) backend.copy(plain.parameters[i].value, value);
  const bytes = Uint8Array.of(0, 255, 7, 9);
  expect(await model.predict(bytes)).toEqual(await plain.predict(bytes));
  const x = backend.pixels(bytes, 4);
  const [layer] = network([4], [dropout(0)], { backend }).layers;
  expect(layer.forward(x, training(inOrder(1)))).toBe(x);
  expect(model.layers[0].forward(x, { ...training(inOrder(1)), purpose: "evaluation" })).toBeInstanceOf(Pixels);
  expect(model.layers[0].forward(x, training(inOrder(1)))).toBeInstanceOf(CpuMatrix);
});

test.each<[string, unknown, string]>([
  ["1", 1, "dropout: expected a rate from 0 to below 1, got 1."],
  ["almost 1", 1 - 2 ** -40, "dropout: expected a rate from 0 to below 1, got"],
  ["below 0", -0.1, "got -0.1."],
  ["NaN", Number.NaN, "got NaN."],
  ["a word", "half", 'got "half".'],
  ["nothing", undefined, "got nothing."],
])("a rate of %s is refused", (_name, rate, sentence) => {
  expect(() => dropout(rate as number)).toThrow(sentence);
});

test("options are refused: it has none", () => {
  const attempt = dropout as (...given: unknown[]) => unknown;
  expect(() => attempt(0.5, { trainable: false })).toThrow(
    'dropout: expected no options (it has none), got "trainable".',
  );
});

test("the operation refuses what cannot decide a mask", () => {
  const ops: Backend = new Reference();
  const x = ops.keep(2, 3);
  const good = { rate: 0.5, stream: new Stream(1, "test"), epoch: 1, order: inOrder(3), start: 1 };
  expect(() => ops.dropout(x, good)).not.toThrow();
  for (const [changed, sentence] of [
    [{ rate: 1 }, "a rate from 0 to below 1, got 1."],
    [{ stream: 5 }, "a Stream of random numbers, got 5."],
    [{ epoch: -1 }, "an epoch from 0 to 2^32 − 1, got -1."],
    [{ start: 2 }, "one for each row, got 2 rows from 2 on, of 3."],
    [{ start: -1 }, "got 2 rows from -1 on, of 3."],
    [{ order: [0, 1, 2] }, "got an array of 3."],
  ] as const) {
    expect(() => ops.dropout(x, { ...good, ...changed } as never)).toThrow(sentence);
  }
});
