import { describe, expect, test } from "vitest";
import { ArgumentError, DataError } from "../errors.ts";
import { configurationFromJson } from "./configuration-file.ts";

const read = (text: string) => configurationFromJson(text, "c.json");

describe("a configuration file", () => {
  test("names fields with capitals or dashes, and a preset", () => {
    expect(read('\uFEFF{"preset": "mlp", "learning-rate": 0.5, "batchSize": "full", "layers": [64, 32]}')).toEqual({
      preset: "mlp",
      learningRate: 0.5,
      batchSize: "full",
      layers: [64, 32],
    });
  });

  test("has words as the command line has them", () => {
    expect(read('{"layers": "64,32", "activation": "leaky-relu", "epochs": "7", "nesterov": "true"}')).toEqual({
      layers: [64, 32],
      activation: "leakyRelu",
      epochs: 7,
      nesterov: true,
    });
  });

  test.each([
    ['{"epochs": 1, "epochs": 2}', "epochs twice"],
    ['{"epochs": 1, "\\u0065pochs": 1}', "epochs twice"],
    ['{"learningRate": 0.1, "learning-rate": 0.2}', "learningRate twice"],
    ['{"preset": "mlp", "seed": 1, "preset": "mlp"}', "preset twice"],
  ])("is refused with a key twice: %s", (text, got) => {
    expect(() => read(text)).toThrow(`c.json: expected every option once, got ${got}.`);
  });

  test("may have class weights by name", () => {
    expect(read('{"class-weights": {"cat": 2, "epochs": 0.5}, "epochs": 3}')).toEqual({
      classWeights: { cat: 2, epochs: 0.5 },
      epochs: 3,
    });
  });

  test("may have words that look like keys", () => {
    expect(read('{"init": "\\"epochs\\": 1", "epochs": 2}')).toEqual({ init: '"epochs": 1', epochs: 2 });
  });

  test.each([
    ["", DataError, "expected JSON, got Unexpected end of JSON input"],
    ["epochs = 10", DataError, "expected JSON, got Unexpected token"],
    ["[1,\n 2]", DataError, 'expected an object, as {"epochs": 10}, got [1, 2]'],
    ["null", DataError, "got null"],
    ['{"epoch": 10}', ArgumentError, 'got "epoch". Did you mean epochs?'],
    ['{"a\\nb": 10}', ArgumentError, 'got "a\\nb".'],
    ['{"__proto__": {"epochs": 3}}', ArgumentError, 'got "__proto__".'],
    ['{"optimizer": {"toString": 1}}', ArgumentError, "c.json, optimizer: expected a number, a word, "],
    ['{"classWeights": {"cat": "much"}}', ArgumentError, "c.json, classWeights: expected a number, a word, "],
    ['{"layers": {"cat": 1}}', ArgumentError, "got an object"],
    ['{"epochs": null}', ArgumentError, "got null"],
    ['{"layers": [["a"]]}', ArgumentError, "got another list"],
    [`{"init": ${"[".repeat(50_000)}${"]".repeat(50_000)}}`, ArgumentError, "got another list"],
  ])("is refused: %s", (text, kind, sentence) => {
    expect(() => read(text)).toThrow(kind);
    expect(() => read(text)).toThrow(sentence);
  });
});
