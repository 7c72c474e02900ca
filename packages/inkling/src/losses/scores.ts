/**
 * What `evaluate` counts while a data set passes: confusions and mistakes of classes, distances of numbers, answers to
 * yes-or-no questions. A loss says which. So a program that only tells classes apart holds nothing of the distances.
 */
import type { Dataset } from "../data/dataset.ts";
import { columnSums } from "../data/scaling.ts";
import { largest, type Numbers } from "../matrix.ts";
import { meanOf } from "../numbers/statistics.ts";
import { placeOf, rocAuc } from "./ranking.ts";

/** What can be said about how classes are counted. */
export interface ScoreOptions {
  /** Counts how often the label is among the k largest outputs; 5 where there are more than 5 classes, if absent. */
  readonly topK?: number | undefined;
}

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

/** The usual k of the top-k accuracy. */
const TOP = 5;

/** Confusions, mistakes, and places in the order of the outputs. */
export class ClassScores {
  readonly task = "classes";
  /** The k of the top-k accuracy, if it is counted, and how often the label was among the first k. */
  readonly #k: number | undefined;
  #amongTop = 0;
  /** Of two classes, by how much each example's second output is the larger one. */
  readonly #leads: Float64Array;
  readonly #labels: ArrayLike<number>;
  readonly #names: readonly string[] | undefined;
  readonly #confusion: number[][];
  readonly #mistakes: Mistake[] = [];

  /** `names`: those of the classes, where the model knows them. */
  constructor({ labels }: Dataset, classes: number, names?: readonly string[], { topK }: ScoreOptions = {}) {
    this.#labels = labels ?? [];
    this.#k = topK ?? (classes > TOP ? TOP : undefined);
    this.#leads = new Float64Array(classes === 2 ? this.#labels.length : 0);
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
      if (this.#k !== undefined && placeOf(label, outputs, i, classes) < this.#k) this.#amongTop++;
      if (classes === 2) this.#leads[start + i] = outputs[2 * i + 1] - outputs[2 * i];
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
    const present = perClass.filter(({ examples }) => examples > 0);
    const balancedAccuracy = present.reduce((sum, { recall }) => sum + recall, 0) / present.length;
    return { balancedAccuracy, ...this.#places(), confusion, perClass, mistakes: sorted };
  }

  /** The top-k accuracy, and the area under the ROC curve of two classes. */
  #places() {
    const [k, labels] = [this.#k, this.#labels];
    return {
      ...(k !== undefined && { topK: { k, accuracy: this.#amongTop / labels.length } }),
      ...(this.#confusion.length === 2 && { auc: rocAuc(this.#leads, (i) => labels[i] === 1) }),
    };
  }
}

/** How close one of the predicted numbers comes. */
export interface NumberMetrics {
  /** Its name. */
  readonly targetName: string;
  /** Mean of |prediction − target|, in the units of the data. */
  readonly meanAbsoluteError: number;
  /** Root of the mean of (prediction − target)², in the units of the data. */
  readonly rootMeanSquaredError: number;
  /** 1 − Σ (prediction − target)² / Σ (target − mean)². NaN where all targets are equal. */
  readonly rSquared: number;
}

/** Distances between predictions and targets, in float64. */
export class NumberScores {
  readonly task = "numbers";
  protected readonly targets: Float32Array;
  protected readonly outputs: number;
  protected readonly predictions: Float32Array;
  readonly #names: readonly string[];

  constructor({ targets = new Float32Array(), targetNames = [] }: Dataset, outputs: number) {
    this.targets = targets;
    this.outputs = outputs;
    this.predictions = new Float32Array(targets.length);
    this.#names = targetNames;
  }

  add(start: number, _rows: number, _outputs: Numbers, predictions: Numbers): void {
    this.predictions.set(predictions, start * this.outputs);
  }

  /** Of several outputs the mean absolute error and R² are the means; the other is the root of the mean square. */
  result() {
    const { targets, predictions, outputs } = this;
    const count = targets.length / outputs;
    const errors = Float64Array.from(targets, (target, e) => predictions[e] - target);
    const absolute = columnSums(errors, outputs, Math.abs).map((sum) => sum / count);
    const squares = columnSums(errors, outputs, (error) => error * error);
    const means = columnSums(targets, outputs, (target) => target).map((sum) => sum / count);
    const around = columnSums(targets, outputs, (target, j) => (target - means[j]) * (target - means[j]));
    const rSquared = squares.map((sum, j) => (around[j] > 0 ? 1 - sum / around[j] : Number.NaN));
    return {
      meanAbsoluteError: meanOf(absolute),
      rootMeanSquaredError: Math.sqrt(meanOf(squares.map((sum) => sum / count))),
      rSquared: meanOf(rSquared),
      perOutput: this.#names.map((targetName, j): NumberMetrics => {
        const rootMeanSquaredError = Math.sqrt(squares[j] / count);
        return { targetName, meanAbsoluteError: absolute[j], rootMeanSquaredError, rSquared: rSquared[j] };
      }),
    };
  }
}

/** Besides the distances: which answers to yes-or-no questions are right. Yes is more than ½. */
export class ShareScores extends NumberScores {
  readonly #logits: Float64Array;

  constructor(data: Dataset, outputs: number) {
    super(data, outputs);
    this.#logits = new Float64Array(this.targets.length);
  }

  override add(start: number, rows: number, logits: Numbers, predictions: Numbers): void {
    super.add(start, rows, logits, predictions);
    this.#logits.set(logits, start * this.outputs);
  }

  override result() {
    const { targets, predictions, outputs } = this;
    const right = predictions.reduce((sum, p, e) => sum + (p > 0.5 === targets[e] > 0.5 ? 1 : 0), 0);
    // Logits keep apart what as probabilities would both be 1.
    const areas = Float64Array.from({ length: outputs }, (_, j) => {
      const column = Float64Array.from({ length: targets.length / outputs }, (_, i) => this.#logits[i * outputs + j]);
      return rocAuc(column, (i) => targets[i * outputs + j] > 0.5);
    });
    return { ...super.result(), binaryAccuracy: right / targets.length, auc: meanOf(areas) };
  }
}

export type Scores = ClassScores | NumberScores;
