import { expect, test } from "vitest";
import { Dataset } from "../data/dataset.ts";
import { Scaling } from "../data/scaling.ts";
import { conv2d } from "../layers/conv2d.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { network } from "../network/network.ts";
import { train } from "../training/train.ts";
import { withNormalizedInputs } from "./normalized.ts";

const layers = [conv2d(3, 3, { padding: 1, activation: "relu" }), flatten(), dense(2)];
const pixels = Uint8Array.from({ length: 32 }, (_, i) => (i * 37) % 256);

test("normalizes channel by channel, before the padding", async () => {
  const model = network([4, 4, 2], layers, { classNames: ["a", "b"] });
  const moved = await withNormalizedInputs(model, [0.1307, 0.5], [0.3081, 0.25]);
  const normalized = Float32Array.from(pixels, (p, i) =>
    i % 2 === 0 ? (p / 255 - 0.1307) / 0.3081 : (p / 255 - 0.5) / 0.25,
  );
  const wanted = await model.predict(normalized);
  const { probabilities = [] } = await moved.predict(pixels);
  for (const [j, p] of wanted.probabilities.entries()) expect(probabilities[j]).toBeCloseTo(p, 6);
  expect(moved.classNames).toEqual(["a", "b"]);
});

test("is not changed by training", async () => {
  const moved = await withNormalizedInputs(network([4, 4, 2], layers), [0.1, 0.2], [0.5, 2]);
  const data = new Dataset({
    name: "two",
    shape: [4, 4, 2],
    inputs: new Uint8Array([...pixels, ...pixels.toReversed()]),
    labels: [0, 1],
    classes: 2,
  });
  await train(moved, data, { epochs: 2, batchSize: 2 });
  const [first] = moved.tensors;
  expect(Array.from(await moved.backend.read(first.value))).toEqual([2, 0, 0, 0.5]);
});

test("refuses a network that scales its inputs already", async () => {
  const scaling = new Scaling(new Float64Array(32).fill(1), new Float64Array(32).fill(2));
  await expect(withNormalizedInputs(network([4, 4, 2], layers, { scaling }), [0, 0], [1, 1])).rejects.toThrow(
    "withNormalizedInputs: expected a network that takes its inputs as they are, got one that scales 32 columns.",
  );
});

test.each([
  [[4], [dense(2)], [0], [1], "expected a network of images, height × width × channels, got 4."],
  [[4, 4, 2], layers, [0], [1, 1], "withNormalizedInputs, means: expected 2 numbers (one a channel), got 1."],
  [
    [4, 4, 2],
    layers,
    [0, 0],
    [1, 0],
    "withNormalizedInputs, deviations[1]: expected a finite number, a deviation above 0, got 0.",
  ],
] as const)("refuses what does not fit (%#)", async (shape, specs, means, deviations, sentence) => {
  await expect(withNormalizedInputs(network(shape, specs), means, deviations)).rejects.toThrow(sentence);
});
