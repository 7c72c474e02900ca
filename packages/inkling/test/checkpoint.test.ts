// Every kind of training, stopped at random steps, through the bytes of a checkpoint, on another backend: the same
// bits.
import {
  activation,
  adagrad,
  adam,
  adamW,
  augment,
  batchNorm,
  conv2d,
  Dataset,
  dense,
  dropout,
  flatten,
  maxPool2d,
  momentum,
  network,
  oneCycle,
  reduceOnPlateau,
  residual,
  rmsprop,
  sgd,
  type TrainOptions,
  train,
  warmUp,
} from "inkling";
import { decodeCheckpoint, encodeCheckpoint, encodeModel } from "inkling/formats";
import { Stream } from "inkling/numbers";
import { Doctor, Reference } from "inkling/proofs";
import { expect, test } from "vitest";
import { points, fresh as small, options as smallOptions } from "./small-training.ts";

const random = new Stream(3, "checkpoint test");
const images = new Dataset({
  name: "images",
  shape: [6, 6, 1],
  inputs: Uint8Array.from({ length: 24 * 36 }, (_, i) =>
    random.uniform(i) < 0.5 ? 0 : 255 * random.uniform(9999 + i),
  ),
  labels: Uint8Array.from({ length: 24 }, (_, i) => i % 3),
  classes: 3,
});
const held = images.take(9);
const layers = {
  dense: () => [flatten(), dense(6, "relu"), dense(3)],
  convolutional: () => [conv2d(3, 3, { activation: "relu" }), maxPool2d(2), flatten(), dense(3)],
  "batch norm": () => [conv2d(3, 3), batchNorm(), activation("relu"), flatten(), dense(4), batchNorm(), dense(3)],
  dropout: () => [flatten(), dense(8, "tanh"), residual([dropout(0.3), dense(8)]), dropout(0.5), dense(3)],
} as const;
const trainings: Record<string, TrainOptions> = {
  sgd: { optimizer: sgd({ learningRate: 0.1, weightDecay: 0.01 }) },
  momentum: { optimizer: momentum({ nesterov: true }), schedule: oneCycle() },
  adagrad: { optimizer: adagrad() },
  rmsprop: { optimizer: rmsprop() },
  adam: { optimizer: adam(), averaging: { decay: 0.8 } },
  adamW: { optimizer: adamW(), clipNorm: 0.3, maxNorm: 1.5, l1: 0.001 },
  augmentation: { augmentation: augment({ shift: 1, noise: 5 }), optimizer: momentum() },
  "early stopping": {
    ...{ stopping: { patience: 2, improvement: 0.01 }, validation: held, optimizer: adam({ learningRate: 0.3 }) },
    schedule: warmUp(reduceOnPlateau({ patience: 1 }), { steps: 4 }),
  },
};

for (const [kind, build] of Object.entries(layers)) {
  test.each(Object.keys(trainings))(`${kind}, %s: goes on from its bytes to the same digest`, async (name) => {
    const { validation, augmentation, ...more } = trainings[name] ?? {};
    const given = { ...(validation && { validation }), ...(augmentation && { augmentation }) };
    const options: TrainOptions = { epochs: 4, batchSize: 8, every: "step", ...more, ...given };
    const fresh = () => network([6, 6, 1], [...build()], { seed: 5 });
    const model = fresh();
    let steps = 0;
    for await (const _ of train(model, images, options)) steps++;
    const expected = await model.weightsSha256();
    for (const stop of [0, Math.floor(random.uniform(steps) * steps), steps - 1, steps]) {
      const stopped = fresh();
      const run = train(stopped, images, options);
      for (let i = 0; i < stop; i++) await run.next();
      const bytes = await encodeCheckpoint(stopped, await run.state());
      const found = await decodeCheckpoint(bytes, { backend: new Reference() });
      await train(found.model, images, { resume: found.state, ...given });
      expect(await found.model.weightsSha256(), `stopped after ${stop} of ${steps} steps`).toBe(expected);
    }
  });
}

test("a model inside an epoch says where it is in its record; after one it does not", async () => {
  const model = small();
  const run = train(model, points, { ...smallOptions, every: "step" });
  await run.note();
  expect(model.training).toMatchObject({ epochs: 0, position: { epoch: 1, step: 0, steps: 3 }, metrics: {} });
  await encodeModel(model);
  for (let i = 0; i < 4; i++) await run.next();
  await run.note();
  expect(model.training).toMatchObject({ epochs: 1, position: { epoch: 2, step: 1, steps: 3 } });
  for (let i = 0; i < 2; i++) await run.next();
  await run.note();
  expect(model.training).not.toHaveProperty("position");
  expect(model.training).toMatchObject({ epochs: 2 });
  // A new training counts on from the whole epochs, also where the model was saved inside one.
  await run.next();
  await run.note();
  await train(model, points, { epochs: 1 });
  expect(model.training).toMatchObject({ epochs: 3 });
});

test("a doctor goes on with what another one remembers", async () => {
  const watched = async (stop: number) => {
    const model = small();
    let doctor = new Doctor(model, points);
    await doctor.before();
    let count = 0;
    for await (const progress of train(model, points, { ...smallOptions, every: "step" })) {
      if (count++ === stop) doctor = new Doctor(model, points, { memory: structuredClone(doctor.memory()) });
      await doctor.after(progress);
    }
    return doctor.checkups;
  };
  const whole = await watched(-1);
  for (const stop of [0, 2, 5]) expect(await watched(stop)).toEqual(whole);
  const other = new Doctor(network([3], [dense(2)]), points);
  await other.before();
  expect(() => new Doctor(small(), points, { memory: other.memory() })).toThrow(
    "Doctor, memory, layers.0.weights: expected 15 numbers, got 6.",
  );
});
