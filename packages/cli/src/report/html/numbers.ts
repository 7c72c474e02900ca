/** What an evaluation of predicted numbers found, as parts of a page: predicted against true, and what remains. */
import { type Dataset, type EvaluateOptions, type NumberEvaluation, predictAll } from "inkling";
import type { Model } from "../../model.ts";
import { rowText } from "../names.ts";
import { count, cut, percent, short } from "../terminal.ts";
import { type PageCharts, pageCharts } from "./charts.ts";
import { figure, figures, type Html, paragraph, section, table } from "./page.ts";

/** Of many numbers to predict, so many are drawn. */
const MOST_OUTPUTS = 4;
/** Of many examples, so many are drawn, spread evenly over all. */
const MOST_DOTS = 1500;
const MOST_ROWS = 15;

/** Everything about numbers. */
export async function numberSections(
  model: Model,
  result: NumberEvaluation,
  data: Dataset,
  looks: EvaluateOptions = {},
): Promise<Html[]> {
  const { values = new Float32Array() } = await predictAll(model, data, looks);
  const { targets = new Float32Array(), outputs } = data;
  const names = model.targetNames ?? data.targetNames ?? [];
  const charts = await pageCharts();
  const drawn = Array.from({ length: Math.min(outputs, MOST_OUTPUTS) }, (_, j) => {
    const of = (all: Float32Array) => Array.from({ length: data.count }, (_, i) => all[i * outputs + j] ?? 0);
    return charted(charts, names[j] ?? "the number", of(targets), of(values));
  });
  const more =
    outputs > MOST_OUTPUTS ? paragraph(`The first ${MOST_OUTPUTS} of ${count(outputs)} numbers.`, "faint") : "";
  return [
    section("Predicted and true", [more, ...drawn, answers(result)]),
    section("Each number", [result.perOutput.length > 1 ? perOutput(result) : ""]),
    section("The predictions that are farthest off", [farthest(names, data, targets, values)]),
  ];
}

function charted(charts: PageCharts, name: string, targets: readonly number[], values: readonly number[]): Html {
  const step = Math.ceil(targets.length / MOST_DOTS);
  const pairs = targets.flatMap((target, i) => (i % step === 0 ? [[target, values[i] ?? 0] as const] : []));
  const errors = targets.map((target, i) => (values[i] ?? 0) - target);
  const some = step === 1 ? "" : ` (${count(pairs.length)} of ${count(targets.length)} examples)`;
  const against = `${name}: predicted against true${some}. On the dashed line both are equal.`;
  const residuals = `${name}: predicted − true, and how many examples have it.`;
  const said = (title: string, description: string) => ({ title, description });
  const range = (all: readonly number[]) => `from ${short(least(all))} to ${short(most(all))}`;
  return figures([
    figure(
      charts.against(
        pairs,
        { label: "true" },
        { label: "predicted" },
        said(against, `True values ${range(targets)}, predicted values ${range(values)}.`),
      ),
      against,
    ),
    figure(
      charts.histogram(
        errors,
        { label: "predicted − true" },
        { label: "examples" },
        said(residuals, `The differences go ${range(errors)}.`),
      ),
      residuals,
    ),
  ]);
}

// Too many for the arguments of one call.
const least = (all: readonly number[]) => all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const most = (all: readonly number[]) => all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

function answers({ binaryAccuracy, auc = Number.NaN }: NumberEvaluation): Html {
  if (binaryAccuracy === undefined) return "";
  const right = `Right answers (yes is more than ½): ${percent(binaryAccuracy)}`;
  return paragraph(`${right}, area under the ROC curve ${short(auc)}.`);
}

function perOutput({ perOutput }: NumberEvaluation): Html {
  const rows = perOutput.map(({ targetName, meanAbsoluteError, rootMeanSquaredError, rSquared }) => {
    return [targetName, short(rSquared, 3), short(rootMeanSquaredError), short(meanAbsoluteError)];
  });
  return table("How close each of them comes, in its own units", ["number", "R²", "RMSE", "mean error"], rows);
}

function farthest(names: readonly string[], data: Dataset, targets: Float32Array, values: Float32Array): Html {
  const { outputs } = data;
  const distance = (at: number) => Math.abs((values[at] ?? 0) - (targets[at] ?? 0));
  const places = Array.from(targets, (_, at) => at).sort((a, b) => distance(b) - distance(a) || a - b);
  const rows = places.slice(0, MOST_ROWS).map((at) => {
    const [index, j] = [Math.floor(at / outputs), at % outputs];
    const row = data.shape.length === 1 ? cut(rowText(data, index), 300) : "";
    const [target, value] = [targets[at] ?? 0, values[at] ?? 0];
    return [`#${index}`, names[j] ?? "", short(target, 7), short(value, 6), short(value - target, 4), row];
  });
  // The last column is text; those of the numbers stand to the right.
  return table(
    "Largest |predicted − true| first",
    ["example", "number", "true", "predicted", "difference", "its row"],
    rows,
    6,
  );
}
