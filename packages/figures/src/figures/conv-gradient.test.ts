// A convolution's way back, taken apart, is what the library computes.
import { conv2d, dense, flatten, maxPool2d, network } from "inkling";
import { mnist } from "inkling/node";
import { type ConvolutionTrace, trace } from "inkling/proofs";
import { expect, test } from "vitest";
import { pixelLesson, weightLesson } from "./conv-gradient.ts";
import { cellsBetween, filtered, learned, made, SIDE, SIZE } from "./one-filter.ts";

const { test: digits } = await mnist();
const FILTERS = 3;
const model = network([28, 28, 1], [conv2d(FILTERS, 5, "relu"), maxPool2d(2), flatten(), dense(10)], { seed: 1 });
const found = await trace(model, digits.example(18), { label: 3 });
const first = found.layers[0]?.convolution as ConvolutionTrace;

test("the gradient of each weight is the sum of pixel times δ over all places, to the last bit", () => {
  const sums = Array.from(first.W.values, (_, e) => weightLesson(first, e % FILTERS, Math.floor(e / FILTERS)).sum);
  expect(sums).toEqual(Array.from(first.back?.dW.values ?? []));
});

test("what each pixel gets is the sum over filters of δ times the turned filter", () => {
  const worst = Array.from(found.back?.dInputs ?? [], (value, pixel) => {
    const sum = [0, 1, 2].reduce((total, f) => total + pixelLesson(first, f, pixel).sum, 0);
    return Math.abs(sum - value);
  });
  expect(worst.length).toBe(784);
  expect(Math.max(...worst)).toBeLessThan(1e-6);
  expect(Math.max(...Array.from(found.back?.dInputs ?? [], Math.abs))).toBeGreaterThan(1e-3);
});

test("one filter of a network makes its feature map, whichever stride and padding the reader takes", async () => {
  const pixels = Uint8Array.from(digits.example(18));
  const own = await filtered(pixels, learned(found, 1), { stride: 1, padding: 0 });
  expect(Array.from(own.convolution.z)).toEqual(Array.from(first.z).filter((_, e) => e % FILTERS === 1));
  for (const [stride, padding, side] of [
    [1, 2, 28],
    [2, 0, 12],
    [4, 4, 8],
  ] as const) {
    const { convolution, pooling } = await filtered(pixels, { weights: made.mean, bias: 0 }, { stride, padding });
    expect([convolution.window.outHeight, convolution.window.outWidth]).toEqual([side, side]);
    expect(side).toBe(Math.floor((SIDE + 2 * padding - SIZE) / stride) + 1);
    expect(pooling.z.length).toBe(Math.floor(side / 2) ** 2);
  }
});

test("a straight way has both of its ends and no gap", () => {
  expect(cellsBetween([2, 2], [2, 2])).toEqual([[2, 2]]);
  const way = cellsBetween([1, 5], [4, -1]);
  expect([way[0], way.at(-1), way.length]).toEqual([[1, 5], [4, -1], 7]);
});
