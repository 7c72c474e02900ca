import { type ClassPrediction, Dataset, dense, flatten, network } from "inkling";
import { trace } from "inkling/proofs";
import { expect, test } from "vitest";
import { easiestFlip, flipTo, ranked } from "./flipping.ts";
import { contributionsOf, Lens, oneHot } from "./lens.ts";
import { Hidden, nearestByLayer, nearestByPixels } from "./neighbours.ts";
import { Newest, Slices } from "./slices.ts";

const slices = () => new Slices(new AbortController().signal);
/** Bytes that look like nothing, but are always the same. */
const noise = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, i) => (i * i * 31 + seed * 97 + i * 7) % 256);
const flat = network([6, 6, 1], [flatten(), dense(4)], { seed: 3 });
const deep = network([6, 6, 1], [flatten(), dense(9, "sigmoid"), dense(4)], { seed: 3 });

test("of one dense layer the contributions and the bias are the score, to rounding", async () => {
  const pixels = noise(36, 1);
  const { scores, sums, isExact, ofClass } = await contributionsOf(flat, pixels, slices());
  const [weights, bias] = await Promise.all(flat.tensors.map(({ value }) => flat.backend.read(value)));
  expect(isExact).toBe(true);
  for (const [k, z] of scores.entries()) {
    expect((sums[k] ?? 0) + (bias?.[k] ?? 0)).toBeCloseTo(z, 5);
    expect(ofClass[k]?.[17]).toBeCloseTo(((pixels[17] ?? 0) / 255) * (weights?.[17 * 4 + k] ?? 0), 6);
  }
});

test.each(["sigmoid", "relu"] as const)(
  "of more layers (%s) they are what the score has more than blank paper's",
  async (activation) => {
    // Large weights and biases, so that the slopes change on the way.
    const bent = network([6, 6, 1], [flatten(), dense(9, activation), dense(4)], { seed: 3 });
    for (const { name, value } of bent.tensors) {
      const b = name.endsWith("bias") ? -2 : 0;
      bent.backend.write(
        value,
        (await bent.backend.read(value)).map((w) => 10 * w + b),
      );
    }
    const pixels = noise(36, 2);
    const { isExact, scores, sums, blank } = await contributionsOf(bent, pixels, slices());
    expect(isExact).toBe(false);
    for (const [k, z] of scores.entries()) {
      const difference = z - (blank[k] ?? 0);
      expect(Math.abs((sums[k] ?? 0) - difference)).toBeLessThan(0.02 * Math.max(...scores.map(Math.abs)));
    }
    // The slopes at the drawing alone are no such sum.
    const lens = await Lens.of(bent);
    const { gradients } = await lens.look(pixels, [oneHot(0, 4)]);
    lens.close();
    const local = pixels.reduce((sum, pixel, i) => sum + (pixel / 255) * (gradients[0]?.[i] ?? 0), 0);
    expect(Math.abs(local - ((scores[0] ?? 0) - (blank[0] ?? 0)))).toBeGreaterThan(0.05 * Math.abs(scores[0] ?? 0));
  },
);

test("a slope is the one that the trace of the library has", async () => {
  const pixels = noise(36, 2);
  // ∂C/∂x = Σ_k (p − y)_k · ∂z_k/∂x
  const { back } = await trace(deep, pixels, { label: 2 });
  const lens = await Lens.of(deep);
  const p = ((await deep.predict(pixels)) as ClassPrediction).probabilities;
  const { gradients } = await lens.look(pixels, [p.map((share, k) => share - (oneHot(2, 4)[k] ?? 0))]);
  lens.close();
  for (const [i, slope] of gradients[0]?.entries() ?? [])
    expect(slope).toBeCloseTo(back?.dInputs?.[i] ?? Number.NaN, 5);
});

const images = Array.from({ length: 250 }, (_, i) => noise(36, i));
const data = new Dataset({
  name: "noise",
  shape: [6, 6, 1],
  classes: 4,
  inputs: Uint8Array.from(images.flatMap((image) => Array.from(image))),
  labels: images.map((_, i) => i % 4),
});

test("the nearest are those that a sort of all distances finds first, by pixels and by layer", async () => {
  const query = noise(36, 133).map((p, i) => (i % 9 === 0 ? 255 - p : p));
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.sqrt(Array.from(a, (x, i) => (x - (b[i] ?? 0)) ** 2).reduce((sum, d) => sum + d, 0));
  const expected = (distances: readonly number[]) =>
    distances
      .map((d, index) => ({ index, distance: d }))
      .toSorted((a, b) => a.distance - b.distance || a.index - b.index)
      .slice(0, 5);
  const byPixels = await nearestByPixels(query, data, 5, slices());
  const wanted = expected(images.map((image) => distance(image, query) / 255));
  expect(byPixels.compared).toBe(250);
  expect(byPixels.nearest.map(({ index }) => index)).toEqual(wanted.map(({ index }) => index));
  expect(byPixels.nearest[0]?.distance).toBeCloseTo(wanted[0]?.distance ?? 0, 9);

  const hidden = await Hidden.of(deep);
  if (hidden === undefined) throw new Error("there is a hidden layer");
  const seen = async (pixels: Uint8Array) => (await trace(deep, pixels)).layers[1]?.output ?? [];
  const own = await seen(query);
  const inLayer = expected(await Promise.all(images.map(async (image) => distance(await seen(image), own))));
  for (let round = 0; round < 2; round++) {
    const byLayer = await nearestByLayer(query, data, 5, hidden, slices());
    expect(byLayer.nearest.map(({ index }) => index)).toEqual(inLayer.map(({ index }) => index));
  }
  hidden.close();
  expect(await Hidden.of(flat)).toBeUndefined();
});

test("what changes its mind does so, and every changed pixel is needed", async () => {
  const pixels = noise(36, 5);
  const before = ((await deep.predict(pixels)) as ClassPrediction).label;
  const flip = await easiestFlip(deep, pixels, slices());
  if (flip === undefined) throw new Error("there are other classes");
  expect(flip.isReached).toBe(true);
  expect(flip.prediction.label).toBe(flip.target);
  expect(flip.target).not.toBe(before);
  expect(flip.changed.length).toBeGreaterThan(0);
  const differing = pixels.reduce((count, p, i) => count + (p === flip.pixels[i] ? 0 : 1), 0);
  expect(differing).toBe(flip.changed.length);
  for (const target of [0, 1, 2, 3].filter((k) => k !== before)) {
    const other = await flipTo(deep, pixels, target, slices());
    if (other.isReached) expect(other.changed.length).toBeGreaterThanOrEqual(1);
  }
  expect(ranked([0.1, 0.6, 0.3])).toEqual([1, 2, 0]);
});

test("newer work gives up the older", async () => {
  const newest = new Newest();
  const first = newest.run(async (own) => {
    for (let i = 0; i < 1e6; i++) await own.pause();
    return "first";
  });
  expect(await newest.run(async () => "second")).toBe("second");
  expect(await first).toBeUndefined();
});
