/**
 * A table's bytes become lines of cells, as `datasetFromCsv` takes them. csv-parse splits them; this page says what
 * separates the cells, which lines are comments, and what a decimal comma is.
 */

import { DataError } from "inkling";
import type { CsvLine } from "inkling/formats";
import { CsvError, parse } from "#csv-parse";
import { openingOf, type Separator } from "./opening.ts";
import { textOf } from "./text.ts";

/** The longest line that is read, in bytes: a limit for text in which a quote is never closed. */
const LONGEST_LINE = 1 << 24;

/** What csv-parse gives for a line. */
interface Split {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/**
 * The lines of a table, one after the other, from the pieces of its bytes: comma-, tab-, semicolon- or bar-separated,
 * whichever its first lines are; with quoted cells, and a byte-order mark or not. Empty lines are left out, and lines
 * that begin with #, but for one under the header that has as many cells as it. `name` is what errors call the file.
 * Throws a DataError for bytes that are no such text. What `pieces` throws is thrown.
 *
 * @example
 * for await (const { line, cells } of csvLines("iris.csv", file.stream())) console.log(line, cells);
 */
export async function* csvLines(name: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<CsvLine> {
  const text = textOf(name, pieces);
  try {
    const { separator, text: first, skipped } = await openingOf(text);
    const decimals = separator === ";" ? new DecimalCommas(name) : undefined;
    let columns: number | undefined;
    for await (const { record, info } of recordsOf(name, separator, first, text, skipped)) {
      if (columns !== undefined && record[0]?.startsWith("#") && record.length !== columns) continue;
      columns ??= record.length;
      const line = info.lines + skipped;
      yield { line, cells: decimals === undefined ? record : record.map((cell) => decimals.read(cell, line)) };
    }
  } finally {
    await text.return(undefined);
  }
}

/** The lines as csv-parse splits them. It is given a piece of text, and its lines are taken before the next one. */
async function* recordsOf(
  name: string,
  separator: Separator,
  first: string,
  rest: AsyncGenerator<string>,
  skipped: number,
): AsyncGenerator<Split> {
  const parser = parse({
    delimiter: separator,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: LONGEST_LINE,
  });
  let found: Split[] = [];
  parser.on("data", (split: unknown) => found.push(split as Split));
  const ended = new Promise<void>((resolve, reject) => {
    parser.on("end", resolve).on("error", reject);
  });
  ended.catch(() => {});
  const taken = () => {
    const splits = found;
    found = [];
    return splits;
  };
  for (
    let text: string | undefined = first;
    text !== undefined;
    text = (await rest.next()).value as string | undefined
  ) {
    const written = new Promise<void>((resolve) => parser.write(text, () => resolve()));
    const failure = await Promise.race([ended, written]).then(() => undefined, errorOf(name, skipped));
    // What stands before the mistake may have one of its own.
    yield* taken();
    if (failure !== undefined) throw failure;
  }
  parser.end();
  const failure = await ended.then(() => undefined, errorOf(name, skipped));
  yield* taken();
  if (failure !== undefined) throw failure;
}

/** csv-parse's errors in our words. */
function errorOf(name: string, skipped: number): (error: unknown) => unknown {
  return (error) => {
    if (!(error instanceof CsvError)) return error;
    const line = typeof error.lines === "number" ? error.lines + skipped : "?";
    const got = error.message.slice(0, 120);
    return new DataError(`${name} line ${line}`, "comma-separated values", got, "Nothing was loaded.");
  };
}

/**
 * In a file separated by semicolons 1,5 is a number: they are used where the comma is the decimal sign. Where 1.5
 * stands too, one of them means something else, and nobody can say which: that is refused.
 */
class DecimalCommas {
  readonly #name: string;
  #comma: { readonly line: number; readonly cell: string } | undefined;
  #point: { readonly line: number; readonly cell: string } | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** The cell with a point for the comma, if it is a number with one. */
  read(cell: string, line: number): string {
    const isComma = /^[ \t]*[+-]?\d+,\d+(?:[eE][+-]?\d+)?[ \t]*$/.test(cell);
    const isPoint = !isComma && /^[ \t]*[+-]?\d+\.\d+(?:[eE][+-]?\d+)?[ \t]*$/.test(cell);
    if (isComma) this.#comma ??= { line, cell };
    if (isPoint) this.#point ??= { line, cell };
    if ((isComma || isPoint) && this.#comma !== undefined && this.#point !== undefined) {
      const other = isComma ? this.#point : this.#comma;
      const expected = `numbers as in line ${other.line}, ${JSON.stringify(other.cell)}`;
      const advice = "Nothing was loaded. Write all of them with a comma, or all with a point.";
      throw new DataError(`${this.#name} line ${line}`, expected, JSON.stringify(cell), advice);
    }
    return isComma ? cell.replace(",", ".") : cell;
  }
}
