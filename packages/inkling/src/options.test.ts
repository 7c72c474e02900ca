import { describe, expect, test } from "vitest";
import { ArgumentError } from "./errors.ts";
import { flatten } from "./layers/flatten.ts";
import { binaryCrossEntropy } from "./losses/binary-cross-entropy.ts";
import { meanSquared, quadratic } from "./losses/squared.ts";
import { checkOptions, nearest } from "./options.ts";
import { constant } from "./training/schedules.ts";

const known = ["epochs", "batchSize", "learningRate"];

describe("checkOptions", () => {
  test("takes known options, some or none of them, whatever their values", () => {
    checkOptions("train", {}, known);
    checkOptions("train", { epochs: "three", batchSize: undefined }, known);
  });

  test("refuses an unknown option, and says which one is near", () => {
    expect(() => checkOptions("train", { epochs: 1, epoch: 3 }, known)).toThrow(ArgumentError);
    expect(() => checkOptions("train", { epochs: 1, epoch: 3 }, known)).toThrow(
      'train: expected options among epochs, batchSize, learningRate, got "epoch". Did you mean epochs?',
    );
  });

  test("proposes nothing where nothing is near", () => {
    expect(() => checkOptions("train", { verbose: true }, known)).toThrow(/got "verbose"\.$/);
  });

  test("refuses names that an object only inherits elsewhere", () => {
    expect(() => checkOptions("train", JSON.parse('{"__proto__": 1}'), known)).toThrow('got "__proto__"');
    expect(() => checkOptions("train", { toString: 1 }, known)).toThrow('got "toString"');
  });

  test("shows a name of control characters harmlessly", () => {
    expect(() => checkOptions("train", { "\u001b[2J": 1 }, known)).toThrow('got "\\u001b[2J".');
  });

  test.each([
    [null, "null"],
    [3, "3"],
    ["adam", '"adam"'],
    [[1, 2], "an array of 2"],
    [new Uint32Array(3), "a Uint32Array"],
    [() => 1, "a function"],
    [undefined, "nothing"],
  ])("refuses %s in place of an object", (options, got) => {
    expect(() => checkOptions("train", options, known)).toThrow(
      `train: expected an object of options (epochs, batchSize, learningRate), got ${got}.`,
    );
  });
});

describe("nearest", () => {
  test.each([
    ["epoch", "epochs"],
    ["batchsize", "batchSize"],
    ["batch-size", "batchSize"],
    ["learningrate", "learningRate"],
    ["leraningRate", "learningRate"],
    ["lerningRte", "learningRate"],
    ["epochs", "epochs"],
  ])("finds for %s the name %s", (name, meant) => {
    expect(nearest(name, known)).toBe(meant);
  });

  test.each(["lr", "", "rate", "toString", "a".repeat(1e6)])("finds nothing near to another name", (name) => {
    expect(nearest(name, known)).toBeUndefined();
  });

  test("counts two letters that changed places as one slip", () => {
    expect(nearest("rleu", ["relu"])).toBe("relu");
    expect(nearest("uler", ["relu"])).toBeUndefined();
  });

  test("takes the nearest of several, of equally near ones the first", () => {
    expect(nearest("tanhh", ["tank", "tanh"])).toBe("tanh");
    expect(nearest("abx", ["aby", "abz"])).toBe("aby");
  });
});

describe("a function without options", () => {
  const functions = { binaryCrossEntropy, quadratic, meanSquared, flatten, constant };
  test.each(Object.entries(functions))("%s refuses what it would ignore", (name, make) => {
    const call = make as unknown as (...given: unknown[]) => unknown;
    expect(() => call({ smoothing: 0.1 })).toThrow(`${name}: expected no options (it has none), got "smoothing".`);
    expect(() => call(1)).toThrow(`${name}: expected no options (it has none), got 1.`);
    expect(() => call(null)).toThrow("got null.");
    expect(() => call(undefined, [3])).toThrow("got an array of 1.");
    expect(() => call({ smoothing: undefined })).toThrow('got "smoothing".');
    expect(() => [call(), call(undefined), call({})]).not.toThrow();
  });
});
