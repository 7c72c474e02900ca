/**
 * From an experiment and MNIST's images to what `train` is given: the sets that the command line would divide, the
 * network, the options. The worker trains it; a test compares its digests with the command line's.
 */
import { balancedWeights, type Dataset, type Network, type TrainOptions } from "inkling";
import { type Backend, inOrder } from "inkling/backends";
import { MersenneTwister } from "inkling/numbers";
import { buildNetwork, buildTrainOptions, type Configuration } from "inkling/presets";
import { type Experiment, imagesOf } from "../state/experiment.ts";
import { CLASSES, checkTrainable } from "../state/trainable.ts";

export interface Prepared {
  /** With class weights as numbers. */
  readonly configuration: Configuration;
  readonly model: Network<"classes">;
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  readonly options: TrainOptions;
}

/**
 * What an experiment trains, of the first training images, in MNIST's order. Throws an ArgumentError for what it may
 * not.
 */
export function prepare({ configuration }: Experiment, images: Dataset, backend: Backend): Prepared {
  checkTrainable(configuration);
  const { train, validation, generator } = divided(images.take(imagesOf(configuration)), configuration);
  const counted = { ...configuration, classWeights: weightsFor(configuration, train) };
  const model = buildNetwork(counted, train.shape, CLASSES, { backend, generator }) as Network<"classes">;
  const { epochs, batchSize, seed } = configuration;
  const own = { epochs, batchSize, seed, every: "step", ...buildTrainOptions(configuration) } as const;
  return { configuration: counted, model, train, validation, options: { ...own, ...(validation && { validation }) } };
}

/** The images to learn from, and those held out. With NumPy's draws the original's shuffle of the rows comes first. */
function divided(images: Dataset, { init, seed, validation: held }: Configuration) {
  const generator = init === "numpy" ? new MersenneTwister(seed) : undefined;
  const order = inOrder(images.count);
  generator?.shuffle(order);
  if (held === 0) return { train: generator ? images.pick(order) : images, validation: undefined, generator };
  return { ...images.split(held, generator ? { order } : { seed }), generator };
}

function weightsFor({ classWeights, loss }: Configuration, train: Dataset): Configuration["classWeights"] {
  return loss === "crossEntropy" && classWeights === "balanced" ? balancedWeights(train) : classWeights;
}
