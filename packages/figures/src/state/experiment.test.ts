import { expect, test } from "vitest";
import { changed, commandOf, differences, experimentOf } from "./experiment.ts";

test.each([
  [experimentOf("mlp"), "inkling train --preset mlp --seed 1"],
  [
    experimentOf("mlp", { layers: [30], examples: 10_000, seed: 7 }),
    "inkling train --preset mlp --layers 30 --examples 10000 --seed 7",
  ],
  [experimentOf("mlp", { layers: [] }), "inkling train --preset mlp --layers none --seed 1"],
  [
    experimentOf("mlp", { optimizer: "sgd", learningRate: 0.5, beta1: 0.5 }),
    "inkling train --preset mlp --optimizer sgd --learning-rate 0.5 --seed 1",
  ],
  // 100 images are fewer than a batch: the command cuts it, too.
  [experimentOf("mlp", { examples: 100 }), "inkling train --preset mlp --examples 100 --seed 1"],
  [experimentOf("mlp", { examples: 60_000 }), "inkling train --preset mlp --seed 1"],
  [
    experimentOf("mlp", { optimizer: "momentum", nesterov: true }),
    "inkling train --preset mlp --optimizer momentum --nesterov --seed 1",
  ],
])("the command names what differs from the preset: %#", (experiment, line) => {
  expect(commandOf(experiment)).toBe(line);
});

test("another optimizer drops what was chosen for the one before, and keeps the rest", () => {
  const before = experimentOf("mlp", { layers: [30], learningRate: 0.3, examples: 1000 });
  const after = changed(before, { optimizer: "sgd" });
  expect(after.configuration.layers).toEqual([30]);
  expect(after.configuration.examples).toBe(1000);
  expect(after.configuration.learningRate).not.toBe(0.3);
  expect(after.configuration.schedule).toBe("constant");
  expect(changed(after, { learningRate: 0.5 }).configuration.optimizer).toBe("sgd");
});

test("a batch that was cut to few images grows again with them", () => {
  const few = experimentOf("mlp", { examples: 50 });
  expect(few.configuration.batchSize).toBe(50);
  expect(differences(few)).toEqual(["examples"]);
  expect(changed(few, { examples: 5000 }).configuration.batchSize).toBe(128);
});
