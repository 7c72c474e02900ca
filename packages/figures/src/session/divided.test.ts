import { Dataset } from "inkling";
import { Reference } from "inkling/proofs";
import { expect, test } from "vitest";
import { experimentOf } from "../state/experiment.ts";
import { learntPlaces } from "./divided.ts";
import { prepare } from "./preparing.ts";

// Every image says by its first pixels which one it is.
const inputs = new Uint8Array(500 * 784);
for (let i = 0; i < 500; i++) [inputs[784 * i], inputs[784 * i + 1]] = [i >> 8, i & 255];
const labels = Uint8Array.from({ length: 500 }, (_, i) => i % 10);
const images = new Dataset({ name: "numbered", shape: [28, 28, 1], inputs, labels, classes: 10 });

test.each([
  ["none held out", { validation: 0 }],
  ["by the seed", { validation: 120, seed: 3 }],
  ["by NumPy's draws", { validation: 120, seed: 3, init: "numpy" }],
] as const)("knows which examples a training learns from: %s", (_, fields) => {
  const experiment = experimentOf("mlp", { layers: [4], examples: 500, ...fields });
  const { train } = prepare(experiment, images, new Reference());
  const learnt = Array.from({ length: train.count }, (_, i) => {
    const [high = 0, low = 0] = train.example(i);
    return 256 * high + low;
  });
  expect([...learntPlaces(500, experiment.configuration)]).toEqual(learnt.sort((a, b) => a - b));
});
