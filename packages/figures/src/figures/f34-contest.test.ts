// The ways of the race compute the same product, to the bit, whatever its size.
import { expect, test } from "vitest";
import { type Measured, measured, numbersOf, type Size, WAYS } from "./f34-contest.ts";

const { fround } = Math;

test.each([
  { m: 10, k: 30, n: 10 },
  { m: 19, k: 33, n: 17 },
])("$m × $k by $k × $n: all ways have the same bits", async (size: Size) => {
  const { x, W } = numbersOf(size);
  const { m, k, n } = size;
  const expected = Float32Array.from({ length: m * n }, (_, e) => {
    let sum = 0;
    for (let l = 0; l < k; l++)
      sum = fround(sum + fround((x[Math.floor(e / n) * k + l] ?? 0) * (W[l * n + (e % n)] ?? 0)));
    return sum;
  });
  const found: Measured[] = [];
  // Node has no page's threads.
  for (const way of WAYS) found.push(...[await measured(way, size, () => true, 1)].flatMap((own) => own ?? []));
  expect(found.map(({ way }) => way)).toEqual(["loops", "reference", "wasm"]);
  for (const { result, speed } of found) {
    expect(result).toEqual(expected);
    expect(speed).toBeGreaterThan(0);
  }
});

test("a race that nobody wants any more ends", async () => {
  expect(await measured("loops", { m: 10, k: 30, n: 10 }, () => false)).toBeUndefined();
});
