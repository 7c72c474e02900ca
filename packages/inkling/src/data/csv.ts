/**
 * Data sets from comma-separated values. Any parser may split the lines; this page says what they mean:
 *
 *   images   a header `label,pixel0,…,pixel783` or `pixel0,…`, the layout of Kaggle's "Digit Recognizer": then an image
 *            a line, pixel i·28 + j in row i and column j, whole numbers from 0 to 255          (csv-images.ts)
 *   a table  everything else: a header of names, then an example a line, a number or a word a column (csv-table.ts)
 */
import { checkName } from "../checks.ts";
import { ArgumentError, DataError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { shown } from "../shown.ts";
import { checkTableColumns } from "./columns.ts";
import { ImageReader, isImageHeader } from "./csv-images.ts";
import type { CsvLine, CsvOptions, CsvReader } from "./csv-options.ts";
import { TableReader } from "./csv-table.ts";
import type { Dataset } from "./dataset.ts";
import { MOST_CLASSES } from "./fields.ts";

const OPTIONS = [
  ...["label", "task", "classes", "classNames", "columnNames", "tableColumns", "missing", "unknown", "words", "ignore"],
];

/**
 * A data set from the lines of a CSV file, header first. `name` is what errors and reports call it.
 *
 * Of a table, the label's column decides what is learnt unless `task` says it: words, or at most 20 different whole
 * numbers, are classes; anything else is numbers to predict. `note` says which, and why. The names of the classes are
 * in the order of their characters' codes, or of their value where all are numbers.
 *
 * A column of numbers is one input, a column of words one for each word ("one-hot"), 1 where the row has it and else 0:
 * colour=blue, colour=red. The first cell says which it is. All words of the file are inputs, those of rows that are
 * held out later too. Empty cells are refused, unless `missing` says what becomes of them.
 *
 * A first line that is all numbers is no header: the columns are then called "column 0", "column 1" … The label may be
 * a word in it, if it is named by its index and is a word in the second line too.
 *
 * Throws a DataError with the line's number for a line that does not fit; nothing is loaded then.
 *
 * @example
 * const iris = await datasetFromCsv("iris.csv", lines, { label: "species" });
 * iris.classNames; // ["setosa", "versicolor", "virginica"]
 * iris.note; // iris.csv: the column "species" holds words, so there are 3 classes.
 */
export async function datasetFromCsv(
  name: string,
  lines: AsyncIterable<CsvLine> | Iterable<CsvLine>,
  options: CsvOptions = {},
): Promise<Dataset> {
  checkArguments(name, lines, options);
  let reader: CsvReader | undefined;
  let first: CsvLine | undefined;
  for await (const { line, cells } of lines) {
    if (!Array.isArray(cells)) {
      throw new ArgumentError(name, "lines of { line, cells }, cells an array of strings", shown(cells));
    }
    if (reader !== undefined) reader.read(line, cells);
    else if (first !== undefined) {
      reader = new TableReader(name, first, cells, options);
      reader.read(line, cells);
    } else if (options.columnNames === undefined && options.tableColumns === undefined && isImageHeader(cells)) {
      reader = new ImageReader(name, cells, options);
    } else first = { line, cells };
  }
  if (first !== undefined) reader ??= new TableReader(name, first, undefined, options);
  if (reader === undefined) throw new DataError(name, "a header and rows", "an empty file", "Nothing was loaded.");
  return reader.dataset();
}

function checkArguments(name: unknown, lines: unknown, options: CsvOptions): void {
  const where = "datasetFromCsv";
  if (typeof name !== "string") throw new ArgumentError(where, "the file's name, a string", shown(name));
  if (typeof lines !== "object" || lines === null || !(Symbol.asyncIterator in lines || Symbol.iterator in lines)) {
    throw new ArgumentError(where, "lines, an iterable of { line, cells }", shown(lines));
  }
  checkOptions(where, options, OPTIONS);
  const { task, classes, classNames, columnNames, tableColumns, missing, unknown, words, ignore } = options;
  if (task !== undefined && task !== "classes" && task !== "numbers") {
    throw new ArgumentError(where, 'task to be "classes" or "numbers"', shown(task));
  }
  for (const [option, names] of Object.entries({ classNames, columnNames, words, ignore })) {
    if (names !== undefined && !(Array.isArray(names) && Array.from(names).every((word) => typeof word === "string"))) {
      throw new ArgumentError(where, `${option} to be an array of names`, shown(names));
    }
  }
  if (tableColumns !== undefined) checkTableColumns(where, tableColumns);
  if (missing !== undefined) checkName(where, "missing", missing, ["mean", "drop"]);
  if (unknown !== undefined) checkName(where, "unknown", unknown, ["zero"]);
  if (classes !== undefined && !(Number.isInteger(classes) && classes >= 1 && classes <= MOST_CLASSES)) {
    throw new ArgumentError(where, `classes to be a whole number from 1 to ${MOST_CLASSES}`, shown(classes));
  }
  if (task === "numbers" && (classes !== undefined || classNames !== undefined)) {
    throw new ArgumentError(where, "classes, or numbers to predict", "both", "Leave classes and classNames out.");
  }
}
