/** Small data of one's own, for tests that train on them. */
import type { encodePng } from "inkling-formats/images";
import type { Labelled } from "../src/panes/draw/collection.ts";

const rows = Array.from({ length: 40 }, (_, i) => ({ width: (i * 7) % 20, height: (i * 3) % 11 }));

/** Two columns, and two kinds that they tell apart. */
export const csv = [
  "width,height,kind",
  ...rows.map(({ width, height }) => `${width},${height},${width > height ? "broad" : "tall"}`),
].join("\n");

/** A number to predict, and a cell that is empty. */
export const numbersCsv = [
  "width,height,price",
  ...rows.map(({ width, height }, i) => `${i === 5 ? "" : width},${height},${width * height + 0.5}`),
].join("\n");

/** Whole numbers that look like classes (rooms) or like a word's (month), and a number of each row's own (id). */
export const housesCsv = [
  "id,rooms,month,price",
  ...rows.map(({ width, height }, i) => `${i},${1 + (i % 6)},${1 + (height % 3)},${10 * (1 + (i % 6)) + width / 4}`),
].join("\n");

/** A picture with some pattern. */
export function picture(seed: number): Parameters<typeof encodePng>[0] {
  const pixels = Uint8Array.from({ length: 64 }, (_, e) => (e * (37 + seed)) % 256);
  return { width: 8, height: 8, channels: 1, pixels };
}

/** Bars, each in the column of its digit. */
export const drawings: readonly Labelled[] = Array.from({ length: 30 }, (_, i) => {
  const label = i % 10;
  const isInk = (e: number) => Math.abs((e % 28) - 2 * label - 4) < 2 && e > 28 * (3 + (i % 3));
  return { label, pixels: Uint8Array.from({ length: 784 }, (_, e) => (isInk(e) ? 255 : 0)) };
});
