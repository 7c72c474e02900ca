/**
 * A dense (fully connected) layer, forwards and backwards. The letters are Nielsen's (chapter 2), written for a batch
 * of m examples, one a row; his W is our W transposed.
 *
 *   x (m × inputs)   W (inputs × outputs)   b (1 × outputs)   z, a, δ (m × outputs)
 *
 * His (BP1), δ of the last layer, starts in losses.ts; his (BP2) is split over two layers: this one returns δ·Wᵀ, and
 * the one below multiplies it with its own σ′(z).
 */

import type { Backend } from "../backends/backend.ts";
import { BugError, ShapeError } from "../errors.ts";
import { type Matrix, Pixels } from "../matrix.ts";
import { type ActivationName, activations } from "../numbers/activations.ts";
import { type Building, type Layer, type Parameter, type Shape, size } from "./layer.ts";

export class Dense implements Layer {
  readonly description: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly activation: ActivationName;
  readonly weights: Parameter;
  readonly bias: Parameter;
  private readonly ops: Backend;
  private seen: { x: Matrix | Pixels; z: Matrix; a: Matrix } | undefined;

  /** `outputs` neurons; their first weights and biases come from `building.draw`. */
  constructor(outputs: number, activation: ActivationName, { ops, name, inputShape, draw }: Building) {
    const inputs = size(inputShape);
    this.description = `dense, ${activation}`;
    this.inputShape = inputShape;
    this.outputShape = [outputs];
    this.activation = activation;
    this.ops = ops;
    const first = draw(inputs, outputs);
    const [weights, bias] = [ops.keep(inputs, outputs), ops.keep(1, outputs)];
    ops.write(weights, first.weights);
    ops.write(bias, first.bias);
    this.weights = { name: `${name}.weights`, value: weights, gradient: ops.keep(inputs, outputs), decays: true };
    this.bias = { name: `${name}.bias`, value: bias, gradient: ops.keep(1, outputs), decays: false };
  }

  get parameters(): readonly Parameter[] {
    return [this.weights, this.bias];
  }

  get kinks(): Matrix | undefined {
    return activations[this.activation].kinked ? this.seen?.z : undefined;
  }

  /** Takes x, returns a. Keeps x, z and a, which `backward` needs. */
  forward(x: Matrix | Pixels): Matrix {
    const inputs = size(this.inputShape);
    if (x.columns !== inputs) {
      throw new ShapeError(
        "Dense.forward",
        `rows of ${inputs} numbers (this layer's inputs)`,
        `${x.rows} × ${x.columns}`,
      );
    }
    // z = x·W + b,  a = σ(z)
    const { z, a } = this.ops.affine(x, this.weights.value, this.bias.value, this.activation);
    this.seen = { x, z, a };
    return a;
  }

  /** Takes each example's ∂C/∂a, stores ∂C/∂W and ∂C/∂b, returns ∂C/∂x: the ∂C/∂a of the layer below. */
  backward(dA: Matrix): Matrix | undefined {
    if (this.seen === undefined) throw new BugError("Dense.backward before Dense.forward.");
    const { x, z, a } = this.seen;
    // (BP1, BP2)  δ = ∂C/∂a ⊙ σ′(z)
    const delta = this.ops.activateBackward(this.activation, dA, z, a);
    // (BP3)  ∂C/∂b = δ, the mean over the batch
    this.bias.gradient = this.ops.meanRows(delta);
    // (BP4)  ∂C/∂W = xᵀ·δ, the mean over the batch
    this.weights.gradient = this.ops.meanOuter(x, delta);
    // (BP2)  ∂C/∂x = δ·Wᵀ; nobody asks how the loss depends on the pixels of a data set
    return x instanceof Pixels ? undefined : this.ops.matmulTransposeB(delta, this.weights.value);
  }
}
