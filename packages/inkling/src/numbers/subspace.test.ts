import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { principalDirections } from "./subspace.ts";

const golden = JSON.parse(readFileSync(new URL("../../test/golden/calibration.json", import.meta.url), "utf8"));

test("the directions span what NumPy's singular vectors span", () => {
  const { rows, projection } = golden.directions;
  const directions = principalDirections(Float64Array.from(rows.flat()), 12, 3);
  expect(directions).toHaveLength(3);
  for (let i = 0; i < 12; i++) {
    for (let j = 0; j < 12; j++) {
      // P = Σ_d v_d·v_dᵀ, whatever the directions within the span
      const p = directions.reduce((sum, v) => sum + v[i] * v[j], 0);
      expect(p).toBeCloseTo(projection[i][j], 6);
    }
  }
});

test("the order of rows of whole numbers changes no bit", () => {
  const { rows } = golden.directions;
  const reversed = rows.toReversed();
  expect(principalDirections(Float64Array.from(reversed.flat()), 12, 3)).toEqual(
    principalDirections(Float64Array.from(rows.flat()), 12, 3),
  );
});

test("any rows have orthonormal directions, at most as many as there are rows", () => {
  const rows = fc.array(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 5, maxLength: 5 }), { maxLength: 8 });
  fc.assert(
    fc.property(rows, (given) => {
      const directions = principalDirections(Float64Array.from(given.flat()), 5, 4);
      expect(directions.length).toBeLessThanOrEqual(Math.min(4, given.length));
      for (const [a, v] of directions.entries()) {
        for (const [b, w] of directions.entries()) {
          const product = v.reduce((sum, number, j) => sum + number * w[j], 0);
          expect(product).toBeCloseTo(a === b ? 1 : 0, 9);
        }
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});
