/** The list of losses, by the names that files and the command line use. */
import { crossEntropy } from "./cross-entropy.ts";
import type { Loss, LossName } from "./loss.ts";
import { meanSquared, quadratic } from "./squared.ts";

export const losses = { crossEntropy, quadratic, meanSquared } as const satisfies Record<LossName, () => Loss>;
