// Event files against what TensorBoard's own classes write (test/golden/events.py).
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { ArgumentError } from "inkling";
import { expect, test } from "vitest";
import { crc32c, maskedCrc32c } from "./crc32c.ts";
import { type EventValue, encodeEvent, eventFileHeader } from "./events.ts";
import { histogramOf } from "./histogram.ts";
import { framed } from "./records.ts";

const golden = JSON.parse(readFileSync(new URL("../../test/golden/events.json", import.meta.url), "utf8"));
const bytesOf = (text: string) => new TextEncoder().encode(text);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const wallTime = 1700000000.25;

test("CRC-32C is that of RFC 3720, and masked that of TensorBoard", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  for (const [word, masked] of Object.entries(golden.masked)) expect(maskedCrc32c(bytesOf(word))).toBe(masked);
});

test("a file begins as TensorBoard's do", () => {
  expect(base64(eventFileHeader(wallTime))).toBe(golden.header);
});

const picture = { width: 3, height: 2, channels: 1, png: Buffer.from("\x89PNG not really", "latin1") } as const;
const histogram = { min: -1, max: 2, count: 4, sum: 3, sumOfSquares: 9, limits: [0, 1, 2], counts: [1, 0, 3] };
test.each<[string, number, EventValue[]]>([
  [
    "scalars",
    2 ** 40,
    [
      { tag: "epoch/loss", scalar: 0.1 },
      { tag: "é", scalar: -3e38 },
    ],
  ],
  ["first", 0, [{ tag: "zero", scalar: 0 }]],
  ["histogram", 3, [{ tag: "weights", histogram }]],
  ["picture", 4, [{ tag: "mistake", picture }]],
  ["text", 5, [{ tag: "configuration/text_summary", text: "η = 0.5" }]],
])("an event with %s has the bytes of TensorBoard's", (name, step, values) => {
  expect(base64(encodeEvent({ wallTime, step, values }))).toBe(golden[name]);
});

test("a number that float32 cannot hold is written as infinite, NaN as NaN", () => {
  const values = [1e39, Number.NaN].map((scalar) => ({ tag: "loss", scalar }));
  const bytes = Buffer.from(encodeEvent({ wallTime, step: 1, values }));
  const numbers = [bytes.indexOf("loss"), bytes.lastIndexOf("loss")].map((at) => bytes.readFloatLE(at + 5));
  expect(numbers).toEqual([Number.POSITIVE_INFINITY, Number.NaN]);
});

test("a step that is no whole number from 0 is refused", () => {
  for (const step of [-1, 0.5, Number.NaN, 2 ** 60]) {
    expect(() => encodeEvent({ wallTime, step, values: [] })).toThrow(ArgumentError);
  }
});

test("a frame says how long its record is, and holds it", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (record) => {
      const bytes = framed(record);
      const view = new DataView(bytes.buffer);
      expect(Number(view.getBigUint64(0, true))).toBe(record.length);
      expect(view.getUint32(8, true)).toBe(maskedCrc32c(bytes.subarray(0, 8)));
      expect(bytes.subarray(12, -4)).toEqual(record);
      expect(view.getUint32(bytes.length - 4, true)).toBe(maskedCrc32c(record));
    }),
  );
});

test("a histogram counts every finite number once, in buckets that ascend from the least to the largest", () => {
  fc.assert(
    fc.property(fc.array(fc.double()), (values) => {
      const { min, max, count, limits, counts } = histogramOf(values);
      const finite = values.filter(Number.isFinite);
      expect(count).toBe(finite.length);
      expect(counts.reduce((sum, n) => sum + n, 0)).toBe(count);
      expect(limits).toHaveLength(counts.length);
      for (const [i, limit] of limits.entries()) expect(limit).toBeGreaterThanOrEqual(limits[i - 1] ?? min);
      if (count > 0) expect([min, max, limits.at(-1)]).toEqual([Math.min(...finite), Math.max(...finite), max]);
    }),
  );
  // A bucket of 17/30 of the smallest number there is has a width of one of them.
  const tiny = histogramOf([0, 17 * 2 ** -1074]);
  expect(tiny.limits).toEqual(tiny.limits.toSorted((a, b) => a - b));
  expect(histogramOf([0, 1, 2, 3], 2)).toMatchObject({ limits: [1.5, 3], counts: [2, 2], sum: 6, sumOfSquares: 14 });
});
