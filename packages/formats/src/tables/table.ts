/** A table read from its bytes: which column is learnt, and the data set that the lines make. */
import { ArgumentError, DataError, type Dataset } from "inkling";
import { type CsvLine, type CsvOptions, datasetFromCsv, isImageHeader } from "inkling/formats";
import { respelled } from "./spelling.ts";
import { csvLines } from "./split.ts";

/** What is known about a table before it is read. */
export interface ReadTableOptions extends Omit<CsvOptions, "label"> {
  /** The column that is to be learnt: its name, or its index from 0 as a word. */
  readonly label?: string | undefined;
  /** Whether examples without an answer are of no use. Then the label has to be named. */
  readonly needsLabel?: boolean | undefined;
  /** How errors spell an option, as --label for a command. If absent: as it is. */
  readonly spelled?: ((option: string) => string) | undefined;
}

/** A table as a data set. */
export interface ReadTable {
  readonly only: Dataset;
  /** The name of the column that is learnt; undefined for images and where there is none. */
  readonly label: string | undefined;
}

/**
 * Reads a table from the pieces of its bytes: CSV, TSV, or with semicolons (`csvLines` says what is read, and
 * `datasetFromCsv` what it means). `name` is what errors and reports call it. Throws an ArgumentError where the label
 * has to be named, a DataError for a line that does not fit; nothing is loaded then.
 *
 * @example
 * const { only } = await readTable("iris.csv", file.stream(), { label: "species" });
 */
export async function readTable(
  name: string,
  pieces: AsyncIterable<Uint8Array>,
  options: ReadTableOptions = {},
): Promise<ReadTable> {
  return readLines(name, csvLines(name, pieces), options);
}

/** Reads a table from its lines, header first, whatever they come from. */
export async function readLines(
  name: string,
  lines: AsyncGenerator<CsvLine>,
  options: ReadTableOptions,
): Promise<ReadTable> {
  const { label: word, needsLabel = false, spelled = (option: string) => option } = options;
  const others = ofTables(options);
  const model = others.tableColumns?.map(({ name: column }) => column) ?? others.columnNames;
  try {
    const first = await lines.next();
    if (first.done) throw new DataError(name, "a header and rows", "an empty file", "Nothing was loaded.");
    const header = first.value.cells.map((cell) => cell.trim());
    const isImages = model === undefined && isImageHeader(first.value.cells);
    const label =
      word ??
      (needsLabel && !isImages ? labelAmong(header, name, { ...others, columnNames: model }, spelled) : undefined);
    const column = label !== undefined && isIndex(label, header) ? Number(label) : label;
    // A model of images has no names of columns; its label is the images' own.
    const only = await datasetFromCsv(name, from(first.value, lines), { ...others, label: isImages ? word : column });
    if (isImages) return { only, label: undefined };
    const columns = only.tableColumns?.map(({ name: column }) => column) ?? only.columnNames;
    const named = new Set(header);
    const hasHeader = columns?.every((found) => named.has(found)) === true;
    return { only, label: typeof column !== "number" ? column : hasHeader ? header[column] : `column ${column}` };
  } catch (error) {
    throw respelled(error, options.spelled);
  } finally {
    await lines.return(undefined);
  }
}

/** What is said of tables; what is said of pictures besides means nothing here. */
function ofTables(options: ReadTableOptions): Omit<CsvOptions, "label"> {
  const { task, classes, classNames, columnNames, tableColumns, missing, unknown, words, ignore } = options;
  return { task, classes, classNames, columnNames, tableColumns, missing, unknown, words, ignore };
}

async function* from(first: CsvLine, rest: AsyncGenerator<CsvLine>): AsyncGenerator<CsvLine> {
  yield first;
  yield* rest;
}

const isNumber = (cell: string) => cell !== "" && !Number.isNaN(Number(cell));

/** Whether the word for a label is an index, also where the first line is no header and holds the same number. */
function isIndex(label: string, header: readonly string[]): boolean {
  if (!/^\d+$/.test(label)) return false;
  return !header.includes(label) || header.every((cell, i) => i === Number(label) || isNumber(cell));
}

/**
 * The label's column where nobody has named it: of a model's table the one column more. Otherwise it has to be named.
 */
function labelAmong(
  header: readonly string[],
  file: string,
  { tableColumns, columnNames = tableColumns?.map(({ name }) => name), ignore }: CsvOptions,
  spelled: (option: string) => string,
): string {
  const known = new Set([...(columnNames ?? []), ...(ignore ?? [])]);
  const others = header.filter((name) => !known.has(name));
  if (columnNames !== undefined && others.length === 1) return others[0] ?? "";
  // Of one column there is nothing to choose; the reader says what is wrong with the file.
  if (header.length === 1) return header[0] ?? "";
  const names = header.slice(0, 12).join(", ") + (header.length > 12 ? " …" : "");
  throw new ArgumentError(
    spelled("label"),
    `the name of the column to learn, or its index from 0 to ${header.length - 1}`,
    "none",
    header.every(isNumber)
      ? `The first line of ${file} is all numbers, so the columns have no names.`
      : `The columns of ${file} are ${names}.`,
  );
}
