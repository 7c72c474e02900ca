/** What is said of the step that a training would make: by which optimizer, with what besides its learning rate. */
import type { StepTrace } from "inkling/proofs";
import { inDigits } from "../../words/messages.ts";

type Update = StepTrace["optimizer"];

/** What changes a step, and does not belong to every optimizer of its name. */
const EXTRAS = ["weightDecay", "l1", "clipNorm", "maxNorm"] as const;

/** Gradient descent and nothing else: W − η·∂C/∂W. */
export function isPlain(update: Update): boolean {
  return update.name === "sgd" && extrasOf(update.settings).length === 0;
}

/** As adam, clipNorm 1. */
export function updateName(update: Update): string {
  return [update.name, ...extrasOf(update.settings)].join(", ");
}

/** What is done besides, by the settings of an optimizer or the fields of a configuration. */
export function extrasOf(settings: Readonly<Partial<Record<(typeof EXTRAS)[number], unknown>>>): string[] {
  return EXTRAS.flatMap((name) => {
    const value = settings[name];
    return typeof value === "number" && value > 0 ? [`${name} ${inDigits(value)}`] : [];
  });
}
