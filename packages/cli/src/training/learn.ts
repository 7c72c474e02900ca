/**
 * The training itself, from the command's side: it listens, shows, saves at the end and when interrupted, and notices a
 * divergence. The weights after the last whole epoch are kept at hand, so that nothing that happens later loses them.
 */
import { writeSync } from "node:fs";
import {
  BugError,
  DivergenceError,
  type Evaluation,
  evaluate,
  type Network,
  type Progress,
  type TrainOptions,
  train,
} from "inkling";
import { encodeModel } from "inkling/formats";
import { writeWhole } from "inkling/node";
import { buildTrainOptions, type Configuration } from "inkling/presets";
import type { Doctor, Finding } from "inkling/proofs";

import type { Following } from "../following/following.ts";
import { onInterrupt } from "../interrupt.ts";
import { printable } from "../printable.ts";
import { clearLine, ProgressBar } from "../progress.ts";
import type { EpochRecord } from "../report/training.ts";
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
}

/** One of the networks of an ensemble, which is saved where the ones before it are. */
export interface Member {
  /** "network 3 of 5" */
  readonly name: string;
  /** Where the networks before it are, in a sentence. */
  readonly before: string;
  /** Saves it with those before it; says where. */
  readonly save: (model: Network) => Promise<string>;
}

/** The weights after an epoch, as a model file; epoch 0 is before the first. */
interface Kept {
  readonly epoch: number;
  readonly bytes: Uint8Array;
}

/** Throws an ArgumentError where the training cannot be as it is asked for, before anything is printed or computed. */
export function checkTraining(model: Network, sets: Sets, configuration: Configuration): void {
  // A run begins when it is asked; its options are checked at once.
  train(model, sets.train, trainOptions(sets, configuration));
}

function trainOptions({ validation }: Sets, configuration: Configuration): TrainOptions {
  const { epochs, batchSize, seed } = configuration;
  return { epochs, batchSize, seed, ...buildTrainOptions(configuration), ...(validation && { validation }) };
}

/**
 * Trains to the end and saves the model. Interrupted, it saves the weights after the last whole epoch and exits 130; if
 * the training diverges, it saves those from before that epoch and throws a DivergenceError.
 */
export async function learn(
  model: Network,
  sets: Sets,
  configuration: Configuration,
  options: LearnOptions,
): Promise<Outcome> {
  const { epochs, batchSize } = configuration;
  const { doctor, member, events } = options;
  options.found(await doctor.before());
  const bar = await ProgressBar.of(epochs, options.live);
  const interruption = new AbortController();
  const { signal } = interruption;
  onInterrupt(() => {
    bar.end();
    interruption.abort();
  });
  const run = train(model, sets.train, {
    ...trainOptions(sets, configuration),
    ...{ signal, record: options.record, every: "step" },
  });
  const history: EpochRecord[] = [];
  let before: Kept | undefined;
  let last: Kept = { epoch: 0, bytes: await encodeModel(model) };
  let out: string | undefined;
  let trained: Evaluation | undefined;
  let latest: Progress | undefined;
  try {
    for await (latest of run) {
      bar.update(latest);
      await events?.step(latest);
      if (!latest.epochEnded) continue;
      [before, last] = [last, { epoch: latest.epoch, bytes: await encodeModel(model) }];
      const isLast = latest.ended !== undefined;
      // Saved before anything is measured: memory may end there, or patience.
      if (isLast) out = await (member?.save(model) ?? saveSomewhere(last.bytes, options.out));
      // With the full batch, what training measures is from before its only step.
      if (isLast || batchSize === "full") trained = await measured(model, sets, latest, configuration, signal);
      const entry = epochRecord(latest, batchSize === "full" && trained ? trained : latest);
      history.push(entry);
      clearLine();
      await events?.epoch(entry, latest);
      options.afterEpoch(entry, isLast);
      options.found(await doctor.after(latest));
    }
  } catch (error) {
    bar.end();
    await events?.broken(error, signal.aborted);
    if (signal.aborted) await (member ? leaveMember(member, latest) : leave(model, latest, last, epochs, options.out));
    options.found(doctor.onError(error));
    if (member) throw withRemark(error, out === undefined ? `It was ${member.name}. ${member.before}` : wholeIn(out));
    if (error instanceof DivergenceError) {
      // The model has the weights from before the epoch, unless the divergence showed only after its end.
      const kept = last.epoch === error.epoch ? (before ?? last) : last;
      await writeWhole(options.out, kept.bytes);
      throw withRemark(error, `The weights from before epoch ${error.epoch} are in ${options.out}.`);
    }
    if (last.epoch > 0) {
      out ??= await saveSomewhere(last.bytes, options.out);
      throw withRemark(error, `The weights after epoch ${last.epoch} are in ${out}.`);
    }
    throw error;
  }
  bar.end();
  if (out === undefined || trained === undefined || latest?.ended === undefined) {
    throw new BugError("a training without a last epoch.");
  }
  if (signal.aborted) {
    await events?.broken(undefined, true);
    await (member ? leaveMember(member, latest, out) : leave(model, latest, last, epochs, out));
  }
  const { seconds, ended, bestEpoch } = latest;
  return { history, trained, seconds, ended, bestEpoch, out };
}

/** How the network does on the whole training set now. Throws a DivergenceError if the loss is no longer finite. */
async function measured(
  model: Network,
  sets: Sets,
  { epoch, step }: Progress,
  { learningRate }: Configuration,
  signal: AbortSignal,
): Promise<Evaluation> {
  const result = await evaluate(model, sets.train, { signal });
  const { loss } = result;
  if (Number.isFinite(loss)) return result;
  const what = `the loss became ${Number.isNaN(loss) ? "NaN" : "infinite"}`;
  throw new DivergenceError(what, { epoch, step, loss, learningRate });
}

function epochRecord({ epoch, seconds, validation }: Progress, after: { loss: number; accuracy?: number | undefined }) {
  return {
    epoch,
    loss: after.loss,
    ...(after.accuracy !== undefined && { accuracy: after.accuracy }),
    ...(validation && { validationLoss: validation.loss }),
    ...(validation?.task === "classes" && { validationAccuracy: validation.accuracy }),
    ...(validation?.task === "numbers" && {
      validationRmse: validation.rootMeanSquaredError,
      validationR2: validation.rSquared,
    }),
    seconds,
  };
}

/** Ends an interrupted training: the weights after the last whole epoch are saved, then exit 130. */
async function leave(
  model: Network,
  at: Progress | undefined,
  last: Kept,
  epochs: number,
  out: string,
): Promise<never> {
  let whole = last;
  // The step in hand may have been an epoch's last.
  const trainedFor = model.training?.epochs ?? 0;
  if (trainedFor > last.epoch) whole = { epoch: trainedFor, bytes: await encodeModel(model) };
  const inside =
    at === undefined || at.epoch <= whole.epoch
      ? `after epoch ${whole.epoch}`
      : `in epoch ${at.epoch}, step ${at.step}`;
  const file = printable(out);
  if (whole.epoch === 0) {
    const where = at === undefined ? "in the first step" : inside;
    writeSync(2, `Interrupted ${where}. No epoch was complete, so nothing was saved.\n`);
  } else {
    await writeWhole(out, whole.bytes);
    const isOver = whole.epoch === epochs || at?.ended !== undefined;
    const said = isOver
      ? `Interrupted after the training. The model is in ${file}.`
      : `Interrupted ${inside}. The weights after epoch ${whole.epoch} are in ${file}.`;
    writeSync(2, `${said}\n`);
  }
  process.exit(130);
}

/** Ends an interrupted training of an ensemble: its whole networks are saved already, then exit 130. */
function leaveMember({ name, before }: Member, at: Progress | undefined, out?: string): never {
  const inside = at === undefined ? "the first step" : `epoch ${at.epoch}, step ${at.step}`;
  const said = out === undefined ? `in ${name}, ${inside}. ${before}` : `after ${name}. ${wholeIn(out)}`;
  writeSync(2, `Interrupted ${said}\n`);
  process.exit(130);
}

function wholeIn(out: string): string {
  return `The networks that are whole are in ${printable(out)}.`;
}
