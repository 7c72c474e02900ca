// What a network is made of, as JavaScript could give it: each mistake is one sentence of ours.
import { describe, expect, test } from "vitest";
import { Scaling } from "../data/scaling.ts";
import { InklingError } from "../errors.ts";
import { dense } from "../layers/dense.ts";
import { meanSquared } from "../losses/squared.ts";
import { checkNetwork, type NetworkOptions, network } from "./network.ts";

const built = (options: unknown) => () => network([2], [dense(2)], options as NetworkOptions<"classes">);

describe("a network refuses", () => {
  test.each<[string, unknown, string]>([
    ["null", null, "scaling: expected a scaling, as standardize() makes one, got null."],
    ["a number", 5, "scaling: expected a scaling, as standardize() makes one, got 5."],
    ["its numbers", { means: [0, 0], deviations: [1, 1] }, "scaling: expected a scaling, as standardize() makes one"],
    ["other columns", new Scaling([1, 2, 3], [1, 1, 1]), "scaling: expected a scaling of 2 columns, got 3."],
  ])("a scaling of %s", (_, scaling, sentence) => {
    expect(built({ scaling })).toThrow(InklingError);
    expect(built({ scaling })).toThrow(sentence);
    const attempt = () => network([2], [dense(2)], { loss: meanSquared(), targetScaling: scaling as never });
    expect(attempt).toThrow(sentence.replace("scaling", "targetScaling"));
  });

  test.each<[string, unknown, string]>([
    ["null", null, "names, got null."],
    ["a word", "ab", 'names, got "ab".'],
    ["too few", ["a"], "2 names, got an array of 1."],
    ["the same twice", ["a", "a"], 'Names[1]: expected a name of its own, got "a" again.'],
    ["numbers", [1, 2], "Names[0]: expected a name of its own, got 1."],
    ["empty ones", ["", "b"], 'Names[0]: expected a name of its own, got "".'],
  ])("names that are %s", (_, names, sentence) => {
    for (const field of ["columnNames", "classNames"]) {
      expect(built({ [field]: names })).toThrow(InklingError);
      expect(built({ [field]: names })).toThrow(sentence);
    }
  });

  test("names that do not go with its loss", () => {
    expect(built({ targetNames: ["a", "b"] })).toThrow("no targetNames (the loss crossEntropy is for classes)");
    expect(built({ loss: meanSquared(), classNames: ["a", "b"] })).toThrow(
      "no classNames (the loss meanSquared is for",
    );
  });

  test.each<[string, unknown, string]>([
    ["no map", {}, "expected a Map of names and numbers, got an object."],
    ["a misspelt name", new Map([["layers.0.weigths", [1, 2, 3, 4]]]), "Did you mean layers.0.weights?"],
    ["too few numbers", new Map([["layers.0.bias", [1]]]), "layers.0.bias: expected 2 numbers (2), got 1 numbers."],
    ["nothing", new Map([["layers.0.bias", undefined]]), "layers.0.bias: expected 2 numbers (2), got nothing."],
    ["words", new Map([["layers.0.bias", [1, "2"]]]), 'layers.0.bias[1]: expected a finite float32 number, got "2".'],
    ["1e300", new Map([["layers.0.bias", [1, 1e300]]]), "expected a finite float32 number, got 1e+300."],
  ])("initial values that are %s", (_, initialValues, sentence) => {
    expect(built({ initialValues })).toThrow(InklingError);
    expect(built({ initialValues })).toThrow(sentence);
  });

  test("a loss of null, and what only looks like one", () => {
    expect(built({ loss: null })).toThrow(
      "network, loss: expected a loss, as crossEntropy() or meanSquared(), got null.",
    );
    expect(built({ loss: { compute: 1, meaning: 2 } })).toThrow("network, loss: expected a loss");
  });

  test("layers that are plain data, whatever is in them", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const spec of [{ a: 1n }, circle, null, 5, "dense", dense]) {
      expect(() => network([2], [spec as never])).toThrow("network: expected layers as dense(10) or flatten(), got ");
    }
  });
});

test("what is no network is said to be none; a promise is to be awaited", () => {
  expect(() => checkNetwork("train", undefined)).toThrow("train: expected a network, got nothing. Make one with");
  expect(() => checkNetwork("train", Promise.resolve())).toThrow("got a Promise. Write await before it.");
  expect(() => checkNetwork("train", built({})())).not.toThrow();
});
