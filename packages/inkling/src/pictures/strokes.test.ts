import { expect, test } from "vitest";
import type { Ink } from "./normalize.ts";
import { strokeWidth, thickened, thinned } from "./strokes.ts";

/** A vertical bar on paper. */
function bar(wide: number, high = 80): Ink {
  const width = wide + 20;
  const values = Float32Array.from({ length: width * (high + 20) }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    return y >= 10 && y < 10 + high && x >= 10 && x < 10 + wide ? 1 : 0;
  });
  return { width, height: high + 20, values };
}

test("the width of a bar is 2·A / P", () => {
  // A = 80·w, P = 160 + 2·w
  expect(strokeWidth(bar(4))).toBeCloseTo(640 / 168, 1);
  expect(strokeWidth(bar(10))).toBeCloseTo(1600 / 180, 1);
  expect(strokeWidth({ width: 3, height: 3, values: new Float32Array(9) })).toBe(0);
});

test("grain on the paper and in the ink does not make strokes thinner", () => {
  const clean = bar(8);
  const values = clean.values.map((v, i) => v + ((i * 7919) % 5) * 0.05 - 0.1);
  expect(strokeWidth({ ...clean, values })).toBeCloseTo(strokeWidth(clean), 5);
});

test("a stroke becomes wider or narrower by the radius on each side", () => {
  expect(strokeWidth(thickened(bar(4), 2))).toBeCloseTo(strokeWidth(bar(8, 84)), 0);
  expect(strokeWidth(thinned(bar(8, 84), 2))).toBeCloseTo(strokeWidth(bar(4)), 5);
  const sum = (ink: Ink) => ink.values.reduce((total, v) => total + v, 0);
  expect(sum(thinned(bar(3), 2))).toBe(0);
  // At the edge of the picture there is room for it.
  expect(thickened({ width: 1, height: 1, values: Float32Array.of(1) }, 1).values).toEqual(
    Float32Array.of(0, 1, 0, 1, 1, 1, 0, 1, 0),
  );
});
