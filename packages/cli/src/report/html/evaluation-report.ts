/** `evaluate --report`: how well a saved model does on some data, as a page. */
import { type Dataset, type EvaluateOptions, type Evaluation, version } from "inkling";
import type { Model } from "../../model.ts";
import { intervalMeaning, intervalText } from "../intervals.ts";
import { count, percent, short } from "../terminal.ts";
import { networkText } from "../training.ts";
import { certaintySection } from "./certainty.ts";
import { classSections } from "./evaluation.ts";
import { dataTable, facts, networkSections, networksOf, optionsTable, pre } from "./making.ts";
import { numberSections } from "./numbers.ts";
import { keyNumbers, page, paragraph, section } from "./page.ts";

/** What is said of how the model was evaluated. */
export interface Evaluated {
  readonly model: Model;
  readonly data: Dataset;
  readonly looks: EvaluateOptions;
  readonly result: Evaluation;
  /** The model's file. */
  readonly path: string;
  /** The command that repeats it. */
  readonly command: string;
}

/** The whole page. */
export async function evaluationReport({ model, data, looks, result, path, command }: Evaluated): Promise<string> {
  const { backend } = model;
  const [first] = networksOf(model);
  const reached =
    result.task === "classes" ? `accuracy ${percent(result.accuracy)}` : `R² ${short(result.rSquared, 3)}`;
  const { training } = model;
  const numbers: (readonly [string, string, string?])[] =
    result.task === "classes"
      ? [["accuracy", percent(result.accuracy), intervalText(result.accuracy, result.examples)]]
      : [
          ["R²", short(result.rSquared, 3)],
          ["RMSE", short(result.rootMeanSquaredError)],
        ];
  const about = `${first === undefined ? "" : `${networkText(first)}. `}Inkling ${version}, ${new Date().toISOString()}`;
  return page(`${data.name}: ${reached}`, about, [
    keyNumbers([...numbers, ["loss", short(result.loss)]]),
    result.task === "classes" ? paragraph(intervalMeaning(`${count(result.examples)} examples`), "faint") : "",
    ...(result.task === "classes"
      ? await classSections(model, result, data)
      : await numberSections(model, result, data, looks)),
    await certaintySection(model, data, looks),
    ...(await networkSections(model)),
    section("To repeat it", [
      pre(command),
      paragraph("The SHA-256 of all weights:") + pre(await model.weightsSha256()),
      dataTable({
        evaluated: { name: data.name, examples: data.count, sha256: await data.sha256().catch(() => null) },
        "trained on": training?.data,
        validation: training?.validation,
      }),
      facts({
        ...{ "model file": path, backend: backend.name, threads: backend.threads, arithmetic: backend.arithmetic },
        ...{ "trained with Inkling": training?.version, "epochs of training": training?.epochs, seed: training?.seed },
      }),
      training === undefined ? "" : optionsTable(training.configuration),
    ]),
  ]);
}
