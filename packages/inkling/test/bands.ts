// What others reached with well-known recipes on MNIST, as bands for the mean over seeds: outside of one is a mistake
// somewhere, whatever the gradients say. Accuracy of the test images after the last epoch.
import { type DataPair, evaluate, train } from "inkling";
import { chooseBackend } from "inkling/node";
import { meanOf } from "inkling/numbers";
import { buildNetwork, buildTrainOptions, type Configuration, completed } from "inkling/presets";

/** A recipe and what its mean over seeds should lie between. */
export interface Band {
  readonly name: string;
  readonly configuration: Partial<Configuration>;
  readonly least: number;
  readonly most: number;
}

export const bands = {
  softmaxRegression: {
    name: "softmax regression, 20 epochs of gradient descent",
    configuration: { layers: [], optimizer: "sgd", learningRate: 0.1, epochs: 20 },
    ...{ least: 0.92, most: 0.927 },
  },
  // The README of C-MNIST Digit Classifier: 98.29 ± 0.07.
  oneHiddenLayer: {
    name: "784-128-10, 20 epochs, a step for each image",
    configuration: { layers: [128], optimizer: "sgd", learningRate: 0.01, batchSize: 1, epochs: 20 },
    ...{ least: 0.981, most: 0.984 },
  },
  // mcdnn-image-bench of cybertronai/schmidhuber-problems: 98.53 ± 0.03.
  threeHiddenLayers: {
    name: "784-800-800-400-10, Nesterov's momentum, a smaller step after 6 of 12 epochs",
    configuration: {
      ...{ layers: [800, 800, 400], optimizer: "momentum", nesterov: true, learningRate: 0.05, weightDecay: 1e-4 },
      ...{ schedule: "step", stepEvery: 6, stepFactor: 0.2, epochs: 12 },
    },
    ...{ least: 0.9845, most: 0.986 },
  },
  // tuomaso/train_mnist_fast: 99.04 ± 0.07.
  fastConvolutions: {
    name: "24c5-p2-32c3-p2-256-10, one epoch of one cycle",
    configuration: {
      ...{ layers: ["24c5", "p2", "32c3", "p2", 256], learningRate: 0.01, beta1: 0.7, beta2: 0.9 },
      ...{ schedule: "oneCycle", batchSize: 256, epochs: 1 },
    },
    ...{ least: 0.989, most: 0.9915 },
  },
  // Keras's example mnist_convnet: 99.22 after 15 epochs.
  kerasConvolutions: {
    name: "Keras's mnist_convnet, 15 epochs",
    configuration: { layers: ["32c3", "p2", "64c3", "p2", "d0.5"], learningRate: 0.001, epochs: 15 },
    ...{ least: 0.991, most: 0.993 },
  },
} satisfies Record<string, Band>;

/** The mean accuracy of the test images over the seeds 1 to `seeds`, each trained on all 60,000 images. */
export async function meanAccuracy({ configuration }: Band, digits: DataPair, seeds: number): Promise<number> {
  const { backend } = await chooseBackend();
  const accuracies: number[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const whole = completed({ ...configuration, seed });
    const { epochs, batchSize } = whole;
    const model = buildNetwork(whole, [28, 28, 1], 10, { backend });
    await train(model, digits.train, { epochs, batchSize, seed, ...buildTrainOptions(whole) });
    accuracies.push((await evaluate(model, digits.test)).accuracy ?? Number.NaN);
  }
  return meanOf(accuracies);
}
