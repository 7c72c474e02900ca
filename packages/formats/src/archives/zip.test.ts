import { DataError } from "inkling";
import { expect, test } from "vitest";
import { unzip, zip } from "./zip.ts";

const files: [string, Uint8Array][] = [
  ["zeros.npy", new Uint8Array(100_000)],
  ["folder/few.npy", Uint8Array.of(1, 2, 3)],
];

const isSame = (a: Uint8Array, b: Uint8Array | undefined) =>
  b?.length === a.length && a.every((byte, i) => byte === b[i]);

test("what was packed comes out as it was, and the same files make the same bytes", async () => {
  const packed = await zip(files);
  expect(packed.length).toBeLessThan(1000);
  expect([...(await unzip(packed, "a.npz"))]).toEqual(files);
  expect(await zip(files)).toEqual(packed);
});

test("a flipped bit is found or changes nothing", async () => {
  const packed = await zip(files);
  for (let bit = 0; bit < 8 * packed.length; bit += 7) {
    const damaged = packed.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const found = await unzip(damaged, "a.npz").catch((error) => error);
    if (found instanceof Map) expect(files.every(([, bytes], i) => isSame(bytes, [...found.values()][i]))).toBe(true);
    else expect(found).toBeInstanceOf(DataError);
  }
});

test("an archive cut off anywhere is refused", async () => {
  const packed = await zip(files);
  for (let length = 0; length < packed.length; length += 5) {
    await expect(unzip(packed.subarray(0, length), "a.npz")).rejects.toThrow(/^a\.npz: expected a zip archive/);
  }
});

test("an archive that would grow beyond the limits is refused before it is unpacked", async () => {
  const packed = await zip(files);
  await expect(unzip(packed, "a.npz", { bytes: 99_999 })).rejects.toThrow(
    "a.npz: expected at most 99999 bytes unpacked, got at least 100000. Nothing was loaded.",
  );
  await expect(unzip(packed, "a.npz", { entries: 1 })).rejects.toThrow("an archive of at most 1 files");
});
