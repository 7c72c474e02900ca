/** What a training prints: its plan before, a line an epoch, its results after. */
import type { Dataset, Evaluation, Network } from "inkling";
import { describe } from "inkling/layers";
import type { Configuration } from "inkling/presets";
import { printable } from "../printable.ts";
import type { Outcome } from "../training/learn.ts";
import { fitText } from "./numbers.ts";
import { count, duration, percent, short, type Terminal, wrap } from "./terminal.ts";

/** One epoch in the history. The accuracies are undefined where numbers are predicted. */
export interface EpochRecord {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy?: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  readonly validationRmse?: number;
  readonly validationR2?: number;
  /** Seconds of training since its start. */
  readonly seconds: number;
}

/** The network in one line: 28 × 28 × 1 → dense 128 relu → dense 10, and how many parameters that makes. */
export function networkText({ inputShape, specs, parameters }: Network): string {
  const layers = specs.map((spec) => {
    if (spec.type !== "dense") return describe(spec);
    const { type, outputs, activation } = spec as { type: string; outputs?: number; activation?: string };
    return [type, outputs, activation === "identity" ? undefined : activation]
      .filter((word) => word !== undefined)
      .join(" ");
  });
  const total = parameters.reduce((sum, { value }) => sum + value.rows * value.columns, 0);
  const path = [inputShape.join(" × "), ...layers.map(printable)].join(" → ");
  return `${path}, ${count(total)} parameters`;
}

export interface EpochColumns {
  readonly hasAccuracy: boolean;
  readonly hasValidation: boolean;
  /**
   * Whether the accuracy is that after the epoch: with the full batch, what training measures is from before its step.
   */
  readonly isMeasuredAfter: boolean;
}

/** One column of the table of epochs. */
interface Column {
  readonly title: string;
  /** What a line of a list calls it. */
  readonly word: string;
  readonly width: number;
  readonly text: (record: EpochRecord) => string;
}

function columnsOf({ hasAccuracy, hasValidation, isMeasuredAfter }: EpochColumns): Column[] {
  const column = (title: string, word: string, width: number, text: Column["text"]): Column => {
    return { title, word, width: Math.max(width, title.length), text };
  };
  const accuracy = isMeasuredAfter ? "accuracy" : "accuracy while training";
  return [
    column("epoch", "epoch", 7, ({ epoch }) => String(epoch)),
    column("loss", "loss", 8, ({ loss }) => loss.toFixed(4)),
    ...(hasAccuracy ? [column(accuracy, "accuracy", 8, (record) => percent(record.accuracy ?? Number.NaN))] : []),
    ...(hasValidation && hasAccuracy
      ? [column("validation", "validation", 8, (record) => percent(record.validationAccuracy ?? Number.NaN))]
      : []),
    ...(hasValidation && !hasAccuracy
      ? [column("validation RMSE", "validation RMSE", 8, (record) => short(record.validationRmse ?? Number.NaN))]
      : []),
    column("time", "", 11, ({ seconds }) => duration(seconds)),
  ];
}

const GAP = "   ";

function isList(columns: readonly Column[], { isNarrow, width }: Terminal): boolean {
  const total = columns.reduce((sum, column) => sum + column.width, 0) + GAP.length * (columns.length - 1);
  return isNarrow || total > width;
}

/** The titles of the table of epochs. */
export function epochTitles(of: EpochColumns, terminal: Terminal): string[] {
  const columns = columnsOf(of);
  const titles = columns.map(({ title, width }) => title.padStart(width)).join(GAP);
  if (!isList(columns, terminal)) return [terminal.style("dim", titles)];
  return of.isMeasuredAfter || !of.hasAccuracy ? [] : ["  (accuracy: while training)"];
}

/** One epoch in one line; in a narrow window as an item of a list. */
export function epochLines(record: EpochRecord, of: EpochColumns, terminal: Terminal): string[] {
  const columns = columnsOf(of);
  if (isList(columns, terminal)) {
    const [epoch, ...parts] = columns.map(({ word, text }) => `${word} ${text(record)}`.trim());
    return wrap(`${epoch}: ${parts.join(", ")}`, terminal.width);
  }
  const cells = columns.map(({ width, text }) => text(record).padStart(width));
  const time = terminal.style("dim", cells.pop() ?? "");
  return [[...cells, time].join(GAP)];
}

/** Why a training ended before its last epoch, and which weights the model has. */
export function endLines(
  { history, ended, bestEpoch }: Pick<Outcome, "history" | "ended" | "bestEpoch">,
  { patience, watch, keepLast, plateauStop }: Configuration,
  terminal: Terminal,
): string[] {
  const epochs = history.length;
  const why =
    ended === "stopping"
      ? `Stopped after epoch ${epochs}: no better validation ${watch} for ${count(patience)} ${patience === 1 ? "epoch" : "epochs"}.`
      : ended === "schedule"
        ? `Stopped after epoch ${epochs}: the schedule has reached ${short(plateauStop)} of the learning rate.`
        : undefined;
  const which =
    bestEpoch === undefined || keepLast || bestEpoch === epochs
      ? undefined
      : `The model has the weights of epoch ${bestEpoch}, the best.`;
  const said = [why, which].filter((sentence) => sentence !== undefined);
  return said.length === 0 ? [] : wrap(said.join(" "), terminal.width);
}

/** The loss of every epoch as one line of rising bars, for a glance. */
export function lossCurve(history: readonly EpochRecord[], terminal: Terminal): string[] {
  if (history.length < 10) return [];
  const bars = "▁▂▃▄▅▆▇█";
  const width = Math.min(60, terminal.width - 30, history.length);
  if (width < 3) return [];
  const sampled = Array.from(
    { length: width },
    (_, i) => history[Math.round((i / (width - 1)) * (history.length - 1))],
  );
  const values = sampled.map((record) => record?.loss ?? Number.NaN);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const curve = values.map((value) => bars[Math.round(((value - least) / (most - least || 1)) * 7)]).join("");
  const [first, last] = [history[0], history.at(-1)];
  return [`  loss ${first?.loss.toFixed(3)} ${terminal.style("cyan", curve)} ${last?.loss.toFixed(3)}`];
}

/** What was reached, in the lines that one looks for first. */
export function resultLines(
  train: Evaluation,
  test: Evaluation | undefined,
  seconds: number,
  terminal: Terminal,
): string[] {
  const reached = (of: string, result: Evaluation) =>
    result.task === "classes" ? `${of} accuracy ${percent(result.accuracy)}` : `${of} ${fitText(result)}`;
  const losses = `loss ${train.loss.toFixed(4)}${test ? ` (test ${test.loss.toFixed(4)})` : ""}`;
  return [
    ...wrap(`${reached("Train", train)}, ${losses}, trained in ${duration(seconds)}`, terminal.width, ""),
    ...(test ? [terminal.style(["bold", "green"], reached("Test", test))] : []),
  ];
}

/** A sentence where the network has learned nothing, and what to try. */
export function doubts(
  result: Evaluation,
  data: Dataset,
  history: readonly EpochRecord[],
  learningRate: number,
): string | undefined {
  const advice = `Try another --learning-rate (it is ${short(learningRate)}), or more --epochs.`;
  if (result.task === "numbers") {
    if (!(result.rSquared < 0.05)) return lossDoubt(history, advice);
    return `This is no better than always predicting the mean. ${advice}`;
  }
  const most = Math.max(...result.perClass.map(({ examples }) => examples)) / data.count;
  if (result.accuracy > most + 0.02 * (1 - most)) return lossDoubt(history, advice);
  const share = `${percent(most)} of the training examples are of one class`;
  return `The network has learned next to nothing: ${share}, so always naming that one does as well. ${advice}`;
}

function lossDoubt(history: readonly EpochRecord[], advice: string): string | undefined {
  const [first, last] = [history[0], history.at(-1)];
  if (first === undefined || last === undefined || history.length < 2 || last.loss < first.loss) return undefined;
  return `The loss did not fall: ${first.loss.toFixed(4)} in the first epoch, ${last.loss.toFixed(4)} in the last. ${advice}`;
}

/** The digest of the weights; in a narrow window on three lines. */
export function digestLines(weightsSha256: string, { isNarrow, style }: Terminal): string[] {
  const lines = isNarrow
    ? ["Weights SHA-256", weightsSha256.slice(0, 32), weightsSha256.slice(32)]
    : [`Weights SHA-256 ${weightsSha256}`];
  return lines.map((line) => style("dim", line));
}
