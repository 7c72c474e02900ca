/**
 * Follows a training for those who want to see it: turns what `train` says into events and hands them to the log,
 * TensorBoard's files, the report. It changes nothing of the training.
 */
import { DivergenceError, type Evaluation, type Network, type Progress } from "inkling";
import type { Model } from "../model.ts";
import type { EpochRecord } from "../report/training.ts";
import type { RunEvent, StartEvent } from "./events.ts";
import { gradientNorms } from "./gradients.ts";

/** What was measured at the end, with the network or the ensemble that came of the training. */
export interface Found {
  readonly model: Model;
  readonly trained: Evaluation;
  readonly tested: Evaluation | undefined;
}

/** What is known besides an event. */
export interface Moment {
  /** The network that the event is about, as it is then. */
  readonly model: Network;
  /** At the start: the epochs that were done before. */
  readonly history?: readonly EpochRecord[];
  /** At the end. */
  readonly found?: Found;
}

/** Takes events as they come. */
export interface Follower {
  readonly take: (event: RunEvent, moment: Moment) => void | Promise<void>;
  /** What is said of it at the end. */
  readonly lines: () => readonly string[];
  /** No more comes. */
  readonly close: () => void;
}

/** So many step events an epoch, where nobody asked for another number. */
const AN_EPOCH = 10;

/** How the followers hear of one training, of a network alone or of one of an ensemble. */
export class Following {
  readonly #followers: readonly Follower[];
  /** Steps between two step events; undefined for a share of the epoch. */
  readonly #every: number | undefined;
  #model: Network;
  #member: { readonly member?: number } = {};
  /** The sums at the last step event. */
  #before = { loss: 0, hits: 0, examples: 0, seconds: 0 };

  constructor(followers: readonly Follower[], model: Network, every?: number) {
    this.#followers = followers;
    this.#every = every;
    this.#model = model;
  }

  /**
   * The training is about to begin; `about` is asked only where somebody listens. `history`: the epochs that were done
   * before, of a training that goes on from a checkpoint.
   */
  async start(about: () => Promise<StartEvent>, history?: readonly EpochRecord[]): Promise<void> {
    if (this.#followers.length === 0) return;
    const resumed = history && { resumed: { epochs: history.length } };
    const event = { ...(await about()), ...resumed };
    for (const follower of this.#followers) await follower.take(event, { model: this.#model, history: history ?? [] });
  }

  /** From now on it is about this network of an ensemble, from 1. */
  beginMember(member: number, model: Network): void {
    this.#member = { member };
    this.#model = model;
    this.#before = { loss: 0, hits: 0, examples: 0, seconds: 0 };
  }

  /** A step was done. */
  async step(progress: Progress): Promise<void> {
    const { epoch, step, steps, examples, seconds, learningRate } = progress;
    const every = this.#every ?? Math.ceil(steps / AN_EPOCH);
    if (step % every !== 0 && step !== steps) return;
    const now = {
      loss: progress.loss * examples,
      hits: (progress.accuracy ?? 0) * examples,
      ...{ examples, seconds },
    };
    // The sums begin anew with every epoch.
    const before =
      this.#before.examples < examples
        ? this.#before
        : { loss: 0, hits: 0, examples: 0, seconds: this.#before.seconds };
    const count = examples - before.examples;
    this.#before = now;
    await this.#tell({
      ...{ event: "step", ...this.#member, epoch, step, steps, totalSteps: (epoch - 1) * steps + step },
      loss: (now.loss - before.loss) / count,
      ...(progress.accuracy !== undefined && { accuracy: (now.hits - before.hits) / count }),
      learningRate,
      examplesPerSecond: count / Math.max(1e-9, seconds - before.seconds),
      seconds,
    });
  }

  /** An epoch has ended. */
  async epoch(record: EpochRecord, { learningRate }: Pick<Progress, "learningRate">): Promise<void> {
    if (this.#followers.length === 0) return;
    const norms = await gradientNorms(this.#model);
    await this.#tell({ event: "epoch", ...this.#member, ...record, learningRate, gradientNorms: norms });
  }

  /** An event that another machine's training told. */
  pass(event: RunEvent): Promise<void> {
    return this.#tell(event);
  }

  /** The training is over, and this was found. */
  async end(result: Readonly<Record<string, unknown>>, found: Found): Promise<void> {
    await this.#tell({ event: "end", time: new Date().toISOString(), ...result }, found);
    this.#close();
  }

  /** Where what was written can be found. */
  get lines(): readonly string[] {
    return this.#followers.flatMap((follower) => follower.lines());
  }

  /** The training broke off. */
  async broken(error: unknown, isInterrupted: boolean): Promise<void> {
    const event = isInterrupted ? "interrupted" : error instanceof DivergenceError ? "diverged" : "failed";
    const message = isInterrupted ? "Interrupted." : error instanceof Error ? error.message : String(error);
    await this.#tell({ event, ...this.#member, time: new Date().toISOString(), message });
    this.#close();
  }

  async #tell(event: RunEvent, found?: Found): Promise<void> {
    const moment = { model: this.#model, ...(found && { found }) };
    for (const follower of this.#followers) await follower.take(event, moment);
  }

  #close(): void {
    for (const follower of this.#followers) follower.close();
  }
}
