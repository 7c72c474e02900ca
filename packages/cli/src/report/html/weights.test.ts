import { batchNorm, conv2d, dense, flatten, type Network, network } from "inkling";
import { expect, test } from "vitest";
import { firstWeights, onOneSheet } from "./weights.ts";

const withWeights = (layer: string, model: Network, values: readonly number[]) => {
  const weights = model.parameters.find(({ name }) => name === `${layer}.weights`);
  if (weights !== undefined) model.backend.write(weights.value, values);
  return model;
};
const [WHITE, BLUE, ORANGE] = [
  [255, 255, 255],
  [20, 90, 170],
  [190, 80, 0],
];

test("a neuron's weights stand where their pixels are: blue above 0, orange below, white at 0", async () => {
  // 2 × 2 pixels, 2 neurons: the rows are pixels.
  const model = withWeights("layers.1", network([2, 2, 1], [flatten(), dense(2)]), [1, 0, -1, 0, 0, 1, 0, -1]);
  const found = await firstWeights(model);
  expect(found).toMatchObject({ layer: "layers.1", of: "neuron", count: 2, scale: 1, channels: 1 });
  const pixels = found?.pictures.map((picture) => [...picture.pixels]);
  expect(pixels).toEqual([[BLUE, ORANGE, WHITE, WHITE].flat(), [WHITE, WHITE, BLUE, ORANGE].flat()]);
});

test("a filter's picture is the sum over its channels", async () => {
  // 1 × 2 windows of 2 channels, 1 filter.
  const model = withWeights("layers.0", network([1, 2, 2], [conv2d(1, [1, 2]), flatten(), dense(2)]), [3, -3, -1, -1]);
  const found = await firstWeights(model);
  expect(found).toMatchObject({ of: "filter", count: 1, channels: 2, scale: 2 });
  expect([...(found?.pictures[0]?.pixels ?? [])]).toEqual([WHITE, ORANGE].flat());
});

test("weights that do not look at the pixels themselves have no pictures", async () => {
  expect(await firstWeights(network([4], [dense(2)]))).toBeUndefined();
  expect(await firstWeights(network([2, 2, 1], [batchNorm(), flatten(), dense(2)]))).toBeUndefined();
});

test("on one sheet each picture is enlarged, with a line around it", async () => {
  const found = await firstWeights(network([28, 28, 1], [flatten(), dense(5)]));
  if (found === undefined) throw new Error("no pictures");
  expect(onOneSheet(found)).toMatchObject({ width: 3 * 57 + 1, height: 2 * 57 + 1, channels: 3 });
});
