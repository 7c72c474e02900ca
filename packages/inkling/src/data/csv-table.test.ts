import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError, InklingError } from "../errors.ts";
import { datasetFromCsv } from "./csv.ts";
import type { CsvOptions } from "./csv-options.ts";

fc.configureGlobal({ seed: 1, numRuns: 1000 });

/** Reads a text without quotes, a row a line. */
function read(text: string, options: CsvOptions = {}) {
  const lines = text.split("\n").map((line, i) => ({ line: i + 1, cells: line.split(",") }));
  return datasetFromCsv("t.csv", lines, options);
}

const iris = "length,width,species\n5.1,3.5,setosa\n6.2,2.9,virginica\n4.9,3.0,setosa";

describe("a table of words to learn", () => {
  test("has classes by their words, named columns, and says why", async () => {
    const data = await read(iris, { label: "species" });
    expect([data.shape, data.task, data.classes]).toEqual([[2], "classes", 2]);
    expect(data.inputs).toEqual(Float32Array.of(5.1, 3.5, 6.2, 2.9, 4.9, 3));
    expect([data.labels, data.classNames]).toEqual([Uint8Array.of(0, 1, 0), ["setosa", "virginica"]]);
    expect(data.columnNames).toEqual(["length", "width"]);
    expect(data.note).toBe('t.csv: the column "species" holds words, so there are 2 classes.');
  });

  test("is found by its index too, wherever it stands", async () => {
    const moved = "species,length\nb,1\na,2";
    expect((await read(moved, { label: 0 })).labels).toEqual(Uint8Array.of(1, 0));
    expect((await read(iris, { label: 2 })).columnNames).toEqual(["length", "width"]);
  });

  test("orders its names by their characters' codes, and overlooks spaces around them", async () => {
    expect((await read("x,y\n1,é\n1, Z\n1,a \n1,Z", { label: "y" })).classNames).toEqual(["Z", "a", "é"]);
  });
});

describe("a column of numbers to learn", () => {
  const column = (values: readonly (number | string)[], options: CsvOptions = {}) =>
    read(`x,y\n${values.map((value) => `1,${value}`).join("\n")}`, { label: "y", ...options });

  test("of few different whole numbers is classes, in the order of their value", async () => {
    const data = await column([10, 9, 10, "-1.0"]);
    expect([data.classNames, data.labels]).toEqual([["-1", "9", "10"], Uint8Array.of(2, 1, 2, 0)]);
    expect(data.note).toBe('t.csv: the column "y" holds 3 different whole numbers, so there are 3 classes.');
  });

  test("of 20 different whole numbers is classes, of 21 numbers to predict", async () => {
    const upTo = (n: number) => Array.from({ length: 2 * n }, (_, i) => i % n);
    expect((await column(upTo(20))).classes).toBe(20);
    const data = await column(upTo(21));
    expect([data.task, data.targets, data.targetNames]).toEqual(["numbers", Float32Array.from(upTo(21)), ["y"]]);
    expect(data.note).toBe('t.csv: the column "y" holds 21 different whole numbers, so numbers are predicted.');
  });

  test("with a fraction is numbers to predict", async () => {
    const data = await column([1, 2.5, 1]);
    expect(data.targets).toEqual(Float32Array.of(1, 2.5, 1));
    expect(data.note).toBe('t.csv: the column "y" holds numbers that are not whole, so numbers are predicted.');
  });

  test("is what task says", async () => {
    expect((await column([1, 2, 1], { task: "numbers" })).targets).toEqual(Float32Array.of(1, 2, 1));
    const data = await column([2.5, 1, 2.5], { task: "classes" });
    expect([data.classNames, data.note]).toEqual([
      ["1", "2.5"],
      't.csv: the column "y" holds classes, as asked, so there are 2 classes.',
    ]);
  });

  test("with a word in it is refused at the word, unless they are classes", async () => {
    await expect(column([1, "NA", 2])).rejects.toThrow(
      't.csv line 3, column "y": expected a number, got "NA". Nothing was loaded. To predict classes say task: "classes".',
    );
    expect((await column([1, "NA", 2], { task: "classes" })).classNames).toEqual(["1", "2", "NA"]);
  });

  test("is class numbers from 0 where classes says how many", async () => {
    const data = await column([2, 0, 2], { classes: 4 });
    expect([data.labels, data.classNames]).toEqual([Uint8Array.of(2, 0, 2), ["0", "1", "2", "3"]]);
    await expect(column([2, 4], { classes: 4 })).rejects.toThrow('line 3, column "y": expected one of the 4 classes');
    await expect(column(["a", "b"], { classes: 4 })).rejects.toThrow(
      "t.csv: expected 4 classes, got 2 different words",
    );
  });

  test("refuses a number that float32 cannot hold", async () => {
    await expect(column(["1e39", 0.5])).rejects.toThrow("expected a number that float32 can hold, got");
  });
});

describe("a table for a model", () => {
  const model = { columnNames: ["width", "length"], classNames: ["virginica", "setosa"], label: "species" };

  test("has its columns and classes in the model's order", async () => {
    const data = await read(iris, model);
    expect([data.columnNames, data.classNames]).toEqual([model.columnNames, model.classNames]);
    expect([data.inputs.subarray(0, 2), data.labels]).toEqual([Float32Array.of(3.5, 5.1), Uint8Array.of(1, 0, 1)]);
  });

  test("needs no label to be predicted", async () => {
    const data = await read("length,width\n1,2", model);
    expect([data.inputs, data.labels, data.task]).toEqual([Float32Array.of(2, 1), undefined, undefined]);
    expect(data.note).toBe("t.csv: no column is the label, so there is nothing to learn from.");
  });

  test("names the columns that are missing and those that are too many", async () => {
    await expect(read("length,height,hue\n1,2,3", model)).rejects.toThrow(
      't.csv line 1: expected the 2 columns "width", "length", got no "width", and "height", "hue" more than these.',
    );
    await expect(read("length\n1", model)).rejects.toThrow('got no "width".');
    await expect(read("length,width,id\n1,2,3", model)).rejects.toThrow('got "id" more than these.');
  });

  test("names the line of a class that it does not know", async () => {
    await expect(read(iris.replace("virginica", "virginca"), model)).rejects.toThrow(
      't.csv line 3, column "species": expected one of the 2 classes ("virginica", "setosa"), got "virginca". ' +
        'Did you mean "virginica"?',
    );
  });

  test("matches numbered classes by value, and stray words by themselves", async () => {
    const numbered = { columnNames: ["x"], classNames: ["1", "2", "?"], label: "y" };
    expect((await read("x,y\n0,2.0\n0,1\n0,?", numbered)).labels).toEqual(Uint8Array.of(1, 0, 2));
  });
});

describe("the first line", () => {
  test("that is all numbers is no header", async () => {
    const data = await read("1,2,0\n3,4,1", { label: 2 });
    expect([data.count, data.columnNames, data.labels]).toEqual([2, ["column 0", "column 1"], Uint8Array.of(0, 1)]);
    expect(data.note).toMatch(/, so the columns are called "column 0", "column 1" …$/);
    expect((await read("1,2,0", { label: "column 2" })).labels).toEqual(Uint8Array.of(0));
  });

  test("with a word for a label alone is no header, if the label is named by its index", async () => {
    const text = "setosa,5.1,3.5\nvirginica,6.2,2.9\nsetosa,4.9,3.0";
    const data = await read(text, { label: 0 });
    expect([data.count, data.classNames, data.columnNames]).toEqual([
      3,
      ["setosa", "virginica"],
      ["column 1", "column 2"],
    ]);
    expect(data.note).toBe(
      't.csv: the column "column 0" holds words, so there are 2 classes. The first line is a row, as it is numbers ' +
        'beside the label, so the columns are called "column 0", "column 1" …',
    );
    const { columnNames, classNames } = data;
    const again = await read("virginica,1,2\nsetosa,3,4", { label: "column 0", columnNames, classNames });
    expect(again.labels).toEqual(Uint8Array.of(1, 0));
    expect((await read("virginica,1,2", { label: "column 0", columnNames, classNames })).count).toBe(1);
    const unlabelled = await read("1,2\n3,4", { label: "column 0", columnNames, classNames });
    expect([unlabelled.inputs, unlabelled.labels]).toEqual([Float32Array.of(1, 2, 3, 4), undefined]);
    expect(unlabelled.columnNames).toEqual(columnNames);
    await expect(read("1,2,3,4", { label: "column 0", columnNames })).rejects.toThrow('"column 3" more than these.');
    await expect(read("1,2", { label: "y", columnNames: ["a", "b"] })).rejects.toThrow('got no "a", "b"');
  });

  test("with a word over numbers, or a label that is named, is a header", async () => {
    const prices = await read("price,2019,2020\n1.5,2,3", { label: 0 });
    expect([prices.count, prices.targetNames]).toEqual([1, ["price"]]);
    const colours = await read("colour,400,410\nred,2,3\nblue,2,3", { label: "colour" });
    expect([colours.count, colours.columnNames]).toEqual([2, ["400", "410"]]);
    const { note } = await read("colour,400,410\nred,2,3\nblue,2,3", { label: 0 });
    expect(note).toMatch(/ … If it is a header, name the label: "colour" is in no other line\.$/);
  });

  test("with a number among its words is a header, which is said", async () => {
    const data = await read("country,2019,2020\n1,2,3");
    expect(data.columnNames).toEqual(["country", "2019", "2020"]);
    expect(data.note).toMatch(/ The first line is read as the columns' names, "2019" among them\.$/);
  });

  test.each([
    ["a,b,a\n1,2,3", 't.csv line 1, column 3: expected a name of its own, got "a" again.'],
    ["a,,b\n1,2,3", "t.csv line 1, column 2: expected a name of its own, got an empty one."],
    ["a, ,b\n1,2,3", "t.csv line 1, column 2: expected a name of its own, got an empty one."],
  ])("with names that are not the columns' own is refused: %j", async (text, sentence) => {
    await expect(read(text)).rejects.toThrow(DataError);
    await expect(read(text)).rejects.toThrow(sentence);
  });

  test.each<[CsvOptions, string]>([
    [
      { label: "spezies" },
      'label to be one of its columns ("length", "width", "species"), got "spezies". Did you mean',
    ],
    [
      { label: "length, width" },
      'got "length, width". Of a file one column is learnt; several numbers are learnt from',
    ],
    [{ label: 3 }, "the name of a column, or its index from 0 to 2, got 3."],
    [{ label: -1 }, "got -1."],
    [{ label: 0.5 }, "got 0.5."],
    [{ label: null as never }, "got null."],
    [{ label: 3, columnNames: ["length"] }, "got 3."],
  ])("has no column for %j", async (options, sentence) => {
    await expect(read(iris, options)).rejects.toThrow(ArgumentError);
    await expect(read(iris, options)).rejects.toThrow(sentence);
  });
});

describe("a table", () => {
  test("without a label is all inputs, and says so", async () => {
    const data = await read("a,b\n1,2");
    expect([data.columnNames, data.task, data.labels]).toEqual([["a", "b"], undefined, undefined]);
    expect(data.note).toBe("t.csv: no column is the label, so there is nothing to learn from.");
  });

  test.each([
    [
      "ink",
      'a number, as "2" in line 2, got "ink"',
      " If all its cells are words, name the column in the option words.",
    ],
    ["none", 'a number, as "2" in line 2, got "none"', " Leave the cell empty where there is nothing."],
    [
      "\u001b[2J",
      'a number, as "2" in line 2, got "\\u001b[2J"',
      " If all its cells are words, name the column in the option words.",
    ],
    ["Infinity", 'a number, got "Infinity"'],
    ["0x10", 'a number, got "0x10"'],
    ["1_000", 'a number, got "1_000"'],
    ["50%", 'a number, got "50%"'],
    ["1e39", 'a number that float32 can hold, got "1e39"'],
    ["-1e400", 'a number that float32 can hold, got "-1e400"'],
  ])("refuses the cell %j with its line and column", async (cell, sentence, advice = "") => {
    await expect(read(`a,b c\n1,2\n3,${cell}`)).rejects.toThrow(DataError);
    await expect(read(`a,b c\n1,2\n3,${cell}`)).rejects.toThrow(
      `t.csv line 3, column "b c": expected ${sentence}. Nothing was loaded. Is this column the label?`,
    );
    const { message } = await read(`a,b c\n1,2\n3,${cell}`, { label: "a" }).catch((error) => error);
    expect(message).toBe(`t.csv line 3, column "b c": expected ${sentence}. Nothing was loaded.${advice}`);
  });

  test.each(["", " ", "NaN", "NA", "n/a", "#N/A", "null", "?"])(
    "refuses the empty cell %j, and says what can be done",
    async (cell) => {
      await expect(read(`a,b c\n1,2\n3,${cell}`)).rejects.toThrow(DataError);
      await expect(read(`a,b c\n1,2\n3,${cell}`)).rejects.toThrow(
        `t.csv line 3, column "b c": expected a number, got ${cell === "" ? "an empty cell" : JSON.stringify(cell)}. ` +
          'Nothing was loaded. Fill it in; or say missing: "mean", which fills such cells in, or missing: "drop", which ' +
          "leaves their rows out.",
      );
    },
  );

  test.each<[string, CsvOptions, string]>([
    ["a,b", {}, "t.csv: expected at least one row under the header, got 0"],
    ["a,b\n1,2\n3", {}, "t.csv line 3: expected 2 columns, got 1."],
    ["a,b\n1,2,3", {}, "t.csv line 2: expected 2 columns, got 3."],
    ["1,2\n3", {}, "t.csv line 2: expected 2 columns, got 1."],
    ["a\n1", { label: "a" }, "t.csv line 1: expected at least one column beside the label, got none."],
    ["a,b\n1,\n2,x", { label: "b" }, 't.csv line 2, column "b": expected a label, got an empty cell.'],
    ["a,b\n1,\t", { label: "b" }, 't.csv line 2, column "b": expected a label, got an empty cell.'],
  ])("refuses %j", async (text, options, sentence) => {
    await expect(read(text, options)).rejects.toThrow(DataError);
    await expect(read(text, options)).rejects.toThrow(sentence);
  });

  test("has no character that a terminal obeys in what it says", async () => {
    const { note } = await read("a,\u001b]0;title\u0007\n1,x", { label: 1 });
    expect(note).toContain('"\\u001b]0;title\\u0007"');
  });

  test("makes of any text an error of ours or finite numbers", async () => {
    const cell = fc.oneof(fc.constantFrom("a", "b", "label", "pixel0", "1", "0.5", ""), fc.string({ maxLength: 3 }));
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 3 }), { maxLength: 4 });
    const options = fc.record(
      { label: fc.constantFrom("a", 0, 1), task: fc.constantFrom("classes" as const, "numbers" as const) },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(rows, options, async (all, said) => {
        const lines = all.map((cells, i) => ({ line: i + 1, cells }));
        const data = await datasetFromCsv("t.csv", lines, said).catch((error: unknown) => {
          if (!(error instanceof InklingError)) throw error;
        });
        if (data) expect(data.inputs.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});
