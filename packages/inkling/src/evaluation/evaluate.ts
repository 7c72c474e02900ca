/** How well a network does on examples, those that it was trained on or others. */
import type { Found } from "../backends/sharing.ts";
import { Totals } from "../backends/totals.ts";
import { checkWithin, has } from "../checks.ts";
import { Batches } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError } from "../errors.ts";
import type { Task } from "../losses/loss.ts";
import type { ClassMetrics, Mistake, NumberMetrics, ScoreOptions } from "../losses/scores.ts";
import { inOrder, largest, type Numbers } from "../matrix.ts";
import { type LookOptions, type Looks, looked, lookOptions, looksOf } from "../network/looks.ts";
import { checkNetwork, Network } from "../network/network.ts";
import { checkOptions } from "../options.ts";
import { shown } from "../shown.ts";
import { type AbortLike, checkSignal } from "../signal.ts";
import type { Ensemble } from "./ensemble.ts";
import { checkFits } from "./fits.ts";

export interface EvaluateOptions extends LookOptions {
  /** Ends the work: it rejects with the signal's reason. */
  readonly signal?: AbortLike;
  /**
   * Of a network whose backend has joined a group of machines: they share the examples, and all get the whole result.
   * All of them have to call, with the same options and without a signal. false if absent: each call is answered by
   * its own machine.
   */
  readonly together?: boolean;
}

/** How a data set is evaluated. */
export interface MeasureOptions extends EvaluateOptions {
  /**
   * Of classes: counts how often the label is among the `topK` largest outputs. A whole number from 1 to the number of
   * classes; 5 if absent, where there are more than 5 classes.
   */
  readonly topK?: number;
}

export interface ClassEvaluation {
  readonly task: "classes";
  /** Share of the examples that were recognised, 0 to 1. */
  readonly accuracy: number;
  /** Mean of the classes' recalls, so that a rare class counts as much as a frequent one; of those with examples. */
  readonly balancedAccuracy: number;
  /** Share of the examples whose label is among the k largest outputs; undefined where it was not counted. */
  readonly topK?: { readonly k: number; readonly accuracy: number };
  /**
   * Of two classes, the area under the ROC curve: the share of the pairs of an example of class 1 and one of class 0 in
   * which the network sees more of class 1 in the first; equal ones count half. NaN where a class has no examples.
   */
  readonly auc?: number;
  /** Mean loss, with label smoothing and class weights where the loss has them; of an ensemble its members' mean. */
  readonly loss: number;
  readonly examples: number;
  /** confusion[label][predicted]: how many examples of a class were read as which. */
  readonly confusion: readonly (readonly number[])[];
  readonly perClass: readonly ClassMetrics[];
  /** The mistakes, the most confident first. */
  readonly mistakes: readonly Mistake[];
}

export interface NumberEvaluation {
  readonly task: "numbers";
  readonly accuracy?: undefined;
  /** Mean loss, of the numbers as the network sees them: scaled where the model scales them. */
  readonly loss: number;
  readonly examples: number;
  /** Mean of |prediction − target|, in the units of the data. */
  readonly meanAbsoluteError: number;
  /** Root of the mean of (prediction − target)², in the units of the data. */
  readonly rootMeanSquaredError: number;
  /**
   * 1 − Σ (prediction − target)² / Σ (target − mean)²; of several targets the mean. NaN where all targets are equal.
   */
  readonly rSquared: number;
  /** The same for each of the predicted numbers. */
  readonly perOutput: readonly NumberMetrics[];
  /** Of binaryCrossEntropy: the share of right answers, where more than ½ means yes. */
  readonly binaryAccuracy?: number;
  /** Of binaryCrossEntropy: the area under the ROC curve, of several outputs the mean. NaN without both answers. */
  readonly auc?: number;
}

export type Evaluation = ClassEvaluation | NumberEvaluation;

/** What an evaluation finds, by what the network is for. */
export interface EvaluationOf {
  readonly classes: ClassEvaluation;
  readonly numbers: NumberEvaluation;
}

/** Examples at a time; a multiple of the block, so that the loss is summed as over all of them at once. */
const CHUNK = 1024;

/** A network, or several that are asked together. */
type Model<T extends Task = Task> = Network<T> | Ensemble<T>;

/**
 * Runs a data set through a network, or an ensemble, and compares. Throws a ShapeError if they do not fit, a DataError
 * for examples without labels, or without numbers to be predicted.
 */
export async function evaluate<T extends Task>(
  model: Model<T>,
  data: Dataset,
  options: MeasureOptions = {},
): Promise<EvaluationOf[T]> {
  return (await evaluated(model, data, options)) as EvaluationOf[T];
}

async function evaluated(model: Model, data: Dataset, options: MeasureOptions): Promise<Evaluation> {
  const looks = checkedLooks("evaluate", model, data, options, { needsTargets: true }, ["topK"]);
  const scores = model.loss.scores(data, model.outputs, model.classNames, checkedScoring(model, options));
  const totals = membersOf(model).map(() => new Totals());
  let hits = 0;
  await inChunks(model, data, looks, totals, (start, rows, outputs, meaning) => {
    scores.add(start, rows, outputs, meaning);
    for (let i = 0; i < rows; i++) if (largest(outputs, i, model.outputs) === data.labels?.[start + i]) hits++;
  });
  const examples = data.count;
  const losses = totals.map(({ loss, examples }) => loss.total / examples);
  const loss = losses.reduce((sum, one) => sum + one) / losses.length;
  if (scores.task === "numbers") return { task: "numbers", loss, examples, ...scores.result() };
  return { task: "classes", accuracy: hits / examples, loss, examples, ...scores.result() };
}

/** What a network makes of every example of a data set, where it tells classes apart. */
export interface ClassPredictions {
  readonly task: "classes";
  /** The predicted class of each example. */
  readonly labels: Uint8Array | Uint32Array;
  /** examples × classes, row-major. */
  readonly probabilities: Float32Array;
  readonly values?: undefined;
}

/** What a network makes of every example of a data set, where it predicts numbers. */
export interface NumberPredictions {
  readonly task: "numbers";
  readonly labels?: undefined;
  readonly probabilities?: undefined;
  /** examples × outputs, row-major, in the units of the data. */
  readonly values: Float32Array;
}

export type Predictions = ClassPredictions | NumberPredictions;

interface PredictionsOf {
  readonly classes: ClassPredictions;
  readonly numbers: NumberPredictions;
}

/** Predicts a whole data set, with targets or without. Throws a ShapeError if it does not fit the model. */
export async function predictAll<T extends Task>(
  model: Model<T>,
  data: Dataset,
  options: EvaluateOptions = {},
): Promise<PredictionsOf[T]> {
  return (await allPredicted(model, data, options)) as PredictionsOf[T];
}

async function allPredicted(model: Model, data: Dataset, options: EvaluateOptions): Promise<Predictions> {
  const looks = checkedLooks("predictAll", model, data, options, { needsTargets: false });
  const { outputs } = model;
  const all = new Float32Array(data.count * outputs);
  if (model.loss.task === "numbers") {
    await inChunks(model, data, looks, undefined, (start, _rows, _out, meaning) => {
      all.set(meaning, start * outputs);
    });
    return { task: "numbers", values: all };
  }
  const labels = outputs > 256 ? new Uint32Array(data.count) : new Uint8Array(data.count);
  await inChunks(model, data, looks, undefined, (start, rows, out, meaning) => {
    all.set(meaning, start * outputs);
    for (let i = 0; i < rows; i++) labels[start + i] = largest(out, i, outputs);
  });
  return { task: "classes", labels, probabilities: all };
}

/** Checks what was given, and completes the options. */
export function checkedLooks(
  where: string,
  model: Model,
  data: Dataset,
  options: EvaluateOptions,
  needs: { readonly needsTargets: boolean },
  more: readonly string[] = [],
): Looks {
  if (!has(model, "members", "combined")) checkNetwork(where, model);
  for (const member of membersOf(model)) checkFits(where, member, data, needs);
  checkOptions(where, options, [...lookOptions, "signal", "together", ...more]);
  checkSignal(where, options.signal);
  const { signal, together = false } = options;
  if (together && signal !== undefined) {
    throw new ArgumentError(where, "no signal beside together (the others would wait)", "one");
  }
  return { ...looksOf(where, options, model, () => data), signal, together };
}

/** Throws an ArgumentError for a k that the network has no classes for. */
function checkedScoring({ loss, outputs }: Model, { topK }: MeasureOptions): ScoreOptions {
  if (topK === undefined) return {};
  if (loss.task === "numbers") throw new ArgumentError("evaluate", "no topK (the loss is for numbers)", shown(topK));
  checkWithin("evaluate", `topK from 1 to ${outputs} (the classes)`, topK, 1, outputs);
  return { topK };
}

/** The networks that are asked. */
function membersOf(model: Model): readonly Network[] {
  return model instanceof Network ? [model] : model.members;
}

/**
 * Runs a data set through a model, some examples at a time; adds each member's losses and hits to its `totals`, if
 * there are any. What `take` is given means probabilities, or numbers in the units of the data.
 */
export async function inChunks(
  model: Model,
  data: Dataset,
  looks: Looks,
  totals: readonly Totals[] | undefined,
  take: (start: number, rows: number, outputs: Numbers, meaning: Numbers) => void,
): Promise<void> {
  const asked = membersOf(model).map((member) => {
    return { member, batches: new Batches(member.backend, data, member.scaling, member.targetScaling) };
  });
  const order = inOrder(data.count);
  const rowsFrom = (start: number) => Math.min(CHUNK, data.count - start);
  const find = async (start: number, sums: readonly Totals[] | undefined): Promise<Found> => {
    const rows = rowsFrom(start);
    const found = [];
    for (const [k, { member, batches }] of asked.entries()) {
      const { outputs, meaning } = await looked(member, batches, { order, start, rows }, looks, sums?.[k]);
      found.push({ outputs, meaning: member.loss.task === "numbers" ? member.inOwnUnits(meaning) : meaning });
    }
    return model instanceof Network ? found[0] : model.combined(found, rows);
  };
  // The losses of several looks are added chunk by chunk, which is no part of the tree.
  const isShared = looks.together && (looks.copies === 1 || totals === undefined);
  const sharing = isShared ? asked[0].member.backend.sharing : undefined;
  const all = await sharing?.findAll({ count: data.count, chunk: CHUNK, columns: model.outputs }, totals, find);
  for (let start = 0; start < data.count; start += CHUNK) {
    const rows = rowsFrom(start);
    const { outputs, meaning } = all?.(start, rows) ?? (await find(start, totals));
    take(start, rows, outputs, meaning);
  }
}
