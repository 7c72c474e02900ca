// A training as an object: what it gives, how it ends, and that trainings beside each other do not disturb each other.
import {
  adam,
  Dataset,
  dense,
  evaluate,
  type Network,
  network,
  oneCycle,
  sgd,
  type TrainOptions,
  table,
  train,
} from "inkling";
import { describe, expect, test } from "vitest";
import { planOf } from "../src/training/plan.ts";
import { Run } from "../src/training/train.ts";
import { fresh, options, points, stream, whole } from "./small-training.ts";

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

test("a model that was closed has no state to give, and nothing else ends", async () => {
  const model = fresh();
  const run = train(model, points, options);
  await run.next();
  model.close();
  await expect(run.state()).rejects.toThrow("one that has been released");
  await new Promise((resolve) => setTimeout(resolve, 10));
});
