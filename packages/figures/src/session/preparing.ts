/**
 * From an experiment and its examples to what `train` is given: the sets that the command line would divide, the
 * network, the options. The worker trains it; a test compares its digests with the command line's.
 */
import { balancedWeights, Dataset, type Network, standardize, type TrainOptions } from "inkling";
import type { Backend } from "inkling/backends";
import { fillMissing } from "inkling/formats";
import { buildLoss, buildNetwork, buildTrainOptions, type Configuration } from "inkling/presets";
import { type Experiment, imagesOf } from "../state/experiment.ts";
import { factsOf, joined } from "../state/own-data.ts";
import { checkTrainable } from "../state/trainable.ts";
import { divided } from "./divided.ts";

export interface Prepared {
  /** With class weights as numbers. */
  readonly configuration: Configuration;
  readonly model: Network;
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly options: TrainOptions;
}

/**
 * What an experiment trains, of the first examples, in their order: MNIST's images, or data of one's own. Throws an
 * ArgumentError for what it may not.
 */
export function prepare({ configuration, data }: Experiment, examples: Dataset, backend: Backend): Prepared {
  const facts = factsOf(data);
  checkTrainable(configuration, facts);
  const first = examples.take(imagesOf(configuration, facts));
  const { generator, ...sets } = divided(data?.isAdded ? joined(first, data.train) : first, configuration);
  const train = fillMissing(sets.train);
  const validation = sets.validation && fillMissing(sets.validation, train);
  const counted = { ...configuration, classWeights: weightsFor(configuration, train) };
  const model = buildNetwork(counted, train.shape, train.outputs, {
    ...{ backend, generator, ...namesOf(train), ...scalingsOf(train, configuration) },
  });
  const { epochs, batchSize, seed } = configuration;
  const own = { epochs, batchSize, seed, every: "step", ...buildTrainOptions(configuration) } as const;
  return { configuration: counted, model, train, validation, options: { ...own, ...(validation && { validation }) } };
}

/** What a network keeps of its data: the names. */
function namesOf({ columnNames, tableColumns, classNames, targetNames }: Dataset) {
  return { columnNames, tableColumns, classNames, targetNames };
}

/** A table's columns are scaled as the training rows say, and the numbers to predict too. */
function scalingsOf(train: Dataset, { loss }: Configuration) {
  const { inputs, targets, outputs, name } = train;
  const isScaled = targets !== undefined && buildLoss({ loss }).wantsShares !== true;
  return {
    ...(inputs instanceof Float32Array && { scaling: standardize(train) }),
    ...(isScaled && { targetScaling: standardize(new Dataset({ name, shape: [outputs], inputs: targets })) }),
  };
}

function weightsFor({ classWeights, loss }: Configuration, train: Dataset): Configuration["classWeights"] {
  return loss === "crossEntropy" && classWeights === "balanced" ? balancedWeights(train) : classWeights;
}
