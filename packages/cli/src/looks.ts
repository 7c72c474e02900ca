/** Test-time augmentation as options: several looks at each image, changed from the second on, and averaged. */
import type { Command } from "commander";
import { ArgumentError, type EvaluateOptions } from "inkling";
import { buildAugmentation, fields } from "inkling/presets";
import { type CommonOptions, wholeNumber } from "./options.ts";

export interface LookOptions extends CommonOptions {
  readonly augmentation?: string;
  readonly copies?: string;
}

/** Adds --augmentation and --copies. */
export function addLookOptions(command: Command): Command {
  return command
    .option("--augmentation <changes>", "average over changed copies of each image: shift=1,rotation=5,elastic=34/4 …")
    .option("--copies <n>", "so many, the unchanged image included; 8 if absent");
}

/** Test-time augmentation, as it was asked for. */
export function looksFrom({ augmentation = "none", copies, seed }: LookOptions): EvaluateOptions {
  const { holds, expected } = fields.augmentation;
  if (!holds(augmentation)) throw new ArgumentError("--augmentation", expected, JSON.stringify(augmentation));
  const built = buildAugmentation({ augmentation });
  if (built === undefined) {
    if (copies === undefined) return {};
    throw new ArgumentError("--copies", "--augmentation beside it", "none", "Add --augmentation shift=1.");
  }
  return {
    augmentation: built,
    ...(copies !== undefined && { copies: wholeNumber("--copies", copies, 1) }),
    ...(seed !== undefined && { seed: wholeNumber("--seed", seed, 0) }),
  };
}
