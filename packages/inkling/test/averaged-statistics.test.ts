// Averages of the weights in a network with batch norm: its statistics are found anew for them, and the weights' own
// come back with the weights.
import {
  adam,
  augment,
  batchNorm,
  Dataset,
  dense,
  dropout,
  evaluate,
  flatten,
  type Network,
  network,
  residual,
  type TrainOptions,
  train,
} from "inkling";
import { Reference } from "inkling/proofs";
import { describe, expect, test } from "vitest";
import { points, stream } from "./small-training.ts";

const { fround } = Math;
const options: TrainOptions = { epochs: 3, batchSize: 16, optimizer: adam({ learningRate: 0.1 }) };
const averaged: TrainOptions = { ...options, averaging: { decay: 0.8 } };
const layers = () => [dense(5, "tanh"), batchNorm(), residual([dense(5), batchNorm({ momentum: 0.3 })]), dense(2)];
const fresh = (seed = 1) => network([3], layers(), { seed, backend: new Reference() });
const isStatistic = ({ role }: { role: string }) => role === "statistic";
const read = ({ tensors, backend }: Network, ofRole = (_: { role: string }) => true) =>
  Promise.all(tensors.filter(ofRole).map(async ({ name, value }) => [name, Array.from(await backend.read(value))]));

/** Mean and unbiased variance of each column of some rows, and their mean over batches by their sizes, in float64. */
function momentsOf(rows: readonly (readonly number[])[], size: number) {
  const columns = Array.from(rows[0], (_, c) => rows.map((row) => row[c]));
  const weighted = (of: (batch: readonly number[]) => number) =>
    columns.map((column) => {
      let sum = 0;
      for (let at = 0; at < column.length; at += size) {
        const batch = column.slice(at, at + size);
        sum += of(batch) * batch.length;
      }
      return sum / column.length;
    });
  const mean = (batch: readonly number[]) => batch.reduce((sum, x) => sum + x, 0) / batch.length;
  const variance = (batch: readonly number[]) =>
    batch.reduce((sum, x) => sum + (x - mean(batch)) ** 2, 0) / (batch.length - 1);
  return { mean: weighted(mean), variance: weighted(variance) };
}

const close = (found: readonly number[], wanted: readonly number[]) => {
  expect(found).toHaveLength(wanted.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(wanted[i], 5);
};

describe("the statistics of averages", () => {
  test("are those of one pass over the data in their order, also of a short last batch, by hand", async () => {
    const model = network([3], [batchNorm(), dense(2)], { backend: new Reference() });
    await train(model, points, averaged);
    const inputs = Array.from({ length: points.count }, (_, i) => Array.from(points.example(i), fround));
    const { mean, variance } = momentsOf(inputs, 16);
    const found = new Map((await read(model, isStatistic)) as [string, number[]][]);
    close(found.get("layers.0.mean") ?? [], mean);
    close(found.get("layers.0.variance") ?? [], variance);
  });

  test("are exactly what such a pass gives to a network that has the averages, whatever stood there", async () => {
    const model = fresh();
    for await (const { epoch } of train(model, points, averaged)) {
      const initialValues = new Map((await read(model, (tensor) => !isStatistic(tensor))) as [string, number[]][]);
      const copy = network([3], layers(), { backend: new Reference(), initialValues });
      const { backend } = copy;
      const order = Uint32Array.from({ length: 40 }, (_, i) => i);
      const rows = backend.table(points.inputs as Float32Array, 3);
      for (const [start, end] of [
        [0, 16],
        [16, 32],
        [32, 40],
      ] as const) {
        const pass = { purpose: "statistics", epoch: 0, order, start, share: (end - start) / end } as const;
        backend.step(() => copy.forward(backend.select(rows, order, start, end - start), pass));
      }
      expect(await read(model), `epoch ${epoch}`).toEqual(await read(copy));
    }
  });

  test("are those of the network as it is evaluated: nothing is dropped, no image is changed", async () => {
    const inputs = Uint8Array.from({ length: 36 * 9 }, (_, e) => stream.below(256, e, 5));
    const images = new Dataset({ name: "dots", shape: [3, 3, 1], classes: 2, inputs, labels: new Uint8Array(36) });
    const model = network([3, 3, 1], [flatten(), dropout(0.5), batchNorm(), dense(2)], { backend: new Reference() });
    await train(model, images, { ...averaged, augmentation: augment({ shift: 1, noise: 30 }), batchSize: 12 });
    const rows = Array.from({ length: 36 }, (_, i) => Array.from(images.example(i), (p) => p / 255));
    const { mean, variance } = momentsOf(rows, 12);
    const found = new Map((await read(model, isStatistic)) as [string, number[]][]);
    close(found.get("layers.2.mean") ?? [], mean);
    close(found.get("layers.2.variance") ?? [], variance);
  });

  test("are what validation, the best weights and the digest see", async () => {
    const model = fresh();
    const more = { ...averaged, epochs: 9, validation: points.take(15), stopping: { patience: 2 } };
    const losses: number[] = [];
    for await (const { validation, ended } of train(model, points, more)) {
      losses.push(validation?.loss ?? Number.NaN);
      if (ended === undefined) expect((await evaluate(model, more.validation)).loss).toBe(losses.at(-1));
    }
    expect((await evaluate(model, more.validation)).loss).toBe(Math.min(...losses));
  });
});

describe("the statistics of the weights", () => {
  test("go on inside the next epoch as if there were no averages", async () => {
    const [plain, model] = [fresh(), fresh()];
    const [a, b] = [
      train(plain, points, { ...options, every: "step" }),
      train(model, points, { ...averaged, every: "step" }),
    ];
    let inside = 0;
    for (let step = 0; step < 9; step++) {
      const { value } = await a.next();
      await b.next();
      const [without, withAverages] = [await read(plain, isStatistic), await read(model, isStatistic)];
      if (value?.epochEnded) expect(withAverages).not.toEqual(without);
      else {
        expect(withAverages).toEqual(without);
        inside++;
      }
    }
    expect(inside).toBe(6);
  });

  test.each(["averages", "averages and the best weights"])("are in a state: %s go on to the last bit", async (name) => {
    const stopping = name === "averages" ? {} : { validation: points.take(15), stopping: { patience: 2 } };
    const more = { ...averaged, ...stopping, epochs: 6 };
    const { validation } = more as TrainOptions;
    const whole = fresh();
    let steps = 0;
    for await (const _ of train(whole, points, { ...more, every: "step" })) steps++;
    const expected = await read(whole);
    for (let stop = 1; stop <= steps; stop++) {
      const run = train(fresh(), points, { ...more, every: "step" });
      for (let step = 0; step < stop; step++) await run.next();
      const resumed = fresh();
      await train(resumed, points, { resume: structuredClone(await run.state()), ...(validation && { validation }) });
      expect(await read(resumed), `stopped after step ${stop}`).toEqual(expected);
    }
    // Longer than it was asked to be at first.
    const run = train(fresh(), points, { ...more, epochs: 4 });
    await run;
    const longer = fresh();
    await train(longer, points, { resume: await run.state(), epochs: 6, ...(validation && { validation }) });
    expect(await read(longer)).toEqual(expected);
  });
});

test("a network with batch norm and averages is better than one with the weights' statistics", async () => {
  // Large steps, so that the averages lie behind the weights.
  const model = fresh(3);
  const more = { ...averaged, epochs: 2, optimizer: adam({ learningRate: 0.3 }), averaging: { decay: 0.9 } };
  const run = train(model, points, more);
  await run;
  const { loss } = await evaluate(model, points);
  const { tensors } = await run.state();
  for (const { name, value } of model.tensors.filter(isStatistic)) {
    model.backend.write(value, tensors[`averaging.${name}`]);
  }
  expect((await evaluate(model, points)).loss).toBeGreaterThan(loss);
});
