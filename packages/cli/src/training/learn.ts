/** The training itself, from the command's side: it listens, shows, saves when interrupted, and notices a divergence. */
import { writeSync } from "node:fs";
import {
  BugError,
  buildOptimizer,
  buildSchedule,
  type Configuration,
  type Dataset,
  DivergenceError,
  type Evaluation,
  encodeModel,
  evaluate,
  type Network,
  type Progress,
  train,
} from "inkling";
import { writeWhole } from "inkling/node";
import { onInterrupt } from "../interrupt.ts";
import { ProgressBar } from "../progress.ts";
import type { EpochRecord } from "../report/training.ts";
import type { Sets } from "./sets.ts";

export interface Outcome {
  readonly history: readonly EpochRecord[];
  /** The whole training set after the last epoch. */
  readonly final: Evaluation;
  /** Of training alone. */
  readonly seconds: number;
  /** Whether somebody wants to leave: once the model is saved, at once. */
  readonly wasInterrupted: () => boolean;
}

export interface LearnOptions {
  /** Where the weights go if the training ends before its time. */
  readonly out: string;
  /** Whether the live line is drawn, where there is a terminal. */
  readonly live: boolean;
  /** What the model's record holds besides. */
  readonly record: Readonly<Record<string, unknown>>;
  /** Whether an epoch gets a line. */
  readonly worthALine: (epoch: number) => boolean;
  readonly afterEpoch: (record: EpochRecord) => void;
}

/**
 * Trains to the end. Interrupted, it saves the weights after the last whole epoch and exits 130; if it diverges, it saves
 * those from before that epoch and throws a DivergenceError.
 */
export async function learn(
  model: Network,
  sets: Sets,
  configuration: Configuration,
  options: LearnOptions,
): Promise<Outcome> {
  const { epochs, batchSize, seed } = configuration;
  const { out, live, record, worthALine, afterEpoch } = options;
  const bar = new ProgressBar(epochs, live);
  const history: EpochRecord[] = [];
  const { validation } = sets;
  const optimizer = buildOptimizer(configuration);
  const schedule = buildSchedule(configuration);
  const training = train(model, sets.train, {
    ...{ epochs, batchSize, seed, optimizer, schedule, record, every: "step" },
    ...(validation && { validation }),
  });
  let interrupted = false;
  onInterrupt(() => {
    interrupted = true;
  });
  let lastEpoch: Uint8Array | undefined;
  const beforeFirst: Uint8Array = await encodeModel(model);
  let final: Evaluation | undefined;
  let latest: Progress | undefined;
  try {
    for await (latest of training) {
      bar.update(latest);
      if (latest.epochEnded) {
        // With the full batch, what training measures is from before its only step.
        const whole = batchSize === "full" || latest.epoch === epochs;
        final = whole ? await measure(model, sets.train, latest, optimizer.learningRate) : undefined;
        const entry = epochRecord(latest, batchSize === "full" && final ? final : latest);
        history.push(entry);
        lastEpoch = await encodeModel(model);
        if (worthALine(latest.epoch)) bar.clear();
        afterEpoch(entry);
      }
      if (interrupted) break;
    }
  } catch (error) {
    bar.clear();
    if (!(error instanceof DivergenceError)) throw error;
    // The library has put back the weights from before the epoch, unless the divergence showed only after its end.
    await writeWhole(out, showedAfterItsEnd.has(error) ? (lastEpoch ?? beforeFirst) : await encodeModel(model));
    error.message += ` The weights from before epoch ${error.epoch} are in ${out}.`;
    throw error;
  }
  bar.clear();
  if (interrupted && latest?.epoch !== epochs) await leave(latest, history.length, lastEpoch, out);
  if (final === undefined) throw new BugError("a training without a last epoch.");
  return { history, final, seconds: latest?.seconds ?? 0, wasInterrupted: () => interrupted };
}

const showedAfterItsEnd = new WeakSet<DivergenceError>();

/** How the network does on the whole training set now. Throws a DivergenceError if the loss is no longer finite. */
async function measure(
  model: Network,
  data: Dataset,
  { epoch, step }: Progress,
  learningRate: number,
): Promise<Evaluation> {
  const result = await evaluate(model, data);
  const { loss } = result;
  if (Number.isFinite(loss)) return result;
  const what = `the loss became ${Number.isNaN(loss) ? "NaN" : "infinite"}`;
  const error = new DivergenceError(what, epoch, step, loss, learningRate);
  showedAfterItsEnd.add(error);
  throw error;
}

function epochRecord({ epoch, seconds, validation }: Progress, after: { loss: number; accuracy: number }): EpochRecord {
  return {
    epoch,
    loss: after.loss,
    accuracy: after.accuracy,
    ...(validation && { validationLoss: validation.loss, validationAccuracy: validation.accuracy }),
    seconds,
  };
}

/** Ends an interrupted training: the weights after the last whole epoch are saved, then exit 130. */
async function leave(
  at: Progress | undefined,
  done: number,
  lastEpoch: Uint8Array | undefined,
  out: string,
): Promise<never> {
  const inside = at && (at.epochEnded ? `after epoch ${at.epoch}` : `in epoch ${at.epoch}, step ${at.step}`);
  const where = inside ?? "before the first step";
  if (lastEpoch === undefined) {
    writeSync(2, `Interrupted ${where}. No epoch was complete, so nothing was saved.\n`);
  } else {
    await writeWhole(out, lastEpoch);
    writeSync(2, `Interrupted ${where}. The weights after epoch ${done} are in ${out}.\n`);
  }
  process.exit(130);
}
