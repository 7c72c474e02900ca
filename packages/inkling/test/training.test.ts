// A training as an object: what it gives, how it ends, and that it goes on from where it was, to the last bit.
import {
  adam,
  Dataset,
  dense,
  evaluate,
  meanSquared,
  momentum,
  type Network,
  network,
  oneCycle,
  type Progress,
  predictAll,
  Scaling,
  sgd,
  standardize,
  type TrainingState,
  type TrainOptions,
  table,
  train,
} from "inkling";
import { Stream } from "inkling/numbers";
import { describe, expect, test } from "vitest";
import { Labels } from "../src/matrix.ts";
import { planOf } from "../src/training/plan.ts";
import { Run } from "../src/training/train.ts";

const stream = new Stream(1, "training test");
const rows = Array.from({ length: 40 }, (_, i) => [0, 1, 2].map((j) => 2 * stream.uniform(3 * i + j) - 1));
const points = table(
  rows,
  rows.map(([a, b]) => (a > b ? 1 : 0)),
  { name: "points" },
);
const fresh = () => network([3], [dense(5, "tanh"), dense(2)], { seed: 1 });
const options: TrainOptions = { epochs: 4, batchSize: 16, optimizer: adam({ learningRate: 0.01 }) };

async function whole(more: TrainOptions = {}): Promise<string> {
  const model = fresh();
  await train(model, points, { ...options, ...more });
  return model.weightsSha256();
}

describe("await train(…)", () => {
  test("trains to the end and gives the last progress", async () => {
    const model = fresh();
    const last = await train(model, points, options);
    expect(last).toMatchObject({ task: "classes", epoch: 4, step: 3, steps: 3, epochEnded: true, examples: 40 });
    expect(model.training?.epochs).toBe(4);
    expect(await model.weightsSha256()).toBe(await whole());
  });

  test("trains once, however often it is awaited", async () => {
    const run = train(fresh(), points, options);
    expect(await run).toBe(await run);
  });

  test("does nothing before it is asked", async () => {
    const model = fresh();
    const before = await model.weightsSha256();
    train(model, points, options);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await model.weightsSha256()).toBe(before);
  });

  test("rejects where training diverges, as often as it is awaited", async () => {
    const run = train(fresh(), points, { optimizer: sgd({ learningRate: 1e38 }) });
    await expect(run).rejects.toThrow(/^train: .* in epoch \d, step/);
    await expect(run).rejects.toThrow(/^train: .* in epoch \d, step/);
  });
});

describe("for await (… of train(…))", () => {
  test("gives the same weights as waiting for the end, also when one goes over to waiting", async () => {
    for (const every of ["epoch", "step"] as const) {
      const model = fresh();
      const run = train(model, points, { ...options, every });
      await run.next();
      await run.next();
      await run;
      expect(await model.weightsSha256()).toBe(await whole());
    }
  });

  test("ends with break: then trains no further, and the state is there to resume from", async () => {
    const model = fresh();
    const run = train(model, points, options);
    for await (const { epoch } of run) if (epoch === 2) break;
    expect(await run).toMatchObject({ epoch: 2 });
    expect(model.training?.epochs).toBe(2);
    await train(model, points, { resume: await run.state() });
    expect(await model.weightsSha256()).toBe(await whole());
  });

  test("refuses a second loop over the same run", async () => {
    const run = train(fresh(), points, options);
    for await (const _ of run) break;
    await expect(async () => {
      for await (const _ of run);
    }).rejects.toThrow("train: expected one loop over a run, got a second one.");
  });

  test("an iterator that was begun and dropped locks nothing", async () => {
    const model = fresh();
    await train(model, points, options).next();
    await expect(train(model, points, options)).resolves.toMatchObject({ epoch: 4 });
  });

  test("a run that was overtaken by another training says so", async () => {
    const model = fresh();
    const run = train(model, points, options);
    await run.next();
    await train(model, points, { epochs: 1 });
    await expect(run.next()).rejects.toThrow("expected a network that no other training has changed meanwhile");
  });

  test("a parameter's gradient may be read after each step", async () => {
    const model = network([3], [dense(2)], { seed: 1 });
    const [{ value, gradient }] = model.parameters;
    const run = train(model, points, {
      epochs: 2,
      every: "step",
      batchSize: 16,
      optimizer: sgd({ learningRate: 0.5 }),
    });
    const { backend } = model;
    let before = await backend.read(value);
    for await (const _ of run) {
      const [after, g] = [await backend.read(value), await backend.read(gradient)];
      expect(Array.from(after)).toEqual(Array.from(before, (w, e) => Math.fround(w - Math.fround(0.5 * g[e]))));
      before = after;
    }
  });
});

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

test("seconds are those of training, without what happens between two values", async () => {
  let now = 0;
  const run = new Run(planOf(fresh(), points, { epochs: 3 }), () => {
    now += 500;
    return now;
  });
  const seconds: number[] = [];
  for await (const progress of run) {
    seconds.push(progress.seconds);
    now += 60_000;
  }
  expect(seconds).toEqual([0.5, 1, 1.5]);
});

test("a step that takes longer than 50 ms lets others have their turn, and gives the same weights", async () => {
  const inputs = Float32Array.from({ length: 3000 * 200 }, (_, e) => stream.uniform(e) - 0.5);
  const { Reference } = await import("inkling/proofs");
  const data: Dataset = new Dataset({
    name: "slow",
    shape: [200],
    classes: 2,
    inputs,
    labels: Uint8Array.from({ length: 3000 }, (_, i) => i % 2),
  });
  const build = (
    backend: ConstructorParameters<typeof Reference> extends never ? never : InstanceType<typeof Reference>,
  ) => network([200], [dense(20, "relu"), dense(20, "relu"), dense(2)], { seed: 1, backend }) as Network<"classes">;
  const model = build(new Reference());
  let ticks = 0;
  let others = 0;
  const timer = setInterval(() => ticks++, 1);
  const training = train(model, data, { epochs: 2, batchSize: "full" });
  const first = training.next();
  const predicted = model.predict(new Float32Array(200)).then(() => others++);
  await first;
  await training;
  await predicted;
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(3);
  expect(others).toBe(1);
});

describe("what cannot be a training is refused at the call, in one sentence", () => {
  const model = fresh();
  // As JavaScript would call it.
  const call =
    (given: unknown, data: unknown = points) =>
    () =>
      train(model, data as Dataset, given as TrainOptions);
  test.each<[string, () => unknown, string]>([
    ["a misspelt option", call({ epoch: 3 }), 'got "epoch". Did you mean epochs?'],
    ["an optimizer's name", call({ optimizer: "adam" }), 'expected an optimizer, as adam(), got "adam". Write adam().'],
    ["an optimizer that was not called", call({ optimizer: adam }), "Write adam()."],
    ["a schedule that was not called", call({ schedule: oneCycle }), "train, schedule: expected a schedule"],
    ["no epochs", call({ epochs: 0 }), "expected epochs to be a whole number of at least 1, got 0."],
    ["epochs as a word", call({ epochs: "3" }), 'got "3".'],
    ["a batch larger than the data", call({ batchSize: 41 }), 'at most 40 (all examples), got 41. Use "full" for all.'],
    ["a pair of data sets", call({}, { train: points, test: points }), "Take one of the two: .train or .test."],
    ["numbers to be predicted", call({}, table([[1, 2, 3]], [0.5], { task: "numbers" })), "expected labels"],
    [
      "a validation set of another width",
      call({ validation: table([[1]], [0]) }),
      "train, validation: expected examples of 3",
    ],
    [
      "a learning rate as a word",
      () => sgd({ learningRate: "0.1" as never }),
      'expected a learning rate above 0, got "0.1".',
    ],
    ["a misspelt number", () => adam({ beta: 0.9 } as never), "Did you mean beta1?"],
  ])("%s", (_name, attempt, sentence) => {
    expect(attempt).toThrow(sentence);
  });
});

describe("numbers to be predicted", () => {
  // y = 3a − 2b + 10, in thousands
  const answers = rows.map(([a, b]) => 1000 * (3 * a - 2 * b + 10));
  const data = table(rows, answers, { task: "numbers", name: "line", targetNames: ["price"] });

  test("are learned with the mean squared error, and predicted in their own units", async () => {
    const model = network([3], [dense(1)], {
      loss: meanSquared(),
      scaling: standardize(data),
      targetScaling: new Scaling([10_000], [1000]),
    });
    const last = await train(model, data, { epochs: 200, batchSize: 8, optimizer: sgd({ learningRate: 0.1 }) });
    expect(last?.accuracy).toBeUndefined();
    const found = await evaluate(model, data);
    expect(found.rSquared).toBeGreaterThan(0.9999);
    expect(found.rootMeanSquaredError).toBeLessThan(30);
    expect(found.meanAbsoluteError).toBeLessThanOrEqual(found.rootMeanSquaredError);
    const { values } = await model.predict(rows[0]);
    expect(values[0]).toBeCloseTo(answers[0], -2);
    expect(model.targetNames).toEqual(["price"]);
  });

  test("R², RMSE and MAE are what they are by hand", async () => {
    const model = network([1], [dense(1, { initializer: "zeros" })], { loss: meanSquared() });
    const found = await evaluate(model, table([[1], [2], [3]], [1, 2, 6], { task: "numbers" }));
    // Predictions are 0: Σ error² = 41, Σ |error| = 9, Σ (y − 3)² = 14
    expect(found.rootMeanSquaredError).toBeCloseTo(Math.sqrt(41 / 3), 12);
    expect(found.meanAbsoluteError).toBeCloseTo(3, 12);
    expect(found.rSquared).toBeCloseTo(1 - 41 / 14, 12);
    expect(found.loss).toBeCloseTo(41 / 3, 6);
  });
});

test("precision and recall are what they are by hand", async () => {
  // The outputs are the inputs, so that the prediction is the largest input.
  const model = network([3], [dense(3, { initializer: "zeros" })]);
  model.backend.write(model.parameters[0].value, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const one = (label: number) => [0, 1, 2].map((j) => (j === label ? 1 : 0));
  const [labels, read] = [
    [0, 0, 0, 1, 1, 2],
    [0, 0, 1, 1, 2, 2],
  ];
  const { perClass, accuracy } = await evaluate(model, table(read.map(one), labels));
  expect(accuracy).toBeCloseTo(4 / 6);
  expect(perClass.map(({ precision, recall, examples }) => [precision, recall, examples])).toEqual([
    [1, 2 / 3, 3],
    [1 / 2, 1 / 2, 2],
    [1 / 2, 1, 1],
  ]);
});

test("more than 256 classes are told apart: 300 is 300", async () => {
  const classes = 400;
  const labels = Uint32Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 300 : 44));
  const data = table(
    Array.from(labels, (label) => [label === 300 ? 1 : -1]),
    labels,
    { classes },
  );
  const model = network([1], [dense(classes)], { seed: 1 });
  await train(model, data, { epochs: 60, batchSize: 10, optimizer: sgd({ learningRate: 0.5 }) });
  expect((await evaluate(model, data)).accuracy).toBe(1);
  expect(Array.from((await predictAll(model, data)).labels.subarray(0, 2))).toEqual([300, 44]);
  expect((await model.predict([1])).label).toBe(300);
});

describe("trainings beside each other", () => {
  const large = () => {
    const inputs = Float32Array.from({ length: 4000 * 200 }, (_, e) => ((e * 7919) % 2000) / 1000 - 1);
    return new Dataset({
      name: "large",
      shape: [200],
      classes: 2,
      inputs,
      labels: inputs.slice(0, 4000).map((x) => +(x > 0)),
    });
  };
  const wide = (seed: number) => network([200], [dense(60, "relu"), dense(2)], { seed });
  const full = { epochs: 3, batchSize: "full" } as const;

  test("two at once on one backend wait for each other, and give what they give alone", async () => {
    const data = large();
    const alone: string[] = [];
    for (const seed of [1, 2]) {
      const model = wide(seed);
      await train(model, data, full);
      alone.push(await model.weightsSha256());
    }
    const models = [wide(1), wide(2)];
    await Promise.all(models.map((model) => train(model, data, full)));
    expect(await Promise.all(models.map((model) => model.weightsSha256()))).toEqual(alone);
  });

  test("two at once on one model: the second is refused", async () => {
    const model = wide(1);
    const [first, second] = [train(model, large(), full), train(model, large(), full)];
    const results = await Promise.allSettled([first, second]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(String((results[1] as PromiseRejectedResult).reason)).toContain("no other training");
  });

  test("an evaluation that begins during a long step gives the same as afterwards, also the second time", async () => {
    const data = large();
    const model = wide(1);
    const still = wide(2);
    const expected = (await evaluate(still, large())).loss;
    const training = train(model, data, full);
    const first = training.next();
    await new Promise((resolve) => setTimeout(resolve, 0));
    const during = await evaluate(still, data);
    await first;
    await training;
    expect([during.loss, (await evaluate(still, data)).loss]).toEqual([expected, expected]);
  });

  test("the state of a run that has not begun leaves it as it is", async () => {
    const model = fresh();
    await train(model, points, options);
    const run = train(model, points, options);
    expect((await run.state()).numbers["training.t"]).toBe(0);
    await expect(run).resolves.toMatchObject({ epoch: 4 });
  });

  test("there is no state of a training that diverged or was overtaken", async () => {
    const diverged = train(fresh(), points, { optimizer: sgd({ learningRate: 1e38 }) });
    await expect(diverged).rejects.toThrow("train:");
    await expect(diverged.state()).rejects.toThrow("expected a training that did not diverge");
    const model = fresh();
    const overtaken = train(model, points, options);
    await overtaken.next();
    await train(model, points, { epochs: 1 });
    await expect(overtaken.state()).rejects.toThrow("no other training has changed meanwhile");
  });

  test("an abort between two values evaluates nothing more, and one during the validation ends it", async () => {
    const controller = new AbortController();
    const run = train(fresh(), points, { ...options, validation: points, signal: controller.signal });
    await run.next();
    controller.abort(new Error("enough"));
    await expect(run.next()).rejects.toThrow("enough");
    expect((await run.state()).numbers["training.epoch"]).toBe(1);
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

test("a model that was closed has no state to give, and nothing else ends", async () => {
  const model = fresh();
  const run = train(model, points, options);
  await run.next();
  model.close();
  await expect(run.state()).rejects.toThrow("one that has been released");
  await new Promise((resolve) => setTimeout(resolve, 10));
});
