/** Predictions as comma-separated values: with all that the model says, or as Kaggle wants them. */
import type { Predictions } from "inkling";
import type { Model } from "./model.ts";

/**
 * One line an example. Of classes: the predicted one, then the probability of each, under its name; of numbers: each,
 * under its name. Of pictures with paths, the path comes first.
 */
export function predictionsCsv(model: Model, predictions: Predictions, paths?: readonly string[]): string {
  const { outputs, classNames, targetNames } = model;
  const names = Array.from({ length: outputs }, (_, j) => {
    return predictions.task === "classes" ? (classNames?.[j] ?? String(j)) : (targetNames?.[j] ?? `target ${j}`);
  });
  const { task } = predictions;
  const numbers = task === "classes" ? predictions.probabilities : predictions.values;
  const rows = Array.from({ length: numbers.length / outputs }, (_, i) => {
    const cells = Array.from(numbers.subarray(i * outputs, (i + 1) * outputs), String);
    return task === "classes" ? [names[predictions.labels[i] ?? 0] ?? "", ...cells] : cells;
  });
  const all = [task === "classes" ? ["class", ...names] : names, ...rows];
  return csv(paths === undefined ? all : all.map((cells, i) => [i === 0 ? "file" : (paths[i - 1] ?? ""), ...cells]));
}

/** Kaggle's ImageId,Label. */
export function submissionCsv({ classNames, outputs }: Model, predictions: Predictions): string {
  const answers =
    predictions.task === "classes"
      ? Array.from(predictions.labels, (label) => classNames?.[label] ?? String(label))
      : Array.from({ length: predictions.values.length / outputs }, (_, i) => String(predictions.values[i * outputs]));
  return csv([["ImageId", "Label"], ...answers.map((answer, i) => [String(i + 1), answer])]);
}

function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(quoted).join(",")}\n`).join("");
}

/** A cell; in quotes where it would otherwise be read as several. */
function quoted(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
