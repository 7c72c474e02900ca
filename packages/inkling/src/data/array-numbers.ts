/** Arrays as data sets are made of them, and what can be said about them. */
import { DataError } from "../errors.ts";
import type { Npy } from "./npy.ts";

/** An array, and what errors call it: "mnist.npz, x_train". */
export interface NamedArray extends Npy {
  readonly where: string;
}

/** What can be said about arrays. */
export interface ArrayOptions {
  /** Of a table without answers the column that is learnt: its index from 0, or a model's name for it. */
  readonly label?: string | number | undefined;
  /** Whether answers are classes or numbers to predict. If absent they decide, as in `datasetFromCsv`. */
  readonly task?: "classes" | "numbers" | undefined;
  /** How many classes there are, where the answers are class numbers from 0. */
  readonly classes?: number | undefined;
  /** A model's classes, class 0 first. */
  readonly classNames?: readonly string[] | undefined;
  /** A model's columns: a table has as many. */
  readonly columnNames?: readonly string[] | undefined;
}

/** Numbers as float32. Throws a DataError with the place of one that is not finite there. */
export function finite(values: Npy["values"], where: string, columns?: number): Float32Array {
  const numbers = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    numbers[i] = Number(values[i]);
    if (Number.isFinite(numbers[i])) continue;
    const place = columns === undefined ? `number ${i}` : `row ${Math.floor(i / columns)}, column ${i % columns}`;
    throw new DataError(
      `${where}, ${place}`,
      "a number that float32 can hold",
      String(values[i]),
      "Nothing was loaded.",
    );
  }
  return numbers;
}
