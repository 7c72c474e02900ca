/**
 * What an experiment is: a training that somebody reported a number of, with everything that is needed to run it again.
 * The data are MNIST's, cut as the book cuts them (mnist_loader.py): the first 50,000 training images to train on, the
 * last 10,000 for validation, and the 10,000 test images.
 */
import type { InitializerName } from "../../layers/initializers.ts";
import type { LossName } from "../../losses/loss.ts";
import type { ActivationName } from "../../numbers/activations.ts";
import type { HiddenLayer } from "../architecture.ts";

/** Of which examples a number is reported. */
export type Examples = "training" | "validation" | "test";

/** A number of the source. */
export interface Reported {
  readonly value: number;
  /** The share that was recognised, the cost, or what one neuron puts out. */
  readonly what: "accuracy" | "cost" | "output";
  readonly on: Examples;
  /**
   * After which epoch: the last, one by its number (0 is the start), the best one of these examples, or the best one of
   * validation. Of several best ones of validation the last, as in network3.py.
   */
  readonly at: "last" | "best" | "bestValidation" | number;
  /** Of how many runs the source took the best. */
  readonly bestOf: 1 | 3;
  /** Half a unit of the last digit that the source prints, where nothing is drawn and so nothing scatters. */
  readonly rounding?: number;
}

/** How a network is made and trained. */
export interface Settings {
  /** The hidden layers: widths, and 20c5 or p2 as in `inkling train --layers`. */
  readonly layers: readonly HiddenLayer[];
  readonly activation: ActivationName;
  /** Of the last layer. */
  readonly lastActivation: ActivationName;
  readonly loss: LossName;
  readonly initializer: InitializerName;
  readonly learningRate: number;
  readonly batchSize: number | "full";
  readonly epochs: number;
  /** λ of the book's L2 term, (λ/2n)·Σ w²; n are the training examples, with network3 the mini-batches. */
  readonly lambda: number;
  /** The first so many of the training examples. */
  readonly examples: number;
  /** The first so many of the validation examples. */
  readonly validation: number;
  /** Whether it follows the conventions of chapter 6's program (network3.ts), which differ from those before. */
  readonly program?: "network3";
  /** Whether the training images are five times as many, each moved by one pixel; see `expandByOnePixel`. */
  readonly isExpanded?: true;
  /** The share of the inputs that each dense layer drops. */
  readonly dropout?: number;
}

/** One neuron with one input, 1, that is to put out 0 (chapter 3, "The cross-entropy cost function"). */
export interface Neuron {
  readonly weight: number;
  readonly bias: number;
  readonly cost: "quadratic" | "crossEntropy";
  readonly learningRate: number;
  readonly epochs: number;
}

/**
 * What is done: a training on MNIST, one neuron's, a guess without a network, a vote of the runs of another experiment.
 * Or nothing: a number that is only cited.
 */
export type Work =
  | { readonly settings: Settings }
  | { readonly neuron: Neuron }
  | { readonly baseline: "random" | "darkness" }
  | { readonly votesOf: string }
  | { readonly isCited: true };

export interface Description {
  /** 3k-100 */
  readonly id: string;
  /** The rows of a table share it: 3k. */
  readonly group: string;
  readonly source: string;
  /** One sentence: what is shown. */
  readonly about: string;
  /** The numbers of the source; none for an exercise. */
  readonly reported: readonly Reported[];
  /** How many runs with different seeds show it; one where a run takes more than 20 minutes on two cores. */
  readonly seeds: number;
  /** Whether the training examples are evaluated after each epoch, too. */
  readonly watchesTraining?: true;
  /** Whether a run keeps what the network says of each test image, for a vote. */
  readonly keepsPredictions?: true;
  /** What has to be known to compare. */
  readonly note?: string;
}

export type Experiment = Description & Work;

/** An experiment that trains a network on MNIST. */
export type Training = Description & { readonly settings: Settings };

/** Mean loss and share that was recognised. */
export interface Measure {
  readonly loss: number;
  readonly accuracy: number;
  /** Of one neuron: what it puts out. */
  readonly output?: number;
}

/** After an epoch. */
export interface EpochMeasures {
  readonly epoch: number;
  readonly validation?: Measure;
  readonly test?: Measure;
  /** Where the experiment watches the training examples. */
  readonly training?: Measure;
  /** The book's L2 term, (λ/2n)·Σ w². */
  readonly penalty: number;
}

export interface ExperimentRun {
  readonly id: string;
  readonly seed: number;
  /** Of training alone. */
  readonly seconds: number;
  /** Of everything, with what was measured after the epochs. */
  readonly wall: number;
  /** The weights' SHA-256; null where the training diverged, "" where there are none. */
  readonly weightsSha256: string | null;
  /** Of every epoch that was measured; those after a divergence are missing. */
  readonly epochs: readonly EpochMeasures[];
  /** What the network of the best validation epoch says of each test image, a digit each, where it is kept. */
  readonly predictions?: string;
}

/** Examples of the book's sets. */
export const [TRAINING, VALIDATION] = [50_000, 10_000];
