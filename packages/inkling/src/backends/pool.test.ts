import { expect, test } from "vitest";
import { Matrix } from "../matrix.ts";
import { Lending } from "./pool.ts";

const make = (rows: number, columns: number) => new Matrix(rows, columns, new Float32Array(0));

test("the next step is lent what the step before was lent, in the same order", () => {
  const lending = new Lending(make);
  const once = () => lending.step(() => [lending.matrix(2, 3), lending.matrix(3, 2), lending.matrix(2, 3)]);
  const [first, second] = [once(), once()];
  expect(new Set(first).size).toBe(3);
  for (const [i, matrix] of second.entries()) expect(matrix).toBe(first[i]);
});

test("beyond 64 MB, what the step has not asked for goes, and nothing that it was lent", () => {
  const dropped: Matrix[] = [];
  const lending = new Lending(make, (matrix) => dropped.push(matrix));
  const early = lending.step(() => [lending.matrix(1 << 12, 1 << 10), lending.matrix(5, 5)]);
  const [kept] = lending.step(() => {
    const same = lending.matrix(5, 5);
    for (let rows = 1; rows <= 4; rows++) lending.matrix(rows << 12, 1 << 10);
    return [same];
  });
  expect(kept).toBe(early[1]);
  expect(dropped).toEqual([]);
  lending.step(() => lending.matrix(7, 7));
  expect(dropped).toHaveLength(5);
  expect(dropped).toContain(early[0]);
});
