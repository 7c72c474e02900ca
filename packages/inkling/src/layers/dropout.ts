/**
 * Dropout: in training each number is left out with a probability, so that no neuron can rely on another one (Hinton et
 * al. 2012; chapter 3, "Other techniques for regularization"). Evaluation takes all numbers as they are.
 *
 *   z = m ⊙ x / (1 − r)      r the rate; m a 1 where a number is kept, a 0 where it is dropped; x, m, z (m × n)
 *
 * What is kept grows by 1 / (1 − r), so that the mean of z is x ("inverted dropout", as PyTorch and Keras do). The book
 * drops without that factor, and halves the weights when training is over (r = ½); its network3.py multiplies by 1 − r
 * at evaluation. In exact numbers that is the same network: its W, of the layer above, is ours divided by 1 − r, and a
 * step of plain descent by η on it is ours by (1 − r)²·η.
 *
 * The masks are counted, not remembered: which numbers are dropped depends on the model's seed, the layer's place
 * (stream layers.3.dropout), the epoch, the example's number in its data set and the place in the row. A training that
 * is resumed drops the same ones, and an example is treated alike in any batch. See `dropout` in backends/backend.ts.
 */
import type { Backend } from "../backends/backend.ts";
import { checkRate } from "../backends/dropout.ts";
import type { DropoutSettings } from "../backends/settings.ts";
import type { Matrix } from "../matrix.ts";
import type { Stream } from "../numbers/random.ts";
import { checkNoOptions } from "../options.ts";
import { type Building, type Layer, type LayerKind, type LayerSpec, layerSpec, type Pass } from "./layer.ts";

export interface DropoutFields {
  /** r: the share of numbers that is dropped, from 0 to below 1. */
  readonly rate: number;
}

export const dropoutKind: LayerKind<DropoutFields> = {
  type: "dropout",
  check: ({ rate }) => checkRate("dropout", rate),
  outputShape: (_fields, inputShape) => inputShape,
  build: ({ rate }, building) => new Dropout(rate, building),
  describe: ({ rate }) => `dropout, ${rate}`,
};

/**
 * Drops each number with the probability `rate` in training, and multiplies the others by 1 / (1 − rate); does nothing
 * at evaluation. `rate`: from 0 (nothing is dropped) to below 1; anything else is an ArgumentError. The loss and
 * accuracy that a training reports of its own steps are those with dropout; `evaluate` measures without.
 *
 * @example
 * network([784], [dense(1000, "relu"), dropout(0.5), dense(10)]);
 */
export function dropout(rate: number, ...none: never[]): LayerSpec<DropoutFields> {
  checkNoOptions("dropout", none);
  return layerSpec(dropoutKind, { rate });
}

class Dropout implements Layer {
  /** So that images stay pixels at evaluation. */
  readonly takesPixels = true;
  readonly #rate: number;
  readonly #stream: Stream;
  readonly #ops: Backend;
  /** What the last batch was dropped by; undefined where nothing was. */
  #mask: DropoutSettings | undefined;

  constructor(rate: number, building: Building) {
    this.#rate = rate;
    this.#ops = building.ops;
    this.#stream = building.stream("dropout");
  }

  /** Takes x, returns z. Keeps what decides the mask, which `backward` makes again. */
  forward(x: Matrix, { purpose, epoch, order, start }: Pass): Matrix {
    const drops = purpose === "training" && this.#rate > 0;
    this.#mask = drops ? { rate: this.#rate, stream: this.#stream, epoch, order, start } : undefined;
    if (this.#mask === undefined) return x;
    // z = m ⊙ x / (1 − r)
    return this.#ops.dropout(this.#ops.unpack(x), this.#mask);
  }

  /** Takes each example's ∂C/∂z, returns ∂C/∂x: through the same mask. */
  backward(dZ: Matrix): Matrix {
    // ∂C/∂x = m ⊙ ∂C/∂z / (1 − r)
    return this.#mask === undefined ? dZ : this.#ops.dropout(dZ, this.#mask);
  }
}
