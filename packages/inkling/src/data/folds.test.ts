// Folds: every example is held out once, and is never in the part that is trained on.
import { expect, test } from "vitest";
import { Dataset } from "./dataset.ts";
import { folds } from "./folds.ts";

const numbers = (count: number) => {
  return new Dataset({ name: "numbers", shape: [1], inputs: Float32Array.from({ length: count }, (_, i) => i) });
};

test.each([
  [10, 5],
  [11, 3],
  [7, 7],
])("of %i examples in %i folds every example is held out once", (count, k) => {
  const all = Array.from({ length: count }, (_, i) => i);
  const held: number[] = [];
  for (const { train, validation } of folds(numbers(count), k, { seed: 1 })) {
    const [trained, own] = [Array.from(train.inputs), Array.from(validation.inputs)];
    expect([...trained, ...own].toSorted((a, b) => a - b)).toEqual(all);
    expect([Math.floor(count / k), Math.ceil(count / k)]).toContain(own.length);
    held.push(...own);
  }
  expect(held.toSorted((a, b) => a - b)).toEqual(all);
});

test("the seed draws them", () => {
  const first = (seed: number) => [...(folds(numbers(20), 4, { seed }).next().value?.validation.inputs ?? [])];
  expect(first(1)).toEqual(first(1));
  expect(first(1)).not.toEqual(first(2));
});

test("one fold, and more folds than examples, are refused at once", () => {
  const expected = "folds: expected a whole number of folds from 2 to 4 (all examples of numbers), got ";
  expect(() => folds(numbers(4), 1, { seed: 1 })).toThrow(`${expected}1.`);
  expect(() => folds(numbers(4), 5, { seed: 1 })).toThrow(`${expected}5.`);
  expect(() => folds(numbers(4), 2, {} as never)).toThrow("folds: expected seed to be a whole number");
});
