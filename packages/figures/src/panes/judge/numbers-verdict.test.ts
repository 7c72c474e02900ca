// Against plain arithmetic: the mean, and who is furthest off.
import { Dataset, dense, meanSquared, type Network, network } from "inkling";
import { expect, test } from "vitest";
import { withoutGaps } from "../gaps.ts";
import { judgeNumbers, ofMean, predictedOf, worstOf } from "./numbers-verdict.ts";

const data = new Dataset({
  ...{ name: "houses", shape: [1], inputs: Float32Array.of(0, 1, 2, 3) },
  ...{ targets: Float32Array.of(10, 1, 20, 2, 30, 3, 60, 6), targetNames: ["price", "rooms"] },
});
const model = network([1], [dense(2)], {
  loss: meanSquared(),
  initialValues: new Map([
    ["layers.0.weights", Float32Array.of(10, 1)],
    ["layers.0.bias", Float32Array.of(10, 1)],
  ]),
}) as Network<"numbers">;
const judged = () => judgeNumbers(model, data, data.take(2), new AbortController().signal);

test("always saying the mean of 10, 20, 30 and 60 is off by 15, and by √350 in the square", () => {
  const { mean, meanAbsoluteError, rootMeanSquaredError } = ofMean(data.targets ?? [], 2, 0);
  expect([mean, meanAbsoluteError]).toEqual([30, (20 + 10 + 0 + 30) / 4]);
  expect(rootMeanSquaredError).toBeCloseTo(Math.sqrt((400 + 100 + 0 + 900) / 4), 12);
  expect(ofMean(data.targets ?? [], 2, 1).mean).toBe(3);
});

test("R² is what the network's squared error leaves of the mean's", async () => {
  const { test: onTest } = await judged();
  for (const [j, { rootMeanSquaredError, rSquared }] of onTest.perOutput.entries()) {
    const ratio = rootMeanSquaredError / ofMean(data.targets ?? [], 2, j).rootMeanSquaredError;
    expect(rSquared).toBeCloseTo(1 - ratio ** 2, 10);
  }
});

test("predictions are in the units of the data, and the worst is furthest off", async () => {
  const verdict = await judged();
  expect(predictedOf(verdict, 0).map(({ predicted }) => predicted)).toEqual([10, 20, 30, 40]);
  expect(predictedOf(verdict, 1).map(({ predicted }) => predicted)).toEqual([1, 2, 3, 4]);
  expect(worstOf(predictedOf(verdict, 0), 12)).toEqual([{ index: 3, target: 60, predicted: 40 }]);
  expect([verdict.test.meanAbsoluteError, verdict.train?.examples]).toEqual([(5 + 0.5) / 2, 2]);
});

test("of mistakes of one size the first comes first, whatever their sign", () => {
  const of = (index: number, error: number) => ({ index, target: 0, predicted: error });
  expect(worstOf([of(0, 1), of(1, -2), of(2, 2), of(3, 0)], 3).map(({ index }) => index)).toEqual([1, 2, 0]);
});

test("empty cells are what the network's training read them as", () => {
  const tableColumns = [{ name: "width", missing: "mean" as const }];
  const gaps = new Dataset({
    ...{ name: "gaps", shape: [1], inputs: Float32Array.of(1, Number.NaN), targets: Float32Array.of(1, 2) },
    ...{ columnNames: ["width"], tableColumns },
  });
  const named = network([1], [dense(1)], {
    ...{ loss: meanSquared(), columnNames: ["width"], tableColumns: [{ name: "width", missing: [7] }] },
  });
  expect(Array.from(withoutGaps(named, gaps).inputs)).toEqual([1, 7]);
  expect(withoutGaps(named, data)).toBe(data);
});
