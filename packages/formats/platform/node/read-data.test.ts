// What a path holds decides how it is read, not its name.
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { DataError, FileError } from "inkling";
import { encodeNpy } from "inkling/formats";
import { readData } from "inkling-formats/node";
import { afterAll, beforeAll, expect, test } from "vitest";

const directory = await mkdtemp(join(tmpdir(), "inkling-read-"));
afterAll(() => rm(directory, { recursive: true }));
const at = (name: string) => join(directory, name);
const table = "x,y\n1,a\n2,b\n";

/** A header of IDX, and so many zeros. */
const idx = (...shape: number[]) => {
  const lengths = shape.flatMap((length) => [0, 0, 0, length]);
  const size = shape.reduce((product, length) => product * length, 1);
  return Uint8Array.of(0, 0, 8, shape.length, ...lengths, ...new Uint8Array(size));
};

beforeAll(async () => {
  await writeFile(at("table.jpg"), table);
  await writeFile(at("packed"), gzipSync(table));
  await mkdir(at("idx"));
  for (const part of ["train", "t10k"]) {
    await writeFile(at(`idx/${part}-images-idx3-ubyte`), idx(2, 3, 3));
    await writeFile(at(`idx/${part}-labels-idx1-ubyte.gz`), gzipSync(idx(2)));
  }
  await mkdir(at("empty"));
  await mkdir(at("other"));
  await writeFile(at("other/notes.txt"), "");
});

test("a file is what it holds, packed by gzip or not", async () => {
  for (const name of ["table.jpg", "packed"]) {
    const data = await readData(at(name), { label: "y" });
    expect(data).toMatchObject({ label: "y", only: { name, count: 2, classNames: ["a", "b"] } });
  }
});

test("a directory of IDX files is a pair with its own name", async () => {
  expect(await readData(at("idx"))).toMatchObject({ train: { name: "idx train" }, test: { name: "idx test" } });
  await symlink(at("idx"), at("link"));
  expect(await readData(at("link"))).toMatchObject({ train: { name: "link train", shape: [3, 3, 1] } });
  await expect(readData(at("idx"), { label: "y" })).rejects.toThrow(
    "label: expected a table, whose columns have names, got images (idx train).",
  );
});

test("what is nothing of that is refused with what is known", async () => {
  await expect(readData(at("missing"))).rejects.toThrow(FileError);
  await expect(readData(at("missing"))).rejects.toThrow(
    /missing: expected a directory or a file that can be read, got nothing there\.$/,
  );
  await expect(readData("")).rejects.toThrow(/^"": expected /);
  await expect(readData(at("empty"))).rejects.toThrow(
    /empty: expected a directory with IDX files.*, got an empty one\.$/,
  );
  await expect(readData(at("other"))).rejects.toThrow("got one with other files (notes.txt).");
  await expect(readData(process.execPath)).rejects.toThrow(DataError);
});

test("an array that is too large for the memory stays where it is, and is the same data set", async () => {
  const random = (length: number) => Float32Array.from({ length }, (_, e) => Math.sin(e));
  await writeFile(
    at("images.npy"),
    encodeNpy({ shape: [40, 3, 3], values: Uint8Array.from(random(360), (x) => 99 * x * x) }),
  );
  await writeFile(at("table.npy"), encodeNpy({ shape: [40, 5], values: random(200) }));
  await writeFile(at("wide.npy"), encodeNpy({ shape: [40, 5], values: Float64Array.from(random(200)) }));
  const labels = {
    bytes: encodeNpy({ shape: [40], values: Uint8Array.from({ length: 40 }, (_, i) => i % 3) }),
    name: "y.npy",
  };
  for (const [name, isStored] of [
    ["images.npy", true],
    ["table.npy", true],
    ["wide.npy", false],
  ] as const) {
    const [here, there] = [await readData(at(name), { labels }), await readData(at(name), { labels, memory: 100 })];
    if (!("only" in here && "only" in there)) throw new Error("pairs");
    expect(there.only.stored !== undefined).toBe(isStored);
    expect(await there.only.sha256()).toBe(await here.only.sha256());
  }
  // Two places for the answers are refused, wherever the numbers lie.
  for (const memory of [100, 1e6]) {
    for (const name of ["images.npy", "table.npy"]) {
      await expect(readData(at(name), { labels, label: "1", memory })).rejects.toThrow(
        "label: expected the answers once, from labels or a column, got both.",
      );
    }
  }
  await writeFile(at("bad.npy"), encodeNpy({ shape: [2, 2], values: Float32Array.of(1, 2, Number.NaN, 4) }));
  await expect(readData(at("bad.npy"), { memory: 10 })).rejects.toThrow(
    "bad.npy, row 1, column 0: expected a number that float32 can hold, got NaN. Nothing was loaded.",
  );
});

test("devices, pipes and sockets are not opened", async () => {
  await expect(readData("/dev/zero")).rejects.toThrow("got a device.");
  await promisify(execFile)("mkfifo", [at("fifo")]);
  await expect(readData(at("fifo"))).rejects.toThrow('got a pipe. Write "-" for standard input.');
  const server = createServer().listen(at("socket"));
  await new Promise((resolve) => server.once("listening", resolve));
  await expect(readData(at("socket"))).rejects.toThrow("got a device.");
  server.close();
});

test('standard input is read where the path is "-"', async () => {
  const code = `import { readData } from "inkling-formats/node";
    const { only } = await readData("-", { label: "y" });
    console.log(only.name, only.count);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { cwd: import.meta.dirname });
  child.stdin.end(gzipSync(table));
  let said = "";
  for await (const text of child.stdout) said += text;
  expect(said).toBe("standard input 2\n");
});
