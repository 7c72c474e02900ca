// The training that the worker runs, in Node: going back, other rates on the way, going on from a mark, divergence.
import { type DataPair, type Dataset, train } from "inkling";
import { inOrder } from "inkling/backends";
import { chooseBackend, mnist } from "inkling/node";
import { Stream } from "inkling/numbers";
import { trace } from "inkling/proofs";
import { beforeAll, describe, expect, test } from "vitest";
import { optimizerFrom } from "../src/session/copied-optimizer.ts";
import { prepare } from "../src/session/preparing.ts";
import type { Plan } from "../src/session/protocol.ts";
import { Trainer } from "../src/session/trainer.ts";
import { experimentOf } from "../src/state/experiment.ts";

let digits: DataPair;
let images: Dataset;
beforeAll(async () => {
  digits = await mnist();
  images = digits.train.take(1000);
});

const sources = {
  train: async () => images,
  test: async () => digits.test.take(500),
  progress: { bytes: 0, of: 0 },
};
const plan = (named: Parameters<typeof experimentOf>[1] = {}, more: Partial<Plan> = {}): Plan => {
  const experiment = experimentOf("mlp", { layers: [16], examples: 1000, epochs: 3, batchSize: 50, ...named });
  return { experiment, changes: [], ...more };
};
const begun = async (of: Plan) => Trainer.begin(of, images, sources, (await chooseBackend({ threads: 1 })).backend);
const always = () => true;
const atOnce = () => undefined;
const goTo = (trainer: Trainer, total: number) => trainer.goTo(total, always, atOnce);
const digest = (trainer: Trainer) => trainer.model.weightsSha256();

const kinds: [string, Plan][] = [
  ["Adam with one cycle", plan()],
  ["dropout, batch norm, images that change", plan({ layers: [16, "bn", "d0.3"], augmentation: "shift=2" })],
  ["averages of the weights", plan({ average: 0.9 })],
  ["early stopping", plan({ validation: 200, patience: 1, epochs: 6 })],
  [
    "a rate that falls with the scores",
    plan({ optimizer: "sgd", schedule: "reduceOnPlateau", plateauPatience: 1, validation: 100 }),
  ],
  ["full batches", plan({ batchSize: "full", epochs: 30 })],
];

describe.each(kinds)("%s", (_, of) => {
  test("ends with the digest of a training that never stood still", async () => {
    const { backend } = await chooseBackend({ threads: 1 });
    const whole = prepare(of.experiment, images, backend);
    await train(whole.model, whole.train, whole.options);
    const trainer = await begun(of);
    await goTo(trainer, Number.POSITIVE_INFINITY);
    expect(trainer.ended).toBeDefined();
    expect(await digest(trainer)).toBe(await whole.model.weightsSha256());
  });

  test("goes back to weights that are equal bit by bit, and on to the same end", async () => {
    const trainer = await begun(of);
    const seen = [await digest(trainer)];
    const curves = [trainer.curve.data()];
    for (let total = 1; total <= 25; total++) {
      await goTo(trainer, total);
      seen.push(await digest(trainer));
      curves.push(trainer.curve.data());
      if (total % 7 === 0) await trainer.keep();
    }
    const { standing, epochsDone } = trainer;
    for (const total of [24, 15, 14, 3, 0]) {
      await goTo(trainer, total);
      expect(trainer.total).toBe(total);
      expect(await digest(trainer), `step ${total}`).toBe(seen[total]);
      expect(trainer.curve.data()).toEqual(curves[total]);
    }
    await goTo(trainer, 25);
    expect(await digest(trainer)).toBe(seen[25]);
    expect({ ...trainer.standing, seconds: 0 }).toEqual({ ...standing, seconds: 0 });
    expect(trainer.epochsDone).toEqual(epochsDone);
  });
});

test("another rate on the way is part of the plan: the same plan has the same weights, and going back forgets it", async () => {
  const trainer = await begun(plan());
  await goTo(trainer, 10);
  const before = await digest(trainer);
  trainer.setRate(0.001);
  await goTo(trainer, 25);
  expect(trainer.changes).toEqual([{ step: 10, rate: 0.001 }]);
  const again = await begun(plan({}, { changes: trainer.changes }));
  await goTo(again, 25);
  expect(await digest(again)).toBe(await digest(trainer));
  const plain = await begun(plan());
  await goTo(plain, 25);
  expect(await digest(plain)).not.toBe(await digest(trainer));
  await goTo(trainer, 9);
  expect(trainer.changes).toEqual([]);
  await goTo(trainer, 10);
  expect(await digest(trainer)).toBe(before);
  await goTo(trainer, 25);
  expect(await digest(trainer)).toBe(await digest(plain));
});

test("another worker goes on from a mark", async () => {
  const trainer = await begun(plan());
  await goTo(trainer, 30);
  const mark = await trainer.mark();
  if (mark === undefined) throw new Error("There is no mark.");
  await goTo(trainer, 45);
  const other = await begun(plan());
  await other.takeMark(structuredClone(mark));
  expect(other.total).toBe(30);
  await goTo(other, 45);
  expect(await digest(other)).toBe(await digest(trainer));
  expect(other.epochsDone).toEqual(trainer.epochsDone);
  expect(other.curve.data()).toEqual(trainer.curve.data());
});

test("a training that diverges stands before the step that does, and says the step and the layer", async () => {
  const trainer = await begun(plan({ optimizer: "sgd", learningRate: 1e30, layers: [16, 16] }));
  await goTo(trainer, Number.POSITIVE_INFINITY);
  const { divergence, total } = trainer;
  expect(divergence?.step).toBe(total + 1);
  expect(divergence?.layer).toMatch(/^layers\.\d$/);
  expect(divergence?.sentence).toContain(`The numbers overflowed in epoch 1, step ${total + 1}`);
  for (const { value } of trainer.model.tensors) {
    expect((await trainer.model.backend.read(value)).every(Number.isFinite)).toBe(true);
  }
  await goTo(trainer, 0);
  trainer.setRate(0.1);
  await goTo(trainer, 20);
  expect(trainer.divergence).toBeUndefined();
  expect(trainer.total).toBe(20);
});

test("it tells what each epoch came to, and what the doctor finds", async () => {
  const trainer = await begun(plan({ activation: "sigmoid", init: "normal", layers: [30], optimizer: "sgd" }));
  await goTo(trainer, Number.POSITIVE_INFINITY);
  expect(trainer.epochsDone.map(({ epoch, total }) => [epoch, total])).toEqual([
    [1, 20],
    [2, 40],
    [3, 60],
  ]);
  expect(trainer.findings.map(({ illness }) => illness)).toContain("saturatedNeurons");
});

test.each<[string, Plan]>([
  ["Adam with one cycle", plan({ batchSize: 1, epochs: 1 })],
  [
    "momentum with a schedule, and a rate that was changed by hand",
    plan(
      { batchSize: 1, epochs: 2, optimizer: "momentum", schedule: "exponential" },
      { changes: [{ step: 4, rate: 0.03 }] },
    ),
  ],
  [
    "what keeps gradients small",
    plan({ batchSize: 1, epochs: 1, optimizer: "sgd", l1: 1e-4, clipNorm: 0.1, weightDecay: 0.01 }),
  ],
  ["what keeps weights small", plan({ batchSize: 1, epochs: 1, optimizer: "sgd", maxNorm: 0.5 })],
])("the optimizer on the page makes the training's next step: %s", async (_, of) => {
  const trainer = await begun(of);
  await goTo(trainer, 20);
  const { model, configuration, train: examples } = trainer;
  const optimizer = await optimizerFrom({
    configuration,
    optimizer: { learningRate: trainer.stepRate, memory: await trainer.optimizerMemory() },
  });
  // With batches of one the next step is by one example alone.
  const order = inOrder(examples.count);
  new Stream(configuration.seed, "shuffle").shuffle(order, 1);
  const next = order[20];
  const { back } = await trace(model, examples.example(next), { label: examples.labels?.[next], optimizer });
  await goTo(trainer, 21);
  for (const { name, value } of model.parameters) {
    expect(back?.step.parameters[name], name).toEqual(await model.backend.read(value));
  }
  // After its end there is still an optimizer to look at.
  await goTo(trainer, Number.POSITIVE_INFINITY);
  expect(trainer.stepRate).toBe(trainer.standing?.learningRate);
});

test("the course of a weight begins at its first value, passes the moments that are kept, and ends now", async () => {
  const trainer = await begun(plan());
  const values: number[] = [];
  for (let total = 0; total <= 25; total++) {
    await goTo(trainer, total);
    values.push((await trainer.model.backend.read(trainer.model.tensors[0].value))[4321]);
    if (total % 10 === 5) await trainer.keep();
  }
  const { steps, values: course } = await trainer.history(trainer.model.tensors[0].name, 4321);
  expect(steps).toEqual(expect.arrayContaining([0, 5, 15, 25]));
  expect(course).toEqual(steps.map((step) => values[step]));
  expect(new Set(course).size).toBe(steps.length);
  await goTo(trainer, 5);
  expect((await trainer.history("layers.1.weights", 4321)).steps.at(-1)).toBe(5);
  await expect(trainer.history("layers.9.weights", 0)).rejects.toThrow("expected the name of a tensor");
});

const phased: [string, Plan][] = [
  ["Adam with one cycle", plan()],
  ["dropout, batch norm, images that change", plan({ layers: [16, "bn", "d0.3"], augmentation: "shift=2" })],
  ["convolutions, weight decay", plan({ layers: ["2c5", "p2", 8], optimizer: "sgd", weightDecay: 0.01 })],
  ["full batches", plan({ batchSize: "full", epochs: 3 })],
];

test.each(phased)(
  "a step in phases computes the step's own numbers, and moves no weight before its last: %s",
  async (_, of) => {
    const [trainer, other] = [await begun(of), await begun(of)];
    // The second epoch's first step, whose order is another; of full batches the third step.
    const total = of.experiment.configuration.batchSize === "full" ? 2 : 20;
    await goTo(trainer, total);
    await goTo(other, total);
    const before = await digest(trainer);
    for (const done of ["forward", "loss", "backward"] as const) {
      await trainer.phase();
      expect(trainer.phases?.done).toBe(done);
      expect([trainer.total, await digest(trainer)]).toEqual([total, before]);
    }
    await goTo(other, total + 1);
    // The loss of an epoch's first step is what the training says of it, and so are the gradients that it leaves.
    expect(trainer.phases?.loss).toBe(other.standing?.loss);
    for (const { name, gradient } of other.model.parameters) {
      const values = await other.model.backend.read(gradient);
      const report = trainer.phases?.parameters.find((parameter) => parameter.name === name);
      expect(report?.gradient, name).toBe(Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0)));
    }
    await trainer.phase();
    expect([trainer.phases?.done, trainer.total]).toEqual(["update", total + 1]);
    expect(await digest(trainer)).toBe(await digest(other));
    expect(trainer.phases?.parameters.every(({ change }) => (change ?? 0) > 0)).toBe(true);
    await goTo(trainer, total);
    expect([trainer.phases, await digest(trainer)]).toEqual([undefined, before]);
    // Phases that were begun are dropped by going on.
    await trainer.phase();
    await goTo(trainer, total + 1);
    expect([trainer.phases, await digest(trainer)]).toEqual([undefined, await digest(other)]);
  },
);

// With steps too small to move a weight, what the next batch would have taught is what it teaches one step later.
test.each([
  ["in an epoch", 21, 3],
  ["at its end, by its first batch", 39, 1],
])("the gradients of another batch are those that it has itself: %s", async (_, total, place) => {
  const layers = [16, "d0.3"];
  const still = plan({ layers, optimizer: "sgd", learningRate: 1e-30, schedule: "constant", augmentation: "shift=2" });
  const trainer = await begun(still);
  const reportAt = async (step: number) => {
    await goTo(trainer, step);
    for (let phase = 0; phase < 3; phase++) await trainer.phase();
    return trainer.phases;
  };
  const { another, parameters = [] } = (await reportAt(total)) ?? {};
  expect([another?.place, another?.of, another?.count]).toEqual([place, 20, 50]);
  expect(another?.parameters.map(({ own }) => own)).toEqual(parameters.map(({ gradient }) => gradient));
  const itself = await reportAt(20 + place - 1);
  expect(another?.parameters.map(({ other }) => other)).toEqual(itself?.parameters.map(({ gradient }) => gradient));
});
