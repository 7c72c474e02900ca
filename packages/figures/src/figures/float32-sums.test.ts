// Sums in one order and another: what the figure shows is what the library's law gives.
import { dense, network } from "inkling";
import { Stream } from "inkling/numbers";
import { expect, test } from "vitest";
import {
  additionsOf,
  bitsOf,
  exactSum,
  lawfulSum,
  sharedSum,
  stepsBetween,
  sumOf,
  sumsOfAllOrders,
} from "./float32-sums.ts";

const { fround } = Math;
const stream = new Stream(1, "terms");
const terms = Float32Array.from({ length: 1000 }, (_, i) => stream.normal(i));

test("the law's sum is the library's, whatever the number of workers", async () => {
  const { backend } = network([2], [dense(2)], { seed: 1 });
  for (const count of [1, 100, 128, 129, 640, 1000]) {
    const some = terms.subarray(0, count);
    const mean = await backend.longStep(async () => {
      const delta = backend.matrix(count, 1);
      backend.write(delta, some);
      return (await backend.read(backend.meanRows(delta)))[0];
    });
    const sums = [1, 2, 3, 4, 5, 6, 7, 8].map((workers) => lawfulSum(some, workers).sum);
    expect(new Set(sums).size).toBe(1);
    expect(fround((sums[0] as number) / count)).toBe(mean);
  }
});

test("shares of equal size give other bits for other numbers of workers", () => {
  const sums = [1, 2, 3, 4, 5, 6, 7, 8].map((workers) => sharedSum(terms, workers));
  expect(sums[0]).toBe(sumOf(terms));
  expect(new Set(sums).size).toBeGreaterThan(3);
});

test("a worker makes the parts of the tree that it has all blocks of", () => {
  const { parts, worker } = lawfulSum(terms, 4);
  expect(worker).toBeUndefined();
  expect(parts?.[0].parts?.map((part) => part.worker)).toEqual([0, 1]);
  expect(parts?.[1].parts?.map((part) => part.worker)).toEqual([2, 3]);
  expect(lawfulSum(terms, 1).worker).toBe(0);
  expect(lawfulSum(terms.subarray(0, 10), 8).parts).toBeUndefined();
});

test("all orders of a few terms are counted, each by itself", () => {
  const few = Array.from(terms.subarray(0, 5));
  const found = new Map<number, number>();
  const walk = (sum: number, left: readonly number[]): void => {
    if (left.length === 0) found.set(sum, (found.get(sum) ?? 0) + 1);
    for (const [i, term] of left.entries()) walk(fround(sum + term), left.toSpliced(i, 1));
  };
  walk(0, few);
  const counted = sumsOfAllOrders(few);
  expect(new Map(counted.map(({ sum, orders }) => [sum, orders]))).toEqual(found);
  expect(counted.reduce((sum, { orders }) => sum + orders, 0)).toBe(120);
});

test("additions, bits and steps between numbers", () => {
  expect(additionsOf([1, 2 ** -24, 2 ** -24])).toEqual([
    { sum: 1, lost: 0 },
    { sum: 1, lost: 2 ** -24 },
    { sum: 1, lost: 2 ** -24 },
  ]);
  expect(exactSum([1, 1e-30, -1])).toBe(1e-30);
  expect(bitsOf(1)).toBe(`0${"01111111"}${"0".repeat(23)}`);
  expect(bitsOf(-0)).toBe(`1${"0".repeat(31)}`);
  expect(stepsBetween(1, 1 + 2 ** -23)).toBe(1);
  expect(stepsBetween(-(2 ** -149), 2 ** -149)).toBe(2);
  expect(stepsBetween(-1, -1 - 2 ** -23)).toBe(-1);
});
