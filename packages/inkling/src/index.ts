/**
 * Inkling's public API on one page, in the order in which a user meets it. What needs files is in `inkling/node`.
 */

// Computing
export type {
  AdamSettings,
  Backend,
  DescentSettings,
  MomentumSettings,
  RootSquareSettings,
  Totals,
} from "./backends/backend.ts";
export { type BackendName, type BackendOptions, type Choice, choose, type Surroundings } from "./backends/choose.ts";
export { type StartThreads, Wasm } from "./backends/fast/fast.ts";
export { type Call, recording, type Snapshot } from "./backends/recording.ts";
export { Reference } from "./backends/reference/reference.ts";
// Data
export { type CsvLine, datasetFromCsv } from "./data/csv.ts";
export { Dataset, type DatasetFields, table } from "./data/dataset.ts";
export { datasetFromIdx, type Idx, parseIdx } from "./data/idx.ts";
export { type DataPair, type IdxFile, MNIST_SHA256, type PairOptions, readPair } from "./data/pair.ts";
// What can go wrong
export {
  ArgumentError,
  BugError,
  DataError,
  DivergenceError,
  FileError,
  InklingError,
  ModelFileError,
  ShapeError,
} from "./errors.ts";
// Measuring
export {
  type ClassMetrics,
  type Evaluation,
  evaluate,
  type Mistake,
  type Predictions,
  predictAll,
} from "./evaluation/evaluate.ts";
// Keeping
export { type DecodeOptions, decodeModel, encodeModel } from "./formats/model-file.ts";
export { decodeTensors, encodeTensors, type Tensor, type Tensors } from "./formats/safetensors.ts";
export type { InitializerName } from "./layers/initializers.ts";
export { type DenseSpec, dense, type FlattenSpec, flatten, type LayerSpec } from "./layers/kinds.ts";
export type { Layer, Parameter, Shape } from "./layers/layer.ts";
export type { LossName } from "./losses/losses.ts";
export { type LossAndGradient, losses } from "./losses/losses.ts";
export { inOrder, Labels, Matrix, type Numbers, Pixels, type Precision } from "./matrix.ts";
export { type Network, type NetworkOptions, network, type Prediction, type TrainingRecord } from "./network/network.ts";
// A network
export type { ActivationName } from "./numbers/activations.ts";
// Randomness
export { MersenneTwister } from "./numbers/mersenne-twister.ts";
export { Stream } from "./numbers/random.ts";
export { sha256 } from "./numbers/sha256.ts";
// Ready-made
export {
  buildNetwork,
  buildOptimizer,
  buildSchedule,
  type Configuration,
  checkConfiguration,
  configurationFields,
  defaultLearningRates,
} from "./presets/configuration.ts";
export { type Preset, type PresetName, presets } from "./presets/presets.ts";
// Proving
export { type GradientCheckOptions, type GradientCheckRow, gradientCheck } from "./proofs/gradient-check.ts";
// Learning
export {
  adagrad,
  adam,
  adamW,
  momentum,
  type Optimizer,
  type OptimizerName,
  rmsprop,
  sgd,
  type Updater,
} from "./training/optimizers.ts";
export { constant, oneCycle, type Schedule, type ScheduleName } from "./training/schedules.ts";
export { type Progress, type TrainOptions, train } from "./training/train.ts";
export { version } from "./version.ts";
