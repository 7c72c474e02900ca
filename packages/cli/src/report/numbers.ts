/** What an evaluation of predicted numbers found, for people. */
import { type Dataset, type NumberEvaluation, predictAll } from "inkling";
import type { Model } from "../model.ts";
import { printable } from "../printable.ts";
import { rowText } from "./names.ts";
import { percent, short, type Terminal, wrap } from "./terminal.ts";

/** "R² 0.93, RMSE 2.1" */
export function fitText({ rSquared, rootMeanSquaredError }: NumberEvaluation): string {
  return `R² ${short(rSquared, 3)}, RMSE ${short(rootMeanSquaredError)}`;
}

/** How close each of several predicted numbers comes. */
export function perOutputLines({ perOutput }: NumberEvaluation, terminal: Terminal): string[] {
  if (perOutput.length < 2) return [];
  const lines = perOutput.flatMap(({ targetName, meanAbsoluteError, rootMeanSquaredError, rSquared }) => {
    const fit = `R² ${short(rSquared, 3)}, RMSE ${short(rootMeanSquaredError)}, mean error ${short(meanAbsoluteError)}`;
    return wrap(`${printable(targetName)}: ${fit}`, terminal.width);
  });
  return [terminal.style("bold", "Each number"), ...lines, ""];
}

/** Of yes-or-no questions: the share of right answers. */
export function answerLines({ binaryAccuracy, auc = Number.NaN }: NumberEvaluation, terminal: Terminal): string[] {
  if (binaryAccuracy === undefined) return [];
  const text = `Right answers (yes is more than ½): ${percent(binaryAccuracy)}, area under the ROC curve ${short(auc)}`;
  return wrap(text, terminal.width, "");
}

/** The rows whose prediction is farthest from the truth. */
export async function worstLines(model: Model, data: Dataset, terminal: Terminal, most: number): Promise<string[]> {
  const { values = new Float32Array() } = await predictAll(model, data);
  const { targets = new Float32Array(), outputs, count } = data;
  const names = model.targetNames ?? data.targetNames;
  const distance = (at: number) => Math.abs((values[at] ?? 0) - (targets[at] ?? 0));
  const places = Array.from({ length: count * outputs }, (_, at) => at);
  const worst = places.toSorted((a, b) => distance(b) - distance(a) || a - b).slice(0, most);
  const rows = worst.flatMap((at) => {
    const [index, j] = [Math.floor(at / outputs), at % outputs];
    const what = `#${index}: ${printable(names?.[j] ?? "the number")} is ${short(targets[at] ?? 0, 7)}`;
    return [
      ...wrap(`${what}, predicted ${short(values[at] ?? 0, 6)}`, terminal.width),
      ...(data.shape.length === 1 ? wrap(rowText(data, index), terminal.width, "    ").slice(0, 2) : []),
    ];
  });
  return [terminal.style("bold", "The predictions that are farthest off"), ...rows];
}
