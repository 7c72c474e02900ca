import { expect, test } from "vitest";
import { graphOf, passesOf } from "./f13-graph.ts";

test.each([
  [6, 1, 90, 30],
  [1, 6, 30, 90],
  [4, 4, 96, 96],
])("%i inputs and %i outputs: %i multiplications forwards, %i backwards, the same slopes", (n, m, forward, back) => {
  const graph = graphOf(n, m);
  const [one, other] = [passesOf(graph, "forward"), passesOf(graph, "back")];
  expect([one.steps.length, other.steps.length]).toEqual([forward, back]);
  for (const [i, slope] of one.slopes.entries()) expect(slope).toBeCloseTo(other.slopes[i] ?? Number.NaN, 12);
  expect(one.slopes.some((slope) => slope !== 0)).toBe(true);
});
