/** The network of a training, and what its record holds of the command's options. */
import { ArgumentError, Dataset, type Network, standardize } from "inkling";
import type { Backend } from "inkling/backends";
import { buildLoss, buildNetwork } from "inkling/presets";
import type { Named, NamedConfiguration } from "../configuring.ts";
import type { Sets } from "./sets.ts";

/**
 * The network for these data. A table's columns are scaled as the training data say, and the numbers to predict too.
 */
export function buildFor(sets: Sets, configuration: NamedConfiguration, backend: Backend): Network {
  const { train, generator } = sets;
  const { inputs, targets, outputs, columnNames, tableColumns, classNames, targetNames } = train;
  const isScaled = targets !== undefined && buildLoss({ loss: configuration.loss }).wantsShares !== true;
  const asInputs = isScaled && new Dataset({ name: train.name, shape: [outputs], inputs: targets });
  return buildNetwork(configuration, train.shape, outputs, {
    ...{ backend, generator, columnNames, tableColumns, classNames, targetNames },
    ...(inputs instanceof Float32Array && { scaling: standardize(train) }),
    ...(asInputs && { targetScaling: standardize(asInputs) }),
  });
}

/** What the model's record holds of this training: no path, so that it says the same on every machine. */
export function recordFor(
  configuration: NamedConfiguration,
  { label, ignore }: Sets,
  { precision, name, arithmetic }: Backend,
): Readonly<Record<string, unknown>> {
  const ofTable = { ...(label !== undefined && { label }), ...(ignore !== undefined && { ignore }) };
  return { ...configuration, ...ofTable, precision, backend: name, arithmetic };
}

/** A batch that was named must fit the data; a preset's is cut to it. */
export function fittingBatch({ batchSize }: NamedConfiguration, named: Named, train: Dataset): number | "full" {
  if (batchSize === "full" || batchSize <= train.count) return batchSize;
  if (named.fields.batchSize === undefined) return train.count;
  const expected = `at most ${train.count} (all training examples)`;
  throw new ArgumentError("--batch-size", expected, String(batchSize), 'Use "full" for all.');
}
