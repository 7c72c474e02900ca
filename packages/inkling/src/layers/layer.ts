/** What every layer is: a function of a batch with parameters, that can be walked forwards and backwards. */
import type { Backend } from "../backends/backend.ts";
import type { Matrix, Pixels } from "../matrix.ts";
import type { InitialValues } from "./initializers.ts";

/** The shape of one example: [784], or [height, width, channels]. */
export type Shape = readonly number[];

/** How many numbers an example of this shape has. */
export function size(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Numbers that training changes. */
export interface Parameter {
  /** Its name in a model file: layers.0.weights */
  readonly name: string;
  readonly value: Matrix;
  /** ∂C/∂value of the last backward pass; holds until the end of its step. Zeros before the first. */
  gradient: Matrix;
  /** Whether weight decay acts on it: on weights, not on biases (chapter 3, "Overfitting and regularization"). */
  readonly decays: boolean;
}

export interface Layer {
  /** One line for the summary: "dense, ReLU". */
  readonly description: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** In declared order: weights, then bias. */
  readonly parameters: readonly Parameter[];
  /** The z of the last batch where the layer's slope jumps at z = 0; undefined for a smooth layer. */
  readonly kinks: Matrix | undefined;
  /** Takes a batch, returns the layer's outputs; keeps what `backward` needs. */
  forward(x: Matrix | Pixels): Matrix | Pixels;
  /**
   * Takes each example's ∂C/∂output, stores every parameter's gradient (the mean over the batch), returns each
   * example's ∂C/∂x; of pixels, which are data, undefined.
   */
  backward(dOutput: Matrix): Matrix | undefined;
}

/** What a layer is built with. */
export interface Building {
  readonly ops: Backend;
  /** The prefix of its parameters' names: layers.0 */
  readonly name: string;
  readonly inputShape: Shape;
  /** Draws a dense layer's first parameters. */
  readonly draw: (inputs: number, outputs: number) => InitialValues;
}
