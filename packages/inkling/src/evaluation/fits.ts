/** Whether a data set is one, and whether it fits a network. */
import { has } from "../checks.ts";
import { Dataset } from "../data/dataset.ts";
import { ArgumentError, DataError, ShapeError } from "../errors.ts";
import type { Network } from "../network/network.ts";
import { shapeText } from "../shapes.ts";
import { shown } from "../shown.ts";

/** Throws an ArgumentError, in the name of `where`, for what is no data set. */
function checkDataset(where: string, data: unknown): asserts data is Dataset {
  if (data instanceof Dataset) return;
  const isPair = has(data, "train", "test");
  const advice = isPair ? "Take one of the two: .train or .test." : "Make one with table(rows, labels).";
  throw new ArgumentError(where, "a data set", isPair ? "a pair { train, test }" : shown(data), advice);
}

/**
 * Throws an ArgumentError, in the name of `where`, for what is no data set; a ShapeError or a DataError unless its
 * examples are what the network takes.
 */
export function checkFits(
  where: string,
  model: Network,
  data: Dataset,
  { needsTargets }: { readonly needsTargets: boolean },
): void {
  checkDataset(where, data);
  if (data.columns !== model.inputs) {
    throw new ShapeError(
      where,
      `examples of ${model.inputs} numbers (${shapeText(model.inputShape)}, the network's input)`,
      `${data.columns} (${shapeText(data.shape)}) in ${data.name}`,
    );
  }
  if (model.scaling !== undefined && data.kind === "bytes") {
    throw new DataError(`${where}, ${data.name}`, "numbers (the model scales its columns)", "bytes");
  }
  checkNames(where, "columnNames", model, data);
  checkNames(where, "classNames", model, data);
  const { task, type } = model.loss;
  const wanted = task === "classes" ? "labels" : "numbers to predict";
  if (needsTargets && data.task === undefined) {
    throw new DataError(`${where}, ${data.name}`, wanted, "examples without");
  }
  if (needsTargets && data.task !== task) {
    const advice = task === "classes" ? "Take meanSquared() for numbers." : "Take crossEntropy() for classes.";
    const got = data.task === "classes" ? "labels" : "numbers";
    throw new DataError(`${where}, ${data.name}`, `${wanted} (the loss is ${type})`, got, advice);
  }
  if (task === "classes" && data.task === "classes" && data.classes > model.outputs) {
    const expected = `at most ${model.outputs} classes (the network's outputs)`;
    throw new ShapeError(where, expected, `${data.classes} in ${data.name}`);
  }
  if (task === "numbers" && needsTargets && data.outputs !== model.outputs) {
    const expected = `${model.outputs} ${wanted} (the network's outputs)`;
    throw new ShapeError(where, expected, `${data.outputs} in ${data.name}`);
  }
  if (needsTargets) model.loss.checkTargets?.(where, data);
}

/** Throws a DataError unless columns, or classes, are called the same where both sides have names. */
function checkNames(where: string, field: "columnNames" | "classNames", model: Network, data: Dataset): void {
  const [wanted, found] = [model[field], data[field]];
  if (wanted === undefined || found === undefined) return;
  // Of classes the data may have fewer: the first ones.
  const i = found.findIndex((name, at) => at < wanted.length && name !== wanted[at]);
  if (i === -1) return;
  const expected = `${shown(wanted[i])}, the model's name`;
  const advice = `table and datasetFromCsv take { ${field}: model.${field} }.`;
  throw new DataError(`${where}, ${data.name}, ${field}[${i}]`, expected, shown(found[i]), advice);
}
