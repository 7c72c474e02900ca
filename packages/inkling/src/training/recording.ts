/** What a training writes into its model's record: how it was trained, and how far. */
import type { Dataset } from "../data/dataset.ts";
import type { TrainingRecord } from "../network/record.ts";
import { version } from "../version.ts";
import type { Plan } from "./plan.ts";
import type { Progress } from "./progress.ts";
import { recorded } from "./schedule.ts";
import type { Training } from "./training.ts";

/** How a model was trained so far. Inside an epoch it says which one, and counts the whole ones before it. */
export function recordFor(
  { model, data, batchSize, shuffle, seed, optimizer, schedule, ...plan }: Plan,
  training: Training,
  { loss, accuracy, validation, bestEpoch, step, steps }: Progress,
): TrainingRecord {
  const { constraints, stopping, averaging, augmentation } = plan;
  const named = ({ name, count }: Dataset) => ({ name, examples: count, sha256: null });
  const { epochs, epochHasEnded } = training;
  return {
    version,
    seed: model.seed,
    epochs: epochHasEnded ? epochs : epochs - 1,
    ...(!epochHasEnded && { position: { epoch: epochs, step, steps } }),
    data: named(data),
    ...(plan.validation && { validation: named(plan.validation) }),
    configuration: {
      ...plan.record,
      ...{ batchSize, shuffle, shuffleSeed: seed },
      ...{ optimizer: optimizer.name, ...optimizer.settings },
      ...recorded(schedule),
      ...constraints,
      ...(stopping && { stopping }),
      ...(averaging && { averaging }),
      ...(augmentation && { augmentation: augmentation.settings }),
    },
    metrics: {
      // Before the first step there are none.
      ...(step > 0 && { loss, ...(accuracy !== undefined && { accuracy }) }),
      ...(validation && { validationLoss: validation.loss }),
      ...(validation?.accuracy !== undefined && { validationAccuracy: validation.accuracy }),
      ...(bestEpoch !== undefined && { bestEpoch }),
    },
  };
}
