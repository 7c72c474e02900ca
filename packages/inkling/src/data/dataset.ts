/**
 * A data set: examples of one shape, with or without labels. Images are kept as the bytes that they come as; a byte p
 * stands for p / 255. Tables are kept as float32.
 */
import { ArgumentError, DataError, ShapeError } from "../errors.ts";
import { type Shape, size } from "../layers/layer.ts";
import { inOrder } from "../matrix.ts";
import { Stream } from "../numbers/random.ts";
import { sha256 } from "../numbers/sha256.ts";

export interface DatasetFields {
  /** What it is called in reports and errors. */
  readonly name: string;
  /** The shape of one example: [28, 28, 1], [4] … */
  readonly shape: Shape;
  /** How many classes there are; labels go from 0 to classes − 1. At most 256. */
  readonly classes: number;
  /**
   * All examples, one after the other: bytes for images, float32 for tables. A backend that has seen them may have a copy:
   * for other numbers make another set.
   */
  readonly inputs: Uint8Array | Float32Array;
  /** One class an example; undefined for examples that are only to be predicted. */
  readonly labels: Uint8Array | undefined;
}

export class Dataset implements DatasetFields {
  readonly name: string;
  readonly shape: Shape;
  readonly classes: number;
  readonly inputs: Uint8Array | Float32Array;
  readonly labels: Uint8Array | undefined;
  /** How many examples there are. */
  readonly count: number;
  private digest: Promise<string> | undefined;

  /** Throws a DataError unless the fields fit each other. */
  constructor({ name, shape, classes, inputs, labels }: DatasetFields) {
    const columns = size(shape);
    this.name = name;
    this.shape = shape;
    this.classes = classes;
    this.inputs = inputs;
    this.labels = labels;
    this.count = inputs.length / columns;
    if (!Number.isInteger(classes) || classes < 1 || classes > 256) {
      throw new ArgumentError(name, "1 to 256 classes", String(classes));
    }
    if (!Number.isInteger(this.count) || this.count === 0) {
      throw new DataError(name, `whole examples of ${columns} numbers, at least one`, `${inputs.length} numbers`);
    }
    if (labels === undefined) return;
    if (labels.length !== this.count) {
      throw new DataError(name, `a label for each of the ${this.count} examples`, String(labels.length));
    }
    const outside = labels.findIndex((label) => label >= classes);
    if (outside !== -1) {
      throw new DataError(`${name}, example ${outside}`, `a label from 0 to ${classes - 1}`, String(labels[outside]));
    }
  }

  /** How many numbers an example has. */
  get columns(): number {
    return size(this.shape);
  }

  /** Example i as it is stored. Throws an ArgumentError if there is none. */
  example(i: number): Uint8Array | Float32Array {
    if (!Number.isInteger(i) || i < 0 || i >= this.count) {
      throw new ArgumentError(this.name, `an index from 0 to ${this.count - 1}`, String(i));
    }
    return this.inputs.subarray(i * this.columns, (i + 1) * this.columns);
  }

  /** The first `count` examples; all if there are not more. Nothing is copied. */
  take(count: number): Dataset {
    if (count >= this.count) return this;
    return new Dataset({
      ...this,
      inputs: this.inputs.subarray(0, count * this.columns),
      labels: this.labels?.subarray(0, count),
    });
  }

  /** The same examples with these labels. */
  withLabels(labels: Uint8Array): Dataset {
    return new Dataset({ ...this, labels });
  }

  /** The examples of `order`, in that order, copied. */
  pick(order: Uint32Array, name = this.name): Dataset {
    const { columns } = this;
    const inputs =
      this.inputs instanceof Uint8Array
        ? new Uint8Array(order.length * columns)
        : new Float32Array(order.length * columns);
    for (const [to, from] of order.entries()) {
      if (from >= this.count) throw new ArgumentError(this.name, `indices from 0 to ${this.count - 1}`, String(from));
      inputs.set(this.inputs.subarray(from * columns, (from + 1) * columns), to * columns);
    }
    const { labels } = this;
    return new Dataset({ ...this, name, inputs, labels: labels && Uint8Array.from(order, (i) => labels[i]) });
  }

  /**
   * Shuffles and holds out the first `held` examples for validation; the others are for training. The order comes from
   * the seed, or is the one given.
   */
  split(held: number, by: number | Uint32Array): { validation: Dataset; train: Dataset } {
    if (!Number.isInteger(held) || held < 1 || held >= this.count) {
      throw new ArgumentError(`split of ${this.name}`, `1 to ${this.count - 1} examples to hold out`, String(held));
    }
    let order: Uint32Array;
    if (typeof by === "number") {
      order = inOrder(this.count);
      new Stream(by, "split").shuffle(order);
    } else {
      order = by;
    }
    return {
      validation: this.pick(order.subarray(0, held), `${this.name}, held out`),
      train: this.pick(order.subarray(held)),
    };
  }

  /** SHA-256 over its shape, inputs and labels, in hexadecimal: two sets with the same digest train the same network. */
  sha256(): Promise<string> {
    this.digest ??= this.computeDigest();
    return this.digest;
  }

  private async computeDigest(): Promise<string> {
    const shape = new TextEncoder().encode(
      `${this.shape.join(" × ")}, ${this.classes} classes, ${this.count} examples\n`,
    );
    const inputs = new Uint8Array(this.inputs.buffer, this.inputs.byteOffset, this.inputs.byteLength);
    const all = new Uint8Array(shape.length + inputs.length + (this.labels?.length ?? 0));
    all.set(shape);
    all.set(inputs, shape.length);
    if (this.labels) all.set(this.labels, shape.length + inputs.length);
    return sha256(all);
  }
}

/**
 * A data set from a table: one row of numbers an example, one label a row. `classes` is one more than the largest
 * label if absent, `shape` one dimension. Throws a ShapeError for a row of another length, a DataError for a label that
 * is no class and for a number that float32 has not.
 */
export function table(
  rows: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  options: { readonly name?: string; readonly shape?: Shape; readonly classes?: number } = {},
): Dataset {
  const columns = rows[0]?.length ?? 0;
  let highest = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] > highest) highest = labels[i];
  const { name = "table", shape = [columns], classes = highest + 1 } = options;
  for (let i = 0; i < labels.length; i++) {
    if (!Number.isInteger(labels[i]) || labels[i] < 0 || labels[i] >= classes) {
      throw new DataError(`${name}, row ${i}`, `a label from 0 to ${classes - 1}`, String(labels[i]));
    }
  }
  const inputs = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) {
    if (row.length !== columns) throw new ShapeError(`${name}, row ${i}`, `${columns} numbers`, String(row.length));
    inputs.set(row, i * columns);
  }
  const bad = inputs.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) {
    const row = Math.floor(bad / columns);
    throw new DataError(`${name}, row ${row}`, "finite float32 numbers", String(rows[row]?.[bad % columns]));
  }
  return new Dataset({ name, shape, classes, inputs, labels: Uint8Array.from(labels) });
}
