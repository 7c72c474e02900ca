/** What --data means: nothing is MNIST, a directory holds IDX files, and a file holds comma-separated values. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { ArgumentError, DataError, type DataPair, Dataset, FileError } from "inkling";
import { type CsvLine, type CsvOptions, datasetFromCsv, isImageHeader } from "inkling/formats";
import { idxDirectory, mnist, reasonOf } from "inkling/node";
import type { Model } from "./model.ts";
import { printable } from "./printable.ts";

/** What is known about a data set before it is read. */
export interface Reading extends Omit<CsvOptions, "label"> {
  /** The column of a table that is to be learnt: its name, or its index as a word. */
  readonly label?: string | undefined;
  /** Whether examples without an answer are of no use. */
  readonly needsLabel?: boolean;
}

/** A CSV file is one set, perhaps with the name of its label's column; the others have one to be tested on besides. */
export type Data = DataPair | { readonly only: Dataset; readonly label: string | undefined };

/** The data, named as an argument or as an option. */
export function dataPath(argument: string | undefined, option: string | undefined): string | undefined {
  if (argument !== undefined && option !== undefined) {
    throw new ArgumentError("--data", "the data once", `${argument} and ${option}`);
  }
  return argument ?? option;
}

/** Loads a path, or MNIST. Throws a FileError, a DataError or an ArgumentError. */
export async function loadData(path: string | undefined, reading: Reading = {}): Promise<Data> {
  const { classes, label } = reading;
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === undefined || found === undefined || found.isDirectory()) {
    // What is nowhere to be found is refused by idxDirectory, with the reason.
    const options = { ...(classes !== undefined && { classes }) };
    const pair = path === undefined ? await mnist(options) : shortNames(path, await idxDirectory(path, options));
    if (label === undefined) return pair;
    throw new ArgumentError("--label", "a CSV file, whose columns have names", `images (${pair.train.name})`);
  }
  // A device may have no end.
  if (found.isCharacterDevice() || found.isBlockDevice()) {
    throw new FileError(path, "a directory with IDX files, or a .csv file", "a device");
  }
  return readCsv(path, reading);
}

/** The set to be tested on: of a directory its test images, of a CSV file all rows. */
export async function loadTestData(path: string | undefined, reading: Reading = {}): Promise<Dataset> {
  const { columnNames } = reading;
  if (path === undefined && columnNames !== undefined) {
    const names = `${columnNames.slice(0, 6).map(printable).join(", ")}${columnNames.length > 6 ? " …" : ""}`;
    throw new ArgumentError("--data", `a CSV file with the model's columns (${names})`, "none");
  }
  const data = await loadData(path, reading);
  return "only" in data ? data.only : data.test;
}

/** How the data of a model are to be read: its columns by their names, its answers by the names of its classes. */
export function readingFor(model: Model, { label, needsLabel }: Pick<Reading, "label" | "needsLabel">): Reading {
  const { columnNames, classNames, targetNames, training, loss, outputs } = model;
  const recorded = training?.configuration.label;
  return {
    // Of images nobody has to name the label.
    label: label ?? (columnNames && (typeof recorded === "string" ? recorded : targetNames?.[0])),
    columnNames,
    ...(loss.task === "numbers" ? { task: "numbers" } : classNames ? { classNames } : {}),
    ...(columnNames === undefined && loss.task === "classes" && classNames === undefined && { classes: outputs }),
    ...(needsLabel !== undefined && { needsLabel }),
  };
}

/** Records and reports have the directory's own name, without the way to it. */
function shortNames(path: string, { train, test }: DataPair): DataPair {
  const name = basename(resolve(path));
  const named = (set: Dataset, part: string) => new Dataset({ ...set, name: `${name} ${part}` });
  return { train: named(train, "train"), test: named(test, "test") };
}

async function readCsv(path: string, reading: Reading): Promise<Data> {
  const { label: word, needsLabel = false, ...options } = reading;
  const name = basename(path);
  const lines = csvLines(path);
  const first = await lines.next();
  if (first.done) throw new DataError(name, "a header and rows", "an empty file", "Nothing was loaded.");
  const header = first.value.cells.map((cell) => cell.trim());
  const isImages = options.columnNames === undefined && isImageHeader(first.value.cells);
  const label = word ?? (needsLabel && !isImages ? labelAmong(header, name, options.columnNames) : undefined);
  const column = label !== undefined && isIndex(label, header) ? Number(label) : label;
  // A model of images has no names of columns; its label is the images' own.
  const only = await datasetFromCsv(name, from(first.value, lines), { ...options, label: isImages ? word : column });
  if (isImages) return { only, label: undefined };
  const hasHeader = only.columnNames?.every((found) => header.includes(found)) === true;
  return { only, label: typeof column !== "number" ? column : hasHeader ? header[column] : `column ${column}` };
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
function labelAmong(header: readonly string[], file: string, columnNames: readonly string[] | undefined): string {
  const others = header.filter((name) => columnNames?.includes(name) !== true);
  if (columnNames !== undefined && others.length === 1) return others[0] ?? "";
  // Of one column there is nothing to choose; the reader says what is wrong with the file.
  if (header.length === 1) return header[0] ?? "";
  const isRow = header.every(isNumber);
  const names = header.slice(0, 12).map(printable).join(", ") + (header.length > 12 ? " …" : "");
  throw new ArgumentError(
    "--label",
    `the name of the column to learn, or its index from 0 to ${header.length - 1}`,
    "none",
    isRow
      ? `The first line of ${file} is all numbers, so the columns have no names.`
      : `The columns of ${file} are ${names}.`,
  );
}

async function* from(first: CsvLine, rest: AsyncGenerator<CsvLine>): AsyncGenerator<CsvLine> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* csvLines(path: string): AsyncGenerator<CsvLine> {
  // Loaded when there is a file to read.
  const { CsvError, parse } = await import("csv-parse");
  const name = basename(path);
  const input = createReadStream(path);
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: 1 << 24,
  });
  // pipe() does not pass errors on.
  input.on("error", (error) => parser.destroy(error));
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      yield { line: info.lines, cells: record };
    }
  } catch (error) {
    if (error instanceof CsvError) {
      const where = `${name} line ${error.lines ?? "?"}`;
      throw new DataError(
        where,
        "comma-separated values",
        printable(error.message.slice(0, 120)),
        "Nothing was loaded.",
      );
    }
    if (error instanceof Error && "syscall" in error) {
      throw new FileError(path, "a file that can be read", reasonOf(error));
    }
    throw error;
  } finally {
    input.destroy();
  }
}
