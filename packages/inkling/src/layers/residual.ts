/**
 * A skip connection around some layers: what comes out of them is added to what goes in, so a gradient has a way back
 * past them (He et al. 2015, "Deep residual learning for image recognition").
 *
 *   y = x + s·f(x)      f the layers inside, one after the other; x, f(x), y (m × n); s a number, 1 if absent
 *
 * The layers inside stand at layers.<i> of this one: their tensors are called layers.3.layers.0.weights, their random
 * streams layers.3.layers.0.dropout.
 */
import type { Backend } from "../backends/backend.ts";
import { checkNumber } from "../checks.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { checkOptions } from "../options.ts";
import { type Shape, shapeText } from "../shapes.ts";
import { shown } from "../shown.ts";
import {
  type Building,
  type CommonFields,
  type Layer,
  type LayerKind,
  type LayerSpec,
  layerSpec,
  type Pass,
} from "./layer.ts";
import { checkSpec, describe, outputShape, tensorSpecs } from "./specs.ts";

export interface ResidualFields {
  /** f: at least one layer, of any kinds. */
  readonly layers: readonly LayerSpec[];
  /** s */
  readonly scale: number;
}

export interface ResidualOptions extends CommonFields {
  /** s, a finite number; 1 if absent. */
  readonly scale?: number;
}

export const residualKind: LayerKind<ResidualFields> = {
  type: "residual",

  check({ layers, scale }) {
    if (!Array.isArray(layers)) {
      throw new ArgumentError("residual", "a list of layers, as [dense(10)]", shown(layers), "Put them in brackets.");
    }
    if (layers.length === 0) throw new ArgumentError("residual", "at least one layer", "0");
    for (const layer of layers) checkSpec(layer, "residual");
    checkNumber("residual", "scale to be a number that float32 can hold", scale, (s) =>
      Number.isFinite(Math.fround(s)),
    );
  },

  outputShape({ layers }, inputShape) {
    const made = layers.reduce((shape, layer) => outputShape(layer, shape), inputShape);
    if (made.length === inputShape.length && made.every((length, i) => length === inputShape[i])) return inputShape;
    const what = layers.map(describe).join("; ");
    throw new ShapeError(
      "residual",
      `layers that make ${shapeText(inputShape)} of ${shapeText(inputShape)}, since x and f(x) are added`,
      `${shapeText(made)} (${what})`,
      `Give the last layer inside the shape ${shapeText(inputShape)}.`,
    );
  },

  inner: ({ layers }) => layers,

  fromJson(fields, read) {
    const { layers } = fields;
    return { ...fields, layers: Array.isArray(layers) ? layers.map(read) : layers };
  },

  tensors: (fields, inputShape) =>
    inside(fields, inputShape).flatMap(({ layer, shape, i }) =>
      tensorSpecs(layer, shape).map((tensor) => ({ ...tensor, name: `layers.${i}.${tensor.name}` })),
    ),

  build: (fields, building) => new Residual(fields, building),

  describe({ layers, scale }) {
    const count = `residual, ${layers.length} ${layers.length === 1 ? "layer" : "layers"}`;
    return scale === 1 ? count : `${count}, scale ${scale}`;
  },
};

/** The layers inside, each with its place and the shape of its input. */
function inside(
  { layers }: ResidualFields,
  inputShape: Shape,
): readonly { readonly layer: LayerSpec; readonly shape: Shape; readonly i: number }[] {
  let shape = inputShape;
  return layers.map((layer, i) => {
    const own = shape;
    shape = outputShape(layer, own);
    return { layer, shape: own, i };
  });
}

/**
 * A skip connection: y = x + scale·f(x), f the layers one after the other. They may be of any kinds, also your own and
 * residual ones, and have to return the shape that they take. `trainable: false` freezes all of them.
 *
 * @example
 * network([28, 28, 1], [flatten(), dense(64, "relu"), residual([dense(64, "relu"), dense(64)]), dense(10)]);
 */
export function residual(
  layers: readonly LayerSpec[],
  options: ResidualOptions = {},
  ...more: never[]
): LayerSpec<ResidualFields> {
  if (more.length > 0) {
    const advice = "Write residual([dense(64), dense(64)], { scale }).";
    throw new ArgumentError(
      "residual",
      "a list of layers and one object of options",
      `${2 + more.length} arguments`,
      advice,
    );
  }
  checkOptions("residual", options, ["scale", "trainable"]);
  const { scale = 1, trainable } = options;
  return layerSpec(residualKind, { layers, scale, trainable });
}

class Residual implements Layer {
  readonly inner: readonly Layer[];
  readonly #scale: number;
  readonly #ops: Backend;
  /** The first layer inside that learns: below it no gradient is needed, unless ∂C/∂x is. */
  readonly #lowest: number;

  constructor(fields: ResidualFields, building: Building) {
    this.#scale = fields.scale;
    this.#ops = building.ops;
    const places = inside(fields, building.inputShape);
    this.inner = places.map(({ layer, shape, i }) => building.layer(i, layer, shape));
    const learns = places.findIndex(({ layer, shape }) =>
      tensorSpecs(layer, shape).some(({ role, isFrozen }) => role === "parameter" && isFrozen !== true),
    );
    this.#lowest = building.isFrozen || learns === -1 ? this.inner.length : learns;
  }

  /** Takes x, returns y. The layers inside keep what they need. */
  forward(x: Matrix, pass: Pass): Matrix {
    const f = this.inner.reduce((a, layer) => layer.forward(a, pass), x);
    // y = x + s·f(x)
    return this.#ops.addScaled(x, f, this.#scale);
  }

  /** Takes each example's ∂C/∂y; the layers inside store their gradients. Returns ∂C/∂x, if it is wanted. */
  backward(dY: Matrix, isWanted: boolean): Matrix | undefined {
    const last = isWanted ? 0 : this.#lowest;
    let dA: Matrix | undefined = this.#scaled(dY);
    for (let i = this.inner.length - 1; i >= last && dA !== undefined; i--) {
      dA = this.inner[i].backward(dA, isWanted || i > last);
    }
    // ∂C/∂x = ∂C/∂y + (∂f/∂x)ᵀ·(s·∂C/∂y), the way past the layers and the way through them
    return isWanted && dA !== undefined ? this.#ops.addScaled(dY, dA, 1) : undefined;
  }

  /** s·∂C/∂y, the gradient at f(x). */
  #scaled(dY: Matrix): Matrix {
    if (this.#scale === 1) return dY;
    // ∂C/∂f = s·∂C/∂y, written as 0 + s·∂C/∂y
    return this.#ops.addScaled(this.#ops.matrix(dY.rows, dY.columns), dY, this.#scale);
  }
}
