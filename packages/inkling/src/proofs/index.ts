/**
 * For checking and showing: the reference, recordings, the gradient check, the doctor, traces. The entry
 * inkling/proofs.
 */
export { type GradientCheckOptions, type GradientCheckRow, gradientCheck } from "./gradient-check.ts";
export { Doctor, type DoctorMemory, type DoctorOptions } from "./doctor.ts";
export type { Checkup, LayerHealth } from "./network-doctor.ts";
export type { Finding, Illness } from "./findings.ts";
export { type Call, recording, type Snapshot } from "../backends/recording.ts";
export { Reference } from "../backends/reference/reference.ts";
export type { CpuMatrix } from "../backends/cpu-matrix.ts";
export { copyOf } from "./copy.ts";
export { type ConstraintOptions, Constraints } from "../training/constraints.ts";
export { trace } from "./trace.ts";
export type {
  BackTrace,
  BatchNormBackTrace,
  BatchNormTrace,
  DenseBackTrace,
  DenseTrace,
  DifferenceTrace,
  LayerTrace,
  ParameterTrace,
  SoftmaxTrace,
  StepTrace,
  Trace,
  TraceOptions,
} from "./traced.ts";
export type {
  ActivationTrace,
  BatchNormTrainingTrace,
  ConvolutionBackTrace,
  ConvolutionPlace,
  ConvolutionTerm,
  ConvolutionTrace,
  DropoutTrace,
  ImagePlace,
  LayerTrainingTrace,
  PoolingPlace,
  PoolingTrace,
  ResidualTrace,
  TrainingTrace,
  TrainingTraceOptions,
  WindowTap,
} from "./traced-layers.ts";
export { layersOf } from "./watched.ts";
export { convolutionAt, poolingAt } from "./window-traces.ts";
export { equations, operationSources, type Source } from "../backends/sources.ts";
