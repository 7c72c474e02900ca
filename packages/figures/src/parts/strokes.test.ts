import { findDigits } from "inkling/pictures";
import { expect, test } from "vitest";
import { isFarEnough, moved, pictureOf, SHEET, type Stroke, segmentsOf } from "./strokes.ts";

/** A bent line, as a hand draws it, with a pressure that changes. */
const hook: Stroke = Array.from({ length: 60 }, (_, i) => ({
  x: 50.37 + 46 * Math.sin(i / 14),
  y: 34.81 + 2.3 * i,
  width: 0.8 + 0.4 * Math.cos(i / 9),
}));

test("a stroke that is moved by whole pixels is the same picture, moved", () => {
  const before = pictureOf([hook]);
  const after = pictureOf(moved([hook], 40, 23));
  for (let y = 0; y < SHEET - 23; y++) {
    for (let x = 0; x < SHEET - 40; x++) {
      const [at, to] = [y * SHEET + x, (y + 23) * SHEET + x + 40];
      if (before.pixels[at] !== after.pixels[to]) throw new Error(`${x}, ${y} differs`);
    }
  }
  // Also where the sheet is shown in another size: 40 pixels of the screen are no whole pixels of the sheet then.
  const [here] = findDigits(before).digits;
  for (const scale of [SHEET / 392, SHEET / 350, SHEET / 333.5]) {
    const shown = (by: number) => [hook.map((point) => ({ ...point, x: ((point.x / SHEET) * 350 + by) * scale }))];
    const [a, b] = [findDigits(pictureOf(shown(0))).digits[0], findDigits(pictureOf(shown(40))).digits[0]];
    expect(a?.pixels).toEqual(b?.pixels);
  }
  expect(findDigits(after).digits[0]?.pixels).toEqual(here?.pixels);
});

test("a dot is round and as wide as the pen; ink beyond the edge is cut off", () => {
  const { pixels } = pictureOf([[{ x: 100.5, y: 100.5, width: 1 }]], 20);
  const row = pixels.subarray(100 * SHEET, 101 * SHEET);
  expect(row.filter((p) => p < 128)).toHaveLength(20);
  expect(pictureOf([[{ x: -5, y: 10, width: 1 }]], 20).pixels[10 * SHEET]).toBe(0);
  expect(pictureOf([]).pixels.every((p) => p === 255)).toBe(true);
});

test("a line goes from its first point to its last, in short segments without a gap", () => {
  const segments = segmentsOf(hook);
  expect(segments[0]?.from).toEqual(hook[0]);
  expect(segments.at(-1)?.to).toEqual(hook.at(-1));
  for (const [i, { from }] of segments.entries()) if (i > 0) expect(from).toBe(segments[i - 1]?.to);
  expect(isFarEnough(undefined, { x: 0, y: 0, width: 1 })).toBe(true);
  expect(isFarEnough({ x: 0, y: 0, width: 1 }, { x: 0.25, y: 0, width: 1 })).toBe(false);
});
