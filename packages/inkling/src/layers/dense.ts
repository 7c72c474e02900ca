/**
 * A dense (fully connected) layer, forwards and backwards. The letters are Nielsen's (chapter 2), written for a batch
 * of m examples, one a row; his W is our W transposed.
 *
 *   x (m × inputs)   W (inputs × outputs)   b (1 × outputs)   z, a, δ (m × outputs)
 *
 * His (BP1), δ of the last layer, starts in losses/; his (BP2) is split over two layers: this one returns δ·Wᵀ, and
 * the one below multiplies it with its own σ′(z).
 */
import type { Backend } from "../backends/backend.ts";
import { checkName, checkWhole } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import { type ActivationName, kinked } from "../numbers/activations.ts";
import { checkOptions } from "../options.ts";
import { size } from "../shapes.ts";
import { type InitializerName, initializers, usualInitializer } from "./initializers.ts";
import {
  type Building,
  type CommonFields,
  type Layer,
  type LayerKind,
  type LayerSpec,
  layerSpec,
  type Parameter,
} from "./layer.ts";

export interface DenseFields {
  /** How many neurons. */
  readonly outputs: number;
  /** σ */
  readonly activation: ActivationName;
  /** How its weights and biases are first drawn. */
  readonly initializer: InitializerName;
}

export interface DenseOptions extends CommonFields {
  /** σ; "identity" if absent: a = z, as the last layer's logits. */
  readonly activation?: ActivationName;
  /** "he" for the ReLUs, GELU, SiLU and ELU, and "glorot" for the others if absent. */
  readonly initializer?: InitializerName;
}

export const denseKind: LayerKind<DenseFields> = {
  type: "dense",

  check({ outputs, activation, initializer }) {
    checkWhole("dense", "outputs", outputs, 1);
    checkName("dense", "activation", activation, Object.keys(kinked));
    checkName("dense", "initializer", initializer, Object.keys(initializers));
  },

  outputShape: ({ outputs }) => [outputs],

  tensors({ outputs, initializer }, inputShape) {
    const inputs = size(inputShape);
    const { weight, bias } = initializers[initializer];
    return [
      {
        name: "weights",
        shape: [inputs, outputs],
        role: "parameter",
        decays: true,
        first: (stream, e) => weight(stream, e, inputs, outputs),
      },
      { name: "bias", shape: [outputs], role: "parameter", first: (stream, e) => bias(stream, e, inputs, outputs) },
    ];
  },

  build: ({ activation }, building) => new Dense(activation, building),
  describe: ({ activation }) => `dense, ${activation}`,
};

/**
 * A dense layer of `outputs` neurons: a = σ(x·W + b). Without an activation it returns z: as the last layer, logits.
 * `dense(128, "relu")` is short for `dense(128, { activation: "relu" })`.
 */
export function dense(
  outputs: number,
  options: ActivationName | DenseOptions = {},
  ...more: never[]
): LayerSpec<DenseFields> {
  if (more.length > 0) {
    const advice = "Write dense(outputs, { activation, initializer }).";
    throw new ArgumentError("dense", "outputs and one object of options", `${2 + more.length} arguments`, advice);
  }
  const given = typeof options === "string" ? { activation: options } : options;
  checkOptions("dense", given, ["activation", "initializer", "trainable"]);
  const { activation = "identity", trainable } = given;
  const { initializer = usualInitializer(activation) } = given;
  return layerSpec(denseKind, { outputs, activation, initializer, trainable });
}

class Dense implements Layer {
  readonly takesPixels = true;
  readonly #activation: ActivationName;
  readonly #weights: Parameter;
  readonly #bias: Parameter;
  readonly #isFrozen: boolean;
  readonly #ops: Backend;
  #seen: { x: Matrix; z: Matrix; a: Matrix } | undefined;

  constructor(activation: ActivationName, building: Building) {
    this.#activation = activation;
    this.#ops = building.ops;
    this.#weights = building.parameter("weights");
    this.#bias = building.parameter("bias");
    this.#isFrozen = building.isFrozen;
  }

  get corners(): Matrix | undefined {
    return kinked[this.#activation] ? this.#seen?.z : undefined;
  }

  /** Takes x, returns a. Keeps x, z and a, which `backward` needs. */
  forward(x: Matrix): Matrix {
    // z = x·W + b,  a = σ(z)
    const { z, a } = this.#ops.affine(x, this.#weights.value, this.#bias.value, this.#activation);
    this.#seen = { x, z, a };
    return a;
  }

  /** Takes each example's ∂C/∂a, stores ∂C/∂W and ∂C/∂b (unless frozen), returns ∂C/∂x: the ∂C/∂a below. */
  backward(dA: Matrix, isWanted: boolean): Matrix | undefined {
    if (this.#seen === undefined) throw new ArgumentError("Dense.backward", "a forward pass before it", "none");
    const { x, z, a } = this.#seen;
    // (BP1, BP2)  δ = ∂C/∂a ⊙ σ′(z)
    const delta = this.#ops.activateBackward(dA, z, a, this.#activation);
    if (!this.#isFrozen) {
      // (BP3)  ∂C/∂b = δ, the mean over the batch
      this.#ops.meanRows(delta, this.#bias.gradient);
      // (BP4)  ∂C/∂W = xᵀ·δ, the mean over the batch
      this.#ops.meanOuter(x, delta, this.#weights.gradient);
    }
    // (BP2)  ∂C/∂x = δ·Wᵀ, if the layer below needs it
    return isWanted ? this.#ops.matmulTransposeB(delta, this.#weights.value) : undefined;
  }
}
