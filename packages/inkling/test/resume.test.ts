// A training that was stopped goes on from where it was, to the last bit, or it is refused.
import {
  adam,
  dense,
  dropout,
  evaluate,
  momentum,
  network,
  oneCycle,
  type Progress,
  reduceOnPlateau,
  residual,
  sgd,
  type TrainingState,
  type TrainOptions,
  table,
  train,
  warmUp,
} from "inkling";
import { Stream } from "inkling/numbers";
import { describe, expect, test } from "vitest";
import { Labels } from "../src/matrix.ts";
import { fresh, options, points, rows, whole } from "./small-training.ts";

describe("resume", () => {
  const stopAfter = async (steps: number, more: TrainOptions = {}): Promise<TrainingState> => {
    const run = train(fresh(), points, { ...options, ...more, every: "step" });
    for (let i = 0; i < steps; i++) await run.next();
    return run.state();
  };

  test.each([0, 1, 3, 4, 11])("goes on after %i steps to the same weights, in a new model", async (steps) => {
    for (const optimizer of [adam({ learningRate: 0.01 }), momentum({ nesterov: true, weightDecay: 0.01 })]) {
      const state = await stopAfter(steps, { optimizer, schedule: oneCycle() });
      const model = network([3], [dense(5, "tanh"), dense(2)], { seed: 99 });
      await train(model, points, { resume: structuredClone(state) });
      expect(await model.weightsSha256()).toBe(await whole({ optimizer, schedule: oneCycle() }));
    }
  });

  describe("with dropout", () => {
    const dropping = (seed = 1) =>
      network([3], [dense(8, "tanh"), residual([dropout(0.3), dense(8)]), dropout(0.5), dense(2)], { seed });

    test.each([0, 1, 2, 4, 5, 11])("goes on after %i steps with the masks that it would have had", async (steps) => {
      const [run, whole, resumed] = [dropping(), dropping(), dropping()];
      const stopped = train(run, points, { ...options, every: "step" });
      for (let i = 0; i < steps; i++) await stopped.next();
      await train(resumed, points, { resume: structuredClone(await stopped.state()) });
      await train(whole, points, options);
      expect(await resumed.weightsSha256()).toBe(await whole.weightsSha256());
    });

    test("refuses a model of another seed: its masks would be others", async () => {
      const run = train(dropping(), points, options);
      await run.next();
      const state = await run.state();
      expect(() => train(dropping(2), points, { resume: state })).toThrow("expected a state of this network (…");
    });
  });

  /** Everything that remembers something, and what is done in each step besides the update. */
  const stateful: Record<string, TrainOptions> = {
    "a schedule that looks at scores": { schedule: reduceOnPlateau({ patience: 1, improvement: 0.02 }) },
    "such a schedule behind a warm-up, on accuracy": {
      schedule: warmUp(reduceOnPlateau({ patience: 1, on: "accuracy" }), { steps: 4 }),
      validation: points.take(20),
    },
    averages: { averaging: { decay: 0.8 } },
    "early stopping": { stopping: { patience: 2, improvement: 0.01 }, validation: points.take(20) },
    "all of it": {
      ...{ l1: 0.001, clipNorm: 0.3, maxNorm: 1.5, averaging: { decay: 0.8 }, validation: points.take(20) },
      ...{ stopping: { patience: 2, on: "accuracy" }, schedule: reduceOnPlateau({ patience: 1 }) },
    },
  };

  test.each(Object.keys(stateful))("goes on with %s, also inside an epoch, to the same weights", async (name) => {
    // Large steps, so that scores get worse too.
    const more = { ...stateful[name], optimizer: adam({ learningRate: 0.3 }), epochs: 7 };
    const all: Progress[] = [];
    const model = fresh();
    for await (const progress of train(model, points, { ...options, ...more, every: "step" })) all.push(progress);
    const comparable = ({ seconds: _, ...progress }: Progress) => progress;
    const expected = await model.weightsSha256();
    for (let steps = 0; steps < all.length; steps++) {
      const resumed = network([3], [dense(5, "tanh"), dense(2)], { seed: 99 });
      const resume = structuredClone(await stopAfter(steps, more));
      const rest: Progress[] = [];
      const { validation } = more;
      const run = train(resumed, points, { resume, every: "step", ...(validation && { validation }) });
      for await (const progress of run) rest.push(progress);
      expect(rest.map(comparable)).toEqual(all.slice(steps).map(comparable));
      expect(await resumed.weightsSha256()).toBe(expected);
    }
  });

  test.each([1, 2, 7])("goes on where it was stopped after epoch %i, before its scores were taken", async (epoch) => {
    const more = { ...options, ...stateful["all of it"], optimizer: adam({ learningRate: 0.3 }), epochs: 7 };
    const stopping = { patience: 7, on: "loss" } as const;
    const stopped = fresh();
    // An epoch is in the record before the validation examples are evaluated.
    const signal = {
      get aborted() {
        return stopped.training?.epochs === epoch;
      },
      reason: new Error("enough"),
    };
    const run = train(stopped, points, { ...more, stopping, signal });
    await expect(run).rejects.toThrow("enough");
    const state = await run.state();
    expect(state.numbers).toMatchObject({ "training.epoch": epoch, "training.step": 3, "stopping.judged": epoch - 1 });
    const model = fresh();
    const { validation } = stateful["all of it"];
    const last = await train(model, points, { resume: state, ...(validation && { validation }) });
    expect(last).toMatchObject({ epoch: 7, ended: "epochs" });
    expect(await model.weightsSha256()).toBe(await whole({ ...more, stopping }));
  });

  test("becomes longer after its end with averages and with the best weights restored", async () => {
    for (const name of ["averages", "early stopping", "all of it"]) {
      const more = { ...stateful[name], optimizer: adam({ learningRate: 0.3 }), epochs: 3 };
      const { validation } = more;
      const run = train(fresh(), points, { ...options, ...more });
      await run;
      const model = fresh();
      await train(model, points, { resume: await run.state(), epochs: 6, ...(validation && { validation }) });
      expect(await model.weightsSha256(), name).toBe(await whole({ ...more, epochs: 6 }));
    }
  });

  test("gives the same progress as a training that was not stopped", async () => {
    const all: Progress[] = [];
    for await (const progress of train(fresh(), points, { ...options, every: "step" })) all.push(progress);
    const rest: Progress[] = [];
    const resumed = train(fresh(), points, { resume: await stopAfter(5), every: "step" });
    for await (const progress of resumed) rest.push(progress);
    const comparable = (list: Progress[]) => list.map(({ seconds: _, ...progress }) => progress);
    expect(comparable(rest)).toEqual(comparable(all.slice(5)));
  });

  test("may make a training longer where its schedule does not depend on the length", async () => {
    const model = fresh();
    await train(model, points, { resume: await stopAfter(12), epochs: 6 });
    expect(await model.weightsSha256()).toBe(await whole({ epochs: 6 }));
    const cycle = await stopAfter(12, { schedule: oneCycle() });
    expect(() => train(fresh(), points, { resume: cycle, epochs: 6 })).toThrow(
      "train, resume, epochs: expected 4, got 6",
    );
    expect(() => train(fresh(), points, { resume: cycle, epochs: 3 })).toThrow("expected 4, got 3");
  });

  test.each([
    ["batchSize", { batchSize: 8 }, "train, resume, batchSize: expected 16, got 8."],
    ["seed", { seed: 3 }, "train, resume, seed: expected 1, got 3."],
    ["shuffle", { shuffle: false }, "train, resume, shuffle: expected true, got false."],
    ["optimizer", { optimizer: sgd() }, "train, resume, optimizer: expected"],
    ["an optimizer's number", { optimizer: adam({ learningRate: 0.02 }) }, "train, resume, optimizer: expected"],
    ["schedule", { schedule: oneCycle() }, "train, resume, schedule: expected"],
    ["penalty", { l1: 0.1 }, "train, resume, l1: expected nothing, got 0.1."],
    ["limit", { clipNorm: 1 }, "train, resume, clipNorm: expected nothing, got 1."],
    ["average", { averaging: { decay: 0.9 } }, "train, resume, averaging: expected none, got decay: 0.9."],
    ["patience", { stopping: { patience: 3 }, validation: points }, "train, resume, stopping: expected none, got "],
  ] as const)("refuses another %s by name, and takes the same", async (_name, changed, sentence) => {
    const resume = await stopAfter(2);
    expect(() => train(fresh(), points, { ...changed, resume })).toThrow(sentence);
    expect(() => train(fresh(), points, { ...options, seed: 1, shuffle: true, resume })).not.toThrow();
  });

  test("refuses other data and another network", async () => {
    const resume = await stopAfter(2);
    expect(() => train(fresh(), points.take(30), { resume })).toThrow(
      "the data that it was trained on (points, 40 × 3)",
    );
    const other = network([3], [dense(4, "tanh"), dense(2)]);
    expect(() => train(other, points, { resume })).toThrow("a state of this network (…");
  });

  test("without it a second training begins anew, in the order of the next epochs", async () => {
    const model = fresh();
    await train(model, points, { ...options, epochs: 2 });
    await train(model, points, { ...options, epochs: 2 });
    expect(model.training?.epochs).toBe(4);
    // Adam's memory began anew, so this is another training than one of four epochs.
    expect(await model.weightsSha256()).not.toBe(await whole());
    // Without a memory the two are the same, which shows that the orders went on.
    const plain = fresh();
    for (let i = 0; i < 2; i++) await train(plain, points, { epochs: 2, batchSize: 16 });
    expect(await plain.weightsSha256()).toBe(await whole({ optimizer: sgd() }));
  });

  test("a second training's order is the order of its epoch, drawn by the seed", async () => {
    const orders: number[][] = [];
    const seen = network([3], [dense(2)], { seed: 1, loss: recordingLoss(orders) });
    await train(seen, points, { epochs: 1, batchSize: "full" as const, shuffle: true });
    await train(seen, points, { epochs: 1, batchSize: 40 });
    const expected = Uint32Array.from({ length: 40 }, (_, i) => i);
    new Stream(1, "shuffle").shuffle(expected, 2);
    expect(orders[1].slice(0, 10)).toEqual(Array.from(expected.subarray(0, 10), (i) => points.labels?.[i]));
  });
});

/** Cross-entropy that also notes the labels of each batch. */
function recordingLoss(orders: number[][]) {
  const { loss } = fresh();
  const compute: typeof loss.compute = (ops, outputs, targets) => {
    if (targets instanceof Labels) orders.push(Array.from({ length: targets.rows }, (_, i) => targets.at(i)));
    return loss.compute(ops, outputs, targets);
  };
  return { ...loss, compute };
}

describe("an AbortSignal", () => {
  test("ends a training after the step in hand, with the signal's reason; it can be resumed", async () => {
    const model = fresh();
    const controller = new AbortController();
    const run = train(model, points, { ...options, every: "step", signal: controller.signal });
    for (let i = 0; i < 5; i++) await run.next();
    controller.abort(new Error("enough"));
    await expect(run).rejects.toThrow("enough");
    await train(model, points, { resume: await run.state() });
    expect(await model.weightsSha256()).toBe(await whole());
  });

  test("ends an evaluation", async () => {
    await expect(evaluate(fresh(), points, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
  });
});

describe("a state that cannot be resumed is refused at the call", () => {
  test.each<[string, (state: TrainingState) => unknown, string]>([
    ["no state at all", () => 5, "expected a state, as run.state() gives one, got 5."],
    ["an empty one", () => ({}), "expected a state, as run.state() gives one"],
    ["a step between two", (s) => ({ ...s, numbers: { ...s.numbers, "training.step": 1.5 } }), "got 1.5."],
    ["a step beyond the last", (s) => ({ ...s, numbers: { ...s.numbers, "training.step": 9 } }), "up to 3, got 9."],
    [
      "a tensor that became a list",
      (s) => ({ ...s, tensors: { ...s.tensors, "model.layers.0.bias": [1, 2] } }),
      "train, resume, layers.0.bias: expected 5 numbers in a typed array, got an array of 2.",
    ],
    ["of another network", (s) => ({ ...s, network: s.network.replace("tanh", "relu") }), "a state of this network"],
  ])("%s", async (_name, change, sentence) => {
    const run = train(fresh(), points, { ...options, every: "step" });
    await run.next();
    const state = change(await run.state()) as TrainingState;
    expect(() => train(fresh(), points, { resume: state })).toThrow(sentence);
  });

  test("other data of the same size is refused before the first step", async () => {
    const run = train(fresh(), points, options);
    await run.next();
    const others = table(
      rows.map((row) => row.map((x) => x + 1)),
      rows.map(() => 1),
      { classes: 2 },
    );
    const model = fresh();
    const before = await model.weightsSha256();
    await expect(train(model, others, { resume: await run.state() })).rejects.toThrow("SHA-256");
    expect(await model.weightsSha256()).toBe(before);
  });
});
