// The failure doctor: networks and data that are ill on purpose, each illness found by its name; and healthy ones, of
// which it says nothing.
import {
  adam,
  adamW,
  crossEntropy,
  Dataset,
  dense,
  flatten,
  meanSquared,
  momentum,
  type Network,
  network,
  oneCycle,
  quadratic,
  rmsprop,
  type Scaling,
  scalingOf,
  sgd,
  sigmoidCrossEntropy,
  standardize,
  type TrainOptions,
  table,
  train,
} from "inkling";
import { mnist } from "inkling/node";
import { Stream } from "inkling/numbers";
import { presets } from "inkling/presets";
import { Doctor, type Finding, type Illness } from "inkling/proofs";
import { describe, expect, test } from "vitest";
import { examineEpoch, guessOf } from "../src/proofs/network-doctor.ts";
import { diagnosed, diagnosedPreset, presetsOfDigits } from "./diagnosed.ts";
import { rows } from "./small-training.ts";

const digits = await mnist();
const few = digits.train.take(2000);
const image = [28, 28, 1];

const illnesses = (findings: readonly Finding[]) => findings.map(({ illness }) => illness);

/** Rows of three numbers, and which of two classes each is of. */
const classOf = ([a, b]: readonly number[]) => (a > b ? 1 : 0);
const points = (change: (row: readonly number[]) => number[], labels = rows.map(classOf)) =>
  table(rows.map(change), labels, { name: "points", columnNames: ["a", "b", "c"] });

describe("ill data", () => {
  const model = () => network([3], [dense(5, "tanh"), dense(2)]);

  test.each<[Illness, Dataset, string]>([
    ["constantColumns", points(([a, b]) => [a, b, 7]), "c has the same number in all 40 examples"],
    ["unscaledColumns", points(([a, b, c]) => [a, b, 1000 * c]), "The numbers of c are about 5"],
    [
      "imbalance",
      points(
        (row) => [...row],
        rows.map((_, i) => (i === 0 ? 1 : 0)),
      ),
      "has 39 of 40 training examples",
    ],
  ])("%s", async (illness, data, words) => {
    const [finding] = await new Doctor(model(), data).before();
    expect(finding.illness).toBe(illness);
    expect(finding.sentence).toContain(words);
  });

  test("missingClasses", async () => {
    const data = new Dataset({ ...points((row) => [...row]), classes: 3, classNames: ["low", "high", "none"] });
    const findings = await new Doctor(network([3], [dense(3)]), data).before();
    expect(illnesses(findings)).toEqual(["missingClasses"]);
    expect(findings[0].sentence).toContain("Of none there is no training example");
  });

  test("of several classes without examples, all are meant", async () => {
    const data = new Dataset({ ...points((row) => [...row]), classes: 4, classNames: ["low", "high", "c", "d"] });
    const [finding] = await new Doctor(network([3], [dense(4)]), data).before();
    const sentence = "Of c and d there is no training example, so the network will never name them.";
    expect(finding.sentence).toBe(`${sentence} Add some, or leave these classes out.`);
  });

  test("constantTargets: examples of one class", async () => {
    const one = (row: readonly number[]) => [...row];
    const data = new Dataset({
      ...points(
        one,
        rows.map(() => 1),
      ),
      classes: 2,
      classNames: ["low", "high"],
    });
    const findings = await new Doctor(model(), data).before();
    expect(illnesses(findings)).toEqual(["constantTargets"]);
    expect(findings[0].sentence).toContain("All 40 training examples are of one class, high, so there is nothing");
  });

  describe("numbers to predict", () => {
    const numbers = (answer: (row: readonly number[]) => number[]) =>
      table(rows, rows.map(answer), { name: "numbers", targetNames: ["weight", "price"] });
    const regression = (targetScaling?: Scaling) =>
      network([3], [dense(5, "tanh"), dense(2)], { loss: meanSquared(), targetScaling });

    test("constantTargets: the same in all examples", async () => {
      const findings = await new Doctor(
        regression(),
        numbers(([a]) => [a, 42]),
      ).before();
      expect(illnesses(findings)).toEqual(["constantTargets"]);
      expect(findings[0].sentence).toContain("price has the same number in all 40 examples");
    });

    test("unscaledTargets: why the loss is flat, said once", async () => {
      const prices = numbers(([a, b]) => [a, 100_000 * b]);
      const options = { epochs: 6, batchSize: 8, optimizer: adam() };
      const findings = await diagnosed(regression(), prices, options);
      expect(illnesses(findings)).toEqual(["unscaledTargets"]);
      expect(findings[0].sentence).toContain("price, are about 5");
      expect(findings[0].sentence).toContain("targetScaling: scalingOf(data.targets, data.outputs)");
      const scaled = regression(scalingOf(prices.targets as Float32Array, prices.outputs));
      expect(await diagnosed(scaled, prices, { ...options, optimizer: adam({ learningRate: 0.01 }) })).toEqual([]);
    });

    test("shrunkWeights, not steps that are too large", async () => {
      const sums = numbers(([a, b]) => [a, a + 2 * b]);
      const optimizer = adam({ learningRate: 0.01, weightDecay: 100 });
      const findings = await diagnosed(regression(), sums, { epochs: 60, batchSize: 8, optimizer });
      expect(new Set(illnesses(findings))).toEqual(new Set(["shrunkWeights"]));
    });
  });

  test("sharedExamples", async () => {
    const data = points((row) => [...row]);
    const findings = await new Doctor(model(), data, { test: data.take(20) }).before();
    expect(illnesses(findings)).toEqual(["sharedExamples"]);
    expect(findings[0].sentence).toContain("20 of the 20 examples to test on");
  });

  test("columns that the model scales are well", async () => {
    const data = points(([a, b, c]) => [a, b, 1000 * c]);
    const scaled = network([3], [dense(5, "tanh"), dense(2)], { scaling: standardize(data) });
    expect(await new Doctor(scaled, data).before()).toEqual([]);
  });
});

/** Normal-looking numbers of this size as the weights of a layer. */
const weights = (size: number, count: number) => {
  const stream = new Stream(1, "doctor test");
  return Float64Array.from({ length: count }, (_, e) => size * (2 * stream.uniform(e) - 1));
};

describe("ill networks", () => {
  const relus = () => network(image, [flatten(), dense(30, "relu"), dense(10)]);
  const softmax = () => network(image, [flatten(), dense(10)]);
  const zeros = () => network(image, [flatten(), dense(30, { activation: "relu", initializer: "zeros" }), dense(10)]);
  const deep = (values?: number) => {
    const hidden = Array.from({ length: 6 }, () => dense(30, values === undefined ? "sigmoid" : "relu"));
    const names = [1, 2, 3, 4, 5, 6].map((i) => [
      `layers.${i}.weights`,
      weights(values ?? 0, i === 1 ? 784 * 30 : 900),
    ]);
    const given = values !== undefined && { initialValues: new Map(names as [string, Float64Array][]) };
    return network(image, [flatten(), ...hidden, dense(10)], { ...given });
  };
  const fast = { epochs: 4, batchSize: 20 };

  test.each<[Illness, () => Network, TrainOptions, string | undefined]>([
    ["flatLoss", relus, { ...fast, optimizer: sgd({ learningRate: 1e-7 }) }, undefined],
    ["deadNeurons", relus, { ...fast, optimizer: sgd({ learningRate: 5 }) }, "layers.1"],
    [
      "saturatedNeurons",
      () => network(image, [flatten(), dense(30, { activation: "sigmoid", initializer: "normal" }), dense(10)]),
      { ...fast, optimizer: sgd({ learningRate: 0.01 }) },
      "layers.1",
    ],
    ["vanishingGradient", () => deep(), { ...fast, epochs: 1, optimizer: sgd({ learningRate: 0.1 }) }, "layers.1"],
    [
      "badStart",
      () => network(image, [flatten(), dense(30, { activation: "relu", initializer: "normal" }), dense(10)]),
      { ...fast, epochs: 1, optimizer: sgd({ learningRate: 0.01 }) },
      undefined,
    ],
    ["divergence", () => deep(1), { ...fast, optimizer: sgd({ learningRate: 1000 }) }, undefined],
    ["equalNeurons", zeros, { ...fast, optimizer: sgd({ learningRate: 0.1 }) }, "layers.1"],
    ["shrunkWeights", relus, { ...fast, optimizer: sgd({ learningRate: 0.1, weightDecay: 1 }) }, "layers.1"],
    ["risingLoss", softmax, { ...fast, epochs: 8, optimizer: sgd({ learningRate: 100 }) }, undefined],
  ])("%s", async (illness, model, options, layer) => {
    const findings = await diagnosed(model(), few, options);
    const found = findings.find((finding) => finding.illness === illness);
    expect(illnesses(findings)).toContain(illness);
    expect(found?.layer).toBe(layer);
    expect(found?.sentence).toMatch(/\d.*\. |: .*\.$/);
  });

  test("explodingGradient", async () => {
    // tanh(0) has slope 1, and all inputs are 0: the book's example in chapter 5.
    const hidden = Array.from({ length: 5 }, () => dense(4, "tanh"));
    const names = [0, 1, 2, 3, 4].map((i) => `layers.${i}.weights`);
    const values = new Map(names.map((name, i) => [name, weights(100, i === 0 ? 12 : 16)]));
    const model = network([3], [...hidden, dense(2)], { initialValues: values });
    const small = table(
      rows.map((row) => row.map((x) => x * 1e-13)),
      rows.map(classOf),
      { name: "small" },
    );
    const findings = await diagnosed(model, small, {
      epochs: 1,
      batchSize: 40,
      optimizer: sgd({ learningRate: 1e-12 }),
    });
    expect(illnesses(findings)).toContain("explodingGradient");
  });

  test("of neurons that are all alike, nothing else is said", async () => {
    const findings = await diagnosed(zeros(), few, { ...fast, optimizer: sgd({ learningRate: 0.1 }) });
    expect(illnesses(findings)).toEqual(["equalNeurons"]);
  });

  test("of weights that a penalty took, not that the learning rate is too small", async () => {
    const findings = await diagnosed(relus(), few, {
      ...fast,
      epochs: 8,
      optimizer: sgd({ learningRate: 0.1, weightDecay: 1 }),
    });
    expect(illnesses(findings)).toEqual(["shrunkWeights"]);
    expect(findings[0].sentence).toContain("Take a smaller weight decay or L1, or a larger max-norm.");
  });

  test("class weights are no bad start", async () => {
    const loss = crossEntropy({ classWeights: [1000, 1, 1, 1, 1, 1, 1, 1, 1, 1], labelSmoothing: 0.1 });
    const weighted = network(image, [flatten(), dense(30, "relu"), dense(10)], { loss });
    expect(await new Doctor(weighted, few).before()).toEqual([]);
    const bad = dense(30, { activation: "relu", initializer: "normal" });
    const [finding] = await new Doctor(network(image, [flatten(), bad, dense(10)], { loss }), few).before();
    expect(finding.sentence).toMatch(/where guessing gives ln 10, times the class weights, = 2\d\d:/);
  });

  test("no gradient comes through dead neurons: that is not said as well", async () => {
    const two = network(image, [flatten(), dense(30, "relu"), dense(30, "relu"), dense(10)]);
    const findings = await diagnosed(two, few, { ...fast, optimizer: sgd({ learningRate: 5 }) });
    expect(illnesses(findings)).toContain("deadNeurons");
    expect(illnesses(findings)).not.toContain("vanishingGradient");
  });

  test("laggingAverage: averages that remember the first weights", async () => {
    const averaging = { decay: 0.99999 };
    const findings = await diagnosed(relus(), few, { ...fast, optimizer: adam(), averaging });
    expect(illnesses(findings)).toEqual(["laggingAverage"]);
    expect(findings[0].sentence).toContain("Average over fewer (a smaller decay), or more steps.");
    expect(await diagnosed(relus(), few, { ...fast, optimizer: adam(), averaging: { decay: 0.9 } })).toEqual([]);
  });

  test("flatLoss: steps so large that all outputs are pushed to an end of the sigmoid", async () => {
    const model = network(image, [flatten(), dense(30, "sigmoid"), dense(10, "sigmoid")], { loss: quadratic() });
    const findings = await diagnosed(model, few, { ...fast, epochs: 6, optimizer: sgd({ learningRate: 100 }) });
    const found = findings.find(({ illness }) => illness === "flatLoss");
    expect(found?.sentence).toMatch(/^After epoch \d the loss is 0\.\d+, no better than that of a guess \(0\.45\)/);
    expect(found?.sentence).toContain(" The outputs of layers.2 are saturated: ");
    // What learns is not stuck, also where the first loss was large.
    const learns = network(image, [flatten(), dense(30, "sigmoid"), dense(10, "sigmoid")], { loss: quadratic() });
    expect(await diagnosed(learns, few, { ...fast, epochs: 6, optimizer: sgd({ learningRate: 3 }) })).toEqual([]);
  });

  test.each([
    ["crossEntropy", crossEntropy(), Math.log(10)],
    // Σ −(y·ln a + (1 − y)·ln(1 − a)) with a = 1/10 throughout.
    ["sigmoidCrossEntropy", sigmoidCrossEntropy(), -Math.log(0.1) - 9 * Math.log(0.9)],
    ["quadratic", quadratic(), 0.5 * (0.9 ** 2 + 9 * 0.1 ** 2)],
  ])("flatLoss: a loss of %s that fell to that of a guess, and stands", (_, loss, guess) => {
    const last = loss.type === "quadratic" ? dense(10, "sigmoid") : dense(10);
    const model = network(image, [flatten(), last], { loss });
    const checkup = (value: number, epoch: number) => ({
      ...{ epoch, loss: value, guess: guessOf(model, []), training: undefined, layers: [] },
    });
    const after = (...losses: number[]) => examineEpoch(model, losses.map(checkup), 3).map(({ illness }) => illness);
    expect(after(2 * guess, guess, guess, guess, guess)).toEqual(["flatLoss"]);
    // It has not stood long enough, it still falls, it is better than a guess.
    expect(after(2 * guess, 1.5 * guess, guess, guess)).toEqual([]);
    expect(after(2 * guess, 1.1 * guess, 1.08 * guess, 1.05 * guess, guess)).toEqual([]);
    expect(after(2 * guess, 0.9 * guess, 0.9 * guess, 0.9 * guess, 0.9 * guess)).toEqual([]);
  });

  test("each is said once", async () => {
    const findings = await diagnosed(relus(), few, { ...fast, optimizer: sgd({ learningRate: 5 }) });
    expect(illnesses(findings).filter((illness) => illness === "deadNeurons")).toHaveLength(1);
  });
});

describe("healthy networks", () => {
  const dense30 = (...layers: Parameters<typeof dense>[]) => {
    return network(image, [flatten(), ...layers.map((given) => dense(...given))]);
  };
  const lastZero = () => {
    return network(image, [flatten(), dense(30, "relu"), dense(10, { initializer: "zeros" })]);
  };
  const ofNumbers = table(
    rows,
    rows.map(([a, b]) => a + 2 * b),
    { name: "sums", task: "numbers" },
  );
  const healthy: [string, () => Network, TrainOptions, Dataset?][] = [
    ["softmax regression", () => dense30([10]), { optimizer: sgd({ learningRate: 0.5 }) }],
    ["ReLU, SGD", () => dense30([30, "relu"], [10]), { optimizer: sgd({ learningRate: 0.1 }) }],
    ["ReLU, momentum", () => dense30([30, "relu"], [10]), { optimizer: momentum({ learningRate: 0.01 }) }],
    ["ReLU, Adam", () => dense30([128, "relu"], [10]), { optimizer: adam() }],
    ["ReLU, AdamW", () => dense30([64, "relu"], [10]), { optimizer: adamW() }],
    ["ReLU, RMSprop", () => dense30([64, "relu"], [10]), { optimizer: rmsprop() }],
    ["leaky ReLU", () => dense30([64, "leakyRelu"], [10]), { optimizer: adam() }],
    ["tanh", () => dense30([64, "tanh"], [10]), { optimizer: adam() }],
    ["sigmoid", () => dense30([64, "sigmoid"], [10]), { optimizer: adam(), epochs: 5 }],
    ["the book's, quadratic", () => dense30([30, "sigmoid"], [10, "sigmoid"]), { optimizer: sgd({ learningRate: 3 }) }],
    ["three hidden layers", () => dense30([64, "relu"], [32, "relu"], [16, "relu"], [10]), { optimizer: adam() }],
    ["three of tanh", () => dense30([64, "tanh"], [32, "tanh"], [16, "tanh"], [10]), { optimizer: adam() }],
    [
      "the full batch",
      () => dense30([30, "relu"], [10]),
      { batchSize: "full", epochs: 30, optimizer: sgd({ learningRate: 0.3 }) },
    ],
    ["overfitted", () => dense30([64, "relu"], [10]), { epochs: 30, optimizer: adam() }, few.take(300)],
    [
      "one cycle",
      () => dense30([64, "relu"], [10]),
      { optimizer: adam({ learningRate: 0.004 }), schedule: oneCycle() },
    ],
    [
      "a table",
      () => network([3], [dense(5, "tanh"), dense(2)]),
      { epochs: 30, batchSize: 8 },
      points((row) => [...row]),
    ],
    [
      "a regression",
      () => network([3], [dense(8, "tanh"), dense(1)], { loss: meanSquared() }),
      { epochs: 30, batchSize: 8, optimizer: adam({ learningRate: 0.01 }) },
      ofNumbers,
    ],
    [
      "a small penalty",
      () => dense30([64, "relu"], [10]),
      { epochs: 10, optimizer: sgd({ learningRate: 0.5, weightDecay: 1e-4 }) },
    ],
    ["zeros in the last layer", () => lastZero(), { optimizer: adam() }],
    ["without a hidden layer", () => dense30([10, "sigmoid"]), { optimizer: sgd({ learningRate: 1 }) }],
  ];

  test.each(healthy)("nothing is said of %s", async (_, model, options, data = few) => {
    expect(await diagnosed(model(), data, { epochs: 4, batchSize: 20, ...options }, digits.test)).toEqual([]);
  });

  // Whole trainings of the others are in doctor.verify.ts.
  test.each(presetsOfDigits)("nothing is said of the preset %s on MNIST", async (name) => {
    const { examples, epochs } = presets[name];
    const isWhole = name === "mlp";
    expect(await diagnosedPreset(name, digits, isWhole ? examples : 1000, isWhole ? epochs : 3)).toEqual([]);
  });

  test("the weights are those of a training without a doctor", async () => {
    const [alone, watched] = [0, 1].map(() => dense30([30, "relu"], [10]));
    const options = { epochs: 2, batchSize: 32, optimizer: adam() };
    await train(alone, few, options);
    await diagnosed(watched, few, options);
    expect(await watched.weightsSha256()).toBe(await alone.weightsSha256());
  });
});

test("the doctor refuses data that do not fit its network", () => {
  expect(() => new Doctor(network([3], [dense(2)]), few)).toThrow("Doctor: expected examples of 3 numbers");
});
