/** Parquet files that pyarrow and Hugging Face's datasets wrote (golden/parquet.py) become data sets. */
import { readFileSync } from "node:fs";
import { readBytes } from "inkling-formats/data";
import { readParquet } from "inkling-formats/parquet";
import { expect, test } from "vitest";

type Cell = number | string | null;

const golden = JSON.parse(readFileSync(new URL("golden/parquet.json", import.meta.url), "utf8")) as {
  columns: string[];
  rows: Cell[][];
  mask: boolean[];
  tables: Record<string, string>;
  absent: Record<string, string>;
  pictures: Record<string, string>;
  pixels: number[][];
  labels: number[];
  names: string[];
  refused: Record<string, string>;
  pandas: string;
};
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const read = (text: string, options = {}) =>
  readParquet("t.parquet", [{ name: "t.parquet", bytes: bytesOf(text) }], options);

const classNames = ["red", "green", "blue"];

test.each(Object.entries(golden.tables))("a table is read as it was written: %s", async (_, file) => {
  const { only, label } = await read(file, { label: "word", classNames });
  expect(label).toBe("word");
  const names = only.columnNames ?? [];
  const wanted = golden.rows.map((row) => names.map((name) => Math.fround(Number(row[golden.columns.indexOf(name)]))));
  expect(names.length).toBeGreaterThanOrEqual(6);
  expect([...only.inputs]).toEqual(wanted.flat());
  const words = golden.rows.map((row) => row[golden.columns.indexOf("word")] as string);
  expect([...(only.labels ?? [])].map((i) => classNames[i])).toEqual(words);
});

test.each(Object.entries(golden.absent))("what is absent is an empty cell: %s", async (_, file) => {
  const row = golden.mask.indexOf(true) + 1;
  await expect(read(file, { label: "word", classNames })).rejects.toThrow(`t.parquet line ${row}, column "int8"`);
});

test("the numbers of rows that pandas adds are left out, and columns called by numbers keep them", async () => {
  await expect(read(golden.pandas, { label: "kind" })).rejects.toThrow('t.parquet line 3, column "column 1"');
});

test("several files are read one after the other, and have to have the same columns", async () => {
  const [one, two] = [golden.tables.none, golden.tables.zstd].map((text, i) => ({
    name: `${i}.parquet`,
    bytes: bytesOf(text),
  }));
  const { only } = await readParquet("both", [one, two], { label: "word" });
  expect([only.name, only.count]).toEqual(["both", 2 * golden.rows.length]);
  const other = { name: "2.parquet", bytes: bytesOf(golden.tables.differences) };
  await expect(readParquet("both", [one, other], { label: "word" })).rejects.toThrow(
    '2.parquet: expected the columns of 0.parquet, got no "half".',
  );
});

test("Hugging Face's pictures have the names of their classes, in its order", async () => {
  const { only, label, holdOut } = await read(golden.pictures["hugging face"], { needsLabel: true });
  expect([label, holdOut]).toEqual(["label", true]);
  expect(only.shape).toEqual([5, 4, 1]);
  expect([...only.inputs]).toEqual(golden.pixels.flat());
  expect([...(only.labels ?? [])]).toEqual(golden.labels);
  expect(only.classNames).toEqual(golden.names);
  expect(only.note).toBe("t.parquet: 7 pictures of 4 × 5, in grey.");
});

test("a model's classes are found by their names", async () => {
  const { only } = await read(golden.pictures["hugging face"], { classNames: ["ant", "bee", "cat", "dog"] });
  expect([...(only.labels ?? [])]).toEqual(golden.labels.map((i) => ["ant", "bee", "cat"].indexOf(golden.names[i])));
});

test("bytes of pictures by themselves are pictures, and the only other column is the label", async () => {
  const { only, label } = await read(golden.pictures.bytes, { size: [2, 5] });
  expect([label, only.shape, only.classes, only.classNames]).toEqual(["digit", [5, 2, 1], 3, undefined]);
  const { only: words } = await read(golden.pictures.words);
  expect(words.classNames).toEqual(["ant", "bee", "cat"]);
  expect([...(words.labels ?? [])].map((i) => words.classNames?.[i])).toEqual(
    golden.labels.map((i) => golden.names[i]),
  );
});

test("labels of −1 are none", async () => {
  expect((await read(golden.pictures.secret)).only.task).toBe(undefined);
  await expect(read(golden.pictures.secret, { needsLabel: true })).rejects.toThrow(
    "t.parquet: expected labels beside the pictures, got none.",
  );
});

test("a picture that is absent is named", async () => {
  await expect(read(golden.pictures["one absent"])).rejects.toThrow(
    "t.parquet, row 3: expected a picture, got none. Nothing was loaded.",
  );
});

test("a label that is not there is refused with those that are", async () => {
  await expect(read(golden.pictures.bytes, { label: "kind" })).rejects.toThrow(
    'label: expected a column of t.parquet (digit), got "kind".',
  );
});

test.each([
  [
    "dates",
    't.parquet, column "day": expected numbers or words, got dates. Write dates as numbers, or leave the column out.',
  ],
  [
    "times",
    't.parquet, column "at": expected numbers or words, got dates. Write dates as numbers, or leave the column out.',
  ],
  [
    "lists",
    't.parquet, column "list": expected numbers or words, got lists. Write a column for each element, or leave the column out.',
  ],
  [
    "structures",
    't.parquet, column "point": expected numbers or words, got structures. Write a column for each field, or leave the column out.',
  ],
  ["bytes", 't.parquet, column "raw": expected numbers or words, got bytes. Leave the column out.'],
  ["no rows", "t.parquet: expected at least one row, got 0. Nothing was loaded."],
  ["texts by their differences", "in the encoding 7, which is not read"],
])("columns of %s are refused with what to do", async (kind, said) => {
  await expect(read(golden.refused[kind], { label: "x" })).rejects.toThrow(said);
});

test("a file is Parquet by its content", async () => {
  const data = await readBytes("table.csv", bytesOf(golden.tables.snappy), { label: "word" });
  expect(data).toMatchObject({ label: "word", only: { count: golden.rows.length } });
});
