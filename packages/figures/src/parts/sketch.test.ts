import { expect, test } from "vitest";
import { COLUMNS, drawnByKey, drawnTo } from "./sketch.ts";

test("a pen that jumps leaves no gap", () => {
  const first = drawnTo([], { column: 10, y: 0 });
  const { sketch } = drawnTo(first.sketch, { column: 20, y: 1 }, first.pen);
  expect(sketch.slice(10, 21)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  expect(sketch[9]).toBeNaN();
});

test("arrow keys alone draw a whole line", () => {
  let [sketch, column]: [readonly number[], number] = [[], 0];
  for (let i = 0; i < COLUMNS; i++) {
    for (const key of ["ArrowUp", "ArrowRight"]) {
      const next = drawnByKey(sketch, column, key, [0, 1]);
      if (next) [sketch, column] = [next.sketch, next.pen.column];
    }
  }
  expect(sketch.some(Number.isNaN)).toBe(false);
  expect(sketch[COLUMNS]).toBe(1);
  expect(drawnByKey(sketch, column, "a", [0, 1])).toBeUndefined();
});
