/**
 * Scaling a table, column by column, so that each has mean 0 and standard deviation 1 in the training data: gradient
 * descent takes steps of one size in all directions, and a column should not learn faster in millimetres than in metres
 * (LeCun, Bottou, Orr and Müller 1998, "Efficient BackProp", section 4.3). With n examples x₀ … of one column:
 *
 *   μ  = Σ x / n
 *   σ² = Σ (x − μ)² / n
 *   x′ = (x − μ) / σ
 *
 * All in float64, rounded to float32 once, at the end. Sums are made as all sums over examples: blocks of 128, inside a
 * block from 0 upwards, and the blocks' sums as a balanced tree (numbers/tree-sum.ts).
 */
import { BLOCK } from "../backends/backend.ts";
import { checkNumber, has } from "../checks.ts";
import { ArgumentError, DataError, ShapeError } from "../errors.ts";
import type { Numbers } from "../matrix.ts";
import { TreeSum } from "../numbers/tree-sum.ts";
import { shown } from "../shown.ts";
import type { Dataset } from "./dataset.ts";

/**
 * How the columns of a table are scaled: what a model keeps of its training data. It scales numbers itself, so a
 * program without tables holds nothing of it.
 */
export class Scaling {
  readonly #means: Float64Array;
  readonly #deviations: Float64Array;

  /**
   * μ and σ of each column, copied. Throws an ArgumentError for a mean that is no finite number or a deviation that is
   * not a number above 0, a ShapeError for no columns and for two lists that differ in length.
   */
  constructor(means: ArrayLike<number>, deviations: ArrayLike<number>) {
    this.#means = checkedColumn("scaling, means", means, "a finite number", () => true);
    this.#deviations = checkedColumn("scaling, deviations", deviations, "a number above 0", (value) => value > 0);
    if (means.length === 0) throw new ShapeError("scaling, means", "at least one number", "none");
    if (means.length !== deviations.length) {
      throw new ShapeError("scaling, deviations", `${means.length} numbers`, String(deviations.length));
    }
  }

  get columns(): number {
    return this.#means.length;
  }

  /** μ of each column: a copy. */
  get means(): Float64Array {
    return this.#means.slice();
  }

  /** σ of each column; 1 for a column that has one value only, so that it becomes 0 and not NaN. A copy. */
  get deviations(): Float64Array {
    return this.#deviations.slice();
  }

  /** A copy of rows, scaled: x′ = (x − μ) / σ. Throws a DataError for a number that float32 cannot hold then. */
  apply(numbers: Float32Array): Float32Array {
    return this.#mapped(numbers, (x, j) => (x - this.#means[j]) / this.#deviations[j]);
  }

  /** The inverse, for what a network predicts of scaled targets: x = x′·σ + μ. */
  undo(numbers: Float32Array): Float32Array {
    return this.#mapped(numbers, (x, j) => x * this.#deviations[j] + this.#means[j]);
  }

  #mapped(numbers: Float32Array, change: (x: number, column: number) => number): Float32Array {
    const { columns } = this;
    if (numbers.length % columns !== 0) {
      throw new ShapeError("scaling", `rows of ${columns} columns`, `${numbers.length} numbers`);
    }
    const result = new Float32Array(numbers.length);
    for (let i = 0; i < numbers.length; i += columns) {
      for (let j = 0; j < columns; j++) {
        result[i + j] = change(numbers[i + j], j);
        // What was finite before must be it after.
        if (!Number.isFinite(result[i + j]) && Number.isFinite(numbers[i + j])) {
          const where = `scaling, row ${i / columns}, column ${j}`;
          throw new DataError(where, "a number that float32 can hold once scaled", String(numbers[i + j]));
        }
      }
    }
    return result;
  }
}

/**
 * The scaling that gives each column of a table mean 0 and standard deviation 1. Nothing is scaled yet: a model does
 * it. Throws an ArgumentError for bytes: pixels are scaled already, a byte p stands for p / 255.
 *
 * @example
 * const model = network([13], [dense(16, "relu"), dense(3)], { scaling: standardize(training) });
 */
export function standardize(dataset: Dataset): Scaling {
  if (has(dataset as unknown, "train", "test")) {
    throw new ArgumentError("standardize", "a data set", "a pair { train, test }", "Take .train.");
  }
  const stored = dataset?.stored;
  if (stored === undefined || stored.kind === "bytes") {
    return scalingOf(dataset?.inputs as Float32Array, dataset?.columns);
  }
  return scalingOfPieces(() => stored.pieces() as Iterable<Float32Array>, stored.columns, stored.count);
}

/** As `standardize`, of any numbers, row-major: the targets of a regression, say. */
export function scalingOf(numbers: Float32Array, columns: number): Scaling {
  checkNumbers("standardize", numbers, columns);
  return scalingOfPieces(() => [numbers], columns, numbers.length / columns);
}

/** `pieces`: all rows, in whole blocks but for the last; they are gone through twice. */
function scalingOfPieces(pieces: () => Iterable<Numbers>, columns: number, rows: number): Scaling {
  const means = sumsOfPieces(pieces(), columns, (x) => x).map((sum) => sum / rows);
  const bad = means.findIndex((mean) => !Number.isFinite(mean));
  if (bad !== -1) throw new DataError(`standardize, column ${bad}`, "finite numbers", String(means[bad]));
  const squares = sumsOfPieces(pieces(), columns, (x, j) => (x - means[j]) * (x - means[j]));
  // The sum over equal float32 numbers is exact in float64, and with it their mean: their squares are exactly 0.
  return new Scaling(
    means,
    squares.map((sum) => (sum === 0 ? 1 : Math.sqrt(sum / rows))),
  );
}

function checkedColumn(
  where: string,
  numbers: unknown,
  expected: string,
  holds: (value: number) => boolean,
): Float64Array {
  if (!(Array.isArray(numbers) || numbers instanceof Float64Array || numbers instanceof Float32Array)) {
    throw new ArgumentError(where, "a list of numbers", shown(numbers));
  }
  for (const [j, value] of numbers.entries()) checkNumber(`${where}[${j}]`, expected, value, holds);
  return Float64Array.from(numbers);
}

/** Each column's sum of `term(x, column)` over all rows. */
export function columnSums(
  numbers: Numbers,
  columns: number,
  term: (x: number, column: number) => number,
): Float64Array {
  return sumsOfPieces([numbers], columns, term);
}

function sumsOfPieces(
  pieces: Iterable<Numbers>,
  columns: number,
  term: (x: number, column: number) => number,
): Float64Array {
  const trees = Array.from({ length: columns }, () => new TreeSum());
  const block = new Float64Array(columns);
  for (const piece of pieces) {
    const rows = piece.length / columns;
    for (let from = 0; from < rows; from += BLOCK) {
      block.fill(0);
      for (let i = from; i < Math.min(from + BLOCK, rows); i++) {
        for (let j = 0; j < columns; j++) block[j] += term(piece[i * columns + j], j);
      }
      for (let j = 0; j < columns; j++) trees[j].add(block[j]);
    }
  }
  return Float64Array.from(trees, (tree) => tree.total);
}

function checkNumbers(where: string, numbers: Float32Array, columns: number): void {
  if (numbers instanceof Uint8Array || numbers instanceof Uint8ClampedArray) {
    throw new ArgumentError(where, "numbers (float32)", "bytes", "Pixels are scaled already: p stands for p / 255.");
  }
  if (!(numbers instanceof Float32Array)) {
    throw new ArgumentError(where, "a table, or numbers in a Float32Array", shown(numbers));
  }
  if (!Number.isInteger(columns) || columns < 1 || numbers.length === 0 || numbers.length % columns !== 0) {
    throw new ShapeError(where, "whole rows, at least one", `${numbers.length} numbers in ${shown(columns)} columns`);
  }
}
