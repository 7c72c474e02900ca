/** What --data means: nothing is MNIST, "-" is standard input, and a path is what it holds (inkling-formats/node). */
import { basename } from "node:path";
import { ArgumentError, type Dataset, Ensemble } from "inkling";
import type { NamedBytes, TableColumn } from "inkling/formats";
import { mnist, readWhole } from "inkling/node";
import type { Data, ReadOptions } from "inkling-formats/data";
import { flagOf } from "./configuring.ts";
import { isFirstOf } from "./machines/launched.ts";
import type { Model } from "./model.ts";
import { picturesFor } from "./pictures.ts";
import { printable } from "./printable.ts";

export type { Data };
/** What data can be, for the help. */
export const DATA =
  "a directory of IDX files, a folder of pictures, a table (CSV, TSV), a Parquet, NPZ or NPY file, or - for standard input";

/** What is known about a data set before it is read. */
export interface Reading extends Omit<ReadOptions, "spelled" | "labels"> {
  /** The file of answers of an NPY file. */
  readonly labelsFile?: string | undefined;
}

/** The data, named as an argument or as an option. */
export function dataPath(argument: string | undefined, option: string | undefined): string | undefined {
  if (argument !== undefined && option !== undefined) {
    throw new ArgumentError("--data", "the data once", `${argument} and ${option}`);
  }
  return argument ?? option;
}

/** Loads a path, or MNIST. Throws a FileError, a DataError or an ArgumentError. */
export async function loadData(path: string | undefined, reading: Reading = {}): Promise<Data> {
  const { labelsFile, ...options } = reading;
  const { classes, label } = options;
  if (path !== undefined) {
    if (path === "-" && process.stdin.isTTY) {
      throw new ArgumentError("--data", "data on standard input", "a terminal", "Write a pipe or < before it.");
    }
    if (path === "-" && !isFirstOf(process.env, process.argv)) {
      const advice = "A launcher gives standard input to the first machine alone: save the data in a file.";
      throw new ArgumentError("--data", "a file that every machine can read", "-", advice);
    }
    // Loaded when there is a file to read.
    const { readData } = await import("inkling-formats/node");
    const labels = labelsFile === undefined ? undefined : await answersIn(labelsFile);
    return readData(path, { ...options, labels, spelled: flagOf });
  }
  if (label === undefined) return mnist({ ...(classes !== undefined && { classes }) });
  throw new ArgumentError("--label", "a table, whose columns have names", "images (MNIST train)");
}

async function answersIn(path: string): Promise<NamedBytes> {
  return { bytes: await readWhole(path), name: basename(path) };
}

/** The set to be tested on: of a directory its test images, of a table all rows. */
export async function loadTestData(path: string | undefined, reading: Reading = {}): Promise<Dataset> {
  return (await loadTest(path, reading)).set;
}

/** The set to be tested on, and of pictures their paths. */
export async function loadTest(
  path: string | undefined,
  reading: Reading,
): Promise<{ readonly set: Dataset; readonly paths: readonly string[] | undefined }> {
  const { columnNames } = reading;
  if (path === undefined && columnNames !== undefined) {
    const names = `${columnNames.slice(0, 6).map(printable).join(", ")}${columnNames.length > 6 ? " …" : ""}`;
    throw new ArgumentError("--data", `a table with the model's columns (${names})`, "none");
  }
  const data = await loadData(path, reading);
  return { set: "only" in data ? data.only : data.test, paths: data.paths };
}

/** What a command adds to what a model says of its data. */
export type Asked = Pick<Reading, "label" | "needsLabel" | "missing" | "unknown" | "ignore" | "labelsFile" | "memory">;

/**
 * How the data of a model are to be read: its columns by their names and words, its answers by the names of its
 * classes.
 */
export function readingFor(model: Model, { label, needsLabel, ignore = [], ...asked }: Asked): Reading {
  const { columnNames, classNames, targetNames, training, loss, outputs } = model;
  const { label: recorded, ignore: left = [] } = training?.configuration ?? {};
  const answers = typeof recorded === "string" ? recorded : targetNames?.[0];
  return {
    // Of images nobody has to name the label, nor where the answers have a file of their own.
    label: label ?? (asked.labelsFile === undefined && columnNames ? answers : undefined),
    columnNames,
    ...picturesFor(model),
    tableColumns: columnsOf(model, asked.missing),
    ...(columnNames && { ignore: [...(Array.isArray(left) ? left : []), ...ignore] }),
    ...asked,
    ...(loss.task === "numbers" ? { task: "numbers" } : classNames ? { classNames } : {}),
    ...(columnNames === undefined && loss.task === "classes" && classNames === undefined && { classes: outputs }),
    ...(needsLabel !== undefined && { needsLabel }),
  };
}

/**
 * A model's columns. Where empty cells are to be filled in, their means are those of its scaling, if it has no other.
 */
function columnsOf(model: Model, missing: Reading["missing"]): Model["tableColumns"] {
  const { tableColumns, columnNames } = model;
  const means = (model instanceof Ensemble ? model.members[0] : model)?.scaling?.means;
  if (missing !== "mean" || means === undefined || columnNames === undefined) return tableColumns;
  let from = 0;
  return (tableColumns ?? columnNames.map((name) => ({ name }))).map((column: TableColumn) => {
    const start = from;
    from += column.words?.length ?? 1;
    return { ...column, missing: column.missing ?? Array.from(means.subarray(start, from)) };
  });
}
