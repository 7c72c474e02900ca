/** How sure a model is, as a part of a page: whether it is right as often as it says. */
import { type Dataset, type EvaluateOptions, hasTemperature, reliability } from "inkling";
import type { Model } from "../../model.ts";
import { calibrationText, errorText } from "../certainty.ts";
import { count, percent } from "../terminal.ts";
import { type Point, pageCharts } from "./charts.ts";
import { details, figure, figures, type Html, paragraph, section, table } from "./page.ts";

/** Fewer answers than this make a point that jumps about. */
const FEWEST = 10;

/** The reliability diagram of a model on some examples; nothing of a model whose outputs are no logits. */
export async function certaintySection(model: Model, data: Dataset, looks: EvaluateOptions = {}): Promise<Html> {
  if (!hasTemperature(model)) return "";
  const found = await reliability(model, data, looks);
  const { raw, calibrated, temperature } = found;
  const points = (name: string, bins: typeof raw.bins): Point[] =>
    bins.flatMap(({ answers, confidence, right }) =>
      answers < FEWEST ? [] : [{ name, x: 100 * confidence, value: 100 * right }],
    );
  const lines = [
    ...[0, 100].map((x) => ({ name: "as it should be", x, value: x })),
    ...points(temperature === 1 ? "the model" : "without its temperature", raw.bins),
    ...(temperature === 1 ? [] : points(`with its temperature, ${temperature.toFixed(2)}`, calibrated.bins)),
  ];
  const caption = `How often it is right when it is so sure, by its answers in 15 bins; those with at least ${FEWEST}.`;
  const description = `${errorText(model, found)}. The table below has the numbers.`;
  const charts = await pageCharts();
  const axes = [{ label: "how sure, %" }, { label: "right, %" }] as const;
  const names = [...new Set(lines.map(({ name }) => name))];
  const rows = calibrated.bins.flatMap(({ from, to, answers, confidence, right }) =>
    answers === 0
      ? []
      : [[`${percent(from, 0)} to ${percent(to, 0)}`, count(answers), percent(confidence, 1), percent(right, 1)]],
  );
  return section("How sure it is", [
    paragraph(`${errorText(model, found)}. ${calibrationText(model) ?? ""}`),
    figures([figure(charts.lines(lines, ...axes, { title: caption, description }), caption, names)]),
    details(
      "The same as numbers",
      table("Answers by how sure they are", ["how sure", "answers", "how sure on average", "right"], rows),
    ),
  ]);
}
