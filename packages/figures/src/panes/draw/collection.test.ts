import { expect, test } from "vitest";
import { datasetOf, drawingsFrom, idxFiles, type Labelled, npzFiles } from "./collection.ts";

const drawings: readonly Labelled[] = [7, 0, 9].map((label, k) => ({
  label,
  pixels: Uint8Array.from({ length: 784 }, (_, i) => (i * (k + 3)) % 256),
}));
const asFiles = (files: Awaited<ReturnType<typeof npzFiles>>) => files.map(([name, bytes]) => new File([bytes], name));

test("what is saved as NPZ or IDX comes back as it was, the two of IDX in any order", async () => {
  expect(await drawingsFrom(asFiles(await npzFiles(drawings)))).toEqual(drawings);
  expect(await drawingsFrom(asFiles(idxFiles(drawings)))).toEqual(drawings);
  expect(await drawingsFrom(asFiles(idxFiles(drawings)).toReversed())).toEqual(drawings);
});

test("they are a data set of ten classes", () => {
  const data = datasetOf(drawings);
  expect(data).toMatchObject({ count: 3, classes: 10, shape: [28, 28, 1] });
  expect(Array.from(data?.labels ?? [])).toEqual([7, 0, 9]);
  expect(datasetOf([])).toBeUndefined();
});

test("other files are refused in a sentence", async () => {
  await expect(drawingsFrom([new File(["seven"], "a.txt")])).rejects.toThrow(
    "the files: expected one NPZ file, or two of IDX: images and labels, got a.txt. Nothing was loaded.",
  );
  await expect(drawingsFrom([new File(["PK broken"], "b.npz")])).rejects.toThrow(/^b\.npz: expected a zip archive/);
  const small = drawings.map(({ label }) => ({ label, pixels: new Uint8Array(16) }));
  await expect(drawingsFrom(asFiles(idxFiles(small)))).rejects.toThrow(
    /expected images of 28 × 28 bytes, got 4 × 4 × 1/,
  );
});
