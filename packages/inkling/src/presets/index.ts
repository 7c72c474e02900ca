/** Trainings as plain data: the table of options, and named sets of them. The entry inkling/presets. */
export { type LossName, lossNames } from "../losses/loss.ts";
export { dashed } from "./field-kinds.ts";
export { type Configuration, type Field, fieldNames, fields } from "./fields.ts";
export {
  buildAugmentation,
  buildLayers,
  buildLoss,
  buildNetwork,
  buildOptimizer,
  buildSchedule,
  buildTrainOptions,
  completed,
  defaultLearningRate,
  overridden,
} from "./configuration.ts";
export { configurationFromJson, type NamedFields } from "./configuration-file.ts";
export { type Preset, type PresetName, presetNamed, presets } from "./presets.ts";
export type {
  Description,
  EpochMeasures,
  Experiment,
  ExperimentRun,
  Measure,
  Neuron,
  Reported,
  Settings,
  Training,
  Work,
} from "./experiments/experiment.ts";
export { experiments, experimentsNamed } from "./experiments/experiments.ts";
export { type Comparison, compareWithSource, resultOf, voteOf } from "./experiments/compare.ts";
export { runExperiment } from "./experiments/run.ts";
export { probeSeconds, workOf, workOfImage } from "./experiments/speed.ts";
export {
  type Choice,
  type GivenSpace,
  givenSpaceFromJson,
  type Range,
  type SearchRange,
  type SearchSpace,
  searchEntryText,
  searchSpace,
  searchSpaceFromJson,
  triedFromText,
} from "./search/space.ts";
export { drawTrials, placeInRange, type Trial } from "./search/trials.ts";
export { halvingRungs, type Rung, ranked, type Scored, survivors } from "./search/halving.ts";
