/**
 * What is said of a training while it runs, event by event. These are the lines of `--log`, one JSON object each
 * (docs/seeing-a-run.md lists their fields); TensorBoard's files and the report are made of the same.
 */
import type { EpochRecord } from "../report/training.ts";

/** A data set by what identifies it. */
export interface SetRecord {
  readonly name: string;
  readonly examples: number;
  readonly sha256: string | null;
}

/** Before the first step. */
export interface StartEvent {
  readonly event: "start";
  /** As 2026-01-31T12:00:00.000Z. */
  readonly time: string;
  readonly version: string;
  /** The command that repeats the training. */
  readonly command: string;
  /** The network in one line. */
  readonly network: string;
  readonly parameters: number;
  readonly data: { readonly train: SetRecord; readonly validation?: SetRecord; readonly test?: SetRecord };
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly backend: string;
  readonly threads: number;
  readonly arithmetic: string;
  readonly precision: string;
  readonly modelFile: string;
  /** Of a training that goes on from a checkpoint: the epochs that were done before. */
  readonly resumed?: { readonly epochs: number };
  /** How many networks are trained, one after the other, for an ensemble. */
  readonly ensemble?: number;
}

/** Which network of an ensemble an event is about, from 1. */
export interface OfMember {
  readonly member?: number;
}

/** After some steps: what happened since the event before. */
export interface StepEvent extends OfMember {
  readonly event: "step";
  readonly epoch: number;
  /** In this epoch, from 1, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Over all epochs of the training, from 1. */
  readonly totalSteps: number;
  /** Mean loss of the examples since the event before (in this epoch), each measured before the update of its step. */
  readonly loss: number;
  readonly accuracy?: number;
  /** Of the last step. */
  readonly learningRate: number;
  readonly examplesPerSecond: number;
  /** Of training since its start. */
  readonly seconds: number;
}

/** After an epoch. */
export interface EpochEvent extends OfMember, EpochRecord {
  readonly event: "epoch";
  /** Of the epoch's last step. */
  readonly learningRate: number;
  /** ‖∂C/∂(weights and biases)‖ of each layer in the epoch's last step, by the layer's name; after clipping. */
  readonly gradientNorms: Readonly<Record<string, number>>;
}

/** After the training: what --json prints, without the epochs. */
export type EndEvent = { readonly event: "end"; readonly time: string } & Readonly<Record<string, unknown>>;

/** A training that ended before its end. */
export interface BrokenEvent extends OfMember {
  readonly event: "diverged" | "interrupted" | "failed";
  readonly time: string;
  /** What was said. */
  readonly message: string;
}

export type RunEvent = StartEvent | StepEvent | EpochEvent | EndEvent | BrokenEvent;
