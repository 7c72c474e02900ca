/** `compare --data`: all models on the same examples, and whether one of them is better than the first. */
import { ArgumentError, type Dataset, type Evaluation, evaluate, predictAll } from "inkling";
import { type Asked, loadTestData, readingFor } from "../data.ts";
import type { Model } from "../model.ts";
import type { ComparedRun } from "./runs.ts";
import { signTest } from "./sign-test.ts";

/** A model on the data. */
export interface Measured {
  readonly name: string;
  readonly result: Evaluation;
  /** Beside the first model, example by example; undefined of the first. */
  readonly beside:
    | {
        /** Examples on which this model is right and the first wrong; of numbers, those on which it comes closer. */
        readonly better: number;
        readonly worse: number;
        /** Of a difference like this, or a larger one, by chance (McNemar's exact test; of numbers the sign test). */
        readonly p: number;
      }
    | undefined;
}

export interface Measurement {
  readonly data: string;
  readonly examples: number;
  readonly models: readonly Measured[];
}

/** Evaluates all models. Throws an ArgumentError where a run has no model, or they are not for the same. */
export async function measured(
  runs: readonly ComparedRun[],
  path: string | undefined,
  reading: Asked,
): Promise<Measurement> {
  const models = runs.map(({ name, model }): readonly [string, Model] => {
    if (model !== undefined) return [name, model];
    throw new ArgumentError("--data", "model files", `${name}, which is none`, "Name the files that train has saved.");
  });
  const [first] = models;
  if (first === undefined) throw new ArgumentError("compare", "runs", "none");
  for (const [name, { loss }] of models) {
    if (loss.task === first[1].loss.task) continue;
    throw new ArgumentError("--data", `models that predict ${first[1].loss.task}`, `${name}, for ${loss.task}`);
  }
  const found: { name: string; result: Evaluation; errors: Float64Array }[] = [];
  let data: Dataset | undefined;
  for (const [name, model] of models) {
    // Each reads the columns and classes that it knows.
    const own = await loadTestData(path, readingFor(model, reading));
    data ??= own;
    found.push({ name, result: await evaluate(model, own), errors: await errorsOf(model, own) });
  }
  const base = found[0]?.errors ?? new Float64Array();
  return {
    data: data?.name ?? "",
    examples: data?.count ?? 0,
    models: found.map(({ name, result, errors }, k) => ({
      ...{ name, result },
      beside: k === 0 ? undefined : besideFirst(base, errors),
    })),
  };
}

/** How far each example is off: of classes 1 for a mistake, of numbers the mean of |prediction − truth|. */
async function errorsOf(model: Model, data: Dataset): Promise<Float64Array> {
  const { labels, values } = await predictAll(model, data);
  const { outputs, targets } = data;
  return Float64Array.from({ length: data.count }, (_, i) => {
    if (labels !== undefined) return labels[i] === data.labels?.[i] ? 0 : 1;
    let sum = 0;
    for (let j = 0; j < outputs; j++) {
      const at = i * outputs + j;
      sum += Math.abs((values?.[at] ?? 0) - (targets?.[at] ?? 0));
    }
    return sum / outputs;
  });
}

function besideFirst(first: Float64Array, errors: Float64Array) {
  let [better, worse] = [0, 0];
  for (const [i, error] of errors.entries()) {
    const other = first[i] ?? 0;
    if (error < other) better++;
    if (error > other) worse++;
  }
  return { better, worse, p: signTest(better, worse) };
}
