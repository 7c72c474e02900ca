import fc from "fast-check";
import { expect, test } from "vitest";
import { Thinned } from "./thinned.ts";

test("it keeps the first, the last, and what is between at one distance", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 500 }), (least, count) => {
      const thinned = new Thinned<number>(least);
      for (let i = 0; i < count; i++) thinned.add(i);
      const { all } = thinned;
      expect([all[0], all.at(-1)]).toEqual([0, count - 1]);
      expect(all.length).toBeGreaterThanOrEqual(Math.min(least, count));
      expect(all.length).toBeLessThanOrEqual(2 * least + 1);
      const gaps = all.slice(1, -1).map((value, i) => value - (all[i] ?? 0));
      expect(new Set(gaps).size).toBeLessThanOrEqual(1);
    }),
  );
});
