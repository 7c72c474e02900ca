/** The types of an exported module (formats/module.ts): a .d.ts file beside it. */
import { Ensemble } from "../evaluation/ensemble.ts";
import type { Network } from "../network/network.ts";

export function typesText(model: Network | Ensemble): string {
  const isOfClasses = model.loss.task === "classes";
  const result = isOfClasses
    ? `  /** The most probable class, from 0. */
  readonly label: number;
  /** Its name, where the classes have names. */
  readonly className: string | undefined;
  /** One number a class. */
  readonly probabilities: number[];`
    : `  /** The numbers that belong to the example, in their own units. */
  readonly values: number[];`;
  const logits =
    model instanceof Ensemble && model.members.length > 1
      ? ""
      : `
/** The outputs of the last layer. */
export declare function logits(example: ArrayLike<number>): Float32Array;
`;
  return `export interface Prediction {
${result}
}

/** What the model makes of an example of ${model.inputs} numbers. Throws a RangeError for another count. */
export declare function predict(example: ArrayLike<number>): Prediction;
${logits}
export declare const architecture: object;
export declare const digest: string;
export declare const classNames: readonly string[] | undefined;
export declare const targetNames: readonly string[] | undefined;
export declare const columnNames: readonly string[] | undefined;
`;
}
