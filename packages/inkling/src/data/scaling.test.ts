import { describe, expect, test } from "vitest";
import { ArgumentError, DataError, InklingError, ShapeError } from "../errors.ts";
import { Dataset } from "./dataset.ts";
import { Scaling, scalingOf, standardize } from "./scaling.ts";
import { table } from "./table.ts";

/** The law of sums over examples, written out: blocks of 128, and their sums as a balanced tree. */
function sum(values: readonly number[]): number {
  const blocks = Array.from({ length: Math.ceil(values.length / 128) }, () => 0);
  for (let i = 0; i < values.length; i++) blocks[Math.floor(i / 128)] += values[i];
  const tree = (lo: number, hi: number): number => {
    if (hi - lo === 1) return blocks[lo];
    let h = 1;
    while (2 * h < hi - lo) h *= 2;
    return tree(lo, lo + h) + tree(lo + h, hi);
  };
  return tree(0, blocks.length);
}

/** n numbers of very different sizes. */
const column = (n: number) =>
  Float32Array.from({ length: n }, (_, i) => (i % 7 === 0 ? 1e6 : 1) / (1 + ((i * 37) % 101)));

describe("scalingOf", () => {
  test.each([1, 2, 127, 128, 129, 256, 257, 700, 1000])("is mean and deviation by the law, of %i rows", (n) => {
    const values = [...column(n)];
    const mean = sum(values) / n;
    const variance = sum(values.map((x) => (x - mean) * (x - mean))) / n;
    const { means, deviations } = scalingOf(column(n), 1);
    expect([...means]).toEqual([mean]);
    expect([...deviations]).toEqual([variance === 0 ? 1 : Math.sqrt(variance)]);
  });

  test("treats every column by itself", () => {
    const numbers = Float32Array.from({ length: 3 * 400 }, (_, e) => column(400)[Math.floor(e / 3)] * (1 + (e % 3)));
    const { means, deviations } = scalingOf(numbers, 3);
    for (const j of [0, 1, 2]) {
      const alone = scalingOf(
        numbers.filter((_, e) => e % 3 === j),
        1,
      );
      expect([means[j], deviations[j]]).toEqual([alone.means[0], alone.deviations[0]]);
    }
  });

  test("of three numbers is what one computes by hand", () => {
    const { means, deviations } = scalingOf(Float32Array.of(1, 2, 3), 1);
    expect(means).toEqual(Float64Array.of(2));
    expect(deviations).toEqual(Float64Array.of(Math.sqrt(2 / 3)));
  });
});

describe("a scaling", () => {
  test.each<[string, unknown, unknown, string]>([
    ["deviations of 0", [0, 0], [0, 1], "scaling, deviations[0]: expected a number above 0, got 0."],
    ["NaN", [0, Number.NaN], [1, 1], "scaling, means[1]: expected a finite number, got NaN."],
    ["words", "ab", "cd", 'scaling, means: expected a list of numbers, got "ab".'],
    ["more means than deviations", [1, 2, 3], [1, 1], "scaling, deviations: expected 3 numbers, got 2."],
    ["no deviations", [1, 2], undefined, "scaling, deviations: expected a list of numbers, got nothing."],
  ])("is not made of %s", (_, means, deviations, sentence) => {
    const attempt = () => new Scaling(means as number[], deviations as number[]);
    expect(attempt).toThrow(InklingError);
    expect(attempt).toThrow(sentence);
  });

  test("is a copy: what the caller does later changes nothing", () => {
    const means = Float64Array.of(1, 2);
    const scaling = new Scaling(means, [1, 1]);
    means[0] = 100;
    scaling.means[1] = 100;
    expect(scaling.means).toEqual(Float64Array.of(1, 2));
    expect(scaling.apply(Float32Array.of(1, 2))).toEqual(Float32Array.of(0, 0));
  });

  test("has mean 0 and variance 1", () => {
    const scaling = scalingOf(column(1000), 1);
    const again = scalingOf(scaling.apply(column(1000)), 1);
    expect(again.means[0]).toBeCloseTo(0, 6);
    expect(again.deviations[0]).toBeCloseTo(1, 6);
  });

  test("is (x − μ) / σ, computed in float64 and rounded once", () => {
    const scaling = new Scaling([0.1], [0.3]);
    expect(scaling.apply(Float32Array.of(5))[0]).toBe(Math.fround((5 - 0.1) / 0.3));
  });

  test.each([0.1, 1e30, -7, 1e-40])("makes 0 of a column that is %d everywhere", (value) => {
    const numbers = new Float32Array(1000).fill(value);
    const scaling = scalingOf(numbers, 1);
    expect(scaling.deviations).toEqual(Float64Array.of(1));
    expect(scaling.apply(numbers)).toEqual(new Float32Array(1000));
  });

  test("is a copy, and undo is the way back", () => {
    const numbers = Float32Array.of(1, 10, 2, 20, 3, 60);
    const scaling = scalingOf(numbers, 2);
    const there = scaling.apply(numbers);
    expect(numbers).toEqual(Float32Array.of(1, 10, 2, 20, 3, 60));
    for (const [e, x] of scaling.undo(there).entries()) expect(x).toBeCloseTo(numbers[e], 5);
  });

  test("refuses a number that float32 cannot hold once scaled, and says which", () => {
    const scaling = new Scaling([0, 0], [1, 1e-10]);
    expect(() => scaling.apply(Float32Array.of(1, 2, 3, 1e30))).toThrow(DataError);
    expect(() => scaling.apply(Float32Array.of(1, 2, 3, 1e30))).toThrow("scaling, row 1, column 1: expected");
  });

  test("refuses another number of columns", () => {
    const scaling = scalingOf(Float32Array.of(1, 2, 3, 4), 2);
    expect(() => scaling.apply(Float32Array.of(1, 2, 3))).toThrow(
      "scaling: expected rows of 2 columns, got 3 numbers.",
    );
  });
});

describe("standardize", () => {
  test("is the scaling of a table's columns", () => {
    const points = table(
      [
        [1, 5],
        [3, 5],
      ],
      [0, 1],
    );
    const { means, deviations } = standardize(points);
    expect({ means, deviations }).toEqual({ means: Float64Array.of(2, 5), deviations: Float64Array.of(1, 1) });
  });

  test("refuses bytes", () => {
    const images = new Dataset({ name: "images", shape: [2], inputs: Uint8Array.of(0, 255) });
    expect(() => standardize(images)).toThrow(ArgumentError);
    expect(() => standardize(images)).toThrow("got bytes. Pixels are scaled already");
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["an array", [1, 2]],
    ["a pair", { train: 1, test: 2 }],
  ])("refuses %s in place of a data set", (_, value) => {
    expect(() => standardize(value as Dataset)).toThrow(ArgumentError);
  });

  test("refuses numbers that are not finite, and half a row", () => {
    expect(() => scalingOf(Float32Array.of(1, Number.NaN), 1)).toThrow(DataError);
    expect(() => scalingOf(Float32Array.of(1, 2, 3), 2)).toThrow(ShapeError);
    expect(() => scalingOf(new Float32Array(0), 1)).toThrow(ShapeError);
  });
});
