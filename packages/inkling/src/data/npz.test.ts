import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError, InklingError } from "../errors.ts";
import type { ArrayOptions } from "./array-numbers.ts";
import { Dataset } from "./dataset.ts";
import { encodeNpy, type NpyValues } from "./npy.ts";
import { datasetFromNpy, datasetFromNpz } from "./npz.ts";

const npy = (shape: readonly number[], values: NpyValues) => encodeNpy({ shape, values });
const bytes = (count: number) => Uint8Array.from({ length: count }, (_, i) => (7 * i) % 256);
const whole = (...values: number[]) => Int32Array.from(values);

/** One set from an array of examples and one of answers. */
function read(x: Uint8Array, y?: Uint8Array, options: ArrayOptions = {}): Dataset {
  const found = datasetFromNpz("a.npz", new Map([["x.npy", x], ...(y ? ([["y.npy", y]] as const) : [])]), options);
  return found instanceof Dataset ? found : expect.fail("a pair");
}

describe("examples", () => {
  test.each<[string, Uint8Array, readonly number[], "bytes" | "float32"]>([
    ["bytes of three dimensions", npy([2, 3, 4], bytes(24)), [3, 4, 1], "bytes"],
    ["bytes with channels last", npy([2, 5, 6, 3], bytes(180)), [5, 6, 3], "bytes"],
    ["bytes with channels first", npy([2, 3, 5, 6], bytes(180)), [5, 6, 3], "bytes"],
    ["bytes where both could be channels", npy([2, 3, 5, 3], bytes(90)), [3, 5, 3], "bytes"],
    ["rows of a square of bytes", npy([2, 64], bytes(128)), [8, 8, 1], "bytes"],
    ["rows of other bytes", npy([2, 9], bytes(18)), [9], "float32"],
    ["whole numbers of three dimensions", npy([1, 2, 2], whole(0, 1, 2, 255)), [2, 2, 1], "bytes"],
    ["numbers that are no bytes", npy([1, 2, 2], Float32Array.of(0, 0.5, -1, 2)), [2, 2, 1], "float32"],
    ["a table", npy([2, 3], Float64Array.of(1, 2, 3, 4, 5, 6)), [3], "float32"],
    ["one column", npy([3], BigInt64Array.of(1n, 2n, 3n)), [1], "float32"],
  ])("of %s have their shape", (_, x, shape, kind) => {
    const set = read(x);
    expect([set.shape, set.kind]).toEqual([shape, kind]);
  });

  test("of numbers k / 255 are bytes, and 0 and 1 are black and white", () => {
    const pixels = Float32Array.from(bytes(8), (byte) => byte / 255);
    expect(read(npy([2, 2, 2], pixels)).inputs).toEqual(bytes(8));
    expect(read(npy([1, 2, 2], whole(0, 1, 1, 0))).inputs).toEqual(Uint8Array.of(0, 255, 255, 0));
  });

  test.each<[string, Uint8Array, string]>([
    [
      "a number alone",
      npy([], Float32Array.of(1)),
      "a.npz, x: expected an array of at least one example, got one number.",
    ],
    ["nothing", npy([0, 3], new Float32Array()), "got 0 × 3."],
    ["five dimensions", npy([1, 1, 1, 1, 1], bytes(1)), "expected images, n × height × width (× channels), or a table"],
    ["NaN", npy([1, 2], Float64Array.of(1, Number.NaN)), "a.npz, x, row 0, column 1: expected a number that float32"],
    ["what float32 cannot hold", npy([1, 1], Float64Array.of(1e39)), "row 0, column 0: expected a number that float32"],
  ])("of %s are refused", (_, x, sentence) => {
    expect(() => read(x)).toThrow(DataError);
    expect(() => read(x)).toThrow(sentence);
  });
});

describe("answers", () => {
  const table = npy([4, 1], Float32Array.of(1, 2, 3, 4));
  const images = npy([4, 1, 1], bytes(4));

  test.each<[string, Uint8Array, Uint8Array, Partial<Dataset>]>([
    [
      "whole numbers of images",
      images,
      npy([4], whole(0, 30, 2, 30)),
      { classes: 31, labels: Uint8Array.of(0, 30, 2, 30) },
    ],
    ["a column of them", images, npy([4, 1], whole(0, 1, 2, 0)), { classes: 3 }],
    ["few whole numbers of a table", table, npy([4], whole(7, -1, 7, 7)), { classNames: ["-1", "7"], classes: 2 }],
    ["fractions", table, npy([4], Float64Array.of(1, 2.5, 1, 1)), { targets: Float32Array.of(1, 2.5, 1, 1) }],
    [
      "rows with a single 1",
      table,
      npy([4, 2], whole(1, 0, 0, 1, 0, 1, 1, 0)),
      { classes: 2, labels: Uint8Array.of(0, 1, 1, 0) },
    ],
    [
      "other rows",
      table,
      npy([4, 2], whole(1, 0, 0, 1, 1, 1, 1, 0)),
      { classes: 0, targetNames: ["target 0", "target 1"] },
    ],
  ])("of %s are what they look like", (_, x, y, fields) => {
    expect(read(x, y)).toMatchObject(fields);
  });

  test("are what is said", () => {
    const y = npy([4], whole(0, 1, 2, 1));
    expect(read(table, y, { task: "numbers" }).targets).toEqual(Float32Array.of(0, 1, 2, 1));
    expect(read(images, y, { classes: 5 }).classes).toBe(5);
    const known = { classNames: ["2", "1", "0"], columnNames: ["size"] };
    expect(read(table, y, known)).toMatchObject({ ...known, labels: Uint8Array.of(2, 1, 0, 1) });
    expect(() => read(table, y, { classNames: ["2", "1"] })).toThrow("number 0: expected one of the 2 classes");
    expect(() => read(images, y, { classes: 2 })).toThrow(
      "a.npz, y, number 2: expected a class, a whole number from 0 to 1, got 2.",
    );
    expect(() => read(images, npy([3], whole(0, 1, 2)))).toThrow(
      "expected 4 answers, one for each of a.npz, x, got 3.",
    );
    expect(() => read(table, y, { columnNames: ["a", "b"] })).toThrow("expected the 2 columns of the model, got 1.");
  });
});

test("a pair has the training's classes, and tests of the same shape", () => {
  const pair = (test: NpyValues, x = npy([2, 1], Float32Array.of(1, 2))) =>
    datasetFromNpz(
      "a.npz",
      new Map([
        ["x_train.npy", npy([3, 1], Float32Array.of(1, 2, 3))],
        ["y_train.npy", npy([3], whole(3, 5, 9))],
        ["x_test.npy", x],
        ["y_test.npy", npy([2], test)],
      ]),
    );
  expect(pair(whole(9, 3))).toMatchObject({ test: { classNames: ["3", "5", "9"], labels: Uint8Array.of(2, 0) } });
  expect(() => pair(whole(9, 4))).toThrow("expected one of the 3 classes");
  expect(() => pair(whole(9, 3), npy([2, 2], bytes(4)))).toThrow("expected test examples of 1, as in training, got 2.");
});

test("what is no map of bytes, no option and no file is refused", () => {
  expect(() => datasetFromNpz("a", { x: bytes(1) } as never)).toThrow(ArgumentError);
  expect(() => datasetFromNpz("a", new Map(), { lable: 1 } as never)).toThrow("Did you mean label?");
  expect(() => datasetFromNpz("a", new Map())).toThrow("got no array.");
  expect(() => datasetFromNpy("a", bytes(1) as never)).toThrow(ArgumentError);
});

test("any arrays are a data set or an error of ours", () => {
  const kinds = [fc.uint8Array, fc.int16Array, fc.float32Array, fc.float64Array, fc.bigInt64Array];
  const array = fc
    .tuple(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }), fc.constantFrom(...kinds))
    .chain(([shape, kind]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const values = kind({ minLength: length, maxLength: length }) as fc.Arbitrary<NpyValues>;
      return values.map((numbers) => npy(shape, numbers));
    });
  fc.assert(
    fc.property(array, fc.option(array, { nil: undefined }), (x, y) => {
      try {
        expect(read(x, y).inputs.every(Number.isFinite)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(InklingError);
      }
    }),
    { seed: 1, numRuns: 1000 },
  );
});
