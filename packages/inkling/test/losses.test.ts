// The losses and the scores against PyTorch and NumPy in float64 (golden/losses.py), at their edges, and with bad input.
import { readFileSync } from "node:fs";
import {
  adam,
  balancedWeights,
  binaryCrossEntropy,
  crossEntropy,
  dense,
  evaluate,
  huber,
  meanAbsolute,
  meanSquared,
  namedWeights,
  network,
  Scaling,
  standardize,
  table,
  train,
} from "inkling";
import { type Backend, labels as labelsOf } from "inkling/backends";
import { decodeModel, encodeModel } from "inkling/formats";
import { type CpuMatrix, Reference, trace } from "inkling/proofs";
import { describe, expect, test } from "vitest";
import { Wasm } from "../src/backends/wasm/wasm.ts";
import type { Loss, LossName, Targets } from "../src/losses/loss.ts";
import { losses } from "../src/losses/losses.ts";
import { placeOf, rocAuc } from "../src/losses/ranking.ts";
import { NumberScores } from "../src/losses/scores.ts";
import { Stream } from "../src/numbers/random.ts";

interface Case {
  loss: LossName;
  options: object;
  outputs: number[];
  losses: number[];
  dOutputs: number[];
}

const golden = JSON.parse(readFileSync(new URL("golden/losses.json", import.meta.url), "utf8")) as {
  rows: number;
  columns: number;
  labels: number[];
  shares: number[];
  numbers: number[];
  losses: Case[];
  classes: { outputs: number[]; labels: number[]; top: Record<string, number>; balancedAccuracy: number };
  roc: { leads: number[]; positive: number[]; auc: number };
  regression: {
    targets: number[];
    predictions: number[];
    meanAbsoluteErrors: number[];
    rootMeanSquaredErrors: number[];
    rSquareds: number[];
    meanAbsoluteError: number;
    rootMeanSquaredError: number;
    rSquared: number;
  };
};

function made({ loss, options }: Pick<Case, "loss" | "options">): Loss {
  return (losses[loss] as (options: object) => Loss)(options);
}

function matrixOf(ops: Backend, rows: number, columns: number, values: ArrayLike<number>): CpuMatrix {
  const matrix = ops.keep(rows, columns) as CpuMatrix;
  ops.write(matrix, values);
  return matrix;
}

function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    expect(Math.abs(got[i] - wanted[i])).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(wanted[i])));
  }
}

describe.each([
  ["float64", new Reference("float64"), 1e-14],
  ["float32", new Reference(), 1e-6],
  ["wasm", new Wasm(), 1e-6],
] as const)("on %s", (_name, ops, tolerance) => {
  test.each(golden.losses)("$loss with $options is PyTorch's, each example and its gradient", (entry) => {
    const { rows, columns, labels, shares, numbers } = golden;
    const loss = made(entry);
    const y = loss.wantsShares ? shares : numbers;
    const targets: Targets = loss.task === "classes" ? labelsOf(labels) : matrixOf(ops, rows, columns, y);
    const found = loss.compute(ops, matrixOf(ops, rows, columns, entry.outputs), targets);
    expectClose((found.losses as CpuMatrix).data, entry.losses, tolerance);
    expectClose((found.dOutputs as CpuMatrix).data, entry.dOutputs, tolerance);
  });
});

describe.each([
  ["the reference", new Reference()],
  ["wasm", new Wasm()],
])("on %s", (_name, ops) => {
  test.each([1, 2, 10, 33])("weights of 1 without smoothing give the bits of plain cross-entropy: %i classes", (n) => {
    const stream = new Stream(n, "losses test");
    const z = matrixOf(
      ops,
      70,
      n,
      Array.from({ length: 70 * n }, (_, e) => 40 * stream.uniform(e) - 20),
    );
    const targets = labelsOf(Array.from({ length: 70 }, (_, i) => i % n));
    const plain = ops.softmaxCrossEntropy(z, targets);
    const weighted = ops.weightedCrossEntropy(z, targets, matrixOf(ops, 1, n, new Array(n).fill(1)), 0);
    expect((weighted.losses as CpuMatrix).data).toEqual((plain.losses as CpuMatrix).data);
    expect((weighted.dZ as CpuMatrix).data).toEqual((plain.dZ as CpuMatrix).data);
  });

  test("binary cross-entropy keeps its digits where it is nearly 0, and overflows nowhere", () => {
    const z = matrixOf(ops, 5, 1, [20, -20, 1e38, -1e38, 0]);
    const { losses, dZ } = ops.binaryCrossEntropy(z, matrixOf(ops, 5, 1, [1, 0, 1, 1, 1]), 1);
    const [sure, alsoSure, right, wrong, even] = (losses as CpuMatrix).data;
    for (const loss of [sure, alsoSure]) expect(Math.abs(loss / Math.exp(-20) - 1)).toBeLessThan(1e-6);
    expect([right, wrong]).toEqual([0, Math.fround(1e38)]);
    expect(even).toBe(Math.fround(Math.LN2));
    expect(Array.from((dZ as CpuMatrix).data.slice(2))).toEqual([0, -1, -0.5]);
  });

  test("what binary cross-entropy's outputs mean is sigmoid of them", () => {
    const z = [-100, -3, -1e-9, 0, 0.5, 30];
    const p = binaryCrossEntropy().meaning(ops, matrixOf(ops, 2, 3, z)) as CpuMatrix;
    expectClose(
      p.data,
      z.map((value) => 1 / (1 + Math.exp(-value))),
      1e-7,
    );
  });

  test("Huber's loss is half the square up to delta and a straight line from there on, both sides", () => {
    const a = matrixOf(ops, 6, 1, [0, 0.5, 2, -2, 10, -10]);
    const { losses, dA } = ops.huberError(a, matrixOf(ops, 6, 1, new Array(6).fill(0)), 2, 1);
    expect(Array.from((losses as CpuMatrix).data)).toEqual([0, 0.125, 2, 2, 18, 18]);
    expect(Array.from((dA as CpuMatrix).data)).toEqual([0, 0.5, 2, -2, 2, -2]);
  });
});

test("the scores of classes are NumPy's: top k with equal outputs, balanced accuracy, area under the ROC curve", async () => {
  const { outputs, labels, top, balancedAccuracy } = golden.classes;
  const rows = labels.map((_, i) => outputs.slice(7 * i, 7 * i + 7));
  const model = network([7], [dense(7, { initializer: "zeros" })]);
  const identity = Array.from({ length: 49 }, (_, e) => (e % 8 === 0 ? 1 : 0));
  model.backend.write(model.parameters[0].value, identity);
  const data = table(rows, labels, { classes: 7 });
  for (const [k, accuracy] of Object.entries(top)) {
    const found = await evaluate(model, data, { topK: Number(k) });
    expect(found.topK).toEqual({ k: Number(k), accuracy });
    expect(found.balancedAccuracy).toBeCloseTo(balancedAccuracy, 14);
    expect(found.auc).toBeUndefined();
    if (k === "1") expect(found.accuracy).toBe(accuracy);
  }
  expect((await evaluate(model, data)).topK).toEqual({ k: 5, accuracy: top["5"] });
  const { leads, positive, auc } = golden.roc;
  expect(rocAuc(Float64Array.from(leads), (i) => positive[i] === 1)).toBeCloseTo(auc, 14);
});

test("of two classes the area under the ROC curve is reported, by how far the second output leads", async () => {
  const model = network([2], [dense(2, { initializer: "zeros" })]);
  model.backend.write(model.parameters[0].value, [1, 0, 0, 1]);
  // Leads 1, −1, 0, 2 of the classes 1, 0, 0, 1: every pair is in order. With the last two changed, half a pair is lost.
  const rows = [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 2],
  ];
  const found = await evaluate(model, table(rows, [1, 0, 0, 1]));
  expect([found.auc, found.topK]).toEqual([1, undefined]);
  const tied = await evaluate(model, table([...rows, [3, 3]], [1, 0, 0, 1, 1]));
  expect(tied.auc).toBe(5.5 / 6);
  expect((await evaluate(model, table(rows, [1, 1, 1, 1], { classes: 2 }))).auc).toBeNaN();
});

test("an output that is NaN is never among the first, and gives no area", () => {
  expect(placeOf(1, Float32Array.of(1, Number.NaN, 0), 0, 3)).toBe(2);
  expect(placeOf(0, Float32Array.of(1, Number.NaN, 0), 0, 3)).toBe(1);
  expect(rocAuc(Float64Array.of(1, Number.NaN), (i) => i === 0)).toBeNaN();
});

test("the scores of numbers are NumPy's, over all outputs and for each", () => {
  const { regression } = golden;
  const data = table(
    Array.from({ length: 300 }, () => [0]),
    Array.from({ length: 300 }, (_, i) => regression.targets.slice(3 * i, 3 * i + 3)),
    { targetNames: ["a", "b", "c"] },
  );
  const scores = new NumberScores(data, 3);
  scores.add(0, 300, new Float32Array(), Float32Array.from(regression.predictions));
  const found = scores.result();
  for (const name of ["meanAbsoluteError", "rootMeanSquaredError", "rSquared"] as const) {
    expect(Math.abs(found[name] / regression[name] - 1)).toBeLessThan(1e-12);
    const each = found.perOutput.map((metrics) => metrics[name]);
    expectClose(each, regression[`${name}s`], 1e-12);
  }
  expect(found.perOutput.map(({ targetName }) => targetName)).toEqual(["a", "b", "c"]);
});

test("numbers of several outputs, each in its own units, are learned, evaluated and predicted", async () => {
  const stream = new Stream(2, "several");
  const rows = Array.from({ length: 200 }, (_, i) => [stream.uniform(i), stream.uniform(i, 1)]);
  const answers = rows.map(([a, b]) => [a + b, 1000 * (a - b) + 50, 0.01 * b]);
  const data = table(rows, answers, { targetNames: ["sum", "difference", "small"] });
  const asInputs = table(answers, new Array(200).fill(0));
  for (const loss of [meanSquared(), huber(), meanAbsolute()]) {
    const model = network([2], [dense(3)], { loss, scaling: standardize(data), targetScaling: standardize(asInputs) });
    await train(model, data, { epochs: 60, optimizer: adam({ learningRate: 0.02 }) });
    const found = await evaluate(model, data);
    expect(found.rSquared, loss.type).toBeGreaterThan(0.99);
    expect(found.perOutput.map(({ targetName }) => targetName)).toEqual(["sum", "difference", "small"]);
    for (const { rSquared } of found.perOutput) expect(rSquared, loss.type).toBeGreaterThan(0.99);
    const { values } = await model.predict([0.5, 0.25]);
    expectClose(values, [0.75, 300, 0.0025], 0.1);
  }
});

test("yes-or-no questions are learned, each by itself, and their answers counted", async () => {
  const stream = new Stream(3, "questions");
  const rows = Array.from({ length: 300 }, (_, i) => [2 * stream.uniform(i) - 1, 2 * stream.uniform(i, 1) - 1]);
  const data = table(
    rows,
    rows.map(([a, b]) => [a > 0 ? 1 : 0, b > 0 ? 1 : 0]),
  );
  const model = network([2], [dense(2)], { loss: binaryCrossEntropy() });
  await train(model, data, { epochs: 50, optimizer: adam({ learningRate: 0.1 }) });
  const found = await evaluate(model, data);
  expect(found.binaryAccuracy).toBeGreaterThan(0.97);
  expect(found.auc).toBeGreaterThan(0.99);
  const { values } = await model.predict([0.9, -0.9]);
  expect(values[0]).toBeGreaterThan(0.9);
  expect(values[1]).toBeLessThan(0.1);
});

test("balanced weights make every class count the same", () => {
  const data = table([[1], [2], [3], [4], [5], [6]], [0, 0, 0, 2, 2, 0], { classes: 4 });
  // 6 examples, two classes that have some: 6 / (2·4), none, 6 / (2·2), none
  expect(balancedWeights(data)).toEqual([0.75, 0, 1.5, 0]);
});

test("weights by name stand in the order of the classes; the others count 1", () => {
  const named = table([[1], [2], [3]], ["dog", "cat", "iris, blue"]);
  expect(named.classNames).toEqual(["cat", "dog", "iris, blue"]);
  expect(namedWeights(named, { "iris, blue": 2, cat: 0 })).toEqual([0, 1, 2]);
  expect(namedWeights(named, {})).toEqual([1, 1, 1]);
  // Classes without names are called by their numbers.
  expect(namedWeights(table([[1], [2], [3]], [0, 2, 1]), { 2: 0.5 })).toEqual([1, 1, 0.5]);
});

test("with balanced weights a rare class is no longer given up", async () => {
  const stream = new Stream(4, "rare");
  const labels = Array.from({ length: 400 }, (_, i) => (i % 20 === 0 ? 1 : 0));
  const rows = labels.map((label, i) => [stream.normal(i) + 1.5 * label]);
  const data = table(rows, labels);
  const recallOf = async (loss: Loss<"classes">) => {
    const model = network([1], [dense(2)], { loss });
    await train(model, data, { epochs: 30, optimizer: adam({ learningRate: 0.05 }) });
    return evaluate(model, data);
  };
  const plain = await recallOf(crossEntropy());
  const balanced = await recallOf(crossEntropy({ classWeights: balancedWeights(data) }));
  expect(plain.perClass[1].recall).toBeLessThan(0.3);
  expect(balanced.perClass[1].recall).toBeGreaterThan(0.6);
  expect(balanced.balancedAccuracy).toBeGreaterThan(plain.balancedAccuracy + 0.1);
});

test.each<[string, () => Loss, Record<string, unknown>]>([
  ["crossEntropy", () => crossEntropy({ labelSmoothing: 0 }), {}],
  ["crossEntropy", () => crossEntropy({ labelSmoothing: 0.1 }), { labelSmoothing: 0.1 }],
  ["crossEntropy", () => crossEntropy({ classWeights: [1, 0.3] }), { classWeights: [1, 0.3] }],
  ["huber", () => huber({ delta: 0.7 }), { delta: 0.7 }],
  ["huber", () => huber(), { delta: 1 }],
  ["meanAbsolute", () => meanAbsolute(), {}],
  ["binaryCrossEntropy", () => binaryCrossEntropy(), {}],
])("a model file keeps %s and its settings", async (type, make, settings) => {
  const model = network([3], [dense(2)], { loss: make() });
  const again = decodeModel(await encodeModel(model));
  expect({ type: again.loss.type, settings: again.loss.settings }).toEqual({ type, settings });
});

test("a training is resumed with the same settings of its loss only", async () => {
  const data = table([[1], [2], [3]], [0, 1, 1]);
  const made = (labelSmoothing: number) => network([1], [dense(2)], { loss: crossEntropy({ labelSmoothing }) });
  const run = train(made(0.1), data, { epochs: 2 });
  await run.next();
  const state = await run.state();
  await train(made(0.1), data, { resume: state });
  for (const smoothing of [0, 0.2]) {
    await expect((async () => train(made(smoothing), data, { resume: state }))()).rejects.toThrow(
      "train, resume: expected a state of this network",
    );
  }
});

const list = (value: unknown) => value as number[];
test.each<[string, () => unknown, string]>([
  [
    "an unknown option",
    () => crossEntropy({ smoothing: 0.1 } as never),
    'crossEntropy: expected options among labelSmoothing, classWeights, got "smoothing".',
  ],
  [
    "smoothing of 1",
    () => crossEntropy({ labelSmoothing: 1 }),
    "crossEntropy: expected labelSmoothing from 0 to below 1, got 1.",
  ],
  ["smoothing below 0", () => crossEntropy({ labelSmoothing: -0.1 }), "got -0.1."],
  [
    "a weight below 0",
    () => crossEntropy({ classWeights: [1, -1] }),
    "crossEntropy, classWeights[1]: expected a number of at least 0 that float32 can hold, got -1.",
  ],
  ["a weight that is no number", () => crossEntropy({ classWeights: list([1, "2"]) }), "classWeights[1]: expected a"],
  ["weights that are all 0", () => crossEntropy({ classWeights: [0, 0] }), "expected a weight above 0, got only 0."],
  ["no weights", () => crossEntropy({ classWeights: [] }), "expected a weight above 0, got none."],
  [
    "weights by name",
    () => crossEntropy({ classWeights: list({ cat: 1 }) }),
    "crossEntropy: expected classWeights to be a list of numbers, got an object.",
  ],
  [
    "another number of weights than outputs",
    () => network([2], [dense(3)], { loss: crossEntropy({ classWeights: [1, 2] }) }),
    "crossEntropy, classWeights: expected 3 numbers (one for each class), got 2.",
  ],
  ["a delta of 0", () => huber({ delta: 0 }), "huber: expected delta above 0 that float32 can hold, got 0."],
  ["a delta below 0", () => huber({ delta: -1 }), "got -1."],
  ["a delta that float32 cannot hold", () => huber({ delta: 1e39 }), "got 1e+39."],
  ["an unknown option of huber", () => huber({ deltas: 1 } as never), "Did you mean delta?"],
  [
    "an option of meanAbsolute",
    () => (meanAbsolute as (options: object) => Loss)({ delta: 1 }),
    'meanAbsolute: expected no options (it has none), got "delta".',
  ],
  [
    "an option of binaryCrossEntropy",
    () => (binaryCrossEntropy as (options: object) => Loss)({ labelSmoothing: 0.1 }),
    'binaryCrossEntropy: expected no options (it has none), got "labelSmoothing".',
  ],
  [
    "a last layer with an activation",
    () => network([2], [dense(1, "sigmoid")], { loss: binaryCrossEntropy() }),
    "or take meanSquared().",
  ],
  [
    "scaled targets of questions",
    () => network([2], [dense(1)], { loss: binaryCrossEntropy(), targetScaling: new Scaling([0], [1]) }),
    "network: expected no targetScaling (binaryCrossEntropy takes targets from 0 to 1 as they are), got a scaling.",
  ],
  [
    "weights for numbers",
    () => balancedWeights(table([[1]], [1], { task: "numbers" })),
    "balancedWeights, table: expected examples with labels, got none.",
  ],
  [
    "weights by name for numbers",
    () => namedWeights(table([[1]], [1], { task: "numbers" }), { cat: 1 }),
    "namedWeights, table: expected examples with labels, got none.",
  ],
  [
    "a weight for no class",
    () => namedWeights(table([[1], [2]], ["cat", "dog"]), { dogs: 2 }),
    'namedWeights: expected one of the 2 classes ("cat", "dog"), got "dogs". Did you mean dog?',
  ],
  [
    "a weight for a class without a name",
    () => namedWeights(table([[1], [2]], [0, 1]), { toString: 2 } as never),
    'namedWeights: expected one of the 2 classes ("0", "1"), got "toString".',
  ],
  [
    "a weight by name below 0",
    () => namedWeights(table([[1], [2]], ["cat", "dog"]), { cat: -1 }),
    "namedWeights, cat: expected a number of at least 0, got -1.",
  ],
  ["a list by name", () => namedWeights(table([[1]], [0]), [1] as never), "namedWeights: expected weights by name, as"],
])("%s is refused in one sentence", (_what, attempt, sentence) => {
  expect(attempt).toThrow(sentence);
});

test("targets outside of 0 to 1 are refused before anything is computed", async () => {
  const model = network([1], [dense(2)], { loss: binaryCrossEntropy() });
  const before = await model.weightsSha256();
  const data = table(
    [[1], [2]],
    [
      [0, 1],
      [0.5, 2],
    ],
  );
  const sentence = "table, example 1: expected targets from 0 to 1 (the loss is binaryCrossEntropy), got 2.";
  expect(() => train(model, data)).toThrow(sentence);
  await expect(evaluate(model, data)).rejects.toThrow(`evaluate, ${sentence}`);
  expect(await model.weightsSha256()).toBe(before);
});

test("a trace refuses a target outside of 0 to 1 too", async () => {
  const model = network([1], [dense(2)], { loss: binaryCrossEntropy() });
  await expect(trace(model, [1], { target: [0, 2] })).rejects.toThrow(
    "trace, target: expected numbers from 0 to 1, got 2.",
  );
  const { back } = await trace(model, [1], { target: [0, 1] });
  expect(back?.loss).toBeGreaterThan(0);
});

test.each<[unknown, string]>([
  [0, "evaluate: expected topK from 1 to 3 (the classes), got 0."],
  [4, "evaluate: expected topK from 1 to 3 (the classes), got 4."],
  [1.5, "got 1.5."],
])("a top of %s of three classes is refused", async (topK, sentence) => {
  const model = network([1], [dense(3)]);
  await expect(evaluate(model, table([[1]], [2]), { topK: topK as number })).rejects.toThrow(sentence);
});

test("a top of numbers is refused", async () => {
  const model = network([1], [dense(3)], { loss: huber() });
  const data = table([[1]], [[1, 2, 3]]);
  await expect(evaluate(model, data, { topK: 2 })).rejects.toThrow(
    "expected no topK (the loss is for numbers), got 2.",
  );
});
