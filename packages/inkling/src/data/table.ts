/** Tables in code: rows of numbers, and an answer for each, become a data set. */
import { ArgumentError, DataError, ShapeError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { checkShape, type Shape, size } from "../shapes.ts";
import { shown } from "../shown.ts";
import { byCodeUnit, classNumbers } from "./class-names.ts";
import { Dataset } from "./dataset.ts";
import { type DatasetFields, MOST_CLASSES } from "./fields.ts";

/** What can be said about a table. */
export interface TableOptions {
  /** What it is called in reports and errors; "table" if absent. */
  readonly name?: string | undefined;
  /** The shape of one row; one dimension if absent. */
  readonly shape?: Shape | undefined;
  /**
   * How many classes there are; if absent, one more than the largest label, or as many as there are different words.
   */
  readonly classes?: number | undefined;
  /** What the classes are called, class 0 first; for answers that are words, the different words if absent. */
  readonly classNames?: readonly string[] | undefined;
  readonly columnNames?: readonly string[] | undefined;
  /** Whether answers are classes or numbers to predict. If absent, rows of numbers are numbers, all else is classes. */
  readonly task?: "classes" | "numbers" | undefined;
  readonly targetNames?: readonly string[] | undefined;
}

const OPTIONS = ["name", "shape", "classes", "classNames", "columnNames", "task", "targetNames"];

/** One answer a row: a class's number or its name, or one or several numbers to predict. */
export type TableAnswers = ArrayLike<number> | readonly string[] | readonly ArrayLike<number>[];

/**
 * A data set from a table: one row of numbers an example, one answer a row. Answers that are words are the names of
 * classes, and class 0 is the first word in the order of their characters' codes. Answers that are numbers are classes,
 * whole numbers from 0, unless `task` is "numbers": then they are the numbers to predict. Answers that are rows of
 * numbers are always numbers to predict.
 *
 * Throws a ShapeError for a row of another length, a DataError for a cell that is no number, or none that float32 can
 * hold, and for an answer that is no class; an ArgumentError for anything of another kind.
 *
 * @example
 * table([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], { name: "XOR" });
 * table([[5.1, 3.5], [6.2, 2.9]], ["setosa", "virginica"]).classNames; // ["setosa", "virginica"]
 * table([[50], [120]], [210_000, 480_000], { task: "numbers", columnNames: ["area"], targetNames: ["price"] });
 */
export function table(rows: readonly ArrayLike<number>[], answers: TableAnswers, options: TableOptions = {}): Dataset {
  checkOptions("table", options, OPTIONS);
  const { name = "table", task, columnNames } = options;
  if (task !== undefined && task !== "classes" && task !== "numbers") {
    throw new ArgumentError("table", 'task to be "classes" or "numbers"', shown(task));
  }
  if (!Array.isArray(rows) || rows.length === 0) {
    const got = Array.isArray(rows) ? "none" : shown(rows);
    throw new ArgumentError("table", "an array of at least one row of numbers", got);
  }
  if (!isList(answers)) throw new ArgumentError("table", "answers, an array with one for each row", shown(answers));
  if (answers.length !== rows.length) {
    throw new DataError(name, `an answer for each of the ${rows.length} rows`, String(answers.length));
  }
  const { numbers, columns } = numbersOf(name, "row", rows, columnNames);
  const { shape = [columns] } = options;
  checkShape(name, shape);
  if (size(shape) !== columns) {
    throw new ShapeError(name, `a shape of ${columns} numbers, as in a row`, shape.join(" × "));
  }
  const areRows = isList(answers[0]);
  const fields = { name, shape, inputs: numbers, columnNames };
  if (areRows && task === "classes") {
    throw new ArgumentError(
      name,
      "one class for each row",
      shown(answers[0]),
      'Leave task out, or say task: "numbers".',
    );
  }
  if (areRows || task === "numbers")
    return new Dataset({ ...fields, ...numberFields(name, answers, areRows, options) });
  return new Dataset({ ...fields, ...classFields(name, answers as ArrayLike<unknown>, options) });
}

/** Targets from answers that are numbers, or rows of numbers. */
function numberFields(
  name: string,
  answers: TableAnswers,
  areRows: boolean,
  options: TableOptions,
): Partial<DatasetFields> {
  const { classes, classNames, targetNames } = options;
  if (classes !== undefined || classNames !== undefined) {
    throw new ArgumentError(name, "classes, or numbers to predict", "both", "Leave classes and classNames out.");
  }
  const rows = areRows ? answers : Array.from(answers as ArrayLike<number>, (answer) => [answer]);
  return { targets: numbersOf(name, "answer", rows as readonly ArrayLike<number>[], targetNames).numbers, targetNames };
}

/** Labels from answers that are class numbers or the names of classes. */
function classFields(name: string, answers: ArrayLike<unknown>, options: TableOptions): Partial<DatasetFields> {
  if (options.targetNames !== undefined) {
    throw new ArgumentError(name, "targetNames for numbers to predict", "classes", 'Say task: "numbers".');
  }
  const areWords = typeof answers[0] === "string";
  let highest = 0;
  for (let i = 0; i < answers.length; i++) {
    const answer = answers[i];
    const where = `${name}, row ${i}`;
    if (areWords) {
      if (typeof answer === "string" && answer !== "") continue;
      throw new DataError(where, "the name of a class, a word", shown(answer));
    }
    if (typeof answer !== "number" || !Number.isInteger(answer) || answer < 0 || answer >= MOST_CLASSES) {
      const advice = typeof answer === "number" ? 'To predict numbers say task: "numbers".' : "";
      const most = (options.classes ?? options.classNames?.length ?? MOST_CLASSES) - 1;
      throw new DataError(where, `a class, a whole number from 0 to ${most}`, shown(answer), advice);
    }
    if (answer > highest) highest = answer;
  }
  if (!areWords) {
    const { classNames, classes = classNames?.length ?? highest + 1 } = options;
    return { labels: answers as ArrayLike<number>, classes, classNames };
  }
  const words = answers as ArrayLike<string>;
  const { classNames = byCodeUnit(words), classes } = options;
  return { labels: classNumbers(words, classNames, (i) => `${name}, row ${i}`), classNames, classes };
}

/** Rows of numbers as one array, row-major. `names`: of the columns, for errors. */
function numbersOf(
  name: string,
  what: string,
  rows: readonly ArrayLike<number>[],
  names: readonly string[] | undefined,
): { numbers: Float32Array; columns: number } {
  const columns = isList(rows[0]) ? rows[0].length : 0;
  const numbers = new Float32Array(rows.length * columns);
  // Not entries(): an array may have holes, which must not be skipped.
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const where = `${name}, ${what} ${i}`;
    if (!isList(row) || row.length === 0) {
      throw new DataError(where, "an array of numbers", isList(row) ? "none" : shown(row));
    }
    if (row.length !== columns) throw new ShapeError(where, `${columns} numbers`, String(row.length));
    for (let j = 0; j < columns; j++) {
      const value: unknown = row[j];
      numbers[i * columns + j] = typeof value === "number" ? value : Number.NaN;
      if (!Number.isFinite(numbers[i * columns + j])) {
        const column = Array.isArray(names) && names.length === columns ? shown(names[j]) : String(j);
        throw new DataError(`${where}, column ${column}`, "a number that float32 can hold", shown(value));
      }
    }
  }
  return { numbers, columns };
}

/** Whether it is an array, ordinary or typed. */
function isList(value: unknown): value is ArrayLike<unknown> & object {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
