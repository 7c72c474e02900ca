import { expect, test } from "vitest";
import { Reference } from "../../backends/reference/reference.ts";
import { Dataset } from "../../data/dataset.ts";
import { dense } from "../../layers/dense.ts";
import { dropout } from "../../layers/dropout.ts";
import type { Parameter } from "../../layers/layer.ts";
import { type Network, network } from "../../network/network.ts";
import { sgd } from "../../training/optimizers.ts";
import { train } from "../../training/train.ts";
import type { Settings, Training } from "./experiment.ts";
import { experimentsNamed } from "./experiments.ts";
import { bookDropout, expandedOnce, network3Batches } from "./network3.ts";
import { layersOf, networkOf, trainOptions } from "./run.ts";

const settingsOf = (id: string): Settings => (experimentsNamed(id, "")[0] as Training).settings;

/** Small images with as many labels, all different. */
function images(count: number, side: number): Dataset {
  const inputs = Uint8Array.from({ length: count * side * side }, (_, e) => (e * 37) % 251);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  return new Dataset({ name: "images", shape: [side, side, 1], inputs, labels, classes: 10 });
}

const backend = new Reference();
const valuesOf = async ({ parameters }: Network, which: (p: Parameter) => Parameter["value"] = ({ value }) => value) =>
  Promise.all(parameters.map(async (parameter) => Array.from(await backend.read(which(parameter)))));

test("network3's layers are convolution, pool and σ, then dense layers, each behind its dropout", () => {
  expect(layersOf(settingsOf("6b")).map(({ type }) => type)).toEqual(
    "conv2d maxPool2d activation flatten dense dense".split(" "),
  );
  expect(layersOf(settingsOf("6h")).map(({ type }) => type)).toEqual(
    ["conv2d maxPool2d activation conv2d maxPool2d activation flatten"]
      .concat("dropout residual dense", "dropout residual dense", "dropout residual dense")
      .flatMap((types) => types.split(" ")),
  );
});

test("network3's first weights have its spreads: 1/√n_out, of a convolution n_out = filters·k²/p²", async () => {
  const model = networkOf(settingsOf("6g-1000"), images(10, 28), 1, backend);
  const values = await valuesOf(model);
  const spread = (numbers: readonly number[] = []) =>
    Math.sqrt(numbers.reduce((sum, w) => sum + w * w, 0) / numbers.length);
  const names = model.parameters.map(({ name }) => name);
  const expected = new Map([
    // 20·25/4 = 125 and 40·25/4 = 250
    ["layers.0.weights", Math.sqrt(1 / 125)],
    ["layers.3.weights", Math.sqrt(1 / 250)],
    ["layers.7.weights", Math.sqrt(1 / 1000)],
    ["layers.7.bias", 1],
    ["layers.9.weights", 0],
    ["layers.9.bias", 0],
  ]);
  for (const [name, sd] of expected) {
    const own = values[names.indexOf(name)];
    // Of n normal numbers the spread scatters by 1/√(2n).
    const tolerance = 4 / Math.sqrt(2 * (own?.length ?? 1));
    if (sd === 0) expect(own?.every((w) => w === 0)).toBe(true);
    else expect(Math.abs(spread(own) / sd - 1)).toBeLessThan(tolerance);
  }
});

test("network3's L2 term is divided by the mini-batches, and it does not shuffle", () => {
  const few = images(40, 4);
  const settings = { ...settingsOf("6d"), lambda: 0.1 };
  expect(network3Batches(settings, few)).toBe(4);
  const { optimizer, shuffle } = trainOptions(settings, few);
  expect(optimizer?.settings.weightDecay).toBe(0.1 / 4);
  expect(shuffle).toBe(false);
  const before = trainOptions({ ...settings, program: undefined as never, examples: 40 }, few);
  expect(before.optimizer?.settings.weightDecay).toBe(0.1 / 40);
  expect(before.shuffle).toBe(true);
});

test("the expanded images are shuffled once, always in the same way", () => {
  const data = images(10, 3);
  const expanded = expandedOnce(data);
  expect(expanded.count).toBe(50);
  expect(Array.from(expanded.labels ?? []).toSorted()).toEqual(Array.from({ length: 50 }, (_, i) => Math.floor(i / 5)));
  expect(expanded.labels).not.toEqual(Uint8Array.from({ length: 50 }, (_, i) => Math.floor(i / 5)));
  expect(expandedOnce(data).inputs).toEqual(expanded.inputs);
});

/**
 * The derivation in network3.ts, with r = ½, where every factor is a power of two and so nothing is rounded: the book's
 * dropout with W_book, η and ours with W = (1 − r)·W_book, (1 − r)²·η for the weights behind it.
 */
test("the book's dropout is inverted dropout with W = (1 − r)·W_book and η·(1 − r)²", async () => {
  const rate = 0.5;
  const data = images(20, 4);
  const eta = 0.125;
  // One dense layer at layers.0, so that both dropouts draw from the stream of layers.1.
  const options = { seed: 3, backend };
  const first = dense(6, { activation: "sigmoid", initializer: "scaledByOutputs" });
  const last = dense(10, { initializer: "scaledByOutputs" });
  const book = network([16], [first, ...bookDropout(rate), last], options);
  const values = await valuesOf(book);
  const initialValues = new Map(
    ["layers.0.weights", "layers.0.bias", "layers.2.weights", "layers.2.bias"].map((name, i) => [
      name,
      (values[i] ?? []).map((w) => (name === "layers.2.weights" ? (1 - rate) * w : w)),
    ]),
  );
  const ours = network([16], [first, dropout(rate), last], { ...options, initialValues });
  const rows = new Dataset({ ...data, name: "rows", shape: [16] });
  expect((await book.predict(rows.example(0))).probabilities).toEqual(
    (await ours.predict(rows.example(0))).probabilities,
  );

  const training = { epochs: 1, batchSize: "full" as const, optimizer: sgd({ learningRate: eta }) };
  await train(book, rows, training);
  await train(ours, rows, training);
  const gradient = ({ gradient: dW }: Parameter) => dW;
  const [bookSlopes, slopes] = [await valuesOf(book, gradient), await valuesOf(ours, gradient)];
  // ∂C/∂W_book = (1 − r)·∂C/∂W; every other gradient is the same.
  expect(bookSlopes[2]).toEqual(slopes[2]?.map((slope) => (1 - rate) * slope));
  for (const i of [0, 1, 3]) expect(bookSlopes[i]).toEqual(slopes[i]);
  expect(slopes[0]?.some((slope) => slope !== 0)).toBe(true);
  // One step: W_book − η·∂C/∂W_book = (W − (1 − r)²·η·∂C/∂W) / (1 − r)
  const start = initialValues.get("layers.2.weights") ?? [];
  const stepped = start.map((w, e) => Math.fround(w - (1 - rate) ** 2 * eta * (slopes[2]?.[e] ?? 0)) / (1 - rate));
  expect((await valuesOf(book))[2]).toEqual(stepped);
});
