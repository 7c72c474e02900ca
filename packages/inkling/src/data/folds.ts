/**
 * k-fold cross-validation: the examples are divided into k parts, and each part is held out once for validation while
 * the others are for training (chapter 7.10 of Hastie, Tibshirani and Friedman 2009, "The elements of statistical
 * learning"). Part i of n examples in a random order are those from ⌊i·n / k⌋ up to ⌊(i + 1)·n / k⌋.
 */
import { checkWhole, checkWithin } from "../checks.ts";
import { inOrder } from "../matrix.ts";
import { Stream } from "../numbers/random.ts";
import { checkOptions } from "../options.ts";
import type { Dataset } from "./dataset.ts";

export interface FoldOptions {
  /** Where the random order comes from: a whole number from 0 up. */
  readonly seed: number;
}

export interface Fold {
  readonly train: Dataset;
  readonly validation: Dataset;
}

/**
 * The folds of a data set, one after the other; each is copied when it is asked for. Throws an ArgumentError unless
 * there are at least 2 folds and at most as many as examples.
 *
 * @example
 * for (const { train, validation } of folds(flowers, 5, { seed: 1 })) {
 *   const model = network([4], [dense(3)], { scaling: standardize(train) }); // scaled as the training part says
 * }
 */
export function folds(data: Dataset, count: number, options: FoldOptions): IterableIterator<Fold> {
  checkOptions("folds", options, ["seed"]);
  checkWhole("folds", "seed", options.seed, 0);
  const all = `(all examples of ${data.name})`;
  checkWithin("folds", `a whole number of folds from 2 to ${data.count} ${all}`, count, 2, data.count);
  return copies(data, count, options.seed);
}

function* copies(data: Dataset, count: number, seed: number): IterableIterator<Fold> {
  const order = inOrder(data.count);
  new Stream(seed, "folds").shuffle(order);
  const start = (i: number) => Math.floor((i * data.count) / count);
  for (let i = 0; i < count; i++) {
    const isHeld = (at: number) => at >= start(i) && at < start(i + 1);
    yield {
      train: data.pick(order.filter((_, at) => !isHeld(at))),
      validation: data.pick(order.subarray(start(i), start(i + 1)), `${data.name}, fold ${i + 1} of ${count}`),
    };
  }
}
