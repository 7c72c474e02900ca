/** A layer that reads an image as one row of numbers. Row-major images lie in memory as that row, so nothing moves. */
import type { Matrix } from "../matrix.ts";
import { checkNoOptions } from "../options.ts";
import { size } from "../shapes.ts";
import { type Layer, type LayerKind, type LayerSpec, layerSpec } from "./layer.ts";

export const flattenKind: LayerKind = {
  type: "flatten",
  check: () => {},
  outputShape: (_fields, inputShape) => [size(inputShape)],
  build: () => new Flatten(),
  describe: () => "flatten",
};

/** Reads images as rows of numbers; dense layers want rows. */
export function flatten(...none: never[]): LayerSpec {
  checkNoOptions("flatten", none);
  return layerSpec(flattenKind, {});
}

class Flatten implements Layer {
  readonly takesPixels = true;

  /** Takes m × (height · width · channels), returns it. */
  forward(x: Matrix): Matrix {
    return x;
  }

  /** Takes ∂C/∂output, returns it: it is ∂C/∂x. */
  backward(dOutput: Matrix): Matrix {
    return dOutput;
  }
}
