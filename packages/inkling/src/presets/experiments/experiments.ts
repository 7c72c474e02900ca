/** All experiments, in the order of their sources. */
import { ArgumentError } from "../../errors.ts";
import { didYouMean } from "../../options.ts";
import { shown } from "../../shown.ts";
import { chapter1 } from "./chapter-1.ts";
import { chapter3 } from "./chapter-3.ts";
import { chapter5 } from "./chapter-5.ts";
import { chapter6 } from "./chapter-6.ts";
import type { Experiment } from "./experiment.ts";
import { original } from "./original.ts";

export const experiments: readonly Experiment[] = [...original, ...chapter1, ...chapter3, ...chapter5, ...chapter6];

/**
 * The experiments of that id, or of that group: "3k" are all rows of that table, "all" are all. Throws an ArgumentError,
 * with the nearest one, if there is none.
 */
export function experimentsNamed(name: string, where: string): readonly Experiment[] {
  if (name === "all") return experiments;
  const found = experiments.filter(({ id, group }) => id === name || group === name);
  if (found.length > 0) return found;
  const names = [...new Set(experiments.flatMap(({ id, group }) => [group, id])), "all"];
  const groups = [...new Set(experiments.map(({ group }) => group)), "all"];
  throw new ArgumentError(where, `one of ${groups.join(", ")}`, shown(name), didYouMean(name, names));
}
