// A table's columns as fields: where each begins among the inputs, its ends, and where a course changes its answer.
import { Dataset, dense, flatten, network, type Prediction, Scaling } from "inkling";
import { expect, test } from "vitest";
import { choose, courseOf, fieldsOf, middleOf, roundedFor, STEPS, stretchesOf, takesRows } from "./fields.ts";

const tableColumns = [{ name: "width" }, { name: "colour", words: ["blue", "red"] }, { name: "height" }];
const columnNames = ["width", "colour=blue", "colour=red", "height"];
const rows = new Dataset({
  name: "rows",
  shape: [4],
  inputs: Float32Array.of(1.1, 0, 1, 5, 3.3, 1, 0, 5),
  labels: Uint8Array.of(0, 1),
  classes: 2,
  columnNames,
});

test("a column of words is one field of several inputs; numbers lie between their ends", () => {
  const model = network([4], [dense(2)], {
    columnNames,
    tableColumns,
    scaling: new Scaling([2, 0, 0, 10], [1, 1, 1, 2]),
  });
  expect(fieldsOf(model, rows)).toEqual([
    { name: "width", at: 0, words: undefined, low: 1.1, high: 3.3 },
    { name: "colour", at: 1, words: ["blue", "red"], low: 0, high: 1 },
    // A column that never changes: around its mean.
    { name: "height", at: 3, words: undefined, low: 4, high: 16 },
  ]);
  // Rows that were learned from count, too, and an empty cell does not.
  const more = new Dataset({ ...rows, inputs: Float32Array.of(Number.NaN, 0, 1, 5, -2, 1, 0, 7) });
  expect(fieldsOf(model, rows, more)?.map(({ low, high }) => [low, high])).toEqual([
    [-2, 3.3],
    [0, 1],
    [5, 7],
  ]);
  const fields = fieldsOf(model, undefined) ?? [];
  expect(fields[0]).toMatchObject({ low: -1, high: 5 });
  expect(Array.from(middleOf(fields, model))).toEqual([2, 1, 0, 10]);
  const row = Float32Array.of(2, 1, 0, 10);
  choose(row, 1, 2, 1);
  expect(Array.from(row)).toEqual([2, 0, 1, 10]);
  model.close();
});

test("numbers are rounded by the width of their column", () => {
  expect([1991.3, 2003.9].map((year) => roundedFor({ low: 1990, high: 2020 }, year))).toEqual([1991.3, 2003.9]);
  expect(roundedFor({ low: 1990, high: 2020 }, 1991.26)).toBe(1991.3);
  expect(roundedFor({ low: 0, high: 60_000 }, 12_345)).toBe(12_300);
  expect(roundedFor({ low: 0, high: 0.002 }, 0.0012345)).toBe(0.00123);
});

test("what reads pictures, or a hundred columns, is no form", () => {
  const networks = [
    network([28, 28, 1], [flatten(), dense(10)]),
    network([784], [dense(10)]),
    network([100], [dense(2)], { columnNames: Array.from({ length: 100 }, (_, i) => `c${i}`) }),
  ];
  expect(networks.map((model) => fieldsOf(model, undefined))).toEqual([undefined, undefined, undefined]);
  // A table of 16 columns is no picture of 4 × 4.
  const wide = network([16], [dense(2)], { columnNames: Array.from({ length: 16 }, (_, i) => `c${i}`) });
  expect(fieldsOf(wide, undefined)).toHaveLength(16);
  expect([...networks, wide].map(takesRows)).toEqual([false, false, false, true]);
  const many = network([69], [dense(2)]);
  expect([takesRows(many), fieldsOf(many)]).toEqual([true, undefined]);
  for (const model of [...networks, wide, many]) model.close();
});

test("a course asks for each place of one column, and changes where the class does", async () => {
  // z₁ − z₀ = x − 2.05
  const initialValues = new Map([
    ["layers.0.weights", Float32Array.of(0, 1)],
    ["layers.0.bias", Float32Array.of(0, -2.05)],
  ]);
  const model = network([1], [dense(2)], { columnNames: ["x"], initialValues });
  const [field] = fieldsOf(model, undefined) ?? [];
  if (field === undefined) throw new Error("no field");
  const course = await courseOf(model, Float32Array.of(1), { ...field, low: 0, high: 6 });
  expect([course.xs.length, course.xs[0], course.xs.at(-1)]).toEqual([STEPS + 1, 0, 6]);
  const [first, last, ...others] = stretchesOf(course);
  expect(others).toEqual([]);
  expect([first?.label, last]).toEqual([0, { label: 1, until: undefined }]);
  expect(first?.until).toBeCloseTo(2.05, 6);
  // The row itself is beyond the usual end.
  const { xs } = await courseOf(model, Float32Array.of(9), { ...field, low: 0, high: 6 });
  expect(xs.at(-1)).toBe(9);
  // However far it is, the usual numbers are gone through as closely as before.
  expect(xs.slice(0, STEPS + 1)).toEqual(course.xs);
  const same = [0, 0].map((label): Prediction => ({ task: "classes", label, probabilities: Float32Array.of(1, 0) }));
  expect(stretchesOf({ xs: [0, 1], answers: same })).toEqual([{ label: 0, until: undefined }]);
  model.close();
});
