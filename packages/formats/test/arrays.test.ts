// Arrays that NumPy saved, as data sets.
import { readFileSync } from "node:fs";
import type { DataPair, Dataset } from "inkling";
import type { Data, ReadOptions } from "inkling-formats/data";
import { readBytes } from "inkling-formats/data";
import { readData } from "inkling-formats/node";
import { expect, test } from "vitest";

const path = (name: string) => new URL(`golden/${name}`, import.meta.url);
const bytesOf = (name: string) => new Uint8Array(readFileSync(path(name)));
const read = (name: string, options: ReadOptions = {}) => readBytes(name, bytesOf(name), options);
const pairOf = (data: Data): DataPair => ("train" in data ? data : expect.fail("a set alone"));
const onlyOf = (data: Data): Dataset => ("only" in data ? data.only : expect.fail("a pair"));

// What arrays.py prints.
const first = [
  [255, 228, 34, 121, 243, 189],
  [6, 131, 102, 168, 82, 193],
  [187, 150, 81, 243, 205, 24],
  [236, 8, 246, 164, 231, 36],
  [210, 111, 172, 210, 174, 176],
];

test("Keras's layout is a pair of images with their classes", async () => {
  const { train, test: tests } = pairOf(await read("keras.npz"));
  expect([train.name, train.shape, train.count, train.classes]).toEqual(["keras.npz train", [5, 6, 1], 20, 3]);
  expect([tests.name, tests.shape, tests.count, tests.classes]).toEqual(["keras.npz test", [5, 6, 1], 10, 3]);
  expect(train.example(0)).toEqual(Uint8Array.from(first.flat()));
  expect(Array.from(tests.labels ?? [])).toEqual([2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
  expect(pairOf(await readData(path("keras.npz").pathname))).toEqual({ train, test: tests });
});

test("numbers k / 255, channels first, answers with a single 1 and column-major memory are the same images", async () => {
  const set = onlyOf(await read("torch.npz"));
  const { train } = pairOf(await read("keras.npz"));
  expect([set.shape, set.count, set.classes]).toEqual([[5, 6, 3], 30, 3]);
  expect(set.note).toBe("torch.npz, X: 30 × 3 × 5 × 6 is read with the channels first.");
  const channel = Uint8Array.from({ length: 20 * 30 }, (_, i) => set.inputs[3 * i + 1] as number);
  expect(channel).toEqual(train.inputs);
  expect(set.labels?.subarray(0, 20)).toEqual(train.labels);
});

test("a table has numbers to predict, and what has no known name is named", async () => {
  const set = onlyOf(await read("table.npz"));
  expect([set.task, set.shape, set.columnNames]).toEqual(["numbers", [2], ["column 0", "column 1"]]);
  expect(set.note).toBe('table.npz: "names" is not read.');
  const [a = 0, b = 0] = set.example(3);
  expect(set.targets?.[3]).toBeCloseTo(2 * a - b + 0.5, 5);
});

test("an NPY file has its answers in a column or in a file of their own", async () => {
  const table = onlyOf(await read("table.npy", { label: "2" }));
  expect([table.columnNames, table.classNames, table.count]).toEqual([["column 0", "column 1"], ["0", "1", "2"], 30]);
  const { columnNames, classNames } = table;
  expect(onlyOf(await read("table.npy", { label: "column 2", columnNames, classNames }))).toEqual(table);
  const labels = { bytes: bytesOf("labels.npy"), name: "labels.npy" };
  const images = onlyOf(await read("images.npy", { labels, needsLabel: true }));
  expect([images.shape, images.classes, images.labels?.[4]]).toEqual([[5, 6, 1], 3, 1]);
  expect(onlyOf(await read("images.npy")).task).toBeUndefined();
  const spelled = (option: string) => `--${option}`;
  await expect(read("images.npy", { needsLabel: true, spelled })).rejects.toThrow(
    "--labels: expected answers for images.npy, got none. Name a file of answers, or the column of a table by its index.",
  );
  await expect(read("images.npy", { labels, label: "1", spelled })).rejects.toThrow(
    "--label: expected the answers once",
  );
  await expect(read("table.npy", { label: "3" })).rejects.toThrow("the index of a column, from 0 to 2, for a label");
  await expect(read("table.npz", { label: "a", spelled })).rejects.toThrow("--label: expected a table, whose columns");
});

test("an archive of anything else names what it has and what is known", async () => {
  const { zip } = await import("inkling-formats/archives");
  await expect(readBytes("a.npz", await zip([["arr_0.npy", bytesOf("labels.npy")]]))).rejects.toThrow(
    /^a\.npz: expected arrays named x_train, y_train, x_test, y_test; or .*, got "arr_0"\. Nothing was loaded\.$/,
  );
  await expect(readBytes("a.npz", await zip([["x.npy", new Uint8Array(20)]]))).rejects.toThrow(
    "a.npz, x: expected an NPY file (it begins with \\x93NUMPY), got something else.",
  );
});
