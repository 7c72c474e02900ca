import fc from "fast-check";
import { expect, test } from "vitest";
import { LIMIT, MOST, Snapshots } from "./snapshots.ts";

test("keeps 200 moments and more where they fit in 64 MB, and never more than those", () => {
  const small = new Snapshots();
  for (let total = 1; total <= 5000; total++) small.add({ total, bytes: 200_000 });
  expect(MOST).toBeGreaterThanOrEqual(200);
  expect(small.all).toHaveLength(MOST);
  const large = new Snapshots();
  for (let total = 1; total <= 500; total++) large.add({ total, bytes: 1_200_000 });
  expect(large.bytes).toBeLessThanOrEqual(LIMIT);
  expect(large.all.length).toBeGreaterThan(50);
  const huge = new Snapshots();
  for (let total = 1; total <= 5; total++) huge.add({ total, bytes: 2 * LIMIT });
  expect(huge.all.map(({ total }) => total)).toEqual([5]);
});

test("the further back, the further apart: going back n steps computes a share of n again", () => {
  const snapshots = new Snapshots(64);
  const last = 10_000;
  for (let total = 1; total <= last; total++) snapshots.add({ total, bytes: 1 });
  for (const n of [1, 2, 5, 10, 50, 100, 500, 1000, 5000]) {
    const again = last - n - (snapshots.before(last - n)?.total ?? 0);
    expect(again, `${n} steps back`).toBeLessThanOrEqual(n / 2);
  }
});

test("what is after a new moment is forgotten, and they stay in order", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { minLength: 1, maxLength: 300 }), (steps) => {
      const snapshots = new Snapshots(20);
      for (const total of steps) {
        snapshots.add({ total, bytes: 1 });
        expect(snapshots.last?.total).toBe(total);
        expect(snapshots.before(total)?.total).toBe(total);
      }
      const totals = snapshots.all.map(({ total }) => total);
      expect(totals).toEqual([...new Set(totals)].sort((a, b) => a - b));
    }),
    { seed: 1 },
  );
});
