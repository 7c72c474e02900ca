import { expect, test } from "vitest";
import { csvOf } from "../../parts/csv.ts";
import { arranged, arrangementOf, columnOf, matrixArrangement, placeIn } from "./arrangement.ts";

test("an image is shown row by row, its channels beside each other with a gap", () => {
  expect(arrangementOf([2, 3, 1])).toEqual({ columns: 3, places: Int32Array.of(0, 1, 2, 3, 4, 5) });
  const { columns, places } = arrangementOf([1, 2, 2]);
  expect([columns, Array.from(places)]).toEqual([5, [0, 2, -1, 1, 3]]);
  expect(Array.from(arranged([10, 11, 12, 13], { columns, places }))).toEqual([10, 12, Number.NaN, 11, 13]);
});

test("a number of an image has a row, a column and a channel; of a list, a channel alone", () => {
  expect(placeIn([2, 3, 4], 4 * (3 + 2) + 1)).toEqual({ row: 1, column: 2, channel: 1 });
  expect(placeIn([30], 27)).toEqual({ row: 0, column: 0, channel: 27 });
});

test.each([
  [784, 28],
  [64, 8],
  [30, 6],
  [10, 5],
  [3, 3],
  [1, 1],
  [7, 3],
  [6, 6],
  [1024, 32],
])("%i numbers in a row are shown in rows of %i", (count, columns) => {
  expect(arrangementOf([count]).columns).toBe(columns);
});

test("a matrix has one tile for each neuron, and every number once", () => {
  const { places } = matrixArrangement(arrangementOf([6]), 5);
  expect(Array.from(places.filter((place) => place >= 0)).toSorted((a, b) => a - b)).toEqual([...Array(30).keys()]);
  expect(Array.from(columnOf({ columns: 2, values: Float32Array.of(1, 2, 3, 4) }, 1))).toEqual([2, 4]);
});

test("a table is saved with its names and all digits", () => {
  const columns = [
    { name: "w", values: [0.1, -2e-9] },
    { name: 'a "b", c', values: Float32Array.of(3) },
  ];
  expect(csvOf(columns)).toBe('number,w,"a ""b"", c"\n0,0.1,3\n1,-2e-9,\n');
});
