/** The list of losses, by the names that files and the command line use. */
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { crossEntropy } from "./cross-entropy.ts";
import type { Loss, LossName } from "./loss.ts";
import { huber, meanAbsolute } from "./robust.ts";
import { sigmoidCrossEntropy } from "./sigmoid-cross-entropy.ts";
import { meanSquared, quadratic } from "./squared.ts";

export const losses = {
  crossEntropy,
  sigmoidCrossEntropy,
  quadratic,
  meanSquared,
  meanAbsolute,
  huber,
  binaryCrossEntropy,
} as const satisfies Record<LossName, () => Loss>;
