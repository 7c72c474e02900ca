/**
 * What nine of ten programs need, in the order in which they need it. Files, MNIST and the choice of a backend are in
 * `inkling/node` and `inkling/browser`; the rest is in `inkling/formats`, `inkling/layers`, `inkling/backends`,
 * `inkling/proofs`, `inkling/presets`, `inkling/pictures` and `inkling/numbers`.
 */

// First, so that the kernels begin a bundle: gzip packs them best there (0.4 kB).
import "./backends/fast/kernels.ts";

// A network
export { type Network, type NetworkOptions, network } from "./network/network.ts";
export { type DenseOptions, dense } from "./layers/dense.ts";
export { activation } from "./layers/activation.ts";
export { dropout } from "./layers/dropout.ts";
export { flatten } from "./layers/flatten.ts";
export { averagePool2d, globalAveragePool2d, maxPool2d, type PoolOptions } from "./layers/pool2d.ts";
export type { Pair } from "./layers/window-options.ts";
export { type BatchNormFields, batchNorm } from "./layers/batch-norm.ts";
export { residual, type ResidualOptions } from "./layers/residual.ts";
export { type Conv2dOptions, conv2d } from "./layers/conv2d.ts";
export type { LayerSpec, Parameter, Tensor } from "./layers/layer.ts";
export type { InitializerName } from "./layers/initializers.ts";
export type { ActivationName } from "./numbers/activations.ts";
export type { Shape } from "./shapes.ts";

// Data
export { table, type TableAnswers, type TableOptions } from "./data/table.ts";
export { Dataset, type SplitOptions } from "./data/dataset.ts";
export type { DatasetFields } from "./data/fields.ts";
export { type Fold, type FoldOptions, folds } from "./data/folds.ts";
export { Scaling, scalingOf, standardize } from "./data/scaling.ts";
export type { DataPair } from "./data/pair.ts";
export { type Augmentation, type AugmentOptions, augment, type EraseOptions } from "./data/augmentation.ts";
export { type AugmentedCopyOptions, augmentedCopy } from "./data/augmented-copy.ts";
export { expandByOnePixel } from "./data/expand.ts";

// What it makes small
export { balancedWeights } from "./losses/balanced-weights.ts";
export { binaryCrossEntropy } from "./losses/binary-cross-entropy.ts";
export { crossEntropy, type CrossEntropyOptions } from "./losses/cross-entropy.ts";
export { huber, type HuberOptions, meanAbsolute } from "./losses/robust.ts";
export { namedWeights } from "./losses/named-weights.ts";
export { sigmoidCrossEntropy } from "./losses/sigmoid-cross-entropy.ts";
export { meanSquared, quadratic } from "./losses/squared.ts";
export type { Loss } from "./losses/loss.ts";

// How it learns
export type { ClassProgress, NumberProgress, Progress } from "./training/progress.ts";
export { type Run, train } from "./training/train.ts";
export type { TrainOptions } from "./training/train-options.ts";
export type { TrainingState } from "./training/state.ts";
export { adagrad, adam, adamW, momentum, type Optimizer, rmsprop, sgd } from "./training/optimizers.ts";
export type { AveragingOptions } from "./training/averaging.ts";
export { type PlateauOptions, reduceOnPlateau } from "./training/plateau.ts";
export type { Schedule } from "./training/schedule.ts";
export { constant, cosine, exponential, oneCycle, step } from "./training/schedules.ts";
export type { StoppingOptions } from "./training/stopping.ts";
export { type WarmUpOptions, warmUp } from "./training/warm-up.ts";

// What it has learned
export type { LookOptions } from "./network/looks.ts";
export type { ClassPrediction, NumberPrediction, Prediction } from "./network/prediction.ts";
export {
  type ClassEvaluation,
  type ClassPredictions,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type MeasureOptions,
  type NumberEvaluation,
  type NumberPredictions,
  type Predictions,
  predictAll,
} from "./evaluation/evaluate.ts";
export {
  type Combination,
  Ensemble,
  type EnsembleOptions,
  type EnsemblePrediction,
  ensembleSeeds,
} from "./evaluation/ensemble.ts";
export {
  calibrate,
  hasTemperature,
  type Reliability,
  type ReliabilityBin,
  type ReliabilityOf,
  reliability,
} from "./evaluation/calibration.ts";
export { type Familiar, familiarity, takeFamiliarity } from "./evaluation/familiarity.ts";
export { learnFamiliarity } from "./evaluation/learn-familiarity.ts";
export type { Calibration, Familiarity } from "./network/certainty.ts";
export type { ClassMetrics, Mistake, NumberMetrics } from "./losses/scores.ts";
export type { TrainingRecord } from "./network/record.ts";

// What can go wrong
export {
  ArgumentError,
  BugError,
  DataError,
  DivergenceError,
  type ErrorCode,
  FileError,
  InklingError,
  ModelFileError,
  ShapeError,
} from "./errors.ts";
export { version } from "./version.ts";
