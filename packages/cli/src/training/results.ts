/** The results of a training: what the model's record keeps of them, and what --json prints. */
import { type Evaluation, FileError, type Network } from "inkling";
import { save } from "inkling/node";
import type { NamedConfiguration } from "../configuring.ts";
import { printable } from "../printable.ts";
import type { EpochRecord } from "../report/training.ts";
import { certaintyJson } from "./certainty.ts";
import type { Outcome } from "./learn.ts";

/** Loss, accuracy or fit, each under a name that begins with the set's. */
export function scores(of: "train" | "test", result: Evaluation): Record<string, number> {
  if (result.task === "classes") return { [`${of}Accuracy`]: result.accuracy, ...furtherScores(of, result) };
  return { [`${of}Rmse`]: result.rootMeanSquaredError, [`${of}R2`]: result.rSquared, ...furtherScores(of, result) };
}

/** What else was measured, named in the same way: testTop5, testAuc … */
export function furtherScores(of: "train" | "test", result: Evaluation): Record<string, number> {
  const { auc } = result;
  const area = auc === undefined ? {} : { [`${of}Auc`]: auc };
  if (result.task === "classes") {
    const { balancedAccuracy, topK } = result;
    const top = topK === undefined ? {} : { [`${of}Top${topK.k}`]: topK.accuracy };
    return { [`${of}BalancedAccuracy`]: balancedAccuracy, ...top, ...area };
  }
  const { meanAbsoluteError, binaryAccuracy } = result;
  const answers = binaryAccuracy === undefined ? {} : { [`${of}BinaryAccuracy`]: binaryAccuracy };
  return { [`${of}Mae`]: meanAbsoluteError, ...answers, ...area };
}

/** The validation scores of the epoch whose weights the model has: with early stopping the best one, else the last. */
function lastValidation({ history, bestEpoch }: Outcome, { keepLast }: { keepLast: boolean }): Record<string, number> {
  const shown = bestEpoch === undefined || keepLast ? history.at(-1) : history[bestEpoch - 1];
  const { epoch: _, loss: __, accuracy: ___, seconds: ____, ...validation } = shown ?? ({} as EpochRecord);
  return { ...validation, ...(bestEpoch !== undefined && { bestEpoch }) };
}

/**
 * Saves the model once more, with what was measured. It is on the disk already, so a disk that has no room for a second
 * one costs these notes alone.
 */
export async function saveMetrics(
  model: Network,
  outcome: Outcome,
  configuration: NamedConfiguration,
  tested: Evaluation | undefined,
) {
  const { trained, out } = outcome;
  const test = tested && { testLoss: tested.loss, ...scores("test", tested) };
  const all = { loss: trained.loss, ...scores("train", trained), ...lastValidation(outcome, configuration), ...test };
  // NaN is no JSON.
  const metrics = Object.fromEntries(Object.entries(all).filter(([, value]) => Number.isFinite(value)));
  try {
    await save(model, out, { metrics });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    console.error(printable(`${error.message} The model is there, without the results of its test.`));
  }
}

/** What --json prints. */
export function jsonOf(
  model: Network,
  configuration: NamedConfiguration,
  outcome: Outcome,
  tested: Evaluation | undefined,
  weightsSha256: string,
) {
  const { trained, history, seconds, ended, out } = outcome;
  const { backend, classNames, columnNames, targetNames } = model;
  return {
    testAccuracy: tested?.accuracy ?? null,
    trainAccuracy: trained.accuracy ?? null,
    ...(trained.task === "numbers" && { testRmse: null, testR2: null }),
    ...scores("train", trained),
    ...(tested && scores("test", tested)),
    loss: trained.loss,
    testLoss: tested?.loss ?? null,
    ...lastValidation(outcome, configuration),
    epochs: history.length,
    ended,
    seconds,
    weightsSha256,
    backend: backend.name,
    threads: backend.threads,
    arithmetic: backend.arithmetic,
    precision: backend.precision,
    seed: configuration.seed,
    modelFile: out,
    ...(classNames && { classNames }),
    ...(columnNames && { columnNames }),
    ...(targetNames && { targetNames }),
    ...certaintyJson(model),
    configuration,
    history,
    confusion: tested?.task === "classes" ? tested.confusion : null,
  };
}
