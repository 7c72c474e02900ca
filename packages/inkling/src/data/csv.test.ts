import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError, InklingError } from "../errors.ts";
import { datasetFromCsv } from "./csv.ts";
import type { CsvLine, CsvOptions } from "./csv-options.ts";

fc.configureGlobal({ seed: 1, numRuns: 500 });

/** Reads rows of cells as if each stood on its own line. */
function read(rows: readonly (readonly string[])[], options: CsvOptions = { classes: 10 }) {
  return datasetFromCsv(
    "table.csv",
    rows.map((cells, i) => ({ line: i + 1, cells })),
    options,
  );
}

const header = ["label", "pixel0", "pixel1", "pixel2", "pixel3"];
const row = ["7", "0", "1", "2", "255"];

describe("datasetFromCsv of images", () => {
  test("gives back the images and labels that were written", async () => {
    const images = fc.integer({ min: 1, max: 5 }).chain((side) =>
      fc.record({
        side: fc.constant(side),
        rows: fc.array(fc.tuple(fc.nat(9), fc.uint8Array({ minLength: side * side, maxLength: side * side })), {
          minLength: 1,
          maxLength: 8,
        }),
        labelled: fc.boolean(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(images, async ({ side, rows, labelled }) => {
        const names = Array.from({ length: side * side }, (_, i) => `pixel${i}`);
        const data = await read([
          labelled ? ["label", ...names] : names,
          ...rows.map(([label, pixels]) => (labelled ? [label, ...pixels] : [...pixels]).map(String)),
        ]);
        expect(data.shape).toEqual([side, side, 1]);
        expect(Array.from(data.inputs)).toEqual(rows.flatMap(([, pixels]) => [...pixels]));
        expect(data.labels && [...data.labels]).toEqual(labelled ? rows.map(([label]) => label) : undefined);
      }),
    );
  });

  test("makes of any cells a DataError or the numbers that they spell", async () => {
    const cell = fc.oneof(
      fc.nat(300).map(String),
      fc.string({ maxLength: 4 }),
      fc.constantFrom("", "00", "1e1", "0x1"),
    );
    const body = fc.array(fc.array(cell, { minLength: 4, maxLength: 6 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(body, async (rows) => {
        const data = await read([header, ...rows]).catch((error: unknown) => {
          if (!(error instanceof DataError)) throw error;
        });
        if (data === undefined) return;
        expect(Array.from(data.inputs)).toEqual(rows.flatMap((cells) => cells.slice(1).map(Number)));
        expect(Array.from(data.labels ?? [])).toEqual(rows.map(([label]) => Number(label)));
      }),
    );
  });

  test.each(["", " 5", "5 ", "5.0", "-1", "+1", "1e1", "0x1", "NaN", "256", "0255", "５", "five", "1\n2"])(
    "refuses %j where a pixel belongs, on one line, with its place",
    async (cell) => {
      await expect(read([header, row, ["7", "0", cell, "2", "3"]])).rejects.toThrow(
        `table.csv line 3, column 3: expected a whole number from 0 to 255, got ${JSON.stringify(cell)}. Nothing was loaded.`,
      );
    },
  );

  test("takes leading zeros for what they are", async () => {
    expect(Array.from((await read([header, ["007", "00", "01", "002", "255"]])).inputs)).toEqual([0, 1, 2, 255]);
  });

  test("shows only the beginning of a long cell", async () => {
    const error = await read([header, ["7", "0", "1", "2", "9".repeat(1e6)]]).catch((refusal: Error) => refusal);
    expect(String(error).length).toBeLessThan(200);
  });

  test.each([
    ["an empty file", [], "table.csv: expected a header and rows, got an empty file"],
    ["a header alone", [header], "table.csv: expected at least one row under the header, got 0"],
    ["a header that skips a pixel", [["label", "pixel0", "pixel2"], row], "table.csv line 1: expected column pixel1"],
    [
      "images that are not square",
      [header.slice(0, 4), row],
      "expected a square number of pixels (28 · 28 = 784), got 3",
    ],
    ["labels without images", [["label"], ["7"]], "expected a square number of pixels (28 · 28 = 784), got 0"],
    ["a short row", [header, row, row.slice(1)], "table.csv line 3: expected 5 columns, got 4"],
    ["a long row", [header, [...row, "0"]], "table.csv line 2: expected 5 columns, got 6"],
    ["an empty row", [header, [""]], "table.csv line 2: expected 5 columns, got 1"],
    [
      "a label outside the classes",
      [header, ["10", ...row.slice(1)]],
      "table.csv line 2, label: expected a whole number from 0 to 9",
    ],
  ])("refuses %s", async (_, rows, sentence) => {
    await expect(read(rows)).rejects.toThrow(sentence);
  });

  test("counts the classes by the largest label, unless it is told", async () => {
    expect((await read([header, row], {})).classes).toBe(8);
    expect((await read([header, row], { classes: 12 })).classes).toBe(12);
    expect((await read([header, row], { classNames: [..."abcdefgh"] })).classNames).toEqual([..."abcdefgh"]);
    expect((await read([header.slice(1), row.slice(1)], {})).classes).toBe(0);
    await expect(read([header, row], { classes: 7 })).rejects.toThrow("label: expected a whole number from 0 to 6");
  });

  test("never wraps a label around: more than 256 classes stay what they are", async () => {
    const { labels, classes } = await read([header, ["1256", ...row.slice(1)], row], {});
    expect([labels, classes]).toEqual([Uint32Array.of(1256, 7), 1257]);
    await expect(read([header, ["1048576", ...row.slice(1)]], {})).rejects.toThrow("from 0 to 1048575");
    await expect(read([header, ["1000", ...row.slice(1)]], { classes: 1000 })).rejects.toThrow("from 0 to 999");
  });

  test("has the digest that it had before there were tables", async () => {
    expect(await (await read([header, row, ["3", "9", "8", "7", "6"]])).sha256()).toBe(
      "023e555504e5fb9467ffb9fe0e161fafd4497f5af9d1b3899c1852efeefd5baf",
    );
  });

  test("predicts the label as a number if told so", async () => {
    const { targets, targetNames, task } = await read([header, ["-7.5", ...row.slice(1)]], { task: "numbers" });
    expect([targets, targetNames, task]).toEqual([Float32Array.of(-7.5), ["label"], "numbers"]);
  });

  test.each<[CsvOptions]>([[{ label: "label" }], [{ label: 0 }], [{}]])("finds the label with %j", async (options) => {
    expect((await read([header, row], options)).labels).toEqual(Uint8Array.of(7));
  });

  test("refuses another column as the label, and a label of images without one", async () => {
    await expect(read([header, row], { label: "pixel3" })).rejects.toThrow(
      'label to be "label", as the file has images',
    );
    await expect(read([header.slice(1), row.slice(1)], { label: "label" })).rejects.toThrow("images without one");
  });

  test("reads pixels as the columns of a table where a model's columns are asked for", async () => {
    const columnNames = header.slice(1).toReversed();
    expect((await read([header, row], { columnNames, label: "label" })).inputs).toEqual(Float32Array.of(255, 2, 1, 0));
  });
});

describe("datasetFromCsv", () => {
  const lines: CsvLine[] = [{ line: 1, cells: header }];

  test.each<[string, () => Promise<unknown>, string]>([
    ["a number in place of options", () => datasetFromCsv("f", lines, 10 as CsvOptions), "object of options"],
    ["a misspelt option", () => datasetFromCsv("f", lines, { lable: 1 } as CsvOptions), "Did you mean label?"],
    ["an unknown task", () => datasetFromCsv("f", lines, { task: "words" as "classes" }), '"classes" or "numbers"'],
    ["half a class", () => datasetFromCsv("f", lines, { classes: 1.5 }), "classes to be a whole number from 1 to"],
    ["classes in words", () => datasetFromCsv("f", lines, { classes: "2" as never }), 'to 1048576, got "2".'],
    ["classes for numbers", () => datasetFromCsv("f", lines, { task: "numbers", classes: 2 }), "got both."],
    ["one word as names", () => datasetFromCsv("f", lines, { classNames: "ab" as never }), "classNames to be an array"],
    ["numbers as names", () => datasetFromCsv("f", lines, { columnNames: [1] as never }), "columnNames to be an array"],
    ["no name", () => datasetFromCsv(undefined as never, lines), "the file's name, a string, got nothing."],
    ["no lines", () => datasetFromCsv("f", undefined as never), "lines, an iterable of { line, cells }, got nothing."],
    ["a text in place of lines", () => datasetFromCsv("f", "a,b" as never), 'got "a,b".'],
    ["lines without numbers", () => datasetFromCsv("f", [["a"], ["1"]] as never), "lines of { line, cells }, cells an"],
  ])("refuses %s", async (_, wrong, sentence) => {
    await expect(wrong()).rejects.toThrow(ArgumentError);
    await expect(wrong()).rejects.toThrow(sentence);
  });

  test("leaves the lines alone after the one that it refuses", async () => {
    let read = 0;
    function* endless(): Generator<CsvLine> {
      for (;;) yield { line: ++read, cells: read === 3 ? [] : row.slice(1) };
    }
    await expect(datasetFromCsv("f", endless())).rejects.toThrow(InklingError);
    expect(read).toBe(3);
  });
});
