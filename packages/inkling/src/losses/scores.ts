/**
 * What `evaluate` counts while a data set passes: confusions and mistakes of classes, distances of numbers. A loss says
 * which. So a program that only tells classes apart holds nothing of the distances.
 */
import type { Dataset } from "../data/dataset.ts";
import { columnSums } from "../data/scaling.ts";
import { largest, type Numbers } from "../matrix.ts";

/** One class among the others. */
export interface ClassMetrics {
  readonly label: number;
  /** Its name, where the model knows the names of its classes. */
  readonly className?: string;
  /** Of the examples that were read as this class, the share that belong to it; NaN if none was. */
  readonly precision: number;
  /** Of the examples of this class, the share that was recognised; NaN if there is none. */
  readonly recall: number;
  /** How many examples belong to it. */
  readonly examples: number;
}

/** An example that was read as another class. */
export interface Mistake {
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** The probability that the network gave to its wrong answer. */
  readonly probability: number;
}

/** Confusions and mistakes. */
export class ClassScores {
  readonly task = "classes";
  readonly #labels: ArrayLike<number>;
  readonly #names: readonly string[] | undefined;
  readonly #confusion: number[][];
  readonly #mistakes: Mistake[] = [];

  /** `names`: those of the classes, where the model knows them. */
  constructor({ labels }: Dataset, classes: number, names?: readonly string[]) {
    this.#labels = labels ?? [];
    this.#names = names;
    this.#confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  }

  /** Compares the outputs of the examples from `start` on with their labels. */
  add(start: number, rows: number, outputs: Numbers, probabilities: Numbers): void {
    const classes = this.#confusion.length;
    for (let i = 0; i < rows; i++) {
      const label = this.#labels[start + i];
      const predicted = largest(outputs, i, classes);
      this.#confusion[label][predicted]++;
      if (predicted === label) continue;
      this.#mistakes.push({ index: start + i, label, predicted, probability: probabilities[i * classes + predicted] });
    }
  }

  result() {
    const confusion = this.#confusion;
    const mistakes = this.#mistakes;
    const names = this.#names;
    const perClass = confusion.map((row, label): ClassMetrics => {
      const examples = row.reduce((sum, n) => sum + n, 0);
      const taken = confusion.reduce((sum, other) => sum + other[label], 0);
      const className = names?.[label];
      const metrics = { precision: row[label] / taken, recall: row[label] / examples, examples };
      return { label, ...(className !== undefined && { className }), ...metrics };
    });
    const sorted = mistakes.toSorted((a, b) => b.probability - a.probability || a.index - b.index);
    return { confusion, perClass, mistakes: sorted };
  }
}

/** Distances between predictions and targets, in float64. */
export class NumberScores {
  readonly task = "numbers";
  readonly #targets: Float32Array;
  readonly #outputs: number;
  readonly #predictions: Float32Array;

  constructor({ targets = new Float32Array() }: Dataset, outputs: number) {
    this.#targets = targets;
    this.#outputs = outputs;
    this.#predictions = new Float32Array(targets.length);
  }

  add(start: number, _rows: number, _outputs: Numbers, predictions: Numbers): void {
    this.#predictions.set(predictions, start * this.#outputs);
  }

  result() {
    const targets = this.#targets;
    const predictions = this.#predictions;
    const outputs = this.#outputs;
    const count = targets.length / outputs;
    const errors = Float64Array.from(targets, (target, e) => predictions[e] - target);
    const squares = columnSums(errors, outputs, (error) => error * error);
    const means = columnSums(targets, outputs, (target) => target).map((sum) => sum / count);
    const around = columnSums(targets, outputs, (target, j) => (target - means[j]) * (target - means[j]));
    const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / outputs;
    return {
      meanAbsoluteError: meanOf(columnSums(errors, outputs, Math.abs).map((sum) => sum / count)),
      rootMeanSquaredError: Math.sqrt(meanOf(squares.map((sum) => sum / count))),
      rSquared: meanOf(squares.map((sum, j) => (around[j] > 0 ? 1 - sum / around[j] : Number.NaN))),
    };
  }
}

export type Scores = ClassScores | NumberScores;
