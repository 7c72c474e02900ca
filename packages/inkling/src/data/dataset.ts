/**
 * A data set: examples of one shape, with what is to be learnt of each: a class (labels), numbers (targets), or nothing
 * where the examples are only to be predicted. Images are kept as the bytes that they come as; a byte p stands for
 * p / 255. Tables are kept as float32.
 */
import { checkWithin } from "../checks.ts";
import { ArgumentError, DataError } from "../errors.ts";
import { inOrder } from "../matrix.ts";
import { Stream } from "../numbers/random.ts";
import { joinedBytes, sha256 } from "../numbers/sha256.ts";
import { checkOptions, isOptions } from "../options.ts";
import { checkShape, isLength, type Shape, size } from "../shapes.ts";
import { shown } from "../shown.ts";
import {
  bytesOf,
  checkClasses,
  checkedLabels,
  checkedNames,
  checkTargets,
  type DatasetFields,
  FIELD_NAMES,
} from "./fields.ts";

/**
 * Examples of one shape, checked.
 *
 * @example
 * const points = new Dataset({
 *   name: "points", shape: [2], inputs: Float32Array.of(0, 0, 1, 1), labels: [0, 1], classNames: ["low", "high"],
 * });
 * points.count; // 2
 * points.task; // "classes"
 */
export class Dataset implements DatasetFields {
  readonly name: string;
  readonly shape: Shape;
  readonly inputs: Uint8Array | Float32Array;
  /** One class an example, in bytes for up to 256 classes; undefined for examples without. */
  readonly labels: Uint8Array | Uint32Array | undefined;
  /** How many classes there are; 0 where there are none. */
  readonly classes: number;
  readonly classNames: readonly string[] | undefined;
  readonly targets: Float32Array | undefined;
  readonly targetNames: readonly string[] | undefined;
  readonly columnNames: readonly string[] | undefined;
  readonly note: string | undefined;
  // Private names and getters, so that { ...dataset, inputs } are the fields of another data set and nothing else.
  #digest: Promise<string> | undefined;

  /** Throws an ArgumentError for a field of another kind, a DataError unless the fields fit each other. */
  constructor(fields: DatasetFields) {
    checkOptions("Dataset", fields, FIELD_NAMES);
    const { name, shape, labels, targets } = fields;
    if (typeof name !== "string") throw new ArgumentError("Dataset", "name to be a string", shown(name));
    checkShape(name, shape);
    const inputs = bytesOf(fields.inputs);
    if (!(inputs instanceof Uint8Array || inputs instanceof Float32Array)) {
      throw new ArgumentError(name, "inputs to be a Uint8Array or a Float32Array", shown(inputs), "See table().");
    }
    this.name = name;
    this.shape = shape;
    this.inputs = inputs;
    if (!isLength(this.count)) {
      throw new DataError(name, `whole examples of ${this.columns} numbers, at least one`, `${inputs.length} numbers`);
    }
    if (labels !== undefined && targets !== undefined) {
      throw new ArgumentError(name, "labels or targets", "both", "Make two data sets.");
    }
    this.classes = checkClasses(name, fields);
    if (targets !== undefined && this.classes > 0) throw new ArgumentError(name, "classes or targets", "both");
    this.classNames = checkedNames(name, "classNames", fields.classNames, this.classes);
    this.labels = labels === undefined ? undefined : checkedLabels(name, labels, this.count, this.classes);
    if (targets !== undefined) checkTargets(name, targets, this.count);
    this.targets = targets;
    const numbers = targets === undefined ? 0 : targets.length / this.count;
    const called = numbers === 1 ? ["target"] : Array.from({ length: numbers }, (_, i) => `target ${i}`);
    this.targetNames = checkedNames(name, "targetNames", fields.targetNames, numbers) ?? (targets && called);
    this.columnNames = checkedNames(name, "columnNames", fields.columnNames, this.columns);
    this.note = fields.note;
  }

  /** How many examples there are. */
  get count(): number {
    return this.inputs.length / this.columns;
  }

  /** How many numbers an example has. */
  get columns(): number {
    return size(this.shape);
  }

  /** What is to be predicted of an example: its class, numbers, or undefined where the set does not say. */
  get task(): "classes" | "numbers" | undefined {
    if (this.targets !== undefined) return "numbers";
    return this.classes > 0 ? "classes" : undefined;
  }

  /** How many outputs a network needs for it: one a class, or one a target; 0 where the set does not say. */
  get outputs(): number {
    return this.targetNames?.length ?? this.classes;
  }

  /** Example i as it is stored. Throws an ArgumentError if there is none. */
  example(i: number): Uint8Array | Float32Array {
    checkWithin(this.name, `an index from 0 to ${this.count - 1}`, i, 0, this.count - 1);
    return this.inputs.subarray(i * this.columns, (i + 1) * this.columns);
  }

  /** The first `count` examples, a whole number from 1 up; all if there are not more. Nothing is copied. */
  take(count: number): Dataset {
    checkWithin(`take of ${this.name}`, "a whole number of examples from 1 up", count, 1);
    if (count >= this.count) return this;
    return new Dataset({
      ...this,
      inputs: this.inputs.subarray(0, count * this.columns),
      labels: this.labels?.subarray(0, count),
      targets: this.targets?.subarray(0, count * this.outputs),
    });
  }

  /** The same examples with these labels. There are as many classes as before. */
  withLabels(labels: ArrayLike<number>): Dataset {
    return new Dataset({ ...this, labels });
  }

  /** The examples of `order`, in that order, copied. An example may come several times. */
  pick(order: ArrayLike<number>, name = this.name): Dataset {
    const { columns, count, inputs, labels, targets, outputs } = this;
    if (typeof order !== "object" || !Number.isInteger(order?.length)) {
      throw new ArgumentError(`pick of ${this.name}`, "a list of indices", shown(order));
    }
    const picked = blank(inputs, order.length * columns);
    const pickedLabels = labels && blank(labels, order.length);
    const pickedTargets = targets && new Float32Array(order.length * outputs);
    for (let to = 0; to < order.length; to++) {
      const from = order[to];
      if (!Number.isInteger(from) || from < 0 || from >= count) {
        throw new ArgumentError(`pick of ${this.name}`, `indices from 0 to ${count - 1}`, shown(from));
      }
      picked.set(inputs.subarray(from * columns, (from + 1) * columns), to * columns);
      if (labels && pickedLabels) pickedLabels[to] = labels[from];
      if (targets) pickedTargets?.set(targets.subarray(from * outputs, (from + 1) * outputs), to * outputs);
    }
    return new Dataset({ ...this, name, inputs: picked, labels: pickedLabels, targets: pickedTargets });
  }

  /**
   * Shuffles and holds out the first `held` examples for validation; the others are for training. The order comes from
   * the seed, or is the one given: every example's index, once.
   *
   * @example
   * const { train, validation } = digits.split(1000, { seed: 1 });
   */
  split(held: number, by: SplitOptions): { validation: Dataset; train: Dataset } {
    const where = `split of ${this.name}`;
    checkWithin(where, `1 to ${this.count - 1} examples to hold out`, held, 1, this.count - 1);
    const order = this.#orderOf(where, by);
    return {
      validation: this.pick(order.subarray(0, held), `${this.name}, held out`),
      train: this.pick(order.subarray(held)),
    };
  }

  #orderOf(where: string, by: SplitOptions): Uint32Array {
    const options = isOptions(by) ? by : {};
    checkOptions(where, options, ["seed", "order"]);
    const { seed, order } = options;
    if ((seed === undefined) === (order === undefined)) {
      const got = options === by ? (seed === undefined ? "neither" : "both") : shown(by);
      const advice = "Write split(held, { seed }) or split(held, { order }).";
      throw new ArgumentError(where, "{ seed: 1 } or { order }", got, advice);
    }
    if (order !== undefined) return checkedOrder(where, order, this.count);
    const shuffled = inOrder(this.count);
    new Stream(seed as number, "split").shuffle(shuffled);
    return shuffled;
  }

  /**
   * SHA-256 over all that a training learns from: shape, inputs, labels or targets, and the names of classes, targets
   * and columns; in hexadecimal. Two sets with the same digest train the same network.
   */
  sha256(): Promise<string> {
    this.#digest ??= this.#computeDigest();
    return this.#digest;
  }

  async #computeDigest(): Promise<string> {
    const { shape, classes, count, inputs, labels, targets, targetNames, classNames, columnNames } = this;
    let header = `${shape.join(" × ")}, ${classes} classes, ${count} examples`;
    // What no set of images has stands in the header only where it is, as JSON, in which no two sets look alike.
    if (targetNames ?? classNames ?? columnNames) {
      header += `, ${JSON.stringify({ targetNames, classNames, columnNames })}`;
    }
    const parts = [new TextEncoder().encode(`${header}\n`), inputs, labels, targets];
    return sha256(joinedBytes(parts.filter((part) => part !== undefined)));
  }
}

/** Where the order of a split comes from: one of the two. */
export interface SplitOptions {
  /** A whole number from 0 up. */
  readonly seed?: number | undefined;
  /** Every example's index, once. */
  readonly order?: ArrayLike<number> | undefined;
}

/** As many numbers of the same kind, all 0. */
function blank<A extends Uint8Array | Uint32Array | Float32Array>(like: A, length: number): A {
  const kind = like instanceof Uint8Array ? Uint8Array : like instanceof Uint32Array ? Uint32Array : Float32Array;
  return new kind(length) as A;
}

/** An order as indices. Throws an ArgumentError unless each of the `count` examples is in it once. */
function checkedOrder(where: string, order: ArrayLike<number>, count: number): Uint32Array {
  if (order?.length !== count) {
    throw new ArgumentError(where, `an order of all ${count} examples`, shown(order?.length ?? order));
  }
  const seen = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    // An index that is none has seen[…] undefined.
    if (seen[order[i]] !== 0) {
      throw new ArgumentError(where, `an order with each index from 0 to ${count - 1} once`, shown(order[i]));
    }
    seen[order[i]] = 1;
  }
  return Uint32Array.from(order);
}
