/**
 * What the page and its worker say to each other. The page asks, each question with a number, and the worker answers
 * with the same number; the worker never speaks by itself (but for the one word that it is ready), so that no picture
 * waits in a queue: the page pulls a view when it is about to paint.
 */
import type { Familiarity, NetworkOptions, Progress, Scaling, Shape, TrainingState } from "inkling";
import type { Configuration } from "inkling/presets";
import type { DoctorMemory, Finding } from "inkling/proofs";
import type { RateChange } from "../state/address.ts";
import type { Experiment } from "../state/experiment.ts";
import type { CourseMoment } from "./course.ts";
import type { CurveData, CurveState } from "./curve.ts";
import type { PhasesReport } from "./phases.ts";
import type { Moment } from "./snapshots.ts";

/** What is trained: together with a number of steps it decides every weight. */
export interface Plan {
  readonly experiment: Experiment;
  readonly changes: readonly RateChange[];
}

/** loading: digits come; working: steps are computed (again), to get somewhere; diverged: the next step overflows. */
export type Phase = "loading" | "working" | "paused" | "running" | "done" | "diverged" | "failed" | "lost";

/** Whether a training stands still, with weights that can be looked at. */
export function stands({ phase }: { readonly phase: Phase }): boolean {
  return phase === "paused" || phase === "done" || phase === "diverged";
}

/** How an epoch ended. */
export interface EpochPoint {
  readonly epoch: number;
  readonly total: number;
  /** Of the epoch's examples, each measured before its step; of a full batch, of all after it. */
  readonly loss: number;
  readonly accuracy: number;
  readonly validationLoss: number | undefined;
  readonly validationAccuracy: number | undefined;
  /** Of the test images, after the epoch. */
  readonly testLoss: number;
  readonly testAccuracy: number;
}

export interface Divergence {
  readonly epoch: number;
  /** In its epoch, from 1. */
  readonly step: number;
  /** The first layer whose numbers are no longer finite, as layers.1; undefined where it is the loss itself. */
  readonly layer: string | undefined;
  readonly learningRate: number;
  /** The doctor's. */
  readonly sentence: string;
}

export interface View {
  readonly phase: Phase;
  /** What it learns to tell: of numbers there are no accuracies, which are 0 then. */
  readonly task: "classes" | "numbers";
  /** Steps done, over all epochs; and where computing leads to, in the phase working. */
  readonly total: number;
  readonly goal: number | undefined;
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this epoch, of so many. */
  readonly step: number;
  readonly steps: number;
  /** Of this epoch's examples so far; undefined before the first step. */
  readonly loss: number | undefined;
  readonly accuracy: number | undefined;
  /** That the next step has: the optimizer's, changed by hand or not, without the schedule's factor. */
  readonly rate: number;
  /** That the last step had. */
  readonly stepRate: number | undefined;
  readonly perSecond: number | undefined;
  readonly seconds: number;
  readonly epochsDone: readonly EpochPoint[];
  readonly findings: readonly Finding[];
  readonly changes: readonly RateChange[];
  readonly divergence: Divergence | undefined;
  /** Of the weights, whenever the training stands still. */
  readonly digest: string | undefined;
  readonly ended: Progress["ended"];
  readonly loaded: { readonly bytes: number; readonly of: number } | undefined;
  /** What computes. */
  readonly backend: string | undefined;
  /** The sentence of what went wrong. */
  readonly problem: string | undefined;
  /** The step that is done one phase at a time, or was the last one. */
  readonly phases: PhasesReport | undefined;
  /** Asked for now and then. */
  readonly curve: CurveData | undefined;
}

/** What a training says after a step. */
export interface Standing {
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly examples: number;
  readonly seconds: number;
  readonly learningRate: number;
  readonly ended: Progress["ended"];
}

/** A moment of a training with all that belongs to it: another worker goes on from it. */
export interface Mark extends Moment {
  /** Undefined before the first step. */
  readonly state: TrainingState | undefined;
  readonly standing: Standing | undefined;
  readonly doctor: DoctorMemory | undefined;
  readonly curve: CurveState;
  readonly epochsDone: readonly EpochPoint[];
}

/** The weights and statistics of the network at one moment, by name, and what else it takes to build it. */
export interface Weights {
  readonly total: number;
  /** Of the network: with its class weights as numbers. */
  readonly configuration: Configuration;
  readonly inputShape: Shape;
  readonly outputs: number;
  /** What its classes, columns and targets are called. */
  readonly names: Pick<NetworkOptions, "classNames" | "columnNames" | "tableColumns" | "targetNames">;
  readonly scaling: SentScaling | undefined;
  readonly targetScaling: SentScaling | undefined;
  /** What it has noted of the examples that it learned from; undefined where it has not. */
  readonly familiarity: Familiarity | undefined;
  /** What the next step is made with. */
  readonly optimizer: SentOptimizer;
  readonly tensors: readonly (readonly [name: string, values: Float32Array])[];
}

/** An optimizer with what it remembers of the steps before; undefined where there were none. */
export interface SentOptimizer {
  /** That of the next step: with the schedule's factor. */
  readonly learningRate: number;
  readonly memory: Pick<TrainingState, "tensors" | "numbers"> | undefined;
}

/** The values of one weight or bias in a training: at its beginning, at the moments that are kept, and now. */
export interface WeightHistory {
  /** Steps done, rising. */
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

export type SentScaling = Pick<Scaling, "means" | "deviations">;

export type Until = "step" | "epoch" | "end";

/** What the page can ask for. All of it is answered when it is done; `run` at once. */
export interface Methods {
  /** Begins a training, or goes on from a mark, and computes to a step. */
  open(plan: Plan, total: number, mark?: Mark): void;
  run(until: Until): void;
  pause(): void;
  /** The next phase of the next step: forward, loss, backward, update. */
  phase(): void;
  /** Goes to a step before this one. */
  backTo(total: number): void;
  setRate(rate: number): void;
  pull(withCurve: boolean): View;
  /** `learnsFamiliar`: a training that stands still notes first what its examples looked like. */
  weights(learnsFamiliar: boolean): Weights;
  /** Of the tensor of this name the number at this place. */
  history(tensor: string, place: number): WeightHistory;
  /** The weights at moments of the training until now, at most so many. */
  course(most: number): readonly CourseMoment[];
  /** The places of the examples that are learnt from, rising. */
  learnt(): Uint32Array;
  mark(): Mark | undefined;
}

export type Method = keyof Methods;

export interface Question {
  readonly id: number;
  readonly method: Method;
  readonly given: readonly unknown[];
}

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  /** A sentence. */
  readonly problem?: string;
}

/** The worker's first word, and the name by which it knows that it is one. */
export const READY = "inkling-session";
