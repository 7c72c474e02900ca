/** What --data means: nothing is MNIST, "-" is standard input, and a path is what it holds (inkling-formats/node). */
import { ArgumentError, type Dataset } from "inkling";
import { mnist } from "inkling/node";
import type { Data, ReadOptions } from "inkling-formats/data";
import { flagOf } from "./configuring.ts";
import type { Model } from "./model.ts";
import { picturesFor } from "./pictures.ts";
import { printable } from "./printable.ts";

export type { Data };
/** What is known about a data set before it is read. */
export type Reading = Omit<ReadOptions, "spelled">;

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
  if (path !== undefined) {
    if (path === "-" && process.stdin.isTTY) {
      throw new ArgumentError("--data", "data on standard input", "a terminal", "Write a pipe or < before it.");
    }
    // Loaded when there is a file to read.
    const { readData } = await import("inkling-formats/node");
    return readData(path, { ...reading, spelled: flagOf });
  }
  if (label === undefined) return mnist({ ...(classes !== undefined && { classes }) });
  throw new ArgumentError("--label", "a table, whose columns have names", "images (MNIST train)");
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

/** How the data of a model are to be read: its columns by their names, its answers by the names of its classes. */
export function readingFor(model: Model, { label, needsLabel }: Pick<Reading, "label" | "needsLabel">): Reading {
  const { columnNames, classNames, targetNames, training, loss, outputs } = model;
  const recorded = training?.configuration.label;
  return {
    // Of images nobody has to name the label.
    label: label ?? (columnNames && (typeof recorded === "string" ? recorded : targetNames?.[0])),
    columnNames,
    ...picturesFor(model),
    ...(loss.task === "numbers" ? { task: "numbers" } : classNames ? { classNames } : {}),
    ...(columnNames === undefined && loss.task === "classes" && classNames === undefined && { classes: outputs }),
    ...(needsLabel !== undefined && { needsLabel }),
  };
}
