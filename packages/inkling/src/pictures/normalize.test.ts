import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Ink, normalizationSteps, normalizeDigit } from "./normalize.ts";

interface Golden {
  readonly width: number;
  readonly height: number;
  readonly runs: readonly number[];
  readonly pixels: readonly number[];
}

const golden: readonly Golden[] = JSON.parse(
  readFileSync(new URL("../../test/golden/normalize.json", import.meta.url), "utf8"),
);

function inkFrom({ width, height, runs }: Golden): Ink {
  const values = new Float32Array(width * height);
  for (let i = 0, at = 0; i < runs.length; i += 2) {
    values.fill((runs[i] ?? 0) / 256, at, at + (runs[i + 1] ?? 0));
    at += runs[i + 1] ?? 0;
  }
  return { width, height, values };
}

test.each(golden.map((image, i) => [i, image] as const))(
  "picture %i becomes the bytes that a slow copy in NumPy makes of it",
  (_, image) => {
    expect(Array.from(normalizeDigit(inkFrom(image)))).toEqual(image.pixels);
  },
);

const filled = (width: number, height: number) => ({ width, height, values: new Float32Array(width * height).fill(1) });

/** The first and last row and column with ink, and the centre of mass. */
function placed(pixels: Uint8Array, side: number) {
  let [mass, down, across] = [0, 0, 0];
  const rows = new Set<number>();
  const columns = new Set<number>();
  for (const [i, p] of pixels.entries()) {
    if (p === 0) continue;
    const [y, x] = [Math.floor(i / side), i % side];
    rows.add(y);
    columns.add(x);
    mass += p;
    down += p * y;
    across += p * x;
  }
  const touches = [rows, columns].some((places) => places.has(0) || places.has(side - 1));
  return { rows: rows.size, columns: columns.size, y: down / mass, x: across / mass, touches };
}

test("a tall bar is 20 high and keeps its shape; a square fills the box", () => {
  expect(placed(normalizeDigit(filled(30, 100)), 28)).toMatchObject({ rows: 20, columns: 6 });
  expect(placed(normalizeDigit(filled(50, 50)), 28)).toMatchObject({ rows: 20, columns: 20 });
});

test("the smallest square is 10 pixels: a dot stays small", () => {
  expect(placed(normalizeDigit(filled(2, 2)), 28)).toMatchObject({ rows: 4, columns: 4 });
});

test("the centre of mass lies in the middle, to half a pixel, as in all of MNIST's images", () => {
  // Bars through one point: one piece, which touches the image's border where it is cut.
  const reach = fc.integer({ min: 2, max: 25 });
  const bars = fc.array(fc.tuple(reach, reach, reach, reach), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(bars, (list) => {
      const values = new Float32Array(52 * 52);
      for (const [up, down, left, right] of list) {
        for (let y = 26 - up; y < 26 + down; y++) values.fill(1, y * 52 + 26 - left, y * 52 + 26 + right);
      }
      const { rows, columns, x, y, touches } = placed(normalizeDigit({ width: 52, height: 52, values }), 28);
      // A shape with all of its ink in one corner would leave the image: it is cut, as MNIST's are.
      fc.pre(!touches);
      expect(Math.max(rows, columns)).toBeLessThanOrEqual(20);
      for (const centre of [x, y]) {
        expect(centre).toBeGreaterThan(13.5 - 1e-9);
        expect(centre).toBeLessThan(14.5 + 1e-9);
      }
    }),
    { numRuns: 60 },
  );
});

test("pale ink is made as dark as ink; no ink is an empty image", () => {
  const pale = filled(30, 60);
  pale.values.fill(0.5);
  expect(Array.from(normalizeDigit(pale))).toEqual(Array.from(normalizeDigit(filled(30, 60))));
  expect(new Set(normalizeDigit({ width: 3, height: 3, values: new Float32Array(9) }))).toEqual(new Set([0]));
});

test("another side has the box in proportion", () => {
  expect(placed(normalizeDigit(filled(80, 80), 14), 14)).toMatchObject({ rows: 10, columns: 10 });
  expect(normalizeDigit(filled(80, 80), 32)).toHaveLength(1024);
});

test("what is no ink is refused", () => {
  expect(() => normalizeDigit({ ...filled(3, 3), width: 4 })).toThrow(
    "normalizeDigit: expected 12 values for 4 × 3, got 9.",
  );
  expect(() => normalizeDigit(filled(3, 3), 2)).toThrow(
    "normalizeDigit: expected a side from 4 to 1024 pixels, got 2.",
  );
  expect(() => normalizeDigit(undefined as never)).toThrow("expected ink { width, height, values: Float32Array }");
});

test("the steps end at the image; the average lies in it where they say, with its centre of mass in the middle", () => {
  for (const image of golden) {
    const ink = inkFrom(image);
    const steps = normalizationSteps(ink);
    const pixels = normalizeDigit(ink);
    if (steps === undefined) {
      expect(pixels.every((p) => p === 0)).toBe(true);
      continue;
    }
    expect(steps.pixels).toEqual(pixels);
    expect(steps.square.width).toBe(Math.max(steps.box.width, steps.box.height, 10));
    const { average, cells, left, top, centre } = steps;
    for (const [i, p] of average.entries()) {
      const [y, x] = [top + Math.floor(i / cells), left + (i % cells)];
      if (x >= 0 && x < 28 && y >= 0 && y < 28) expect(pixels[28 * y + x]).toBe(p);
    }
    for (const [at, offset] of [
      [centre.x, left],
      [centre.y, top],
    ] as const) {
      if (offset > -10 && offset < 18) expect(Math.abs(at + offset - 14.5)).toBeLessThanOrEqual(0.5);
    }
  }
  expect(normalizationSteps({ width: 3, height: 90, values: new Float32Array(270).fill(1) })?.left).toBe(5);
  expect(normalizationSteps({ width: 3, height: 3, values: new Float32Array(9) })).toBeUndefined();
});
