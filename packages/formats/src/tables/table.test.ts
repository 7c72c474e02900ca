import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { ArgumentError, DataError, InklingError } from "inkling";
import { describe, expect, test } from "vitest";
import { readBytes } from "../data/index.ts";
import { csvLines } from "./index.ts";

fc.configureGlobal({ seed: 1, numRuns: 300 });

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The bytes in pieces of this length. */
async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function split(bytes: Uint8Array | string, length = 1 << 16) {
  const lines: [number, ...string[]][] = [];
  const pieces = inPieces(typeof bytes === "string" ? bytesOf(bytes) : bytes, length);
  for await (const { line, cells } of csvLines("t.csv", pieces)) lines.push([line, ...cells]);
  return lines;
}

const lines = [
  [1, "a", "b"],
  [2, "1", "2"],
  [3, "3", "4"],
];

describe("a table", () => {
  test.each([
    ["commas", "a,b\n1,2\n3,4\n"],
    ["tabs", "a\tb\n1\t2\n3\t4"],
    ["semicolons", "a;b\n1;2\n3;4"],
    ["bars", "a|b\n1|2\n3|4"],
    ["line ends of Windows", "a,b\r\n1,2\r\n3,4\r\n"],
    ["line ends of an old Mac", "a,b\r1,2\r3,4"],
    ["line ends of both kinds", "a,b\r\n1,2\n3,4"],
    ["quotes", '"a","b"\n"1","2"\n3,"4"'],
    ["a byte-order mark", "\ufeffa,b\n1,2\n3,4"],
  ])("is split at its %s, however it comes in pieces", async (_, text) => {
    for (const length of [1, 2, 7, 1000]) expect(await split(text, length)).toEqual(lines);
  });

  test("has the lines that the file has, whatever stands before it or between", async () => {
    expect(await split("sep=;\na;b\n1;2\n")).toEqual([
      [2, "a", "b"],
      [3, "1", "2"],
    ]);
    expect(await split('# made, by "hand\n#\n\na,b\n1,2\n\n# the end\n3,4\n')).toEqual([
      [4, "a", "b"],
      [5, "1", "2"],
      [8, "3", "4"],
    ]);
  });

  test("may have a row that begins with #: it has as many cells as the header", async () => {
    expect(await split("colour,x\n#ff0000,1\n# red\n#00ff00,2\n")).toEqual([
      [1, "colour", "x"],
      [2, "#ff0000", "1"],
      [4, "#00ff00", "2"],
    ]);
  });

  test("keeps separators, line ends and quotes in quotes", async () => {
    expect(await split('a,b\n"1,""x""",2\n"3\n4",5\n')).toEqual([
      [1, "a", "b"],
      [2, '1,"x"', "2"],
      [4, "3\n4", "5"],
    ]);
    expect(await split('name;x\n"a;b";1\n"c;d";2')).toEqual([
      [1, "name", "x"],
      [2, "a;b", "1"],
      [3, "c;d", "2"],
    ]);
    expect((await split("name,x\na;b,1\nc;d,2"))[1]).toEqual([2, "a;b", "1"]);
  });

  test("with semicolons has decimal commas, with or without a header", async () => {
    expect((await split("x;y\n1,5;-2,25\n3;1,5e3")).slice(1)).toEqual([
      [2, "1.5", "-2.25"],
      [3, "3", "1.5e3"],
    ]);
    expect(await split("1,5;2,5\n3,5;4,5")).toEqual([
      [1, "1.5", "2.5"],
      [2, "3.5", "4.5"],
    ]);
    await expect(split("x;y\n1,5;1\n2;1.5")).rejects.toThrow(
      't.csv line 3: expected numbers as in line 2, "1,5", got "1.5". Nothing was loaded. Write all of them with a comma',
    );
  });

  test("in UTF-16, as a spreadsheet writes Unicode text, is the same", async () => {
    const text = "\ufeffa\tb\r\n1\té\r\n";
    const little = new Uint8Array(Buffer.from(text, "utf16le"));
    const big = new Uint8Array(Buffer.from(text, "utf16le").swap16());
    const wanted = [
      [1, "a", "b"],
      [2, "1", "é"],
    ];
    for (const length of [1, 3, 1000]) {
      expect(await split(little, length)).toEqual(wanted);
      expect(await split(big, length)).toEqual(wanted);
    }
  });

  test("in another encoding is refused with its line", async () => {
    const latin = Uint8Array.of(...bytesOf("a,b\n1,2\nM"), 0xfc, ...bytesOf("nchen,3\n"));
    for (const length of [1, 5, 1000]) {
      await expect(split(latin, length)).rejects.toThrow(
        't.csv line 3: expected text in UTF-8, got bytes that are none. Nothing was loaded. Save it as UTF-8 (in a spreadsheet: "CSV UTF-8").',
      );
    }
    await expect(split(Uint8Array.of(...bytesOf("a,b\n1,2"), 0xc3))).rejects.toThrow("t.csv line 2: expected text");
  });

  test("with a quote that is never closed is refused with its line", async () => {
    await expect(split('a,b\n1,2\n"3,4\n5,6')).rejects.toThrow(
      /^t\.csv line \d: expected comma-separated values, got Quote/,
    );
    await expect(split('a,b\n1,2\n3"4",5')).rejects.toThrow(
      "t.csv line 3: expected comma-separated values, got Invalid",
    );
    await expect(split(`a,b\n"${"x".repeat(1 << 25)}`)).rejects.toThrow(
      /^t\.csv line 2: expected .* got Max Record Size/,
    );
  });

  test("passes on why its pieces cannot be read", async () => {
    async function* broken() {
      yield bytesOf("a,b\n1,2\n");
      throw new Error("no disk");
    }
    const all = async () => {
      for await (const _ of csvLines("t.csv", broken()));
    };
    await expect(all()).rejects.toThrow("no disk");
  });

  test("of any bytes is lines or an error of ours, the same in any pieces", async () => {
    const part = fc.constantFrom(
      ...["a", "1", ",", ";", "\t", "\n", "\r\n", '"', "#", "sep=;", " ", "1,5", "é", "\u0000"],
    );
    const text = fc.oneof(
      fc.array(part, { maxLength: 40 }).map((parts) => bytesOf(parts.join(""))),
      fc.uint8Array(),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (bytes, length) => {
        const said = (error: unknown) => {
          if (!(error instanceof InklingError)) throw error;
          return error.message;
        };
        const whole = await split(bytes).catch(said);
        expect(await split(bytes, length).catch(said)).toEqual(whole);
      }),
    );
  });
});

describe("the data of a table in bytes", () => {
  const iris = "length;width;species\n5,1;3,5;setosa\n6,2;2,9;virginica\n";
  test("are told from its content, packed or not, as bytes or as a file", async () => {
    for (const bytes of [bytesOf(iris), new Uint8Array(gzipSync(iris)), new Blob([iris])]) {
      const data = await readBytes("iris", bytes, { label: "species" });
      if (!("only" in data)) throw new Error("a pair");
      expect([data.label, data.only.classNames, data.only.columnNames]).toEqual([
        "species",
        ["setosa", "virginica"],
        ["length", "width"],
      ]);
      expect(data.only.inputs).toEqual(Float32Array.of(5.1, 3.5, 6.2, 2.9));
    }
  });

  test("need the label's name, as it is spelled", async () => {
    const options = { needsLabel: true, spelled: (option: string) => `--${option}` };
    await expect(readBytes("iris", bytesOf(iris), options)).rejects.toThrow(ArgumentError);
    await expect(readBytes("iris", bytesOf(iris), options)).rejects.toThrow(
      "--label: expected the name of the column to learn, or its index from 0 to 2, got none. The columns of iris are length, width, species.",
    );
    await expect(readBytes("iris", bytesOf(iris), { needsLabel: true })).rejects.toThrow(/^label: expected the name/);
  });

  // Names that are looked for in a list of names cost the square: a minute here.
  test("may have 200,000 columns", { timeout: 30_000 }, async () => {
    const names = Array.from({ length: 200_000 }, (_, column) => `c${column}`);
    const wide = bytesOf(`${names.join()},y\n${names.map(() => 1).join()},a\n${names.map(() => 2).join()},b\n`);
    const data = await readBytes("wide.csv", wide, { label: "y", needsLabel: true });
    expect("only" in data && [data.label, data.only.columnNames?.length]).toEqual(["y", 200_000]);
  });

  test("are refused where gzip is cut off, and where nothing is known that begins so", async () => {
    const packed = new Uint8Array(gzipSync(iris));
    for (let length = 2; length < packed.length; length += 3) {
      await expect(readBytes("iris.gz", packed.subarray(0, length))).rejects.toThrow(DataError);
    }
    await expect(readBytes("a.out", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0))).rejects.toThrow(
      /^a\.out: expected .*a CSV or TSV table, got a file that begins with the bytes 7f 45 4c 46 00 00\. Nothing was loaded\.$/,
    );
    await expect(readBytes("empty.csv", new Uint8Array())).rejects.toThrow(
      "expected a header and rows, got an empty file",
    );
  });
});
