import { describe, expect, test } from "vitest";
import { defaultBackend } from "../backends/default.ts";
import { ArgumentError } from "../errors.ts";
import {
  buildAugmentation,
  buildLayers,
  buildLoss,
  buildNetwork,
  buildOptimizer,
  buildSchedule,
  buildTrainOptions,
  completed,
  defaultLearningRate,
  overridden,
} from "./configuration.ts";
import { configurationFromJson } from "./configuration-file.ts";
import { dashed } from "./field-kinds.ts";
import { type Configuration, fieldNames, fields } from "./fields.ts";
import { presetNamed, presets } from "./presets.ts";

/** For each field words that it refuses; a field without an entry fails the first test. */
const bad: Record<keyof Configuration, string[]> = {
  layers: ["-1", "0", "NaN", "wide", "8,,8", "1.5"],
  activation: ["0", "NaN", "__proto__", "toString", ""],
  loss: ["0", "NaN", "hinge", "constructor"],
  labelSmoothing: ["-0.1", "1", "NaN", "much"],
  classWeights: [
    ...["-1", "1,-1", "1,,2", "many", "NaN", "1,Infinity", "cat=", "cat=-1", "cat=2,dog", "cat=NaN", "cat=1e999"],
    ...["cat=0x1", "cat=1,cat=2"],
  ],
  huberDelta: ["0", "-1", "NaN", "near"],
  init: ["0", "NaN", "toString"],
  optimizer: ["0", "NaN", "constructor"],
  learningRate: ["-1", "0", "NaN", "fast", "Infinity", "", "0x10", "1e999"],
  momentum: ["-0.1", "NaN", "much", "1"],
  nesterov: ["yes", "1"],
  beta1: ["-0.1", "1", "NaN"],
  beta2: ["-0.1", "1", "NaN"],
  schedule: ["0", "weekly", "hasOwnProperty", "warmUp"],
  warmUp: ["-0.1", "1.5", "NaN", "long", "Infinity"],
  stepEvery: ["-1", "0", "1.5", "NaN", "often"],
  stepFactor: ["-0.1", "0", "1", "NaN", "half"],
  exponentialFactor: ["-0.1", "0", "1", "NaN", "half"],
  cosineEnd: ["-0.1", "1", "NaN", "low"],
  plateauPatience: ["-1", "0", "1.5", "NaN", "long"],
  plateauFactor: ["-0.1", "0", "1", "NaN", "half"],
  plateauStop: ["-0.1", "1", "1/128", "NaN"],
  weightDecay: ["-1", "NaN", "much"],
  l1: ["-1", "NaN", "much", "Infinity"],
  clipNorm: ["-1", "NaN", "much", "Infinity"],
  maxNorm: ["-1", "NaN", "much", "Infinity"],
  average: ["-0.1", "1", "NaN", "all"],
  patience: ["-1", "1.5", "NaN", "long"],
  watch: ["0", "f1", "hasOwnProperty"],
  improvement: ["-1", "NaN", "much"],
  keepLast: ["yes", "1"],
  augmentation: [
    ...["", "shift", "shift=", "shift=x", "shift=-1", "shift=1=2", "rotate=3", "shift=1,shift=2", "rotation=181"],
    ...["scale=0.5", "scale=2..1", "scale=1..2..3", "elastic=34", "elastic=34/0.5", "elastic=34/4/1", "erase=2..5/x"],
    ...["erase=0..2", "flip=yes", "toString=1", "__proto__=1", "none,shift=2", "shift=1e3", "shift=0x10"],
  ],
  batchSize: ["-1", "0", "NaN", "many", "1.5"],
  epochs: ["-1", "0", "NaN", "1.5", "1e300", ""],
  seed: ["-1", "NaN", "lucky", "1e300", ""],
  validation: ["-1", "NaN", "some"],
  examples: ["-1", "0", "NaN", "few"],
};

describe("every field", () => {
  test.each(fieldNames)("%s accepts its usual value and refuses what it cannot be", (name) => {
    const { usual, holds, parse, expected } = fields[name];
    if (usual !== undefined) expect(holds(usual)).toBe(true);
    expect(bad[name].length).toBeGreaterThan(0);
    for (const word of bad[name]) {
      const refused = () => completed({ [name]: parse(word) });
      expect(refused, `${name} ${word}`).toThrow(ArgumentError);
      expect(refused, `${name} ${word}`).toThrow(`${name}: expected ${expected}, got`);
    }
  });

  test.each(fieldNames)("%s has one line of help", (name) => {
    expect(fields[name].help).toMatch(/^[^\n]{1,120}$/);
  });

  test("refuses values of other kinds, from files and from JavaScript", () => {
    for (const name of fieldNames) {
      for (const value of [{}, ["a"], Number.NaN, () => 1]) {
        expect(() => completed({ [name]: value }), name).toThrow(ArgumentError);
      }
    }
  });
});

describe("names", () => {
  test("are accepted with dashes too", () => {
    expect(fields.activation.parse("leaky-relu")).toBe("leakyRelu");
    expect(fields.schedule.parse("one-cycle")).toBe("oneCycle");
    expect(fields.loss.parse("cross-entropy")).toBe("crossEntropy");
    expect(fields.optimizer.parse("adam-w")).toBe("adamW");
    expect(dashed("learningRate")).toBe("learning-rate");
  });

  test("of Inkling 0.1 are refused with the new one", () => {
    expect(() => completed({ activation: "leaky-relu" as never })).toThrow("It is called leakyRelu now.");
    expect(() => presetNamed("seed", "--preset")).toThrow(
      '--preset: expected one of mlp, mlp-dropout, mlp-elastic, cnn-fast, cnn, cnn-tiny, table, original, got "seed". It is called original now.',
    );
  });

  test("that are near to a known one get it as advice", () => {
    expect(() => completed({ optimizer: "adm" as never })).toThrow("Did you mean adam?");
    expect(() => presetNamed("orginal", "preset")).toThrow("Did you mean original?");
    for (const name of ["0", "__proto__", "", undefined, {}]) {
      expect(() => presetNamed(name, "preset")).toThrow(ArgumentError);
    }
  });
});

describe("an optimizer that is named", () => {
  test("drops what the preset chose for its own: learning rate, schedule, betas", () => {
    const { learningRate, schedule, beta2, layers } = completed(overridden(presets.mlp, { optimizer: "adam" }));
    expect({ learningRate, schedule, beta2, layers }).toEqual({
      ...{ learningRate: 0.001, schedule: "constant", beta2: 0.999 },
      layers: presets.mlp.layers,
    });
  });

  test("keeps what is named beside it", () => {
    const named = { optimizer: "momentum", learningRate: 0.5, momentum: 0.8, schedule: "oneCycle" } as const;
    expect(completed(overridden(presets.mlp, named))).toMatchObject(named);
  });

  test("gets the fields that are its own, and no others", () => {
    const settings = (optimizer: Configuration["optimizer"]) =>
      Object.keys(buildOptimizer(completed({ optimizer })).settings).sort();
    expect(settings("sgd")).toEqual(["learningRate", "weightDecay"]);
    expect(settings("momentum")).toEqual(["learningRate", "momentum", "nesterov", "weightDecay"]);
    expect(settings("adam")).toEqual(expect.arrayContaining(["beta1", "beta2"]));
  });
});

describe("what train is told", () => {
  const told = (given: Partial<Configuration>) => {
    const { optimizer: _, schedule, ...rest } = buildTrainOptions(completed(given));
    return { schedule: { name: schedule?.name, settings: schedule?.settings }, ...rest };
  };

  test("is nothing but optimizer and schedule where all is off", () => {
    expect(told({})).toEqual({ schedule: { name: "constant", settings: {} } });
  });

  test("holds the numbers of the schedule that is chosen", () => {
    const numbers = { stepEvery: 2, stepFactor: 0.2, exponentialFactor: 0.9, cosineEnd: 0.1, plateauFactor: 0.3 };
    const all = { ...numbers, plateauPatience: 4, plateauStop: 0.01, watch: "accuracy", improvement: 0.001 } as const;
    expect(told({ ...all, schedule: "step" }).schedule.settings).toEqual({ every: 2, factor: 0.2 });
    expect(told({ ...all, schedule: "exponential" }).schedule.settings).toEqual({ factor: 0.9 });
    expect(told({ ...all, schedule: "cosine" }).schedule.settings).toEqual({ end: 0.1 });
    expect(told({ ...all, schedule: "reduceOnPlateau" }).schedule.settings).toEqual({
      ...{ factor: 0.3, patience: 4, on: "accuracy", improvement: 0.001, least: 0, stopAt: 0.01 },
    });
    for (const [warmUp, length] of [
      [0.25, { share: 0.25 }],
      [30, { steps: 30 }],
    ] as const) {
      const schedule = { name: "cosine", settings: { end: 0.1 } };
      expect(told({ ...all, schedule: "cosine", warmUp }).schedule).toEqual({
        name: "warmUp",
        settings: { ...length, start: 1 / 25, schedule },
      });
    }
  });

  test("holds limits, averages and early stopping", () => {
    const given = { l1: 0.1, clipNorm: 1, maxNorm: 3, average: 0.99, patience: 5, keepLast: true } as const;
    expect(told(given)).toMatchObject({
      ...{ l1: 0.1, clipNorm: 1, maxNorm: 3, averaging: { decay: 0.99 } },
      stopping: { patience: 5, on: "loss", improvement: 0, restoreBest: false },
    });
  });
});

test("every schedule's usual numbers are its own defaults", () => {
  for (const schedule of fields.schedule.expected.slice("one of ".length).split(", ")) {
    const chosen = schedule as Configuration["schedule"];
    expect(buildSchedule(completed({ schedule: chosen })).settings).toEqual(
      buildSchedule({ schedule: chosen }).settings,
    );
  }
});

test("the loss says what is learnt", () => {
  expect(buildLoss({ loss: "meanSquared" }).task).toBe("numbers");
  expect(buildLoss({ loss: "quadratic" }).task).toBe("classes");
});

test("a loss gets the fields that are its own", () => {
  const smooth = { labelSmoothing: 0.1, classWeights: [1, 2], huberDelta: 0.5 } as const;
  expect(buildLoss({ loss: "crossEntropy", ...smooth }).settings).toEqual({
    labelSmoothing: 0.1,
    classWeights: [1, 2],
  });
  expect(buildLoss({ loss: "crossEntropy" }).settings).toEqual({});
  expect(buildLoss({ loss: "huber", ...smooth }).settings).toEqual({ delta: 0.5 });
  expect(buildLoss({ loss: "meanSquared", ...smooth }).settings).toEqual({});
  expect(() => buildLoss({ loss: "crossEntropy", classWeights: "balanced" })).toThrow(
    'buildLoss, classWeights: expected a list of numbers, got "balanced". Take balancedWeights(data).',
  );
  expect(() => buildLoss({ loss: "crossEntropy", classWeights: { cat: 2 } })).toThrow(
    "buildLoss, classWeights: expected a list of numbers, got an object. Take namedWeights(data, weights).",
  );
});

test("layers are told before there is a network", () => {
  const configuration = completed({ layers: ["4c5", 8], loss: "quadratic" });
  const specs = buildLayers(configuration, [28, 28, 1], 10);
  expect(specs).toEqual(buildNetwork(configuration, [28, 28, 1], 10, { backend: defaultBackend() }).specs);
  expect(specs.map(({ type }) => type)).toEqual(["conv2d", "flatten", "dense", "dense"]);
});

const none = undefined as never;
test.each<[string, () => unknown, string]>([
  ["completed", () => completed(none), "completed: expected fields of a configuration, got nothing."],
  ["overridden", () => overridden(presets.mlp, none), "overridden: expected fields of a configuration, got nothing."],
  ["buildLoss", () => buildLoss(none), "buildLoss: expected a configuration, got nothing."],
  ["buildLoss", () => buildLoss({ loss: "hinge" as never }), "buildLoss, loss: expected one of crossEntropy, "],
  ["buildSchedule", () => buildSchedule({} as never), "buildSchedule, schedule: expected one of "],
  ["buildOptimizer", () => buildOptimizer("adam" as never), 'buildOptimizer: expected a configuration, got "adam".'],
  [
    "buildOptimizer",
    () => buildOptimizer({ ...presets.mlp, optimizer: "toString" as never }),
    "buildOptimizer, optimizer: expected one of ",
  ],
  ["defaultLearningRate", () => defaultLearningRate(none), "defaultLearningRate: expected optimizer to be one of "],
  ["buildLayers", () => buildLayers(none, [2], 2), "buildLayers: expected a configuration, got nothing."],
  ["buildNetwork", () => buildNetwork(none, [2], 2, none), "buildNetwork: expected a configuration, got nothing."],
  [
    "buildNetwork",
    () => buildNetwork({ ...presets.mlp, layers: 128 as never }, [2], 2, none),
    "buildNetwork, layers: expected hidden layers, as 128,64 or 20c5,p2,100 (none for no hidden layer), got 128.",
  ],
  [
    "buildNetwork",
    () => buildNetwork(presets.mlp, 784 as never, 2, none),
    "buildNetwork, input shape: expected a shape of whole numbers from 1 up, such as [28, 28, 1], got 784.",
  ],
  [
    "buildNetwork",
    () => buildNetwork(presets.mlp, [2], 2, none),
    "buildNetwork: expected options with a backend, got nothing.",
  ],
  [
    "configurationFromJson",
    () => configurationFromJson({} as never, "file"),
    "configurationFromJson: expected a JSON text, got an object.",
  ],
])("%s refuses what is of another kind, in a sentence", (_, call, sentence) => {
  expect(call).toThrow(ArgumentError);
  expect(call).toThrow(sentence);
});

describe("an augmentation as a text", () => {
  test("says what augment is given", () => {
    const text = "shift=2,rotation=15, scale=0.85..1.15,shear=10,elastic=34/4,noise=10,erase=2..5/0.3,flip";
    expect(buildAugmentation(completed({ augmentation: text }))?.settings).toEqual({
      ...{ shift: 2, rotation: 15, scale: [0.85, 1.15], shear: 10, noise: 10, flip: true },
      ...{ elastic: { alpha: 34, sigma: 4 }, erase: { size: [2, 5], probability: 0.3 } },
    });
    expect(buildAugmentation({ augmentation: "erase=1..1" })?.settings).toEqual({ erase: { size: [1, 1] } });
    expect(buildAugmentation({ augmentation: "none" })).toBeUndefined();
  });

  test("is what a configuration file holds too", () => {
    const { augmentation } = configurationFromJson('{"augmentation": "rotation=7.5"}', "config.json");
    expect(buildAugmentation(completed({ augmentation: augmentation as string }))?.settings).toEqual({ rotation: 7.5 });
  });
});

test.each<[string, unknown]>([
  ["cat=2,dog=0.5", { cat: 2, dog: 0.5 }],
  [" cat = 2 , dog=0.5", { cat: 2, dog: 0.5 }],
  ["iris, blue=2,rose=1", { "iris, blue": 2, rose: 1 }],
  ["a=b=2", { "a=b": 2 }],
  ["7=2", { 7: 2 }],
  ["1,2,0.5", [1, 2, 0.5]],
  ["none", []],
])("class weights %j are read", (word, weights) => {
  const { parse, holds } = fields.classWeights;
  expect(parse(word)).toEqual(weights);
  expect(holds(parse(word))).toBe(true);
});
