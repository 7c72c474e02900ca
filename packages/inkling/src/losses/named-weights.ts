/** Class weights by the names of the classes. */
import { checkNumber } from "../checks.ts";
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError, DataError } from "../errors.ts";
import { didYouMean, isOptions } from "../options.ts";
import { listed, shown } from "../shown.ts";

/**
 * A weight for each class, as `crossEntropy` takes them, from weights by name: { cat: 2, dog: 0.5 }. Where the classes
 * of the data have no names, their numbers are their names: { 7: 2 }. A class that is not named counts 1. Throws a
 * DataError for data without labels, an ArgumentError for a name that no class has, or a weight that is no number of at
 * least 0.
 *
 * @example
 * const model = network([4], [dense(3)], { loss: crossEntropy({ classWeights: namedWeights(data, { iris: 2 }) }) });
 */
export function namedWeights(data: Dataset, weights: Readonly<Record<string, number>>): number[] {
  const { labels, classes, classNames, name: set } = data;
  if (labels === undefined) throw new DataError(`namedWeights, ${set}`, "examples with labels", "none");
  if (!isOptions(weights)) {
    throw new ArgumentError("namedWeights", "weights by name, as { cat: 2 }", shown(weights));
  }
  const names = classNames ?? Array.from({ length: classes }, (_, c) => String(c));
  for (const [name, weight] of Object.entries(weights)) {
    if (!names.includes(name)) {
      const expected = `one of the ${classes} classes (${listed(names)})`;
      throw new ArgumentError("namedWeights", expected, shown(name), didYouMean(name, names));
    }
    checkNumber(`namedWeights, ${name}`, "a number of at least 0", weight, (w) => w >= 0);
  }
  return names.map((name) => (Object.hasOwn(weights, name) ? weights[name] : 1));
}
