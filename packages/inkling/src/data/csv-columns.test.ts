import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError, InklingError } from "../errors.ts";
import { datasetFromCsv } from "./csv.ts";
import type { CsvOptions } from "./csv-options.ts";
import { fillMissing } from "./missing.ts";

fc.configureGlobal({ seed: 1, numRuns: 1000 });

/** Reads a text without quotes, a row a line. */
function read(text: string, options: CsvOptions = {}) {
  const lines = text.split("\n").map((line, i) => ({ line: i + 1, cells: line.split(",") }));
  return datasetFromCsv("t.csv", lines, { label: "y", ...options });
}

const rowsOf = ({ inputs, columns }: { inputs: ArrayLike<number>; columns: number }) =>
  Array.from({ length: inputs.length / columns }, (_, i) => Array.from(inputs).slice(i * columns, (i + 1) * columns));

const shirts = "colour,size,y\nred,2,a\nblue,3.5,b\nred,4,a";

describe("a column of words", () => {
  test("is an input for each word, 1 where a row has it, in the order of the words", async () => {
    const data = await read(shirts);
    expect(data.columnNames).toEqual(["colour=blue", "colour=red", "size"]);
    expect(data.tableColumns).toEqual([{ name: "colour", words: ["blue", "red"] }, { name: "size" }]);
    expect(rowsOf(data)).toEqual([
      [0, 1, 2],
      [1, 0, 3.5],
      [0, 1, 4],
    ]);
    expect(data.note).toContain('The column "colour" (2) holds words: an input for each word.');
  });

  test("is read for a model by the model's words, whatever the file's are and wherever the column stands", async () => {
    const { tableColumns, columnNames } = await read(shirts);
    const data = await read("size,colour\n1,blue\n2,blue", { tableColumns });
    expect([data.columnNames, data.tableColumns]).toEqual([columnNames, tableColumns]);
    expect(rowsOf(data)).toEqual([
      [1, 0, 1],
      [1, 0, 2],
    ]);
  });

  test("names a word that the model does not know, or reads it as none where that is said", async () => {
    const { tableColumns } = await read(shirts);
    const text = "colour,size\nred,1\nblu,2\ngreen,3";
    await expect(read(text, { tableColumns })).rejects.toThrow(
      't.csv line 3, column "colour": expected a word that the model knows ("blue", "red"), got "blu". ' +
        'Did you mean "blue"? unknown: "zero" reads such a word as none of them.',
    );
    const data = await read(text, { tableColumns, unknown: "zero" });
    expect(rowsOf(data).slice(1)).toEqual([
      [0, 0, 2],
      [0, 0, 3],
    ]);
    expect(data.note).toContain("2 words are unknown to the model and read as none of its words.");
  });

  test("may look like numbers where it is named", async () => {
    const data = await read("month,y\n12,a\n1,b\n01,b", { words: ["month"] });
    expect(data.columnNames).toEqual(["month=01", "month=1", "month=12"]);
    await expect(read(shirts, { words: ["colours"] })).rejects.toThrow('got "colours". Did you mean "colour"?');
  });

  test("with a number in it, or of numbers with a word in it, is refused with both lines", async () => {
    await expect(read("x,y\nred,a\n7,b")).rejects.toThrow(
      't.csv line 3, column "x": expected a word, as "red" in line 2, got "7". Nothing was loaded. If all its cells are',
    );
    await expect(read("x,y\n,a\n7,b\nred,b", { missing: "mean" })).rejects.toThrow(
      'line 4, column "x": expected a number, as "7" in line 3, got "red".',
    );
  });

  test("has at most 256 words, and not one of its own for each row", async () => {
    const many = (count: number, rows: number) =>
      `x,z,y\n${Array.from({ length: rows }, (_, i) => `w${i % count},1,${i % 2}`).join("\n")}`;
    expect((await read(many(256, 512))).columns).toBe(257);
    await expect(read(many(257, 514))).rejects.toThrow(
      't.csv line 258, column "x": expected at most 256 different words, got "w256". Nothing was loaded. A name',
    );
    expect((await read(many(19, 19))).columns).toBe(20);
    await expect(read(many(20, 20))).rejects.toThrow(
      't.csv, column "x": expected words that come again, got 20 different words in as many rows. Nothing was loaded.',
    );
    const without = await read(many(257, 514), { ignore: ["x"] });
    expect(without.columnNames).toEqual(["z"]);
  });

  test("named after a prototype's key is a column like any other", async () => {
    const data = await read("__proto__,constructor,y\n__proto__,1,a\ntoString,2,b");
    expect(data.columnNames).toEqual(
      ["__proto____proto__", "__proto__=toString", "constructor"].with(0, "__proto__=__proto__"),
    );
  });
});

describe("columns that are ignored", () => {
  test("are no inputs, may hold anything, and need not be there for a model", async () => {
    const data = await read("id,x,y\n?,1,a\n7,2,b", { ignore: ["id"] });
    expect([data.columnNames, data.count]).toEqual([["x"], 2]);
    for (const text of ["x\n3", "x,id\n3,"]) {
      const found = await read(text, { columnNames: ["x"], ignore: ["id"] });
      expect(found.inputs).toEqual(Float32Array.of(3));
    }
    await expect(read("x,y\n1,a", { ignore: ["ident"] })).rejects.toThrow(ArgumentError);
    await expect(read("x,id,y\n1,2,a", { columnNames: ["x"] })).rejects.toThrow(
      'got "id" more than these. Nothing was loaded. The option ignore leaves columns out.',
    );
  });
});

describe("empty cells", () => {
  const text = "colour,size,y\nred,,a\n?,3,b\nblue,5,a\nred,NA,b\nblue,10,b";

  test("are left out with their rows, and so are the words that stand nowhere else", async () => {
    const data = await read(`${text}\ngreen,,a\nred,1,`, { missing: "drop" });
    expect(rowsOf(data)).toEqual([
      [1, 5],
      [1, 10],
    ]);
    expect(data.columnNames).toEqual(["colour=blue", "size"]);
    expect(data.note).toContain("5 rows with empty cells are left out.");
    await expect(read("x,y\n,a\n?,b", { missing: "drop" })).rejects.toThrow(
      "t.csv: expected at least one row under the header, got 0: 2 rows with empty cells are left out. Nothing was loaded.",
    );
  });

  test("are filled in with the means of the training rows, and of no others", async () => {
    const all = await read(text, { missing: "mean" });
    expect(all.note).toContain("3 empty cells are read as the mean of the training rows.");
    const [train, test] = [all.pick([0, 1, 2, 3]), all.pick([4, 0])];
    const filled = fillMissing(train);
    // Of the words red, blue, red; of the sizes 3 and 5.
    const [blue, red] = [Math.fround(1 / 3), Math.fround(2 / 3)];
    expect(rowsOf(filled)).toEqual([
      [0, 1, 4],
      [blue, red, 3],
      [1, 0, 5],
      [0, 1, 4],
    ]);
    expect(filled.tableColumns).toEqual([
      { name: "colour", words: ["blue", "red"], missing: [blue, red] },
      { name: "size", missing: [4] },
    ]);
    for (const training of [train, filled]) {
      expect(rowsOf(fillMissing(test, training))).toEqual([
        [1, 0, 10],
        [0, 1, 4],
      ]);
    }
    expect(fillMissing(filled)).toBe(filled);
  });

  test("are read for a model as the model has them", async () => {
    const { tableColumns } = fillMissing(await read(text, { missing: "mean" }));
    const data = await read("size,colour\n,\n1,red", { tableColumns });
    expect(rowsOf(data)).toEqual([
      [0.5, 0.5, 6],
      [0, 1, 1],
    ]);
    expect((await read("size,colour\n,\n1,red", { tableColumns, missing: "drop" })).count).toBe(1);
  });

  test("cannot be filled in where a column has nothing else", async () => {
    const data = await read("x,z,y\n,1,a\n,2,b", { missing: "mean" });
    expect(() => fillMissing(data)).toThrow('t.csv, column "x": expected a cell that is not empty, got none. Leave');
    expect(() => fillMissing({} as never)).toThrow(ArgumentError);
    const other = await read("z,y\n1,a\n2,b", { missing: "mean" });
    expect(() => fillMissing(data, other)).toThrow(DataError);
  });
});

test("any cells are finite numbers, or an error of ours; for their own columns they are the same again", async () => {
  const cell = fc.oneof(fc.constantFrom("a", "b", "1", "2.5", "", "NA", "0x1", "=", "é"), fc.string({ maxLength: 3 }));
  const rows = fc.array(fc.tuple(cell, cell, fc.constantFrom("u", "v", "")), { maxLength: 6 });
  const options = fc.record(
    {
      missing: fc.constantFrom("mean" as const, "drop" as const),
      words: fc.constant(["p"]),
      ignore: fc.constant(["q"]),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(rows, options, async (all, said) => {
      const lines = [["p", "q", "y"], ...all].map((cells, i) => ({ line: i + 1, cells }));
      const ours = (error: unknown) => {
        if (!(error instanceof InklingError)) throw error;
      };
      const data = await datasetFromCsv("t.csv", lines, { label: "y", ...said })
        .then((found) => fillMissing(found))
        .catch(ours);
      if (data === undefined) return;
      expect(data.inputs.every(Number.isFinite)).toBe(true);
      const { tableColumns, columnNames, classNames } = data;
      const again = await datasetFromCsv("t.csv", lines, {
        label: "y",
        ...said,
        tableColumns,
        columnNames,
        classNames,
      });
      expect(again.inputs).toEqual(data.inputs);
    }),
  );
});
