import fc from "fast-check";
import { expect, test } from "vitest";
import { findPieces } from "./pieces.ts";

const from = (...rows: string[]) => {
  return Float32Array.from(rows.join(""), (character) => (character === "#" ? 1 : 0));
};

test("pixels that touch at a side or a corner are one piece", () => {
  const values = from(
    "#...##", //
    ".#..#.",
    "..#...",
    "....##",
  );
  const { pieces } = findPieces(values, 6, 0.5);
  expect(pieces.map(({ left, top, width, height, area }) => [left, top, width, height, area])).toEqual([
    [0, 0, 3, 3, 3],
    [4, 0, 2, 2, 3],
    [4, 3, 2, 1, 2],
  ]);
});

test("arms that meet further down are one piece, and so are a comb's teeth", () => {
  const values = from(
    "#.#.#.#", //
    "#.#.#.#",
    "###.###",
    "#.....#",
    "#######",
  );
  expect(findPieces(values, 7, 0.5).pieces).toHaveLength(1);
});

/** Flood fill: slow, and nothing to get wrong. */
function flooded(values: Float32Array, width: number): number[] {
  const seen = new Set<number>();
  const areas: number[] = [];
  for (let start = 0; start < values.length; start++) {
    if (!((values[start] ?? 0) > 0.5) || seen.has(start)) continue;
    const stack = [start];
    seen.add(start);
    let area = 0;
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      area += 1;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const x = (i % width) + dx;
          const k = i + dy * width + dx;
          if (x < 0 || x >= width || !((values[k] ?? 0) > 0.5) || seen.has(k)) continue;
          seen.add(k);
          stack.push(k);
        }
      }
    }
    areas.push(area);
  }
  return areas;
}

test("any picture has the pieces that a flood fill finds", () => {
  const picture = fc.integer({ min: 1, max: 14 }).chain((width) => {
    const rows = fc.array(fc.array(fc.boolean(), { minLength: width, maxLength: width }), { maxLength: 14 });
    return rows.map((list) => ({ width, values: Float32Array.from(list.flat(), Number) }));
  });
  fc.assert(
    fc.property(picture, ({ width, values }) => {
      const { pieces, runs } = findPieces(values, width, 0.5);
      expect(pieces.map(({ area }) => area)).toEqual(flooded(values, width));
      const inked = pieces.flatMap((piece) => Array.from(piece.runs, (i) => (runs.to[i] ?? 0) - (runs.from[i] ?? 0)));
      expect(inked.reduce((sum, length) => sum + length, 0)).toBe(values.reduce((sum, v) => sum + v, 0));
    }),
    { numRuns: 300 },
  );
});
