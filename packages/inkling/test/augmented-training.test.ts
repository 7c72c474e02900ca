// A training on augmented images: drawn by its seed, resumed to the last bit, noted in the model's record, and refused
// where there is nothing to augment.
import { augment, Dataset, dense, flatten, network, type TrainingState, type TrainOptions, train } from "inkling";
import { Stream } from "inkling/numbers";
import { describe, expect, test } from "vitest";

const stream = new Stream(3, "augmented training test");
/** Bright halves: 0 is bright on the left, 1 on the right. */
const images = new Dataset({
  name: "halves",
  shape: [6, 8, 1],
  classes: 2,
  inputs: Uint8Array.from({ length: 40 * 48 }, (_, e) => {
    const isBright = (e % 8 < 4 ? 0 : 1) === Math.floor(e / 48) % 2;
    return isBright ? 100 + stream.below(150, e) : 0;
  }),
  labels: Uint8Array.from({ length: 40 }, (_, i) => i % 2),
});
const fresh = () => network([6, 8, 1], [flatten(), dense(5, "tanh"), dense(2)], { seed: 1 });
const augmentation = augment({ shift: 1, elastic: { alpha: 4, sigma: 2 }, noise: 5 });
const options: TrainOptions = { epochs: 3, batchSize: 16, augmentation };

async function whole(more: TrainOptions = {}): Promise<string> {
  const model = fresh();
  await train(model, images, { ...options, ...more });
  return model.weightsSha256();
}

async function stateAfter(steps: number): Promise<TrainingState> {
  const run = train(fresh(), images, { ...options, every: "step" });
  for (let i = 0; i < steps; i++) await run.next();
  return structuredClone(await run.state());
}

describe("an augmented training", () => {
  test("is another one than without, or with another seed; changes that change nothing leave it as it is", async () => {
    const digests = await Promise.all([{}, { augmentation: undefined }, { seed: 2 }].map(whole));
    expect(new Set(digests).size).toBe(3);
    expect(await whole({})).toBe(digests[0]);
    expect(await whole({ augmentation: augment() })).toBe(digests[1]);
  });

  test.each([0, 1, 4, 8])("goes on after %i steps to the same weights, in a new model", async (steps) => {
    const model = fresh();
    await train(model, images, { resume: await stateAfter(steps), augmentation });
    expect(await model.weightsSha256()).toBe(await whole());
  });

  test("draws the numbers of the next epochs where a second training goes on", async () => {
    const model = fresh();
    for (const epochs of [1, 2]) await train(model, images, { ...options, epochs });
    expect(await model.weightsSha256()).toBe(await whole());
  });

  test("learns, and its record says how images were changed", async () => {
    const model = fresh();
    const last = await train(model, images, { ...options, epochs: 30 });
    expect(last?.accuracy).toBeGreaterThan(0.95);
    expect(model.training?.configuration.augmentation).toEqual(augmentation.settings);
    const plain = fresh();
    await train(plain, images, { epochs: 1 });
    expect(plain.training?.configuration).not.toHaveProperty("augmentation");
  });
});

describe("train refuses", () => {
  test("augmentation of a table, before the first step", () => {
    const table = new Dataset({
      name: "points",
      shape: [2],
      inputs: new Float32Array(8),
      labels: [0, 1, 0, 1],
      classes: 2,
    });
    expect(() => train(network([2], [dense(2)]), table, { augmentation })).toThrow(
      "train, augmentation of points: expected images in bytes (height × width × channels), got numbers. " +
        "Leave augmentation out.",
    );
  });

  test.each([
    ["options in its place", { shift: 2 }, "an object"],
    ["the function itself", augment, "a function"],
    ["a word", "shift", '"shift"'],
    ["null", null, "null"],
  ])("%s", (_name, value, got) => {
    expect(() => train(fresh(), images, { augmentation: value as never })).toThrow(
      `train, augmentation: expected what augment() makes, got ${got}`,
    );
  });

  test("to resume with another augmentation, or without", async () => {
    const resume = await stateAfter(2);
    expect(() => train(fresh(), images, { resume })).toThrow(
      "train, resume, augmentation: expected { elastic: { alpha: 4, sigma: 2 }, noise: 5, shift: 1 }, got none. " +
        "Give it in the options.",
    );
    const other = augment({ ...augmentation.settings, noise: 6 });
    expect(() => train(fresh(), images, { resume, augmentation: other })).toThrow(
      "noise: 6, shift: 1 }. A resumed training has the augmentation it began with.",
    );
    const same = augment({ noise: 5, elastic: { sigma: 2, alpha: 4 }, shift: 1, flip: undefined });
    expect(() => train(fresh(), images, { resume, augmentation: same })).not.toThrow();
    const run = train(fresh(), images, { epochs: 2 });
    await run.next();
    const plain = await run.state();
    expect(() => train(fresh(), images, { resume: plain, augmentation })).toThrow("augmentation: expected none, got {");
  });
});
