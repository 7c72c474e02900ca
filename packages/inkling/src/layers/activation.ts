/**
 * An activation by itself: a = σ(z) of every number, for rows and for images alike. A dense layer has one of its own;
 * this one stands where something comes between, as in the book's convolution, pooling, sigmoid (chapter 6).
 *
 *   z, a, δ   m rows of any shape
 */
import type { Backend } from "../backends/backend.ts";
import { checkName } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { type ActivationName, kinked } from "../numbers/activations.ts";
import { checkNoOptions } from "../options.ts";
import { type Layer, type LayerKind, type LayerSpec, layerSpec } from "./layer.ts";

export interface ActivationFields {
  /** σ */
  readonly activation: ActivationName;
}

export const activationKind: LayerKind<ActivationFields> = {
  type: "activation",
  check: ({ activation }) => checkName("activation", "activation", activation, Object.keys(kinked)),
  outputShape: (_fields, inputShape) => inputShape,
  build: ({ activation }, { ops }) => new ActivationLayer(activation, ops),
  describe: ({ activation }) => activation,
};

/** A layer that is an activation: `activation("relu")`. Any shape passes through. Throws an ArgumentError for no name. */
export function activation(name: ActivationName, ...none: never[]): LayerSpec<ActivationFields> {
  checkNoOptions("activation", none);
  return layerSpec(activationKind, { activation: name });
}

class ActivationLayer implements Layer {
  readonly #activation: ActivationName;
  readonly #ops: Backend;
  #seen: { z: Matrix; a: Matrix } | undefined;

  constructor(activation: ActivationName, ops: Backend) {
    this.#activation = activation;
    this.#ops = ops;
  }

  get corners(): Matrix | undefined {
    return kinked[this.#activation] ? this.#seen?.z : undefined;
  }

  /** Takes z, returns a. Keeps both, which `backward` needs. */
  forward(z: Matrix): Matrix {
    // a = σ(z)
    const a = this.#ops.activate(z, this.#activation);
    this.#seen = { z, a };
    return a;
  }

  /** Takes ∂C/∂a, returns ∂C/∂z. */
  backward(dA: Matrix, isWanted: boolean): Matrix | undefined {
    if (this.#seen === undefined) throw new ArgumentError("activation, backward", "a forward pass before it", "none");
    const { z, a } = this.#seen;
    // ∂C/∂z = ∂C/∂a ⊙ σ′(z)
    return isWanted ? this.#ops.activateBackward(dA, z, a, this.#activation) : undefined;
  }
}
