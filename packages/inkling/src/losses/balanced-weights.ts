/** Class weights that make up for classes of different sizes. */
import type { Dataset } from "../data/dataset.ts";
import { DataError } from "../errors.ts";

/**
 * A weight for each class, so that all classes count the same in the loss, however many examples each has:
 * w_c = m / (k · m_c), with m examples, m_c of them of class c, and k classes that have examples. A class without
 * examples gets 0. The mean weight of an example is 1. Throws a DataError for data without labels.
 *
 * @example
 * const model = network([4], [dense(3)], { loss: crossEntropy({ classWeights: balancedWeights(data) }) });
 */
export function balancedWeights(data: Dataset): number[] {
  const { labels, classes, count, name } = data;
  if (labels === undefined) throw new DataError(`balancedWeights, ${name}`, "examples with labels", "none");
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]++;
  const present = counts.filter((examples) => examples > 0).length;
  return counts.map((examples) => (examples > 0 ? count / (present * examples) : 0));
}
