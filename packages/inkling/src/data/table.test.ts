import { describe, expect, test } from "vitest";
import { DataError, InklingError, ShapeError } from "../errors.ts";
import { type TableAnswers, type TableOptions, table } from "./table.ts";

const rows = [
  [1, 2],
  [3, 4],
  [5, 6],
];

describe("table", () => {
  test("of whole numbers has as many classes as the largest says", () => {
    const data = table(rows, [0, 2, 0]);
    expect([data.name, data.shape, data.classes, data.task]).toEqual(["table", [2], 3, "classes"]);
    expect([data.inputs, data.labels]).toEqual([Float32Array.of(1, 2, 3, 4, 5, 6), Uint8Array.of(0, 2, 0)]);
    expect([data.classNames, data.targets]).toEqual([undefined, undefined]);
  });

  test("of words has their names, in the order of their characters' codes", () => {
    const data = table(rows, ["é", "Z", "a"]);
    expect([data.classNames, data.labels, data.classes]).toEqual([["Z", "a", "é"], Uint8Array.of(2, 0, 1), 3]);
  });

  test("matches words to names that are given, and refuses others", () => {
    const data = table(rows, ["b", "b", "a"], { classNames: ["c", "b", "a"] });
    expect([data.classNames, data.labels]).toEqual([["c", "b", "a"], Uint8Array.of(1, 1, 2)]);
    expect(() => table(rows, ["red", "geren", "red"], { classNames: ["red", "green"] })).toThrow(
      'table, row 1: expected one of the 2 classes ("red", "green"), got "geren". Did you mean "green"?',
    );
  });

  test("gives names to class numbers", () => {
    expect(table(rows, [0, 1, 0], { classNames: ["no", "yes"] }).classes).toBe(2);
    expect(() => table(rows, [0, 2, 0], { classNames: ["no", "yes"] })).toThrow(
      "example 1: expected a label from 0 to 1",
    );
  });

  test("has more than 256 classes where the labels say so", () => {
    expect(table(rows, [0, 300, 0]).labels).toEqual(Uint32Array.of(0, 300, 0));
  });

  test("predicts numbers if told so", () => {
    const data = table(rows, [0.5, -1, 2], { task: "numbers", targetNames: ["price"], columnNames: ["a", "b"] });
    expect([data.task, data.targets, data.outputs]).toEqual(["numbers", Float32Array.of(0.5, -1, 2), 1]);
    expect([data.targetNames, data.columnNames, data.labels, data.classes]).toEqual([
      ["price"],
      ["a", "b"],
      undefined,
      0,
    ]);
  });

  test("predicts rows of numbers, ordinary or typed", () => {
    const answers = [[1, 2], Float64Array.of(3, 4), [5, 6]];
    expect(table(rows, answers).targets).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(table(rows, answers).outputs).toBe(2);
  });

  test("takes typed rows, typed answers, and a shape", () => {
    const data = table(
      rows.map((row) => Float64Array.from(row)),
      Int16Array.of(0, 1, 1),
      {
        shape: [2, 1],
      },
    );
    expect([data.shape, data.count, data.labels]).toEqual([[2, 1], 3, Uint8Array.of(0, 1, 1)]);
  });

  test.each<[unknown, string]>([
    [null, "null"],
    ["", '""'],
    [undefined, "nothing"],
    ["2", '"2"'],
    [true, "true"],
    [2n, "2n"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
    [1e39, "1e+39"],
    [[2], "an array of 1"],
    [new Date(0), "a Date"],
  ])("refuses the cell %s with its row and column", (cell, got) => {
    const wrong = [
      [1, 2],
      [3, cell],
      [5, 6],
    ] as number[][];
    expect(() => table(wrong, [0, 1, 0])).toThrow(DataError);
    expect(() => table(wrong, [0, 1, 0])).toThrow(
      `table, row 1, column 1: expected a number that float32 can hold, got ${got}.`,
    );
    expect(() => table(wrong, [0, 1, 0], { columnNames: ["a", "b"] })).toThrow('table, row 1, column "b": expected');
    expect(() => table(rows, wrong)).toThrow(`table, answer 1, column 1: expected a number that float32 can hold`);
  });

  test("refuses a hole in a row, and a hole in place of one", () => {
    expect(() => table([[1, 2], Object.assign([3], { length: 2 })], [0, 1])).toThrow("row 1, column 1: expected");
    expect(() => table(Object.assign([[1, 2]], { length: 2 }), [0, 1])).toThrow("table, row 1: expected an array of");
  });

  test.each<[unknown[], string]>([
    [[0, -1, 0], "table, row 1: expected a class, a whole number from 0 to"],
    [[0, 0.5, 0], 'got 0.5. To predict numbers say task: "numbers".'],
    [[0, "a", 0], 'table, row 1: expected a class, a whole number from 0 to 1048575, got "a".'],
    [["a", 1, "b"], "table, row 1: expected the name of a class, a word, got 1."],
    [["a", "", "b"], 'table, row 1: expected the name of a class, a word, got "".'],
    [[0, null, 0], "table, row 1: expected a class, a whole number from 0 to 1048575, got null."],
    [[true, false, true], "table, row 0: expected a class, a whole number from 0 to 1048575, got true."],
    [[0, 2 ** 20, 0], "got 1048576."],
    [[[1], 2, [3]], "table, answer 1: expected an array of numbers, got 2."],
    [[[1], [2, 3], [3]], "table, answer 1: expected 1 numbers, got 2."],
    [[0, 1], "table: expected an answer for each of the 3 rows, got 2."],
  ])("refuses the answers %j", (answers, sentence) => {
    expect(() => table(rows, answers as TableAnswers)).toThrow(InklingError);
    expect(() => table(rows, answers as TableAnswers)).toThrow(sentence);
  });

  test.each<[string, () => unknown, string]>([
    ["a misspelt option", () => table(rows, [0, 1, 0], { clases: 2 } as TableOptions), "Did you mean classes?"],
    ["a name in place of options", () => table(rows, [0, 1, 0], "XOR" as TableOptions), "an object of options"],
    ["an unknown task", () => table(rows, [0, 1, 0], { task: "regression" as "numbers" }), '"classes" or "numbers"'],
    ["no rows", () => table([], []), "table: expected an array of at least one row of numbers, got none."],
    ["rows that are none", () => table(3 as never, [0]), "an array of at least one row of numbers, got 3."],
    [
      "a data set twice",
      () => table(table(rows, [0, 1, 0]) as never, table(rows, [0, 1, 0]) as never),
      "got a Dataset.",
    ],
    [
      "no answers",
      () => (table as (rows: unknown) => unknown)(rows),
      "answers, an array with one for each row, got nothing",
    ],
    ["one word as answers", () => table(rows, "aba" as never), 'answers, an array with one for each row, got "aba".'],
    [
      "rows that are numbers",
      () => table([1, 2, 3] as never, [0, 1, 0]),
      "table, row 0: expected an array of numbers, got 1.",
    ],
    [
      "rows of no number",
      () => table([[], [], []], [0, 1, 0]),
      "table, row 0: expected an array of numbers, got none.",
    ],
    ["another shape", () => table(rows, [0, 1, 0], { shape: [3] }), "a shape of 2 numbers, as in a row, got 3."],
    ["half a shape", () => table(rows, [0, 1, 0], { shape: [1.5] }), "a shape of whole numbers"],
    ["classes for numbers", () => table(rows, [1, 2, 3], { task: "numbers", classes: 3 }), "got both."],
    ["names of targets for classes", () => table(rows, [0, 1, 0], { targetNames: ["y"] }), 'Say task: "numbers".'],
    ["rows of answers as classes", () => table(rows, [[1], [2], [3]], { task: "classes" }), "one class for each row"],
    ["another number of words", () => table(rows, ["a", "b", "a"], { classes: 3 }), "classNames to be 3 names"],
    [
      "words in place of numbers",
      () => table(rows, ["1", "2", "3"], { task: "numbers" }),
      "answer 0, column 0: expected",
    ],
  ])("refuses %s", (_, wrong, sentence) => {
    expect(wrong).toThrow(InklingError);
    expect(wrong).toThrow(sentence);
  });

  test("refuses a row of another length", () => {
    expect(() => table([[1, 2], [3]], [0, 1])).toThrow(ShapeError);
    expect(() => table([[1, 2], [3]], [0, 1])).toThrow("table, row 1: expected 2 numbers, got 1.");
  });
});
