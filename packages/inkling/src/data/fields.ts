/** What a data set is made of, and the checks: what comes from JavaScript or from a file may be anything. */
import { checkWithin } from "../checks.ts";
import { ArgumentError, DataError } from "../errors.ts";
import { isLength, type Shape } from "../shapes.ts";
import { shown } from "../shown.ts";
import type { TableColumn } from "./columns.ts";
import type { Rows } from "./rows.ts";

/** What a data set is made of. */
export interface DatasetFields {
  /** What it is called in reports and errors. */
  readonly name: string;
  /** The shape of one example: [28, 28, 1], [4] … Whole numbers from 1 up. */
  readonly shape: Shape;
  /**
   * All examples, one after the other: bytes for images (a canvas's clamped bytes too), float32 for tables. A backend
   * that has seen them may have a copy: for other numbers make another set.
   */
  readonly inputs?: Uint8Array | Uint8ClampedArray | Float32Array | undefined;
  /** In place of `inputs`: where the examples lie, if that is not in memory. */
  readonly stored?: Rows | undefined;
  /** One class an example: whole numbers from 0 to classes − 1. */
  readonly labels?: ArrayLike<number> | undefined;
  /** How many classes there are. Needed with labels unless `classNames` says it; 0 or absent where there are none. */
  readonly classes?: number | undefined;
  /** What the classes are called, class 0 first. */
  readonly classNames?: readonly string[] | undefined;
  /** Numbers to predict in place of classes (regression): count × outputs, row-major. Never beside labels. */
  readonly targets?: Float32Array | undefined;
  /** What the targets are called; if absent "target", of several "target 0", "target 1" … */
  readonly targetNames?: readonly string[] | undefined;
  /** What the columns of a table are called. Images have none. */
  readonly columnNames?: readonly string[] | undefined;
  /** The columns of the file, where they say more than the names do: words, or what an empty cell is read as. */
  readonly tableColumns?: readonly TableColumn[] | undefined;
  /** How it was read, in one sentence for people; undefined where there is nothing to say. */
  readonly note?: string | undefined;
}

/** Their names, for a check. */
export const FIELD_NAMES = [
  "name",
  "shape",
  "inputs",
  "stored",
  "labels",
  "classes",
  "classNames",
  "targets",
  "targetNames",
  "columnNames",
  "tableColumns",
  "note",
];

/** The most classes that a data set can have: 1,048,576. */
export const MOST_CLASSES = 2 ** 20;

/** Clamped bytes, a canvas's, as bytes over the same memory; everything else as it is. */
export function bytesOf<Values>(values: Values | Uint8ClampedArray): Values | Uint8Array {
  if (!(values instanceof Uint8ClampedArray)) return values;
  return new Uint8Array(values.buffer, values.byteOffset, values.length);
}

/**
 * The numbers of examples of so many columns. Throws an ArgumentError for another kind, a DataError for no whole
 * examples.
 */
export function checkedInputs(
  name: string,
  given: DatasetFields["inputs"],
  columns: number,
): Uint8Array | Float32Array {
  const inputs = bytesOf(given);
  if (!(inputs instanceof Uint8Array || inputs instanceof Float32Array)) {
    throw new ArgumentError(name, "inputs to be a Uint8Array or a Float32Array", shown(inputs), "See table().");
  }
  if (isLength(inputs.length / columns)) return inputs;
  throw new DataError(name, `whole examples of ${columns} numbers, at least one`, `${inputs.length} numbers`);
}

/** How many classes there are; 0 for none. Throws an ArgumentError for a number that cannot be. */
export function checkClasses(name: string, { classes, classNames, labels }: DatasetFields): number {
  if (classNames !== undefined && !Array.isArray(classNames)) {
    throw new ArgumentError(name, "classNames to be an array of names", shown(classNames));
  }
  // 0 is what a data set without classes says of itself: it may be spread into one that has some.
  const count = (classes === 0 ? undefined : classes) ?? classNames?.length;
  if (count === undefined) {
    if (labels === undefined) return 0;
    throw new ArgumentError(name, "classes or classNames beside labels", "none");
  }
  checkWithin(name, `1 to ${MOST_CLASSES} classes`, count, 1, MOST_CLASSES);
  return count;
}

/** A copy of names. Throws an ArgumentError unless they are `count` different words. */
export function checkedNames(
  where: string,
  field: string,
  names: readonly string[] | undefined,
  count: number,
): readonly string[] | undefined {
  if (names === undefined) return undefined;
  if (!Array.isArray(names) || names.length !== count) {
    throw new ArgumentError(where, `${field} to be ${count} names`, shown(names));
  }
  const seen = new Set<unknown>();
  for (const [i, name] of names.entries()) {
    if (typeof name !== "string" || name === "" || seen.has(name)) {
      const got = seen.has(name) ? `${shown(name)} again` : shown(name);
      throw new ArgumentError(`${where}, ${field}[${i}]`, "a name of its own", got);
    }
    seen.add(name);
  }
  return [...names];
}

/**
 * Labels as bytes for up to 256 classes, otherwise as 32 bits; what is stored so already is not copied. Throws a
 * DataError unless each of the `count` examples has a whole number from 0 to classes − 1.
 */
export function checkedLabels(
  name: string,
  labels: ArrayLike<number>,
  count: number,
  classes: number,
): Uint8Array | Uint32Array {
  if (typeof labels !== "object" || labels === null || !Number.isInteger(labels.length)) {
    throw new ArgumentError(name, "labels, one class an example", shown(labels));
  }
  if (labels.length !== count) {
    throw new DataError(name, `a label for each of the ${count} examples`, shown(labels.length));
  }
  for (let i = 0; i < count; i++) {
    const label = labels[i];
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new DataError(`${name}, example ${i}`, `a label from 0 to ${classes - 1}, a whole number`, shown(label));
    }
  }
  const values = bytesOf(labels);
  if (classes <= 256) return values instanceof Uint8Array ? values : Uint8Array.from(values);
  return values instanceof Uint32Array ? values : Uint32Array.from(values);
}

/** Throws unless targets are finite float32 numbers, as many for each of the `count` examples. */
export function checkTargets(name: string, targets: Float32Array, count: number): void {
  if (!(targets instanceof Float32Array)) {
    throw new ArgumentError(name, "targets to be a Float32Array", shown(targets), 'See table() with task: "numbers".');
  }
  const outputs = targets.length / count;
  if (!isLength(outputs)) {
    throw new DataError(
      name,
      `targets for each of the ${count} examples, as many for each`,
      `${targets.length} numbers`,
    );
  }
  const bad = targets.findIndex((target) => !Number.isFinite(target));
  if (bad !== -1) {
    throw new DataError(`${name}, example ${Math.floor(bad / outputs)}`, "finite targets", String(targets[bad]));
  }
}
