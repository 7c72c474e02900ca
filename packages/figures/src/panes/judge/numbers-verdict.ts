/** What is found out about a network that predicts numbers; the measures are the library's, but that of the mean. */
import { type Dataset, evaluate, type Network, type NumberEvaluation, predictAll } from "inkling";
import { withoutGaps } from "../gaps.ts";
import { comparedWith } from "./verdict.ts";

export interface NumbersVerdict {
  readonly test: NumberEvaluation;
  /** Of about as many training examples as there are test examples; undefined without training examples. */
  readonly train: NumberEvaluation | undefined;
  /** The test examples, and those training examples, without empty cells. */
  readonly data: Dataset;
  readonly learned: Dataset | undefined;
  /** Of the test examples: examples × outputs, row-major, in the units of the data. */
  readonly predicted: Float32Array;
}

/** Judges a network of numbers by all test examples, and by as many training examples. */
export async function judgeNumbers(
  model: Network<"numbers">,
  test: Dataset,
  train: Dataset | undefined,
  signal: AbortSignal,
): Promise<NumbersVerdict> {
  const data = withoutGaps(model, test);
  const onTest = await evaluate(model, data, { signal });
  const compared = comparedWith(test, train);
  const learned = compared && withoutGaps(model, compared);
  const onTrain = learned && (await evaluate(model, learned, { signal }));
  const { values } = await predictAll(model, data, { signal });
  return { test: onTest, train: onTrain, data, learned, predicted: values };
}

/** How far off one would be who says the mean of the targets of every example. */
export interface OfMean {
  readonly mean: number;
  /** Mean of |mean − target|. */
  readonly meanAbsoluteError: number;
  /** Root of the mean of (mean − target)²: R² is 1 − (the network's / this)². */
  readonly rootMeanSquaredError: number;
}

/** Of one output of targets (examples × outputs, row-major); in float64. */
export function ofMean(targets: ArrayLike<number>, outputs: number, output: number): OfMean {
  const count = targets.length / outputs;
  const average = (of: (target: number) => number) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += of(targets[i * outputs + output] as number);
    return sum / count;
  };
  const mean = average((target) => target);
  return {
    mean,
    meanAbsoluteError: average((target) => Math.abs(mean - target)),
    rootMeanSquaredError: Math.sqrt(average((target) => (mean - target) ** 2)),
  };
}

/** One example, and what was predicted for it. */
export interface Predicted {
  readonly index: number;
  readonly target: number;
  readonly predicted: number;
}

/** All examples, in their order. */
export function predictedOf({ data, predicted }: NumbersVerdict, output: number): Predicted[] {
  const { targets = [], outputs, count } = data;
  return Array.from({ length: count }, (_, index) => {
    const at = index * outputs + output;
    return { index, target: targets[at] ?? Number.NaN, predicted: predicted[at] ?? Number.NaN };
  });
}

/** Those that are furthest off, the worst first; none that is right to the last bit. */
export function worstOf(all: readonly Predicted[], most: number): Predicted[] {
  const error = ({ target, predicted }: Predicted) => Math.abs(predicted - target);
  const wrong = all.filter((one) => error(one) > 0);
  return wrong.sort((a, b) => error(b) - error(a) || a.index - b.index).slice(0, most);
}
