/**
 * What an experiment is: a training that somebody reported a number of, with everything that is needed to run it again.
 * The data are MNIST's, cut as the book cuts them (mnist_loader.py): the first 50,000 training images to train on, the
 * last 10,000 for validation, and the 10,000 test images.
 */
import type { InitializerName } from "../../layers/initializers.ts";
import type { LossName } from "../../losses/loss.ts";
import type { ActivationName } from "../../numbers/activations.ts";

/** Of which examples a number is reported. */
export type Examples = "training" | "validation" | "test";

/** A number of the source. */
export interface Reported {
  readonly value: number;
  readonly what: "accuracy" | "cost";
  readonly on: Examples;
  /** After which epoch: the last, one by its number, the best one of these examples, or the best one of validation. */
  readonly at: "last" | "best" | "bestValidation" | number;
  /** Of how many runs the source took the best. */
  readonly bestOf: number;
}

/** How a network is made and trained. */
export interface Settings {
  /** Widths of the hidden layers. */
  readonly layers: readonly number[];
  readonly activation: ActivationName;
  /** Of the last layer. */
  readonly lastActivation: ActivationName;
  readonly loss: LossName;
  readonly initializer: InitializerName;
  readonly learningRate: number;
  readonly batchSize: number | "full";
  readonly epochs: number;
  /** λ of the book's L2 term, (λ/2n)·Σ w²; n are the training examples. */
  readonly lambda: number;
  /** The first so many of the training examples. */
  readonly examples: number;
  /** The first so many of the validation examples. */
  readonly validation: number;
}

export interface Experiment {
  /** 3k-100 */
  readonly id: string;
  /** The rows of a table share it: 3k. */
  readonly group: string;
  readonly source: string;
  /** One sentence: what is shown. */
  readonly about: string;
  readonly settings: Settings;
  /** The numbers of the source; none for an exercise. */
  readonly reported: readonly Reported[];
  /** How many runs with different seeds show it. */
  readonly seeds: number;
  /** Whether the training examples are evaluated after each epoch, too. */
  readonly watchesTraining?: true;
  /** What has to be known to compare. */
  readonly note?: string;
}

/** Examples of the book's sets. */
export const [TRAINING, VALIDATION] = [50_000, 10_000];

/** Multiplications and additions in pairs, of one run: what its time grows with. */
export function workOf({ settings: { layers, epochs, examples } }: Experiment): number {
  const widths = [784, ...layers, 10];
  const weights = widths.slice(1).reduce((sum, width, i) => sum + width * widths[i], 0);
  return 3 * weights * epochs * examples;
}
