/** The list of losses, by the names that files and the command line use. */

import { ArgumentError } from "../errors.ts";
import { calledAdvice } from "../options.ts";
import { shown } from "../shown.ts";
import { crossEntropy } from "./cross-entropy.ts";
import type { Loss } from "./loss.ts";
import { meanSquared, quadratic } from "./squared.ts";

export const losses = { crossEntropy, quadratic, meanSquared } as const satisfies Record<string, () => Loss>;

export type LossName = keyof typeof losses;

/** Throws an ArgumentError for what is no loss. */
export function checkLoss(where: string, loss: unknown): asserts loss is Loss {
  const { compute, meaning } = (loss ?? {}) as Partial<Loss>;
  if (typeof compute === "function" && typeof meaning === "function") return;
  const advice = calledAdvice(loss, Object.keys(losses));
  throw new ArgumentError(where, "a loss, as crossEntropy() or meanSquared()", shown(loss), advice);
}
