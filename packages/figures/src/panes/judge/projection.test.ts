import { expect, test } from "vitest";
import { histogramOf } from "./histogram.ts";
import { onPlane } from "./projection.ts";

test("rows that differ along two directions lie on the plane as they lie in space", () => {
  // Points p·u + q·v of five numbers each, u and v at right angles and of length 1, p wider than q.
  const [u, v] = [
    [0.6, 0, 0.8, 0, 0],
    [0, 1, 0, 0, 0],
  ];
  const points = Array.from({ length: 40 }, (_, i) => [3 * Math.sin(i), Math.cos(2.3 * i)] as const);
  const rows = points.flatMap(([p, q]) => u.map((c, j) => p * c + q * (v[j] ?? 0) + 5));
  const found = onPlane(rows, 5);
  const distance = (a: { x: number; y: number }, b: { x: number; y: number }) => Math.hypot(a.x - b.x, a.y - b.y);
  const scale = distance(found[0], found[1]) / Math.hypot(points[0][0] - points[1][0], points[0][1] - points[1][1]);
  for (let i = 2; i < 40; i++) {
    const real = Math.hypot(points[0][0] - points[i][0], points[0][1] - points[i][1]);
    expect(distance(found[0], found[i])).toBeCloseTo(scale * real, 6);
  }
  for (const { x, y } of found) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(1);
});

test("equal rows are one point", () => {
  expect(onPlane([1, 2, 3, 1, 2, 3], 3)).toEqual([
    { x: 0, y: 0 },
    { x: 0, y: 0 },
  ]);
});

test("a histogram counts every number once, also at its ends", () => {
  const shares = histogramOf([-2, -1, 0, 0, 1, 2, Number.NaN, 5], -2, 2, 5);
  expect(Array.from(shares, (share) => 8 * share)).toEqual([1, 1, 2, 1, 2]);
});
