/**
 * The training itself, from the command's side: it listens, shows, saves at the end and when interrupted, keeps
 * checkpoints, and notices a divergence. The weights after the last whole epoch are kept at hand, so that nothing that
 * happens later loses them.
 */
import {
  BugError,
  DivergenceError,
  type Evaluation,
  type Network,
  type Progress,
  type TrainingState,
  type TrainOptions,
  train,
} from "inkling";
import { encodeCheckpoint, encodeModel } from "inkling/formats";
import { writeWhole } from "inkling/node";
import { buildTrainOptions, type Configuration } from "inkling/presets";
import type { Doctor, Finding } from "inkling/proofs";

import type { Following } from "../following/following.ts";
import { onInterrupt } from "../interrupt.ts";
import type { Machines } from "../machines/machines.ts";
import { clearLine, ProgressBar } from "../progress.ts";
import type { EpochRecord } from "../report/training.ts";
import { epochRecord, measured, standingOf } from "./epochs.ts";
import type { Keeper } from "./keeper.ts";
import { leave } from "./leaving.ts";
import { type Learned, type Owed, type Standing, toCheckpoint } from "./notes.ts";
import { saveSomewhere, withRemark } from "./saving.ts";
import type { Sets } from "./sets.ts";

export interface Outcome {
  readonly history: readonly EpochRecord[];
  /** The whole training set after the last epoch. */
  readonly trained: Evaluation;
  /** Of training alone. */
  readonly seconds: number;
  /** Why it ended. */
  readonly ended: NonNullable<Progress["ended"]>;
  /** With early stopping: the best epoch. */
  readonly bestEpoch: number | undefined;
  /** Where the model is. */
  readonly out: string;
}

export interface LearnOptions {
  /** Where the model goes. */
  readonly out: string;
  /** Whether the live line is drawn, where there is a terminal. */
  readonly live: boolean;
  /** Extra notes for the model's record. */
  readonly record: Readonly<Record<string, unknown>>;
  readonly afterEpoch: (record: EpochRecord, isLast: boolean) => void;
  readonly doctor: Doctor;
  /** Of an ensemble, which of its networks it is. Only whole ones are saved. */
  readonly member?: Member;
  /** What the doctor finds, once each. */
  readonly found: (findings: readonly Finding[]) => void;
  /** Those who follow it: a log, a report. */
  readonly events?: Following;
  /** Where checkpoints go, and what stands in them beside what is known here. */
  readonly keeping?: Keeping;
  /** Whether an interruption has come already. */
  readonly isInterrupted?: boolean;
  /** With which other machines it is trained. Of them the first alone writes. */
  readonly machines?: Machines;
  /** Of a network that a machine trains for another: aborted, the training rejects, and nothing is saved. */
  readonly interruption?: AbortController;
  /** Where a training was that goes on. */
  readonly resume?: { readonly state: TrainingState; readonly learned: Learned };
}

export interface Keeping {
  readonly keeper: Keeper;
  readonly more: () => Promise<{
    readonly notes: Readonly<Record<string, unknown>>;
    readonly values: Readonly<Record<string, Float32Array>>;
  }>;
}

/** One of the networks of an ensemble, which is saved where the ones before it are. */
export interface Member {
  /** "network 3 of 5" */
  readonly name: string;
  /** Where the networks before it are, in a sentence. */
  readonly before: string;
  /** Whether there was none before it, and whether the training is over with it. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Saves it with those before it; says where. */
  readonly save: (model: Network) => Promise<string>;
}

/** The weights after an epoch, as a model file; epoch 0 is before the first. */
interface Kept {
  readonly epoch: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Throws an ArgumentError where the training cannot be as it is asked for, before anything is printed or computed. */
export function checkTraining(
  model: Network,
  sets: Sets,
  configuration: Configuration,
  resume?: LearnOptions["resume"],
): void {
  // A run begins when it is asked; its options are checked at once.
  train(model, sets.train, trainOptions(sets, configuration, resume));
}

function trainOptions(
  { validation }: Sets,
  configuration: Configuration,
  resume: LearnOptions["resume"] | undefined,
): TrainOptions {
  const { epochs, batchSize, seed } = configuration;
  const own = { epochs, batchSize, seed, ...buildTrainOptions(configuration), ...(validation && { validation }) };
  return { ...own, ...(resume && { resume: resume.state }) };
}

/**
 * Trains to the end and saves the model. Interrupted, it saves the model as it stands and a checkpoint, and exits 130
 * or 143; if the training diverges, it saves the weights from before that epoch and throws a DivergenceError.
 */
export function learn(
  model: Network,
  sets: Sets,
  configuration: Configuration,
  options: LearnOptions,
): Promise<Outcome> {
  return new Learning(model, sets, configuration, options).toTheEnd();
}

class Learning {
  readonly #model: Network;
  readonly #sets: Sets;
  readonly #configuration: Configuration;
  readonly #options: LearnOptions;
  readonly #history: EpochRecord[];
  readonly #interruption: AbortController;
  #latest: Standing | undefined;
  #owed: Owed | undefined;
  #before: Kept | undefined;
  #last: Kept | undefined;
  #out: string | undefined;
  #trained: Evaluation | undefined;

  constructor(model: Network, sets: Sets, configuration: Configuration, options: LearnOptions) {
    this.#model = model;
    this.#sets = sets;
    this.#configuration = configuration;
    this.#options = options;
    this.#interruption = options.interruption ?? new AbortController();
    const { history = [], latest, owed, shown, shownEpoch = 0 } = options.resume?.learned ?? {};
    this.#history = [...history];
    this.#latest = latest;
    this.#owed = owed;
    if (shown !== undefined) this.#last = { epoch: shownEpoch, bytes: shown };
  }

  async toTheEnd(): Promise<Outcome> {
    const { doctor, member, events, keeping, resume, machines, ...options } = this.#options;
    const { signal } = this.#interruption;
    const bar = await ProgressBar.of(this.#configuration.epochs, options.live);
    onInterrupt(() => {
      bar.end();
      this.#interruption.abort();
    });
    if (options.isInterrupted) this.#interruption.abort();
    if (resume === undefined) options.found(await doctor.before());
    const run = train(this.#model, this.#sets.train, {
      ...trainOptions(this.#sets, this.#configuration, resume),
      ...{ record: options.record, every: "step" },
    });
    const encode = () => this.#encoded(run);
    const left = async () => {
      bar.end();
      await events?.broken(undefined, true);
      if (options.interruption) throw signal.reason;
      const at = { latest: this.#latest, out: this.#out, member };
      return leave(this.#model, run, at, options.out, keeping && { keeper: keeping.keeper, encode }, machines);
    };
    // Of several machines, whether one is to stop: all ask after the same steps.
    const isToStop = () => this.#model.backend.sharing?.any(signal.aborted) ?? signal.aborted;
    this.#last ??= { epoch: 0, bytes: await encodeModel(this.#model) };
    try {
      if (this.#owed) await this.#settle(this.#owed);
      else if (resume === undefined) await keeping?.keeper.begin(encode);
      if (isToStop()) await left();
      for await (const progress of run) {
        bar.update(progress);
        await events?.step(progress);
        this.#latest = standingOf(progress);
        if (progress.epochEnded) await this.#endEpoch(progress);
        // The step is done, and nothing is lost.
        if (isToStop()) await left();
        if (progress.ended === undefined) await keeping?.keeper.after(progress, encode);
      }
    } catch (error) {
      if (signal.aborted && !machines && !(error instanceof DivergenceError)) await left();
      bar.end();
      await events?.broken(error, false);
      await keeping?.keeper.close();
      throw await this.#afterError(error);
    }
    bar.end();
    const { ended, seconds, bestEpoch } = this.#latest ?? {};
    const [out, trained] = [this.#out, this.#trained];
    if (out === undefined || trained === undefined || ended === undefined || seconds === undefined) {
      throw new BugError("a training without a last epoch.");
    }
    // A model that had to go elsewhere is no reason to take the checkpoints away.
    const isOver = member?.isLast !== false;
    if (isOver) await (out === options.out ? keeping?.keeper.finish(encode) : keeping?.keeper.close());
    return { history: this.#history, trained, seconds, ended, bestEpoch, out };
  }

  /** The weights are kept before anything is measured: memory may end there, or patience. */
  async #endEpoch(progress: Progress): Promise<void> {
    const at = standingOf(progress);
    [this.#before, this.#last] = [this.#last, { epoch: at.epoch, bytes: await encodeModel(this.#model) }];
    // The doctor looks at the gradients of the step that was just done.
    this.#owed = { at, news: await this.#options.doctor.after(progress) };
    await this.#settle(this.#owed);
  }

  /** Saves the model after the last epoch, measures, shows, and notes the epoch in the history. */
  async #settle({ at, news }: Owed): Promise<void> {
    const { member, events, keeping, machines, ...options } = this.#options;
    const { batchSize, learningRate } = this.#configuration;
    const isLast = at.ended !== undefined;
    if (isLast && machines?.isFirst === false) this.#out = options.out;
    else if (isLast) {
      const bytes = this.#last?.bytes ?? (await encodeModel(this.#model));
      const makeRoom = async () => (await keeping?.keeper.makeRoom()) ?? false;
      this.#out = await (member?.save(this.#model) ?? saveSomewhere(bytes, options.out, makeRoom));
    }
    // With the full batch, what training measures is from before its only step.
    if (isLast || batchSize === "full") {
      this.#trained = await measured(this.#model, this.#sets, at, learningRate, this.#interruption.signal);
    }
    const entry = epochRecord(at, batchSize === "full" && this.#trained ? this.#trained : at);
    this.#history.push(entry);
    this.#owed = undefined;
    clearLine();
    await events?.epoch(entry, at);
    options.afterEpoch(entry, isLast);
    options.found(news);
  }

  /** The bytes of a checkpoint of where it stands. */
  async #encoded(run: { state(): Promise<TrainingState> }): Promise<Uint8Array> {
    const { doctor, keeping } = this.#options;
    if (this.#last === undefined) throw new BugError("a checkpoint without weights.");
    const state = await run.state();
    const { notes, values } = toCheckpoint({
      ...{ history: this.#history, latest: this.#latest, owed: this.#owed },
      ...{ shown: this.#last.bytes, shownEpoch: this.#last.epoch, doctor: doctor.memory() },
    });
    const more = await keeping?.more();
    return encodeCheckpoint(this.#model, state, {
      notes: { ...more?.notes, learned: notes },
      values: { ...more?.values, ...values },
    });
  }

  /** Saves what there is after an error, and gives the error with a sentence that says where. */
  async #afterError(error: unknown): Promise<unknown> {
    const { member, doctor, out, found } = this.#options;
    found(doctor.onError(error));
    if (member) {
      return withRemark(
        error,
        this.#out === undefined ? `It was ${member.name}. ${member.before}` : wholeIn(this.#out),
      );
    }
    const last = this.#last;
    if (last === undefined || this.#options.machines?.isFirst === false) return error;
    if (error instanceof DivergenceError) {
      // The model has the weights from before the epoch, unless the divergence showed only after its end.
      const kept = last.epoch === error.epoch ? (this.#before ?? last) : last;
      await writeWhole(out, kept.bytes);
      return withRemark(error, `The weights from before epoch ${error.epoch} are in ${out}.`);
    }
    if (last.epoch === 0) return error;
    this.#out ??= await saveSomewhere(last.bytes, out);
    return withRemark(error, `The weights after epoch ${last.epoch} are in ${this.#out}.`);
  }
}

function wholeIn(out: string): string {
  return `The networks that are whole are in ${out}.`;
}
