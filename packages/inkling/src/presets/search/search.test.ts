// Search spaces, their trials, and successive halving.
import { expect, test } from "vitest";
import { Stream } from "../../numbers/random.ts";
import { completed } from "../configuration.ts";
import type { Configuration } from "../fields.ts";
import { halvingRungs, ranked, survivors } from "./halving.ts";
import { type GivenSpace, searchEntryText, searchSpace, searchSpaceFromJson, triedFromText } from "./space.ts";
import { drawTrials, placeInRange } from "./trials.ts";

const complete = (tries: Partial<Configuration>) => completed(tries);
const draw = (given: GivenSpace, trials: number, seed = 1) => {
  return drawTrials(searchSpace(given), { seed, trials, complete });
};
const valuesOf = (name: keyof Configuration, given: GivenSpace[keyof Configuration], trials = 200) => {
  // With something else to try, a number may come twice.
  return draw({ weightDecay: { from: 0, to: 1 }, [name]: given }, trials).map(({ tries }) => tries[name] as number);
};

test("a log range has as many trials in each power of ten, a linear one as many in each part", () => {
  const counts = (values: readonly number[], ends: readonly number[]) => {
    return ends.slice(1).map((end, i) => values.filter((v) => v >= ends[i] && v < end).length);
  };
  const log = valuesOf("learningRate", { from: 1e-4, to: 1e-1 }, 600);
  // 200 expected in each third; the standard deviation is √(600·⅓·⅔) = 11.5
  for (const count of counts(log, [1e-4, 1e-3, 1e-2, 1.1e-1])) expect(Math.abs(count - 200)).toBeLessThan(46);
  const linear = valuesOf("learningRate", { from: 1, to: 4 }, 600);
  for (const count of counts(linear, [1, 2, 3, 4.1])) expect(Math.abs(count - 200)).toBeLessThan(46);
  expect(log.every((v) => v >= 1e-4 && v <= 1e-1)).toBe(true);
});

test("numbers have few digits, but as many as a narrow range needs", () => {
  for (const v of valuesOf("learningRate", { from: 1e-4, to: 1e-1 })) expect(Number(v.toPrecision(3))).toBe(v);
  const narrow = valuesOf("beta2", { from: 0.999, to: 0.9999 });
  for (const v of narrow) expect(Number(v.toPrecision(6))).toBe(v);
  expect(new Set(narrow).size).toBeGreaterThan(150);
});

test("a range of whole numbers gives whole numbers, both ends included", () => {
  const seen = (scale: "linear" | "log") => {
    const space = searchSpace({ epochs: { from: 1, to: 4, scale }, learningRate: { from: 0.1, to: 0.9 } });
    return new Set(drawTrials(space, { seed: 1, trials: 200, complete }).map(({ tries }) => tries.epochs));
  };
  expect(seen("linear")).toEqual(new Set([1, 2, 3, 4]));
  expect(seen("log")).toEqual(new Set([1, 2, 3, 4]));
  // A share may be a fraction, steps may not: the range says which is meant.
  expect(valuesOf("warmUp", { from: 0, to: 0.5 }).some((v) => v % 1 !== 0)).toBe(true);
  expect(valuesOf("warmUp", { from: 10, to: 500 }).every(Number.isInteger)).toBe(true);
});

test("the draws are pinned: the same trials in every engine", () => {
  const trials = draw({ learningRate: { from: 1e-4, to: 1e-1 }, layers: ["32", "128,64"], batchSize: [32, 64] }, 3, 7);
  expect(trials.map(({ tries }) => tries)).toEqual([
    { layers: [128, 64], learningRate: 0.00338, batchSize: 64 },
    { layers: [128, 64], learningRate: 0.00466, batchSize: 64 },
    { layers: [128, 64], learningRate: 0.0137, batchSize: 32 },
  ]);
  // The formula, by the engine's own functions.
  const stream = new Stream(7, "search learningRate");
  const rates = [1, 2, 3].map((trial) => 1e-4 * 1000 ** stream.uniform(0, trial));
  expect(rates.map((rate) => Number(rate.toPrecision(3)))).toEqual(trials.map(({ tries }) => tries.learningRate));
});

test("the first trials are the same however many there are, and whatever else is tried", () => {
  const learningRate = { from: 1e-4, to: 1e-1 };
  const few = draw({ learningRate }, 5);
  expect(draw({ learningRate }, 9).slice(0, 5)).toEqual(few);
  const more = draw({ l1: { from: 0, to: 1 }, learningRate }, 5);
  expect(more.map(({ tries }) => tries.learningRate)).toEqual(few.map(({ tries }) => tries.learningRate));
  expect(draw({ learningRate }, 5, 2)).not.toEqual(few);
});

test("no two trials are the same, and a small space is tried in full", () => {
  const trials = draw({ layers: ["8", "16", "8,8"], batchSize: [8, 16] }, 20);
  expect(trials).toHaveLength(6);
  expect(new Set(trials.map(({ tries }) => JSON.stringify(tries))).size).toBe(6);
});

test("a trial has no numbers of another optimizer, loss or schedule", () => {
  const space = searchSpace({ optimizer: ["sgd", "momentum"], momentum: { from: 0.5, to: 0.9 } });
  const trials = drawTrials(space, { seed: 1, trials: 8, complete });
  for (const { tries } of trials) expect("momentum" in tries).toBe(tries.optimizer === "momentum");
  // Of sgd there is one such trial.
  expect(trials.filter(({ tries }) => tries.optimizer === "sgd")).toHaveLength(1);
});

test("values are read as on the command line or in a configuration file", () => {
  const space = searchSpace({
    layers: ["none", 32, [64, "d0.5"]],
    activation: ["leaky-relu", "tanh"],
    nesterov: [true],
  });
  expect(space.layers).toEqual({ values: [[], [32], [64, "d0.5"]] });
  expect(space.activation).toEqual({ values: ["leakyRelu", "tanh"] });
  expect(searchEntryText(space.layers as never)).toBe("none | 32 | 64,d0.5");
  expect(searchSpaceFromJson('{"learning-rate": {"from": 0.01, "to": 1}}', "space.json")).toEqual({
    learningRate: { from: 0.01, to: 1, scale: "log", isWhole: false },
  });
});

test("a word of the command line is a range or a list", () => {
  expect(triedFromText("1e-4..1e-1")).toEqual({ from: 1e-4, to: 0.1 });
  expect(triedFromText(".5..0.9:Log")).toEqual({ from: 0.5, to: 0.9, scale: "log" });
  expect(triedFromText("64|128 | 128,64")).toEqual(["64", "128", "128,64"]);
  expect(triedFromText("scale=0.85..1.15")).toEqual(["scale=0.85..1.15"]);
});

test.each<[string, unknown, RegExp]>([
  ["no object", [], /^space: expected an object, as .*, got an array of 0\./],
  [
    "an unknown option",
    { lerningRate: [1, 2] },
    /^space: expected options among layers, .* got "lerningRate"\. Did you/,
  ],
  ["an option twice", { learningRate: [1, 2], "learning-rate": [1] }, /^space: expected every option once, got learn/],
  ["the seed", { seed: [1, 2] }, /^space: expected options that a trial can have for itself, got seed\. The best of/],
  ["the validation examples", { validation: [1, 2] }, /got validation\. All trials have the same validation examples/],
  ["nothing", {}, /^space: expected an option with more than one value to try, got none\. Name several/],
  ["one value", { layers: ["32"] }, /more than one value to try, got one value of layers\./],
  ["an empty list", { layers: [] }, /^space, layers: expected at least one value, got an empty list\./],
  ["a value twice", { layers: ["32", [32]] }, /^space, layers: expected every value once, got 32 twice\./],
  ["a value of no such kind", { layers: ["32", "x"] }, /^space, layers: expected hidden layers, .* got "x"\./],
  ["null", { epochs: [1, null] }, /^space, epochs: expected a whole number of at least 1, got null\./],
  ["a number alone", { epochs: 3 }, /^space, epochs: expected a list of values, .* or a range, .* got 3\./],
  ["a range without an end", { l1: { from: 1 } }, /^space, l1, to: expected a number, got nothing\./],
  ["a range with something else", { l1: { from: 1, to: 2, step: 1 } }, /^space, l1: expected options among from, to/],
  [
    "an empty range",
    { l1: { from: 1, to: 1 } },
    /^space, l1: expected a range whose from is below its to, got an empty/,
  ],
  ["an upside-down one", { l1: { from: 2, to: 1 } }, /from is below its to, got 2 to 1\. Exchange them\./],
  [
    "a log scale from 0",
    { l1: { from: 0, to: 1, scale: "log" } },
    /^space, l1: expected from above 0 for the scale log/,
  ],
  [
    "an unknown scale",
    { l1: { from: 0, to: 1, scale: "lin" } },
    /^space, l1, scale: expected linear or log, got "lin"/,
  ],
  ["an end that is no value", { epochs: { from: 0, to: 3 } }, /^space, epochs, from: expected a whole number of at le/],
  ["a range of names", { activation: { from: 1, to: 2 } }, /^space, activation, from: expected one of .* in a list\./],
])("a space is refused with %s", (_, given, sentence) => {
  expect(() => searchSpace(given as GivenSpace, "space")).toThrow(sentence);
});

test("a JSON text is refused where it is no object, or names an option twice", () => {
  expect(() => searchSpaceFromJson("[1]", "s.json")).toThrow(
    /^s\.json: expected an object, as {"batchSize": \[32, 64\]}/,
  );
  expect(() => searchSpaceFromJson('{"l1": [1, 2], "l1": [3]}', "s.json")).toThrow(/every option once, got "l1" twice/);
});

test("halving: each rung has a third of the trials and three times the epochs", () => {
  expect(halvingRungs({ trials: 27, epochs: 27 })).toEqual([
    { trials: 27, epochs: 1 },
    { trials: 9, epochs: 3 },
    { trials: 3, epochs: 9 },
    { trials: 1, epochs: 27 },
  ]);
  expect(halvingRungs({ trials: 20, epochs: 5 })).toEqual([
    { trials: 20, epochs: 2 },
    { trials: 6, epochs: 5 },
  ]);
  expect(halvingRungs({ trials: 8, epochs: 100, eta: 2 }).map(({ epochs }) => epochs)).toEqual([13, 25, 50, 100]);
});

test("halving is refused where nothing would be halved", () => {
  expect(() => halvingRungs({ trials: 2, epochs: 9 })).toThrow(
    "at least 3 trials and 3 epochs (eta is 3), got 2 trials",
  );
  expect(() => halvingRungs({ trials: 9, epochs: 2 })).toThrow("got 9 trials and 2 epochs");
  expect(() => halvingRungs({ trials: 9, epochs: 9, eta: 1 })).toThrow("eta to be a whole number of at least 2, got 1");
});

test("the best trial is the first; a smaller loss decides between equals, and a divergence is the last", () => {
  const results = [
    { trial: 1, score: null, loss: null },
    { trial: 2, score: 0.9, loss: 0.5 },
    { trial: 3, score: 0.9, loss: 0.4 },
    { trial: 4, score: 0.95, loss: 0.6 },
    { trial: 5, score: 0.9, loss: 0.5 },
  ];
  expect(ranked(results, "higher").map(({ trial }) => trial)).toEqual([4, 3, 2, 5, 1]);
  expect(ranked(results, "lower").map(({ trial }) => trial)).toEqual([3, 2, 5, 4, 1]);
  expect(survivors(results, "higher", { trials: 2 }).map(({ trial }) => trial)).toEqual([3, 4]);
  expect(survivors(results, "higher", { trials: 5 })).toHaveLength(4);
});

test("a place in a range is one of its scale", () => {
  const range = (from: number, to: number) => searchSpace({ l1: { from, to } }).l1 as never;
  expect(placeInRange(range(1e-4, 1), 1e-2)).toBeCloseTo(0.5, 12);
  expect(placeInRange(range(2, 4), 3)).toBe(0.5);
});
