/**
 * One trial: its configuration is trained on each part, for so many epochs, and measured on the part's validation
 * examples. The result depends on nothing else. Where an earlier training of the trial can become longer (its schedule
 * does not depend on the length), it goes on from its state, to the last bit; elsewhere the trial is trained anew. A
 * schedule such as one cycle would otherwise be cut off before the learning rate has come down, and what was cut off
 * would be compared.
 */
import { DivergenceError, evaluate, type Fold, type Network, type Progress, type TrainingState, train } from "inkling";
import type { Backend } from "inkling/backends";
import { buildSchedule, buildTrainOptions, type Trial } from "inkling/presets";
import type { NamedConfiguration } from "../configuring.ts";
import { ProgressBar } from "../progress.ts";
import { buildFor } from "../training/building.ts";
import type { SearchPlan } from "./plan.ts";
import { type Measured, measuredFrom, summaryOf, type TrialResult } from "./results.ts";

export interface TrialContext {
  readonly plan: SearchPlan;
  readonly backend: Backend;
  readonly signal: AbortSignal;
  /** Whether the live line is drawn, where there is a terminal. */
  readonly live: boolean;
}

export interface Trained {
  readonly result: TrialResult;
  /** Of each part, where the training may become longer. */
  readonly states: readonly TrainingState[];
}

/** Whether a training of so many epochs is the beginning of one of more. */
function canBecomeLonger(configuration: NamedConfiguration): boolean {
  return !buildSchedule(configuration).dependsOnLength;
}

interface TrialOptions {
  /** Its result in the rung before. */
  readonly before: TrialResult | undefined;
  /** Whether there is a rung after this one. */
  readonly goesOn: boolean;
  /** Where its trainings stood then, of each part. */
  readonly states: readonly (TrainingState | undefined)[];
}

/** Runs a trial. A training that diverges is a result without a score. Rejects with the signal's reason. */
export async function runTrial(
  trial: Trial,
  epochs: number,
  { before, goesOn, states: stood }: TrialOptions,
  context: TrialContext,
): Promise<Trained> {
  const { plan } = context;
  const configuration = plan.configurationOf(trial, epochs);
  const isExtended = canBecomeLonger(configuration);
  // What early stopping or the schedule ended does not become longer.
  if (before !== undefined && isExtended && before.ended !== "epochs") {
    return { result: { ...before, epochs }, states: [] };
  }
  const common = { trial: trial.trial, epochs, tries: trial.tries };
  const measures: Measured[] = [];
  const states: TrainingState[] = [];
  let [seconds, last]: [number, PartResult | undefined] = [0, undefined];
  for (const [i, part] of entriesOf(plan.parts())) {
    const resume = before !== undefined && isExtended ? stood[i] : undefined;
    const fitted = plan.fittedTo(part.train, trial, epochs);
    last = await runPart(part, fitted, { resume, keepsState: goesOn && isExtended }, context);
    seconds += last.seconds;
    if (last.measured === undefined) {
      const nothing = { measures: [], score: null, loss: null, deviation: null, ended: null, weightsSha256: null };
      return { result: { ...common, ...nothing, seconds }, states: [] };
    }
    measures.push(last.measured);
    if (last.state !== undefined) states.push(last.state);
  }
  const summary = summaryOf(measures, plan.score);
  const result: TrialResult = {
    ...common,
    ...summary,
    ...{ measures, seconds, ended: last?.ended ?? null },
    ...(last?.bestEpoch !== undefined && plan.folds === undefined && { bestEpoch: last.bestEpoch }),
    weightsSha256: plan.folds === undefined ? (last?.weightsSha256 ?? null) : null,
  };
  return { result, states };
}

interface PartResult {
  /** Undefined where the training diverged. */
  readonly measured: Measured | undefined;
  readonly seconds: number;
  readonly ended?: Progress["ended"];
  readonly bestEpoch?: number | undefined;
  readonly weightsSha256?: string;
  readonly state?: TrainingState;
}

function* entriesOf<T>(all: Iterable<T>): Generator<[number, T]> {
  let i = 0;
  for (const one of all) yield [i++, one];
}

interface PartOptions {
  readonly resume: TrainingState | undefined;
  readonly keepsState: boolean;
}

/** Trains on one part and measures it. With folds the training itself sees no validation examples. */
async function runPart(
  { train: training, validation }: Fold,
  configuration: NamedConfiguration,
  { resume, keepsState }: PartOptions,
  { plan, backend, signal, live }: TrialContext,
): Promise<PartResult> {
  const { epochs, batchSize, seed } = configuration;
  const model = buildFor({ ...plan.sets, train: training }, configuration, backend);
  const bar = await ProgressBar.of(epochs, live);
  let latest: Progress | undefined;
  try {
    const run = train(model, training, {
      ...{ epochs, batchSize, seed, signal, every: live && process.stderr.isTTY ? "step" : "epoch" },
      ...buildTrainOptions(configuration),
      ...(plan.folds === undefined && { validation }),
      ...(resume && { resume }),
    });
    for await (latest of run) bar.update(latest);
    const measured = await measure(model, validation, signal);
    if (measured === undefined || latest === undefined) return { measured: undefined, seconds: latest?.seconds ?? 0 };
    return {
      ...{ measured, seconds: latest.seconds, ended: latest.ended, bestEpoch: latest.bestEpoch },
      weightsSha256: await model.weightsSha256(),
      ...(keepsState && latest.ended === "epochs" && { state: await run.state() }),
    };
  } catch (error) {
    if (error instanceof DivergenceError) return { measured: undefined, seconds: latest?.seconds ?? 0 };
    throw error;
  } finally {
    bar.end();
    model.close();
  }
}

/** What the model reaches on the validation examples; undefined where its loss is no finite number. */
async function measure(model: Network, validation: Fold["validation"], signal: AbortSignal) {
  const measured = measuredFrom(await evaluate(model, validation, { signal }));
  return Number.isFinite(measured.loss) ? measured : undefined;
}
