/**
 * Empty cells of a table. They are read as NaN and then filled in with the mean of their input over the training rows
 * that have one: μ = Σ x / n, in float64, by the law of sums (scaling.ts), rounded to float32 once. Of a column of
 * words that is the share of each word. Scaled, such a cell is 0: it says nothing for or against anything.
 *
 * Rows to test on have no part in the means. So a file is read, divided, and then filled in.
 */
import { ArgumentError, DataError } from "../errors.ts";
import { shown } from "../shown.ts";
import { inputCount, inputNames, type TableColumn } from "./columns.ts";
import { Dataset } from "./dataset.ts";
import { columnSums } from "./scaling.ts";

/**
 * A data set whose empty cells are filled in with the means over `training` (over itself if absent): read it with the
 * option `missing: "mean"`. The means are in `tableColumns` of the result, and a model that is trained on it keeps
 * them. A set without such cells is given back as it is. Throws a DataError for a column that is empty in all training
 * rows.
 *
 * @example
 * const { validation: test, train } = houses.split(100, { seed: 1 });
 * const training = fillMissing(train);
 * const testing = fillMissing(test, training);
 */
export function fillMissing(data: Dataset, training: Dataset = data): Dataset {
  for (const set of [data, training]) {
    if (!(set instanceof Dataset)) throw new ArgumentError("fillMissing", "a data set", shown(set));
  }
  const { tableColumns, columns, inputs } = data;
  if (tableColumns?.some(({ missing }) => missing === "mean") !== true) return data;
  const known = columnsWithMeans(training);
  if (known.flatMap(inputNames).join("\n") !== tableColumns.flatMap(inputNames).join("\n")) {
    throw new DataError("fillMissing", `the columns of ${training.name}`, `others in ${data.name}`);
  }
  const means = meansOf(known);
  const filled = Float32Array.from(inputs, (value, at) => (Number.isNaN(value) ? means[at % columns] : value));
  return new Dataset({ ...data, inputs: filled, tableColumns: known });
}

/** What an empty cell is read as, input by input. */
export function meansOf(columns: readonly TableColumn[]): readonly number[] {
  return columns.flatMap((column) => {
    const { missing } = column;
    return Array.isArray(missing) ? (missing as readonly number[]) : new Array(inputCount(column)).fill(Number.NaN);
  });
}

/** The columns of a training set with what its empty cells are read as. */
function columnsWithMeans(training: Dataset): readonly TableColumn[] {
  const { inputs, columns, name, tableColumns = [] } = training;
  if (tableColumns.every(({ missing }) => missing !== "mean")) return tableColumns;
  const numbers = inputs as Float32Array;
  const sums = columnSums(numbers, columns, (x) => (Number.isNaN(x) ? 0 : x));
  const counts = columnSums(numbers, columns, (x) => (Number.isNaN(x) ? 0 : 1));
  let from = 0;
  return tableColumns.map((column) => {
    const [start, end] = [from, from + inputCount(column)];
    from = end;
    if (counts[start] === 0) {
      const advice = "Leave the column out.";
      throw new DataError(`${name}, column ${shown(column.name)}`, "a cell that is not empty", "none", advice);
    }
    const missing = Array.from(sums.subarray(start, end), (sum, j) => Math.fround(sum / counts[start + j]));
    return { ...column, missing };
  });
}
