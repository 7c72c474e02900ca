/** How sure a model may be, in sentences: its temperature, its calibration error, and what is unfamiliar to it. */
import {
  type Dataset,
  type Familiar,
  familiarity,
  hasTemperature,
  type Network,
  type Predictions,
  type ReliabilityOf,
} from "inkling";
import type { Model } from "../model.ts";
import { printable } from "../printable.ts";
import { withArticle } from "./names.ts";
import { count, percent, type Terminal, wrap } from "./terminal.ts";

/** How familiar example i of what was predicted is; undefined where the model does not know. */
export function familiarAt(model: Model, picked: Dataset, predictions: Predictions, i: number): Familiar | undefined {
  if (predictions.task === "numbers" || model.familiarity === undefined) return undefined;
  return familiarity(model, picked.example(i), predictions.labels[i] ?? 0);
}

/** "unfamiliar: redrawn as a 6, 71 % of it is left over …", on as many lines as it takes; none of what is known. */
export function unfamiliarLines(
  model: Model,
  label: number,
  found: Familiar | undefined,
  terminal: Terminal,
): string[] {
  if (found?.isUnfamiliar !== true) return [];
  const { leftOver, threshold } = found;
  const left = `redrawn as ${withArticle(model, label)}, ${percent(leftOver, 0)} of it is left over`;
  const text = `unfamiliar: ${left}; 99 of 100 familiar ones leave at most ${percent(threshold, 0)}`;
  return wrap(text, terminal.width).map((line) => terminal.style("yellow", line));
}

/** Whether the percentages can be trusted: the temperature, and what it was measured on. Nothing of other models. */
export function calibrationText(model: Model): string | undefined {
  const { calibration } = model;
  if (calibration !== undefined) {
    const { temperature, data } = calibration;
    return `Calibrated on ${count(data.examples)} examples (${printable(data.name)}), T = ${temperature.toFixed(2)}`;
  }
  if (!hasTemperature(model)) return undefined;
  return "Not calibrated: `inkling calibrate` measures how sure it may be.";
}

/** The calibration error on the examples of an evaluation, raw and with the model's temperature. */
export function errorText(model: Model, { temperature, raw, calibrated }: ReliabilityOf): string {
  const error = `Calibration error ${percent(raw.expectedCalibrationError)}`;
  if (model.calibration === undefined) return `${error}, not calibrated`;
  return `${error}; with T = ${temperature.toFixed(2)}, ${percent(calibrated.expectedCalibrationError)}`;
}

/** How often the model is right when it is so and so sure: a table, or in a narrow window a list. */
export function reliabilityLines({ raw, calibrated }: ReliabilityOf, terminal: Terminal): string[] {
  const rows = calibrated.bins.flatMap((bin, b) => {
    const before = raw.bins[b];
    return bin.answers === 0 && (before?.answers ?? 0) === 0 ? [] : [{ bin, before }];
  });
  const range = (from: number, to: number) => `${percent(from, 0).padStart(5)} to ${percent(to, 0).padStart(5)}`;
  if (terminal.isNarrow) {
    return rows.map(({ bin }) => `  ${range(bin.from, bin.to)}: ${count(bin.answers)}, ${percent(bin.right)} right`);
  }
  const cell = (text: string, width = 10) => text.padStart(width);
  const head = `  ${"how sure".padEnd(14)}${cell("answers")}${cell("right", 11)}${cell("before", 12)}${cell("right", 11)}`;
  return [
    terminal.style("dim", head),
    ...rows.map(({ bin, before }) => {
      const now = cell(count(bin.answers)) + cell(percent(bin.right), 11);
      return `  ${range(bin.from, bin.to)}${now}${cell(count(before?.answers ?? 0), 12)}${cell(percent(before?.right ?? Number.NaN), 11)}`;
    }),
  ];
}

/** At the end of a training: the temperature and what it changes, or why there is none. Nothing without validation. */
export function certaintyLines({ calibration }: Model, unsure: string | undefined, terminal: Terminal): string[] {
  if (unsure !== undefined) return wrap(printable(unsure), terminal.width, "");
  if (calibration === undefined) return [];
  const { temperature, data, expectedCalibrationError: error } = calibration;
  const on = `on ${count(data.examples)} validation examples`;
  const text = `Calibrated ${on}: T = ${temperature.toFixed(3)}, error ${percent(error.raw)} → ${percent(error.calibrated)}`;
  return wrap(text, terminal.width, "");
}

/** Why predict says another percentage than the worked example, which is of the raw logits; undefined without a T. */
export async function temperedText(model: Network, example: ArrayLike<number>): Promise<string | undefined> {
  if (model.calibration === undefined) return undefined;
  const { label = 0, probabilities } = await model.predict(example);
  const divided = `predict divides z by T = ${model.calibration.temperature.toFixed(2)} first`;
  const found = probabilities?.[label];
  const says = found === undefined ? "" : `, and says ${percent(found)}`;
  return `These are the probabilities of training, without a temperature. ${divided}${says}.`;
}
