// What gradientCheck refuses; what it finds is in test/gradients.test.ts.
import { expect, test } from "vitest";
import { Reference } from "../backends/reference/reference.ts";
import { InklingError } from "../errors.ts";
import { dense } from "../layers/dense.ts";
import { labels, type Matrix } from "../matrix.ts";
import { network } from "../network/network.ts";
import { gradientCheck } from "./gradient-check.ts";

const backend = new Reference("float64");
const model = network([2], [dense(2)], { backend });
const x = backend.matrix(3, 2);
const y = labels([0, 1, 0]);

/** As JavaScript would call it. */
const check = (...given: unknown[]) => gradientCheck(...(given as [typeof model, Matrix, typeof y]));

test.each<[string, unknown[], string]>([
  ["no network", [], "gradientCheck: expected a network, got nothing."],
  ["no batch", [model], "a batch x, a matrix of the network's backend, got nothing."],
  ["a list as batch", [model, [1, 2]], "got an array of 2."],
  ["a batch of another width", [model, backend.matrix(3, 5), y], "x of 2 columns (the network's inputs), got 5."],
  ["no targets", [model, x], "targets, labels([…]) or a matrix, got nothing."],
  ["too few targets", [model, x, labels([0])], "a target for each of the 3 rows of x, got 1."],
  ["a step of 0", [model, x, y, { step: 0 }], "a step above 0, got 0."],
  ["a tolerance as a word", [model, x, y, { tolerance: "1" }], 'a tolerance above 0, got "1".'],
  ["half a sample", [model, x, y, { samples: 0.5 }], "samples to be a whole number of at least 1, got 0.5."],
  ["a seed as a word", [model, x, y, { seed: "1" }], 'seed to be a whole number from 0 to 2^53 − 1, got "1".'],
  ["no signal", [model, x, y, { signal: 5 }], "signal to be an AbortSignal, got 5."],
])("%s is refused in one sentence", async (_, given, sentence) => {
  await expect(check(...given)).rejects.toThrow(InklingError);
  await expect(check(...given)).rejects.toThrow(sentence);
});

test("undefined options are absent ones", async () => {
  const none = { step: undefined, tolerance: undefined, samples: undefined, seed: undefined, signal: undefined };
  expect((await check(model, x, y, none)).map(({ passed }) => passed)).toEqual([true, true, true]);
});
