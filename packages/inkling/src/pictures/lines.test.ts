import { expect, test } from "vitest";
import { readingOrder } from "./lines.ts";

const box = (left: number, top: number, height = 20) => ({ left, top, width: 10, height });

test("lines from the top, each from the left, whatever the order they were found in", () => {
  const lines = [
    [box(0, 0), box(20, 3), box(40, 1)],
    [box(5, 40), box(25, 38)],
  ];
  expect(readingOrder(lines.flat().toReversed())).toEqual(lines);
  expect(readingOrder([])).toEqual([]);
});

test("a line may go uphill further than a digit is high", () => {
  const uphill = Array.from({ length: 8 }, (_, i) => box(20 * i, 100 - 6 * i));
  const below = uphill.map(({ left, top }) => box(left, top + 40));
  expect(readingOrder([...below, ...uphill])).toEqual([uphill, below]);
});

test("a small digit stands in the line that it stands beside", () => {
  expect(readingOrder([box(0, 0), box(20, 10, 9), box(0, 40)])).toEqual([[box(0, 0), box(20, 10, 9)], [box(0, 40)]]);
});
