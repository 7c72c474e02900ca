/** A layer that takes an image for a row of numbers. Row-major images lie in memory as that row, so nothing moves. */
import type { Matrix, Pixels } from "../matrix.ts";
import { type Building, type Layer, type Shape, size } from "./layer.ts";

export class Flatten implements Layer {
  readonly description = "flatten";
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly parameters = [];
  readonly kinks = undefined;

  constructor({ inputShape }: Building) {
    this.inputShape = inputShape;
    this.outputShape = [size(inputShape)];
  }

  /** Takes m × (height · width · channels), returns it. */
  forward(x: Matrix | Pixels): Matrix | Pixels {
    return x;
  }

  /** Takes ∂C/∂output, returns it: it is ∂C/∂x. */
  backward(dOutput: Matrix): Matrix {
    return dOutput;
  }
}
