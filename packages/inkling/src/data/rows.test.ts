import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { Stream } from "../numbers/random.ts";
import { Dataset } from "./dataset.ts";
import { expandByOnePixel } from "./expand.ts";
import { folds } from "./folds.ts";
import { type RowNumbers, type RowSource, Rows } from "./rows.ts";
import { standardize } from "./scaling.ts";

const stream = new Stream(1, "rows");

/** Rows that lie elsewhere: here in another array. `reads`: how often they were asked. */
function sourceOf(all: RowNumbers, columns: number): RowSource & { reads: number } {
  const source = {
    kind: all instanceof Uint8Array ? ("bytes" as const) : ("float32" as const),
    ...{ count: all.length / columns, columns, reads: 0 },
    read(order: ArrayLike<number>, start: number, rows: number, into: RowNumbers) {
      source.reads++;
      for (let i = 0; i < rows; i++) {
        into.set(all.subarray(order[start + i] * columns, (order[start + i] + 1) * columns), i * columns);
      }
    },
    hasher() {
      const hash = createHash("sha256");
      return { add: (bytes: Uint8Array) => void hash.update(bytes), end: () => hash.digest("hex") };
    },
  };
  return source;
}

const images = Uint8Array.from({ length: 300 * 6 }, (_, e) => Math.floor(256 * stream.uniform(e)));
const labels = Uint8Array.from({ length: 300 }, (_, i) => (i * i) % 3);
const here = new Dataset({ name: "here", shape: [2, 3], inputs: images, labels, classes: 3 });
const elsewhere = () => {
  const stored = sourceOf(images, 6);
  return { stored, data: new Dataset({ name: "here", shape: [2, 3], stored: new Rows(stored), labels, classes: 3 }) };
};

test("examples that lie elsewhere have the digest, the count and the numbers of those in memory", async () => {
  const { data } = elsewhere();
  expect(await data.sha256()).toBe(await here.sha256());
  expect([data.count, data.kind]).toEqual([300, "bytes"]);
  expect(data.example(17)).toEqual(here.example(17));
  expect(data.inputs).toEqual(images);
});

test("nothing is read where a set is divided, and the parts are those of a set in memory", async () => {
  const { data, stored } = elsewhere();
  const parts = [data.take(20), data.pick([5, 5, 2]), ...Object.values(data.split(30, { seed: 4 }))];
  expect(stored.reads).toBe(0);
  const expected = [here.take(20), here.pick([5, 5, 2]), ...Object.values(here.split(30, { seed: 4 }))];
  for (const [i, part] of parts.entries()) expect(await part.sha256()).toBe(await expected[i].sha256());
  const [fold] = folds(data, 3, { seed: 1 });
  const [wanted] = folds(here, 3, { seed: 1 });
  expect(await fold.train.sha256()).toBe(await wanted.train.sha256());
});

test("fields of such a set with other inputs are a set in memory", () => {
  const { data } = elsewhere();
  const inputs = new Uint8Array(images.length);
  expect(new Dataset({ ...data, inputs }).inputs).toBe(inputs);
  expect(new Dataset({ ...data, inputs }).stored).toBeUndefined();
  expect(expandByOnePixel(data).inputs).toEqual(expandByOnePixel(here).inputs);
});

test("columns are scaled as those of a table in memory, to the last bit", () => {
  const numbers = Float32Array.from({ length: 40_000 * 9 }, (_, e) => 1000 * stream.normal(e));
  const table = new Dataset({ name: "table", shape: [9], inputs: numbers });
  const stored = sourceOf(numbers, 9);
  expect(standardize(new Dataset({ name: "table", shape: [9], stored: new Rows(stored) }))).toEqual(standardize(table));
  // In pieces, twice.
  expect(stored.reads).toBeGreaterThan(2);
});

test("rows of another width are refused", () => {
  const stored = new Rows(sourceOf(images, 6));
  expect(() => new Dataset({ name: "a", shape: [5], stored })).toThrow(
    "a: expected rows of 5 numbers, at least one, got 300 of 6.",
  );
});
