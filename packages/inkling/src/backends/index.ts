/** What a network computes with: operations, matrices, and the choice of a backend. The entry inkling/backends. */
export type { Backend, Operations } from "./backend.ts";
export type {
  AdamSettings,
  DescentSettings,
  DropoutSettings,
  MomentumSettings,
  RootSquareSettings,
} from "./settings.ts";
export { Totals } from "./totals.ts";
export { type Family, type Operation, type OperationName, operations } from "./operations.ts";
export type { Window } from "./window.ts";
export {
  type BackendName,
  type BackendOptions,
  type Choice,
  choose,
  type InstructionSet,
  type Surroundings,
} from "./choose.ts";
export { MOST_THREADS, type StartThreads } from "./fast/threads.ts";
export { inOrder, labels, type Labels, type Matrix, type Numbers, type Precision } from "../matrix.ts";
export type { Draws, ElasticField, Warp } from "./warp.ts";
