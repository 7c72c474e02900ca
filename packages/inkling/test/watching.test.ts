// Early stopping, averages of the weights, and limits of gradients and weights: what they do to a training.
import {
  adam,
  cosine,
  dense,
  evaluate,
  meanSquared,
  network,
  type Progress,
  reduceOnPlateau,
  sgd,
  type TrainOptions,
  table,
  train,
} from "inkling";
import { describe, expect, test } from "vitest";
import { fresh, options, points, rows, whole } from "./small-training.ts";

/** Some labels are wrong, so that learning too much is bad. */
const validation = table(
  rows.slice(0, 15),
  rows.slice(0, 15).map(([a, b], i) => (a > b === i % 4 > 0 ? 1 : 0)),
  { name: "validation", classes: 2 },
);
/** Numbers to predict. */
const numbers = table(
  rows,
  rows.map(([a]) => a),
  { task: "numbers" },
);
const forNumbers = () => network([3], [dense(1)], { loss: meanSquared() });
/** Large steps, so that the scores get worse too. */
const rough: TrainOptions = { ...options, optimizer: adam({ learningRate: 0.5 }), validation, epochs: 30 };

async function progressOf(model: ReturnType<typeof fresh>, more: TrainOptions): Promise<Progress[]> {
  const all: Progress[] = [];
  for await (const progress of train(model, points, more)) all.push(progress);
  return all;
}

/** When such a training ends and which epoch is its best, counted once more from its scores. */
function verdict(scores: readonly number[], patience: number, improvement = 0): { end: number; best: number } {
  let best = 0;
  for (const [i, score] of scores.entries()) {
    if (i === 0 || score < scores[best] - improvement) best = i;
    if (i - best === patience) return { end: i + 1, best: best + 1 };
  }
  return { end: scores.length, best: best + 1 };
}

describe("early stopping", () => {
  test.each([
    ["loss", 2, 0],
    ["loss", 3, 0.01],
    ["accuracy", 4, 0],
  ] as const)(
    "on %s after %i epochs without improvement of %d ends the training",
    async (on, patience, improvement) => {
      const through = await progressOf(fresh(), rough);
      const scores = through.map(({ validation }) => {
        return on === "loss" ? (validation?.loss ?? 0) : -(validation?.accuracy ?? 0);
      });
      const { end, best } = verdict(scores, patience, improvement);
      expect(end).toBeLessThan(30);

      const model = fresh();
      const all = await progressOf(model, { ...rough, stopping: { patience, on, improvement } });
      expect(all.map(({ validation }) => validation?.loss)).toEqual(
        through.slice(0, end).map(({ validation }) => validation?.loss),
      );
      expect(all.map(({ ended }) => ended)).toEqual([...Array(end - 1).fill(undefined), "stopping"]);
      expect(all.at(-1)).toMatchObject({ epoch: end, bestEpoch: best });
      // The model has the best epoch's weights, and its record says so.
      const shorter = fresh();
      await train(shorter, points, { ...rough, epochs: best });
      expect(await model.weightsSha256()).toBe(await shorter.weightsSha256());
      expect(model.training?.metrics).toMatchObject({
        bestEpoch: best,
        validationLoss: through[best - 1].validation?.loss,
      });
      expect(model.training?.epochs).toBe(end);
      expect(model.training?.configuration.stopping).toEqual({ patience, on, improvement, restoreBest: true });
    },
  );

  test("keeps the last weights where the best are not wanted", async () => {
    const [model, shorter] = [fresh(), fresh()];
    const all = await progressOf(model, { ...rough, stopping: { patience: 2, restoreBest: false } });
    await train(shorter, points, { ...rough, epochs: all.length });
    expect(all.length).toBeLessThan(30);
    expect(await model.weightsSha256()).toBe(await shorter.weightsSha256());
  });

  test("restores the best weights of a training that ran through, too", async () => {
    const model = fresh();
    const all = await progressOf(model, { ...rough, epochs: 12, stopping: { patience: 12 } });
    expect(all.at(-1)).toMatchObject({ epoch: 12, ended: "epochs" });
    const best = all.at(-1)?.bestEpoch ?? 0;
    expect(best).toBeLessThan(12);
    expect((await evaluate(model, validation)).loss).toBe(all[best - 1].validation?.loss);
  });

  test("a schedule that falls to its end ends the training, and says so", async () => {
    const schedule = reduceOnPlateau({ patience: 1, improvement: 100, stopAt: 1 / 8 });
    const last = await train(fresh(), points, { ...rough, schedule });
    expect(last).toMatchObject({ epoch: 4, ended: "schedule", bestEpoch: undefined });
  });
});

describe("averages of the weights", () => {
  test("are what the model shows after each epoch and at the end; training goes on from the weights", async () => {
    const decay = 0.75;
    const plain = fresh();
    const { backend } = plain;
    // The averages once more, in float32.
    let averages: Float32Array[] | undefined;
    const shown: Float32Array[][] = [];
    for await (const { epochEnded } of train(plain, points, { ...options, every: "step" })) {
      const weights = await Promise.all(plain.parameters.map(({ value }) => backend.read(value)));
      averages = weights.map((values, i) =>
        Float32Array.from(values, (w, e) => {
          if (averages === undefined) return w;
          return Math.fround(Math.fround(decay * averages[i][e]) + Math.fround((1 - decay) * w));
        }),
      );
      if (epochEnded) shown.push(averages);
    }
    const model = fresh();
    const seen: ArrayLike<number>[][] = [];
    for await (const progress of train(model, points, { ...options, averaging: { decay }, validation })) {
      seen.push(await Promise.all(model.parameters.map(({ value }) => model.backend.read(value))));
      expect(progress.validation?.loss).toBe((await evaluate(model, validation)).loss);
    }
    expect(seen).toEqual(shown);
    expect(model.training?.configuration.averaging).toEqual({ decay });
  });

  test("of a training that diverges are those from before the epoch", async () => {
    const model = forNumbers();
    const optimizer = sgd({ learningRate: 20 });
    const run = train(model, numbers, { ...options, epochs: 99, optimizer, averaging: { decay: 0.5 } });
    const digests = [await model.weightsSha256()];
    await expect(async () => {
      for await (const _ of run) digests.push(await model.weightsSha256());
    }).rejects.toThrow("train:");
    expect(digests.length).toBeGreaterThan(3);
    expect(await model.weightsSha256()).toBe(digests.at(-1));
  });
});

test("limits and penalties change a training, and are in its record", async () => {
  const limits = { l1: 0.01, clipNorm: 0.1, maxNorm: 0.5 };
  const digests = new Set([await whole()]);
  for (const [name, value] of Object.entries(limits)) digests.add(await whole({ [name]: value }));
  expect(digests.size).toBe(4);
  const model = fresh();
  await train(model, points, { ...options, ...limits });
  expect(model.training?.configuration).toMatchObject(limits);
  // No neuron's incoming weights are longer than the limit, but for a rounding.
  for (const { value, decays } of model.parameters.filter(({ decays }) => decays)) {
    const W = await model.backend.read(value);
    for (let j = 0; j < value.columns; j++) {
      const column = Array.from({ length: value.rows }, (_, k) => W[k * value.columns + j]);
      expect(Math.hypot(...column)).toBeLessThan(0.5 + 1e-6);
    }
    expect(decays).toBe(true);
  }
});

test("a limit that is never reached changes nothing", async () => {
  expect(await whole({ clipNorm: 1e30, maxNorm: 1e30 })).toBe(await whole());
});

describe("what cannot be is refused at the call, in one sentence", () => {
  test.each<[string, unknown, string]>([
    ["a penalty of 0", { l1: 0 }, "train: expected l1 above 0, got 0."],
    ["a negative limit", { clipNorm: -1 }, "train: expected clipNorm above 0, got -1."],
    ["a limit as a word", { clipNorm: "1" }, 'train: expected clipNorm above 0, got "1".'],
    ["an endless limit", { maxNorm: Number.POSITIVE_INFINITY }, "train: expected maxNorm above 0, got Infinity."],
    ["a limit that is 0 in float32", { maxNorm: 1e-60 }, "train: expected maxNorm that float32 can hold, got 1e-60."],
    ["a limit beyond float32", { l1: 1e60 }, "train: expected l1 that float32 can hold, got 1e+60."],
    ["a misspelt limit", { clipNrom: 1 }, "Did you mean clipNorm?"],
    ["a decay of 1", { averaging: { decay: 1 } }, "train, averaging: expected a decay above 0, below 1"],
    ["a decay that is 1 in float32", { averaging: { decay: 1 - 1e-12 } }, "got 0.999999999999."],
    ["a decay by itself", { averaging: 0.999 }, "train, averaging: expected an object of options (decay), got 0.999."],
    ["a misspelt decay", { averaging: { decai: 0.9 } }, "Did you mean decay?"],
    [
      "stopping without validation",
      { stopping: { patience: 2 } },
      "train, stopping: expected validation examples, got none. Add validation: data.split(…) holds some examples out.",
    ],
    ["stopping at once", { stopping: { patience: 0 }, validation }, "train, stopping: expected patience to be a whole"],
    [
      "stopping on a score that there is not",
      { stopping: { on: "f1" }, validation },
      'one of loss, accuracy, got "f1".',
    ],
    ["a restoring that is none", { stopping: { restoreBest: 1 }, validation }, "expected restoreBest true or false"],
    ["a misspelt patience", { stopping: { patence: 1 }, validation }, "Did you mean patience?"],
    ["patience by itself", { stopping: 5, validation }, "train, stopping: expected an object of options (patience, on"],
    [
      "a schedule longer than the training",
      { schedule: reduceOnPlateau({ patience: 3 }), epochs: 4 },
      "train, schedule, reduceOnPlateau: expected patience of at most 2 for 4 epochs, got 3.",
    ],
  ])("%s", (_name, given, sentence) => {
    expect(() => train(fresh(), points, given as TrainOptions)).toThrow(sentence);
  });

  test("stopping on the accuracy of numbers", () => {
    const given = { stopping: { on: "accuracy" }, validation: numbers } as const;
    expect(() => train(forNumbers(), numbers, given)).toThrow(
      'train, stopping: expected on to be "loss" (a network that predicts numbers has no accuracy), got "accuracy".',
    );
  });
});

test("each value has the learning rate of its last step, also of a run that goes on between two steps", async () => {
  const schedule = cosine();
  const more: TrainOptions = { ...options, optimizer: sgd({ learningRate: 0.25 }), schedule, epochs: 2, every: "step" };
  const model = fresh();
  const run = train(model, points, more);
  const rates: number[] = [];
  let steps = 0;
  for await (const progress of run) {
    rates.push(progress.learningRate);
    steps = 2 * progress.steps;
  }
  expect(rates).toEqual(rates.map((_, t) => 0.25 * schedule.factor(t, steps, steps / 2)));
});
