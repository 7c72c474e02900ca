/** Parquet files from strangers: damaged ones, and those that promise more than there is. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { InklingError } from "inkling";
import { readParquet } from "inkling-formats/parquet";
import { expect, test } from "vitest";

const golden = JSON.parse(readFileSync(new URL("golden/parquet.json", import.meta.url), "utf8")) as Record<
  "tables" | "absent" | "pictures",
  Record<string, string>
>;
const files = [golden.tables, golden.absent, golden.pictures]
  .flatMap((found) => Object.values(found))
  .map((text) => new Uint8Array(Buffer.from(text, "base64")));
const read = (bytes: Uint8Array) => readParquet("a", [{ name: "a", bytes }], {});

/** A data set, or an InklingError. */
async function isReadOrRefused(bytes: Uint8Array): Promise<void> {
  const found = await read(bytes).catch((error: unknown) => error);
  if (found instanceof InklingError) return expect(found.message).toMatch(/^a\b.*: expected .*, got ./s);
  if (found instanceof Error) throw found;
}

test("a file cut off anywhere is refused", async () => {
  for (const file of files.slice(0, 3)) {
    for (let length = 0; length < file.length; length += 31) {
      await expect(read(file.subarray(0, length))).rejects.toThrow(/^a: expected a Parquet file that is whole, got /);
    }
  }
});

test("a file with any bytes changed is read or refused, in bounded memory", async () => {
  const change = fc.tuple(
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.integer({ min: 0, max: 255 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(change, { minLength: 1, maxLength: 8 }),
      async (whole, places) => {
        const bytes = whole.slice();
        for (const [place, value] of places) bytes[Math.floor(place * bytes.length)] = value;
        await isReadOrRefused(bytes);
      },
    ),
    { numRuns: 400, seed: 1 },
  );
});

/** A small file, and what stands in it. */
function written(): Uint8Array {
  const x = Int32Array.from({ length: 100 }, (_, i) => i % 3);
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "x", data: x, type: "INT32" },
        { name: "y", data: x, type: "INT32" },
      ],
    }),
  );
}

test("what our test writer writes is read", async () => {
  const { only } = await read(written());
  expect([only.count, only.columnNames]).toEqual([100, ["x", "y"]]);
});

test("a number that never ends is refused at once", async () => {
  const file = written();
  const endless = Buffer.alloc(1_000_000, 0x80);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(1 + endless.length, 0);
  end.write("PAR1", 4);
  const before = performance.now();
  await expect(read(Buffer.concat([file.subarray(0, 4), Buffer.from([0x16]), endless, end]))).rejects.toThrow(
    "a number of more than 10 bytes",
  );
  expect(performance.now() - before).toBeLessThan(1000);
});

test("a run of two thousand million values is refused before memory is taken", async () => {
  // One column that may be absent, 100 rows: the levels are one run of 100 ones, written as 200 1.
  const data = Array.from({ length: 100 }, (_, i) => i);
  const file = new Uint8Array(
    parquetWriteBuffer({ columnData: [{ name: "x", data, type: "INT32", nullable: true }], codec: "UNCOMPRESSED" }),
  );
  await expect(read(file)).resolves.toBeDefined();
  const at = Buffer.from(file).indexOf(Buffer.from([200, 1, 1]));
  expect(at).toBeGreaterThan(0);
  file[at + 1] = 127;
  await expect(read(file)).rejects.toThrow("a run of more values than its page");
});

test("more rows than a file can have are refused before memory is taken", async () => {
  const file = Buffer.from(written());
  // 100 rows, as a zigzag number of two bytes, become 2³⁰ − 1 where its five bytes fit: the description is made longer.
  const size = file.readUInt32LE(file.length - 8);
  const about = file.subarray(file.length - 8 - size, file.length - 8);
  const rows = Buffer.from([0x16, 0xc8, 0x01]);
  const many = Buffer.from([0x16, 0xfe, 0xff, 0xff, 0xff, 0x07]);
  const changed = about.toString("latin1").replaceAll(rows.toString("latin1"), many.toString("latin1"));
  expect(changed.length).toBeGreaterThan(about.length);
  const end = Buffer.alloc(8, "....PAR1");
  end.writeUInt32LE(changed.length, 0);
  const found = await read(
    Buffer.concat([file.subarray(0, file.length - 8 - size), Buffer.from(changed, "latin1"), end]),
  ).catch(String);
  expect(found).toMatch(/1073741823 rows in \d+ bytes/);
});

test("column names that mean something to a program are only names", async () => {
  const data = [1, 2, 3];
  const columnData = ["__proto__", "constructor", "x"].map((name) => ({ name, data, type: "INT32" as const }));
  const { only } = await read(new Uint8Array(parquetWriteBuffer({ columnData })));
  expect(only.columnNames).toEqual(["__proto__", "constructor", "x"]);
  expect([...only.inputs]).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3]);
});
