/** What --data means: nothing is MNIST, a directory holds IDX files, and a .csv file is Kaggle's. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { CsvError, parse } from "csv-parse";
import { ArgumentError, type CsvLine, DataError, type Dataset, datasetFromCsv, FileError } from "inkling";
import { idxDirectory, mnist } from "inkling/node";
import { brief } from "./options.ts";

/** What a path holds. A CSV file is one set; a directory has one to learn from and one to be tested on. */
export type Data = { readonly train: Dataset; readonly test: Dataset } | { readonly only: Dataset };

/** Loads a path, or MNIST. Throws a FileError or a DataError. */
export async function loadData(path: string | undefined, classes: number): Promise<Data> {
  if (path === undefined) {
    if (classes < 10) throw new ArgumentError("--classes", "at least 10 for MNIST", String(classes));
    return mnist();
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return idxDirectory(path, classes);
  // A device may have no end.
  if (found === undefined || found.isCharacterDevice() || found.isBlockDevice()) {
    const got = found ? "a device" : "nothing there";
    throw new FileError(path || '""', "a directory with IDX files, or a .csv file", got);
  }
  return { only: await readCsv(path, classes) };
}

/** The set to be tested on: of a directory its test images, of a CSV file all rows. */
export async function loadTestData(path: string | undefined, classes: number): Promise<Dataset> {
  const data = await loadData(path, classes);
  return "only" in data ? data.only : data.test;
}

async function readCsv(path: string, classes: number): Promise<Dataset> {
  return datasetFromCsv(basename(path), csvLines(path), classes);
}

async function* csvLines(path: string): AsyncGenerator<CsvLine> {
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
      throw new DataError(
        `${basename(path)} line ${error.lines ?? "?"}`,
        "comma-separated values",
        brief(error.message),
        "Nothing was loaded.",
      );
    }
    if (error instanceof Error && "syscall" in error) {
      throw new FileError(path, "a file that can be read", (error as NodeJS.ErrnoException).code ?? error.message);
    }
    throw error;
  } finally {
    input.destroy();
  }
}
