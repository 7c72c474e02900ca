/** How well a network does on examples that it was, or was not, trained on. */
import type { Totals } from "../backends/backend.ts";
import { Batches } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { ShapeError } from "../errors.ts";
import { losses } from "../losses/losses.ts";
import { inOrder, largest } from "../matrix.ts";
import type { Network } from "../network/network.ts";
import { breathe } from "../yielding.ts";

/** One class among the others. */
export interface ClassMetrics {
  readonly label: number;
  /** Of the examples that were taken for this class, the share that belong to it; NaN if none was. */
  readonly precision: number;
  /** Of the examples of this class, the share that was recognised; NaN if there is none. */
  readonly recall: number;
  /** How many examples belong to it. */
  readonly examples: number;
}

/** An example that was taken for another class. */
export interface Mistake {
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
  /** The probability that the network gave to its wrong answer. */
  readonly probability: number;
}

export interface Evaluation {
  /** Share of the examples that were recognised, 0 to 1. */
  readonly accuracy: number;
  /** Mean loss. */
  readonly loss: number;
  readonly examples: number;
  /** confusion[label][predicted]: how many examples of a class were taken for which. */
  readonly confusion: readonly (readonly number[])[];
  readonly perClass: readonly ClassMetrics[];
  /** The mistakes, the most confident first. */
  readonly mistakes: readonly Mistake[];
}

/** Examples at a time; a multiple of the block, so that the loss is summed as over all of them at once. */
const CHUNK = 1024;

/** Runs a labelled data set through a network. Throws a ShapeError if they do not fit, a DataError without labels. */
export async function evaluate(model: Network, data: Dataset): Promise<Evaluation> {
  const { backend } = model;
  checkFits("evaluate", model, data);
  const batches = new Batches(backend, data);
  const order = inOrder(data.count);
  const totals: Totals = { loss: 0, correct: 0, examples: 0 };
  const confusion = Array.from({ length: model.outputs }, () => new Array<number>(model.outputs).fill(0));
  const mistakes: Mistake[] = [];
  for (let start = 0; start < data.count; start += CHUNK) {
    const rows = Math.min(CHUNK, data.count - start);
    const { labels, read } = backend.step(() => {
      const { x, labels } = batches.batch(order, start, rows);
      const outputs = model.forward(x);
      backend.tally(outputs, losses[model.loss](backend, outputs, labels).losses, labels, totals);
      return { labels, read: [backend.read(outputs), backend.read(model.probabilities(outputs))] as const };
    });
    const [outputs, probabilities] = await Promise.all(read);
    await breathe();
    for (let i = 0; i < rows; i++) {
      const label = labels.at(i);
      const predicted = largest(outputs, i, model.outputs);
      confusion[label][predicted]++;
      if (predicted !== label) {
        mistakes.push({
          index: start + i,
          label,
          predicted,
          probability: probabilities[i * model.outputs + predicted],
        });
      }
    }
  }
  return {
    accuracy: totals.correct / totals.examples,
    loss: totals.loss / totals.examples,
    examples: totals.examples,
    confusion,
    perClass: confusion.map((row, label) => {
      const examples = row.reduce((sum, n) => sum + n, 0);
      const taken = confusion.reduce((sum, other) => sum + other[label], 0);
      return { label, precision: row[label] / taken, recall: row[label] / examples, examples };
    }),
    mistakes: mistakes.sort((a, b) => b.probability - a.probability || a.index - b.index),
  };
}

/** What a network makes of every example of a data set, labelled or not. */
export interface Predictions {
  /** The predicted class of each example. */
  readonly labels: Uint8Array;
  /** examples × classes, row-major. */
  readonly probabilities: Float32Array;
}

/** Predicts a whole data set. Throws a ShapeError if it does not fit the network. */
export async function predictAll(model: Network, data: Dataset): Promise<Predictions> {
  const { backend, outputs } = model;
  checkFits("predict", model, data);
  // Batches want labels; for a prediction any will do.
  const batches = new Batches(backend, data.labels ? data : data.withLabels(new Uint8Array(data.count)));
  const order = inOrder(data.count);
  const labels = new Uint8Array(data.count);
  const probabilities = new Float32Array(data.count * outputs);
  for (let start = 0; start < data.count; start += CHUNK) {
    const rows = Math.min(CHUNK, data.count - start);
    const [out, p] = await Promise.all(
      backend.step(() => {
        const { x } = batches.batch(order, start, rows);
        const computed = model.forward(x);
        return [backend.read(computed), backend.read(model.probabilities(computed))];
      }),
    );
    await breathe();
    probabilities.set(p, start * outputs);
    for (let i = 0; i < rows; i++) labels[start + i] = largest(out, i, outputs);
  }
  return { labels, probabilities };
}

/** Throws a ShapeError, in the name of `where`, unless the examples are what the network takes. */
export function checkFits(where: string, model: Network, data: Dataset): void {
  if (data.columns !== model.inputs) {
    throw new ShapeError(
      where,
      `examples of ${model.inputs} numbers (${model.inputShape.join(" × ")}, the network's input)`,
      `${data.columns} (${data.shape.join(" × ")}) in ${data.name}`,
    );
  }
  if (data.labels !== undefined && data.classes > model.outputs) {
    throw new ShapeError(
      where,
      `at most ${model.outputs} classes (the network's outputs)`,
      `${data.classes} in ${data.name}`,
    );
  }
}
