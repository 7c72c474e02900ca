/** The end of an epoch in numbers: what is kept of it, and how the network does on all that it learns from. */
import { DivergenceError, type Evaluation, evaluate, type Network, type Progress } from "inkling";
import type { EpochRecord } from "../report/training.ts";
import type { Standing } from "./notes.ts";
import type { Sets } from "./sets.ts";

/** What is asked of a progress later. */
export function standingOf({ validation, ...progress }: Progress): Standing {
  const { epoch, step, steps, loss, accuracy, seconds, epochEnded, ended, bestEpoch, learningRate } = progress;
  return {
    ...{ epoch, step, steps, loss, accuracy, seconds, epochEnded, ended, bestEpoch, learningRate },
    scores: {
      ...(validation && { validationLoss: validation.loss }),
      ...(validation?.task === "classes" && { validationAccuracy: validation.accuracy }),
      ...(validation?.task === "numbers" && {
        validationRmse: validation.rootMeanSquaredError,
        validationR2: validation.rSquared,
      }),
    },
  };
}

/** An epoch in the history, with loss and accuracy as training measured them, or as they were measured after it. */
export function epochRecord(
  { epoch, seconds, scores }: Standing,
  after: { readonly loss: number; readonly accuracy?: number | undefined },
): EpochRecord {
  const { loss, accuracy } = after;
  return { epoch, loss, ...(accuracy !== undefined && { accuracy }), ...scores, seconds };
}

/** How the network does on the whole training set now. Throws a DivergenceError if the loss is no longer finite. */
export async function measured(
  model: Network,
  sets: Sets,
  { epoch, step }: Standing,
  learningRate: number,
  signal: AbortSignal,
): Promise<Evaluation> {
  // Machines of a group measure together, and nobody may leave before the end.
  const how = model.backend.sharing === undefined ? { signal } : { together: true };
  const result = await evaluate(model, sets.train, how);
  const { loss } = result;
  if (Number.isFinite(loss)) return result;
  const what = `the loss became ${Number.isNaN(loss) ? "NaN" : "infinite"}`;
  throw new DivergenceError(what, { epoch, step, loss, learningRate });
}
