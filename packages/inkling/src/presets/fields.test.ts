import { describe, expect, test } from "vitest";
import { ArgumentError } from "../errors.ts";
import {
  buildLoss,
  buildNetwork,
  buildOptimizer,
  buildSchedule,
  completed,
  defaultLearningRate,
  overridden,
} from "./configuration.ts";
import { configurationFromJson } from "./configuration-file.ts";
import { type Configuration, dashed, fieldNames, fields } from "./fields.ts";
import { presetNamed, presets } from "./presets.ts";

/** For each field words that it refuses; a field without an entry fails the first test. */
const bad: Record<keyof Configuration, string[]> = {
  layers: ["-1", "0", "NaN", "wide", "8,,8", "1.5"],
  activation: ["0", "NaN", "__proto__", "toString", ""],
  loss: ["0", "NaN", "hinge", "constructor"],
  labelSmoothing: ["-0.1", "1", "NaN", "much"],
  classWeights: ["-1", "1,-1", "1,,2", "many", "NaN", "1,Infinity"],
  huberDelta: ["0", "-1", "NaN", "near"],
  init: ["0", "NaN", "toString"],
  optimizer: ["0", "NaN", "constructor"],
  learningRate: ["-1", "0", "NaN", "fast", "Infinity", "", "0x10", "1e999"],
  momentum: ["-0.1", "NaN", "much", "1"],
  nesterov: ["yes", "1"],
  beta1: ["-0.1", "1", "NaN"],
  beta2: ["-0.1", "1", "NaN"],
  schedule: ["0", "weekly", "hasOwnProperty"],
  weightDecay: ["-1", "NaN", "much"],
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
      '--preset: expected one of mlp, table, original, got "seed". It is called original now.',
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
  ["buildNetwork", () => buildNetwork(none, [2], 2, none), "buildNetwork: expected a configuration, got nothing."],
  [
    "buildNetwork",
    () => buildNetwork({ ...presets.mlp, layers: 128 as never }, [2], 2, none),
    "buildNetwork, layers: expected hidden widths from 1 up, as 128,64 (none for no hidden layer), got 128.",
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
