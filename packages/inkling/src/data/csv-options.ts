/** What goes into the reading of a CSV file: its lines, and what can be said about them. */
import type { TableColumn } from "./columns.ts";
import type { Dataset } from "./dataset.ts";

/** One line of the file: its number, from 1, and its cells. */
export interface CsvLine {
  readonly line: number;
  readonly cells: readonly string[];
}

/** What can be said about a CSV file. */
export interface CsvOptions {
  /**
   * The column that is to be learnt: its name in the header, or its index from 0. If absent, a table has no answers and
   * every column is an input; with `columnNames`, a file without that column has none. Images have the column "label".
   */
  readonly label?: string | number | undefined;
  /** Whether the label is a class or a number to predict. If absent the column decides: see `datasetFromCsv`. */
  readonly task?: "classes" | "numbers" | undefined;
  /** How many classes there are, where the labels are class numbers from 0; if absent, the labels say it. */
  readonly classes?: number | undefined;
  /** A model's classes, class 0 first. Of images they are the names of the class numbers. */
  readonly classNames?: readonly string[] | undefined;
  /** A model's columns, in its order: the file's are matched to them by name. */
  readonly columnNames?: readonly string[] | undefined;
  /** The same of a model that knows more of its columns than their names; then `columnNames` says nothing. */
  readonly tableColumns?: readonly TableColumn[] | undefined;
  /**
   * What becomes of empty cells (also NA, N/A, NaN, null and ?). If absent they are refused, unless a model's columns
   * say what they are read as. "mean": they are NaN, and `fillMissing` fills them in. "drop": their rows are left out.
   */
  readonly missing?: "mean" | "drop" | undefined;
  /**
   * What becomes of a word that a model's column does not know. If absent it is refused. "zero": it is none of them.
   */
  readonly unknown?: "zero" | undefined;
  /** Columns whose cells are words even where they look like numbers: a month, a postcode, a kind 1, 2 or 3. */
  readonly words?: readonly string[] | undefined;
  /** Columns that are left out, by their names. */
  readonly ignore?: readonly string[] | undefined;
}

/** What reads the lines under a header. */
export interface CsvReader {
  read(line: number, cells: readonly string[]): void;
  dataset(): Dataset;
}
