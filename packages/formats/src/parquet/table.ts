/** The rows of Parquet files as lines of a table, so that they mean what the same lines of a CSV file mean. */
import { DataError } from "inkling";
import type { CsvLine } from "inkling/formats";
import type { ColumnKind, ParquetFile } from "./file.ts";

/** What a column may not hold, and what to do. */
const REFUSED: Partial<Record<ColumnKind, string>> = {
  dates: "Write dates as numbers, or leave the column out.",
  lists: "Write a column for each element, or leave the column out.",
  structures: "Write a column for each field, or leave the column out.",
  bytes: "Leave the column out.",
  pictures: "Leave the column out.",
};

/** What pandas adds: the numbers of the rows. */
const isIndex = (name: string) => /^__index_level_\d+__$/.test(name);

/**
 * The lines of the files, one after the other: first the names of the columns, then a line a row, whose number is the
 * row's, from 1. What is absent, or no number, is an empty cell. Throws a DataError for columns that are no numbers and
 * no words, and for files with other columns than the first.
 */
export async function* parquetLines(files: readonly ParquetFile[]): AsyncGenerator<CsvLine> {
  let line = 0;
  const [first] = files as [ParquetFile];
  const columns = first.columns.filter(({ name }) => !isIndex(name));
  // A name that is a number would be taken for a value in a line without names.
  yield {
    line,
    cells: columns.map(({ name }) => (name.trim() === "" || Number.isNaN(Number(name)) ? name : `column ${name}`)),
  };
  for (const file of files) {
    const found = new Map(file.columns.map(({ name, kind }) => [name, kind]));
    for (const { name, kind } of columns) {
      const got = found.get(name);
      if (got === undefined)
        throw new DataError(file.name, `the columns of ${first.name}`, `no ${JSON.stringify(name)}`);
      const advice = REFUSED[got] ?? REFUSED[kind];
      const where = `${file.name}, column ${JSON.stringify(name)}`;
      if (advice !== undefined) throw new DataError(where, "numbers or words", got, advice);
    }
    for (const [group, rows] of file.groups.entries()) {
      const values = await Promise.all(columns.map(({ name }) => file.read(name, group)));
      for (let row = 0; row < rows; row++) {
        line++;
        yield { line, cells: values.map((column) => cellOf(column[row])) };
      }
    }
  }
}

/** A value as it would stand in a CSV file. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined || (typeof value === "number" && Number.isNaN(value))) return "";
  if (typeof value === "boolean") return value ? "1" : "0";
  return String(value);
}
