import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, InklingError } from "../errors.ts";
import { datasetFromCsv } from "./csv.ts";

fc.configureGlobal({ seed: 1, numRuns: 500 });

/** Reads rows of cells as if each stood on its own line. */
function read(rows: readonly (readonly string[])[], classes = 10) {
  return datasetFromCsv(
    "table.csv",
    rows.map((cells, i) => ({ line: i + 1, cells })),
    classes,
  );
}

const header = ["label", "pixel0", "pixel1", "pixel2", "pixel3"];
const row = ["7", "0", "1", "2", "255"];

describe("datasetFromCsv", () => {
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
    ["a file without a header", [row], 'table.csv line 1: expected the header "label,pixel0,…" or "pixel0,…", got "7"'],
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

  test("never wraps a label around: more than 256 classes are refused", async () => {
    await expect(read([header, ["256", ...row.slice(1)]], 1000)).rejects.toThrow(InklingError);
  });
});
