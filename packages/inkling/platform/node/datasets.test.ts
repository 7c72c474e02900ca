import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DataError, type Dataset, FileError } from "../../src/index.ts";
import { withoutRoot } from "../../test/without-root.ts";
import { idxDirectory, mnist } from "./datasets.ts";
import { readWhole, writeWhole } from "./files.ts";

// The real thing, in which a test can give another file's bytes.
vi.mock("./files.ts", async (original) => {
  const real = await original<typeof import("./files.ts")>();
  return { ...real, readWhole: vi.fn(real.readWhole) };
});

// The real thing, in which a test can count the bytes that are unpacked.
vi.mock("node:zlib", async (original) => {
  const real = await original<typeof import("node:zlib")>();
  return { ...real, createGunzip: vi.fn(real.createGunzip) };
});

/** The whole file that a data set's images or labels are a view of. */
function md5(values: Dataset["inputs"] | Dataset["labels"]): string {
  return createHash("md5")
    .update(new Uint8Array(values?.buffer ?? new ArrayBuffer(0)))
    .digest("hex");
}

describe("mnist", () => {
  test("loads the four files that the world knows by these MD5s", async () => {
    const { train, test } = await mnist();
    expect([train.inputs, train.labels, test.inputs, test.labels].map(md5)).toEqual([
      "6bbc9ace898e44ae57da46a324031adb",
      "a25bea736e30d166cdddb491f175f624",
      "2646ac647ad5339dbf082846283269ea",
      "27ae3e4e09519cfbb04c329615203637",
    ]);
  });

  test("gives 60,000 and 10,000 images of 28 × 28 in ten classes, first a 5 and first a 7", async () => {
    const { train, test } = await mnist();
    const facts = ({ shape, classes, count, labels }: Dataset) => ({ shape, classes, count, first: labels?.[0] });
    expect(facts(train)).toEqual({ shape: [28, 28, 1], classes: 10, count: 60_000, first: 5 });
    expect(facts(test)).toEqual({ shape: [28, 28, 1], classes: 10, count: 10_000, first: 7 });
  });

  test.each(["train-images", "train-labels", "t10k-images", "t10k-labels"])(
    "refuses %s with one other bit",
    async (name) => {
      const real = vi.mocked(readWhole).getMockImplementation() as typeof readWhole;
      vi.mocked(readWhole).mockImplementation(async (path) => {
        const bytes = await real(path);
        if (path.includes(name)) bytes[bytes.length - 1] ^= 1;
        return bytes;
      });
      await expect(mnist()).rejects.toThrow(
        /expected MNIST's own file \(SHA-256 [0-9a-f]{64}\), got [0-9a-f]{64}\. The package/,
      );
      vi.mocked(readWhole).mockImplementation(real);
    },
  );
});

/** An IDX file of unsigned bytes 0 to 9, over and over. */
function idx(...shape: number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length);
  for (const [d, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * d);
  const size = shape.reduce((product, length) => product * length, 1);
  return Buffer.concat([header, Uint8Array.from({ length: size }, (_, i) => i % 10)]);
}

const NAMES = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
];
const four = { [NAMES[0]]: idx(20, 2, 3), [NAMES[1]]: idx(20), [NAMES[2]]: idx(10, 2, 3), [NAMES[3]]: idx(10) };

describe("idxDirectory", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "inkling-idx-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function write(files: Readonly<Record<string, Buffer>>): Promise<void> {
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(directory, name), bytes);
  }

  test.each([
    ["plain", (name: string) => name],
    ["with dotted names", (name: string) => name.replace("-idx", ".idx")],
    ["packed", (name: string) => `${name}.gz`],
    ["packed with dotted names", (name: string) => `${name.replace("-idx", ".idx")}.gz`],
    ["mixed", (name: string) => (name.includes("images") ? `${name}.gz` : name.replace("-idx", ".idx"))],
  ])("reads the four files %s", async (_, called) => {
    for (const [name, bytes] of Object.entries(four)) {
      await write({ [called(name)]: called(name).endsWith(".gz") ? gzipSync(bytes) : bytes });
    }
    const { train, test } = await idxDirectory(directory);
    expect([train.count, test.count, train.shape, test.shape]).toEqual([20, 10, [2, 3, 1], [2, 3, 1]]);
    expect(Array.from(test.inputs.subarray(0, 12))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(Array.from(test.labels ?? [])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("refuses a directory that is not there", async () => {
    const missing = join(directory, "missing");
    await expect(idxDirectory(missing)).rejects.toThrow(FileError);
    await expect(idxDirectory(missing)).rejects.toThrow(`${missing}: expected a directory with IDX files`);
  });

  test("refuses a directory without permission, and a file in one", async () => {
    await write(four);
    await chmod(directory, 0);
    await expect(withoutRoot(() => idxDirectory(directory))).rejects.toThrow(
      `${directory}: expected a directory with IDX files, or a .csv file, got no permission.`,
    );
    await chmod(directory, 0o755);
    await chmod(join(directory, NAMES[2]), 0);
    await expect(withoutRoot(() => idxDirectory(directory))).rejects.toThrow(
      `${NAMES[2]}: expected a file that can be read, got no permission.`,
    );
  });

  test("refuses a file in place of a directory, and no name", async () => {
    await write(four);
    await expect(idxDirectory(join(directory, NAMES[0]))).rejects.toThrow("or a .csv file, got a file.");
    await expect(idxDirectory("")).rejects.toThrow(
      '"": expected a directory with IDX files, or a .csv file, got nothing',
    );
  });

  test("refuses a relative path in a current directory that was removed", async () => {
    const before = process.cwd();
    process.chdir(await mkdtemp(join(directory, "gone-")));
    await rm(process.cwd(), { recursive: true });
    try {
      await expect(idxDirectory("digits")).rejects.toThrow(
        "digits: expected a directory with IDX files, or a .csv file, got a current directory that was removed.",
      );
      await expect(readWhole("digits")).rejects.toThrow("digits: expected a file that can be read, got a current");
      await expect(writeWhole("digits", new Uint8Array(1))).rejects.toThrow(/got a current directory .* removed\.$/);
      expect((await mnist()).train.count).toBe(60_000);
    } finally {
      process.chdir(before);
    }
  });

  test.each(NAMES)("refuses a directory without %s and names it", async (missing) => {
    await write(four);
    await rm(join(directory, missing));
    await expect(idxDirectory(directory)).rejects.toThrow(FileError);
    await expect(idxDirectory(directory)).rejects.toThrow(
      `${directory}: expected a file ${missing} (or ${missing}.gz), got none.`,
    );
  });

  test.each(NAMES)("refuses a %s that is a directory", async (name) => {
    await write(four);
    await rm(join(directory, name));
    await mkdir(join(directory, name));
    await expect(idxDirectory(directory)).rejects.toThrow("expected a file that can be read, got a directory.");
  });

  test.each<[string, Record<string, Buffer>, string]>([
    ["an empty file", { [NAMES[0]]: Buffer.alloc(0) }, "an IDX header of 16 bytes, got 0 bytes"],
    ["a truncated file", { [NAMES[0]]: idx(20, 2, 3).subarray(0, -1) }, "got 119 (is it truncated?)"],
    ["an over-long file", { [NAMES[2]]: Buffer.concat([idx(10, 2, 3), Buffer.alloc(1)]) }, "got 61 (is it over-long?)"],
    ["images in place of labels", { [NAMES[1]]: idx(20, 2, 3) }, "magic number 2049"],
    ["fewer labels than images", { [NAMES[1]]: idx(19) }, "20 labels, one for each image of"],
    [
      "test images of another size",
      { [NAMES[2]]: idx(10, 3, 3) },
      "test images of 2 × 3 × 1, as in training, got 3 × 3 × 1",
    ],
    [
      "test images on their side",
      { [NAMES[2]]: idx(10, 3, 2) },
      "test images of 2 × 3 × 1, as in training, got 3 × 2 × 1",
    ],
  ])("refuses %s", async (_, changes, expected) => {
    await write({ ...four, ...changes });
    await expect(idxDirectory(directory)).rejects.toThrow(DataError);
    await expect(idxDirectory(directory)).rejects.toThrow(expected);
  });

  test("gives both sets as many classes as the largest label says, unless it is told", async () => {
    await write({ ...four, [NAMES[3]]: Buffer.concat([idx(10).subarray(0, -1), Uint8Array.of(26)]) });
    const classes = async (options: { classes?: number }) => {
      const { train, test } = await idxDirectory(directory, options);
      return [train.classes, test.classes];
    };
    expect(await classes({})).toEqual([27, 27]);
    expect(await classes({ classes: 47 })).toEqual([47, 47]);
    await write({ ...four, [NAMES[1]]: Buffer.concat([idx(20).subarray(0, -1), Uint8Array.of(26)]) });
    expect(await classes({})).toEqual([27, 27]);
  });

  test("refuses a number in place of options, and a misspelt one", async () => {
    await expect(idxDirectory(directory, 10 as never)).rejects.toThrow(
      "an object of options (classes, memory), got 10.",
    );
    await expect(mnist({ clases: 10 } as object)).rejects.toThrow("Did you mean classes?");
  });

  test("refuses a label outside the classes that it is told", async () => {
    await write(four);
    await expect(idxDirectory(directory, { classes: 9 })).rejects.toThrow(
      "label 9: expected a class from 0 to 8, got 9.",
    );
  });

  /** 1 GiB, as gzip members of 16 MiB one behind the other: a beginning, then zeros. */
  function bomb(beginning: Uint8Array): Buffer {
    const member = gzipSync(new Uint8Array(1 << 24));
    return Buffer.concat([gzipSync(beginning), ...new Array<Buffer>(64).fill(member)]);
  }

  test.each<[string, Uint8Array, string]>([
    ["the header is refused", new Uint8Array(16), "expected magic number 2051"],
    ["more has come than the header promises", idx(20, 2, 3), "got more (is it over-long?). Nothing was loaded."],
  ])("unpacks a file of 1 GiB only until %s", async (_, beginning, expected) => {
    const { [NAMES[0]]: _images, ...others } = four;
    await write({ ...others, [`${NAMES[0]}.gz`]: bomb(beginning) });
    let unpacked = 0;
    const real = vi.mocked(createGunzip).getMockImplementation() as typeof createGunzip;
    vi.mocked(createGunzip).mockImplementationOnce((options) => {
      const stream = real(options);
      const push = stream.push;
      stream.push = (chunk, ...rest) => {
        unpacked += chunk?.length ?? 0;
        return push.call(stream, chunk, ...rest);
      };
      return stream;
    });
    await expect(idxDirectory(directory)).rejects.toThrow(expected);
    expect(unpacked).toBeGreaterThan(0);
    expect(unpacked).toBeLessThan(4 << 20);
  });

  test.each<[string, Buffer]>([
    ["has another checksum", Buffer.from(Uint8Array.from(gzipSync(idx(20, 2, 3))).fill(0, -8))],
    ["is cut off", gzipSync(idx(20, 2, 3)).subarray(0, -9)],
    ["is not packed at all", idx(20, 2, 3)],
    ["is empty", Buffer.alloc(0)],
  ])("refuses a packed file that %s", async (_, bytes) => {
    const { [NAMES[0]]: _images, ...others } = four;
    await write({ ...others, [`${NAMES[0]}.gz`]: bytes });
    await expect(idxDirectory(directory)).rejects.toThrow(DataError);
    await expect(idxDirectory(directory)).rejects.toThrow(/ubyte\.gz: expected gzip data.* Nothing was loaded\.$/);
  });
});
