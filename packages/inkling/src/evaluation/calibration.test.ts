import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Dataset } from "../data/dataset.ts";
import { table } from "../data/table.ts";
import { ArgumentError, DataError } from "../errors.ts";
import { dense } from "../layers/dense.ts";
import type { LossName } from "../losses/loss.ts";
import { losses } from "../losses/losses.ts";
import { quadratic } from "../losses/squared.ts";
import { type Network, network } from "../network/network.ts";
import { train } from "../training/train.ts";
import { calibrate, reliability } from "./calibration.ts";
import { Ensemble } from "./ensemble.ts";
import { evaluate, predictAll } from "./evaluate.ts";

interface Case {
  readonly loss: "crossEntropy" | "sigmoidCrossEntropy" | "binaryCrossEntropy";
  readonly z: number[][];
  readonly labels?: number[];
  readonly targets?: number[][];
  readonly temperature: number;
  readonly raw: number;
  readonly calibrated: number;
}

const golden = JSON.parse(readFileSync(new URL("../../test/golden/calibration.json", import.meta.url), "utf8"));
const cases: Case[] = golden.temperatures;

/** A model whose logits are its inputs. */
function asGiven(n: number, loss: LossName = "crossEntropy"): Network {
  const weights = Array.from({ length: n * n }, (_, e) => (e % (n + 1) === 0 ? 1 : 0));
  return network<"classes" | "numbers">([n], [dense(n)], {
    loss: losses[loss](),
    initialValues: new Map([["layers.0.weights", weights]]),
  });
}

function dataOf({ z, labels, targets }: Case): Dataset {
  if (labels !== undefined) return table(z, labels, { classNames: ["a", "b", "c", "d"] });
  return table(z, targets ?? [], { task: "numbers" });
}

const [classes] = cases;

test.each(cases)("the temperature and the calibration errors of $loss are PyTorch's and NumPy's", async (found) => {
  const model = asGiven(found.z[0].length, found.loss);
  const data = dataOf(found);
  const { temperature, expectedCalibrationError } = await calibrate(model, data);
  expect(temperature).toBeCloseTo(found.temperature, 6);
  expect(expectedCalibrationError.raw).toBeCloseTo(found.raw, 12);
  expect(expectedCalibrationError.calibrated).toBeCloseTo(found.calibrated, 6);
  const { raw, calibrated } = await reliability(model, data);
  expect(raw.expectedCalibrationError).toBe(expectedCalibrationError.raw);
  expect(calibrated.expectedCalibrationError).toBe(expectedCalibrationError.calibrated);
  // Measured again from what is calibrated already, it is the same.
  expect(await calibrate(model, data)).toEqual(model.calibration);
  expect(model.calibration?.temperature).toBe(temperature);
});

test("a calibration error is what it is by hand", async () => {
  // Two answers of confidence σ(2) = 0.8808, one of them right, and one of σ(0.1) = 0.5250 that is right.
  const data = table(
    [
      [2, 0],
      [2, 0],
      [0, 0.1],
    ],
    [0, 1, 1],
  );
  const { raw } = await reliability(asGiven(2), data);
  const [high, low] = [1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(-0.1))];
  expect(raw.expectedCalibrationError).toBeCloseTo((2 / 3) * (high - 0.5) + (1 / 3) * (1 - low), 6);
  expect(raw.bins).toHaveLength(15);
  expect(raw.bins[13]).toMatchObject({ from: 13 / 15, to: 14 / 15, answers: 2, right: 0.5 });
  expect(raw.bins[7].answers).toBe(1);
  expect(raw.bins[0]).toMatchObject({ answers: 0, right: Number.NaN });
});

test("predictions use the temperature; loss, accuracy and digest stay as they are", async () => {
  const model = asGiven(4);
  const data = dataOf(classes);
  const [before, digest] = [await evaluate(model, data), await model.weightsSha256()];
  const raw = await predictAll(model, data);
  const { temperature } = await calibrate(model, data);
  const after = await evaluate(model, data);
  expect([after.loss, after.accuracy, await model.weightsSha256()]).toEqual([before.loss, before.accuracy, digest]);
  const all = await predictAll(model, data);
  expect(all.labels).toEqual(raw.labels);
  const z = Float32Array.from(classes.z[0]);
  const { probabilities } = await model.predict(z);
  expect(probabilities).toEqual(all.probabilities?.subarray(0, 4));
  const e = Array.from(z, (logit) => Math.exp(logit / temperature));
  const sum = e.reduce((total, one) => total + one);
  for (const [j, p] of (probabilities ?? []).entries()) expect(p).toBeCloseTo(e[j] / sum, 6);
});

test("an ensemble has one temperature, of the logarithms of its mean; its members have none", async () => {
  const data = dataOf(classes);
  const members = [asGiven(4), asGiven(4)];
  const together = new Ensemble(members);
  const raw = await predictAll(together, data);
  const { temperature, expectedCalibrationError } = await calibrate(together, data);
  // Two equal members are one.
  expect(temperature).toBeCloseTo(classes.temperature, 4);
  expect(expectedCalibrationError.calibrated).toBeCloseTo(classes.calibrated, 4);
  expect(members[0].calibration).toBeUndefined();
  const all = await predictAll(together, data);
  expect(all.labels).toEqual(raw.labels);
  const shares = Array.from(raw.probabilities?.subarray(0, 4) ?? [], (p) => p ** (1 / temperature));
  const sum = shares.reduce((total, one) => total + one);
  for (const [j, p] of shares.entries()) expect(all.probabilities?.[j]).toBeCloseTo(p / sum, 5);
  expect((await together.predict(classes.z[0])).probabilities).toEqual(all.probabilities?.subarray(0, 4));
  expect((await calibrate(together, data)).temperature).toBeCloseTo(temperature, 4);
});

test("more training forgets the temperature", async () => {
  const model = asGiven(4);
  const data = dataOf(classes);
  await calibrate(model, data);
  await train(model, data, { epochs: 1, batchSize: 10 });
  expect(model.calibration).toBeUndefined();
});

test("what has no temperature is said in a sentence", async () => {
  const right = table(
    [
      [3, 0],
      [0, 2],
    ],
    [0, 1],
    { name: "two" },
  );
  await expect(calibrate(asGiven(2), right)).rejects.toThrow(
    "calibrate, two: expected examples of which some are read wrong (a temperature is measured by mistakes), " +
      "got 2 that are all read right. Take more examples.",
  );
  await expect(calibrate(asGiven(2), right)).rejects.toThrow(DataError);
  const wrong = right.withLabels([1, 0]);
  await expect(calibrate(asGiven(2), wrong)).rejects.toThrow("expected answers that are better than chance");
  const squared = network([2], [dense(2, "sigmoid")], { loss: quadratic() });
  await expect(calibrate(squared, right)).rejects.toThrow(ArgumentError);
  await expect(reliability(squared, right)).rejects.toThrow("expected a loss on logits");
  const unlabelled = new Dataset({ name: "bare", shape: [2], inputs: Float32Array.of(1, 2) });
  await expect(calibrate(asGiven(2), unlabelled)).rejects.toThrow(DataError);
});
