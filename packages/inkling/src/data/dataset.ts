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
import type { TableColumn } from "./columns.ts";
import {
  checkClasses,
  checkedInputs,
  checkedLabels,
  checkedNames,
  checkTargets,
  type DatasetFields,
  FIELD_NAMES,
} from "./fields.ts";
import type { Rows } from "./rows.ts";

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
  /** Of examples that are not in memory: the first look reads all of them. */
  declare readonly inputs: Uint8Array | Float32Array;
  /** Where the examples lie that are not in memory; undefined where `inputs` has them. */
  readonly stored: Rows | undefined;
  /** One class an example, in bytes for up to 256 classes; undefined for examples without. */
  readonly labels: Uint8Array | Uint32Array | undefined;
  /** How many classes there are; 0 where there are none. */
  readonly classes: number;
  readonly classNames: readonly string[] | undefined;
  readonly targets: Float32Array | undefined;
  readonly targetNames: readonly string[] | undefined;
  readonly columnNames: readonly string[] | undefined;
  readonly tableColumns: readonly TableColumn[] | undefined;
  readonly note: string | undefined;
  // Private names and getters, so that { ...dataset, inputs } are the fields of another data set and nothing else.
  #digest: Promise<string> | undefined;

  /** Throws an ArgumentError for a field of another kind, a DataError unless the fields fit each other. */
  constructor(fields: DatasetFields) {
    checkOptions("Dataset", fields, FIELD_NAMES);
    const { name, shape, labels, targets } = fields;
    if (typeof name !== "string") throw new ArgumentError("Dataset", "name to be a string", shown(name));
    checkShape(name, shape);
    this.name = name;
    this.shape = shape;
    this.stored = fields.inputs === undefined ? fields.stored : undefined;
    if (this.stored === undefined) this.inputs = checkedInputs(name, fields.inputs, this.columns);
    else this.#readLater(this.stored);
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
    this.tableColumns = fields.tableColumns;
    this.note = fields.note;
  }

  /** Examples that are not in memory come there as a whole only where somebody asks for all their numbers. */
  #readLater(stored: Rows): void {
    const { name, columns } = this;
    if (stored.columns !== columns || !isLength(stored.count)) {
      throw new DataError(name, `rows of ${columns} numbers, at least one`, `${stored.count} of ${stored.columns}`);
    }
    let all: Uint8Array | Float32Array | undefined;
    const get = () => {
      all ??= stored.all(name);
      return all;
    };
    Object.defineProperty(this, "inputs", { get, enumerable: false });
  }

  /** How many examples there are. */
  get count(): number {
    return this.stored?.count ?? this.inputs.length / this.columns;
  }

  /** Whether the examples are bytes, which stand for p / 255, or numbers. */
  get kind(): Rows["kind"] {
    return this.stored?.kind ?? (this.inputs instanceof Uint8Array ? "bytes" : "float32");
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
    if (this.stored !== undefined) return this.stored.row(i);
    return this.inputs.subarray(i * this.columns, (i + 1) * this.columns);
  }

  /** The first `count` examples, a whole number from 1 up; all if there are not more. Nothing is copied. */
  take(count: number): Dataset {
    checkWithin(`take of ${this.name}`, "a whole number of examples from 1 up", count, 1);
    if (count >= this.count) return this;
    return new Dataset({
      ...this,
      ...(this.stored
        ? { stored: this.stored.take(count) }
        : { inputs: this.inputs.subarray(0, count * this.columns) }),
      labels: this.labels?.subarray(0, count),
      targets: this.targets?.subarray(0, count * this.outputs),
    });
  }

  /** The same examples with these labels. There are as many classes as before. */
  withLabels(labels: ArrayLike<number>): Dataset {
    return new Dataset({ ...this, labels });
  }

  /**
   * The examples of `order`, in that order, copied; those that are not in memory stay where they lie. An example may
   * come several times.
   */
  pick(order: ArrayLike<number>, name = this.name): Dataset {
    const { count, labels, targets, outputs } = this;
    if (typeof order !== "object" || !Number.isInteger(order?.length)) {
      throw new ArgumentError(`pick of ${this.name}`, "a list of indices", shown(order));
    }
    const pickedLabels = labels && blank(labels, order.length);
    const pickedTargets = targets && new Float32Array(order.length * outputs);
    for (let to = 0; to < order.length; to++) {
      const from = order[to];
      if (!Number.isInteger(from) || from < 0 || from >= count) {
        throw new ArgumentError(`pick of ${this.name}`, `indices from 0 to ${count - 1}`, shown(from));
      }
      if (labels && pickedLabels) pickedLabels[to] = labels[from];
      if (targets) pickedTargets?.set(targets.subarray(from * outputs, (from + 1) * outputs), to * outputs);
    }
    const answers = { labels: pickedLabels, targets: pickedTargets };
    const examples = this.stored ? { stored: this.stored.pick(order) } : { inputs: this.#pickedInputs(order) };
    return new Dataset({ ...this, name, ...answers, ...examples });
  }

  #pickedInputs(order: ArrayLike<number>): Uint8Array | Float32Array {
    const { columns, inputs } = this;
    const picked = blank(inputs, order.length * columns);
    for (let to = 0; to < order.length; to++) {
      const from = order[to];
      picked.set(inputs.subarray(from * columns, (from + 1) * columns), to * columns);
    }
    return picked;
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
    const { shape, classes, count, stored, labels, targets, targetNames, classNames, columnNames } = this;
    let header = `${shape.join(" × ")}, ${classes} classes, ${count} examples`;
    // What no set of images has stands in the header only where it is, as JSON, in which no two sets look alike.
    if (targetNames ?? classNames ?? columnNames) {
      header += `, ${JSON.stringify({ targetNames, classNames, columnNames })}`;
    }
    const head = new TextEncoder().encode(`${header}\n`);
    const answers = [labels, targets].filter((part) => part !== undefined);
    return stored?.sha256(head, answers) ?? sha256(joinedBytes([head, this.inputs, ...answers]));
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
