/**
 * The conventions of network3.py, the program of chapter 6, in terms of this library.
 *
 * Order. It never shuffles: every epoch takes the mini-batches in the order of the file.
 *
 * L2. Its cost of a mini-batch is C = (1/m)·Σ Cᵢ + ½·λ·Σ w² / B, with B the number of mini-batches in an epoch (not of
 * examples, as in network2.py). So ∂C/∂w = (1/m)·Σ ∂Cᵢ/∂w + (λ/B)·w, and a step is
 *
 *   w ← w − η·(1/m)·Σ ∂Cᵢ/∂w − η·(λ/B)·w
 *
 * which is our sgd with the weight decay λ/B. A mini-batch has 10 images: λ = 0.1 of 5,000 batches is 2e-5, and counts
 * as much as λ = 1 in network2.py's (λ/n)·w.
 *
 * First weights. Dense layers: N(0, 1/n_out). Convolutions: N(0, 1/n_out) too, with n_out = filters·k²/p² for windows
 * of k × k and pools of p × p; since `scaledByOutputs` draws with 1/√(filters·k²), its weights are multiplied by p. The
 * softmax layer begins with zeros, its bias too. All other biases are N(0, 1).
 *
 * Pooling. σ comes after pooling and bias: a = σ(max z + b). As max z + b = max(z + b), it is a convolution with its
 * bias and without activation, then the pool, then σ.
 *
 * Dropout. A layer drops its inputs with the probability r and leaves the others as they are; at evaluation it takes
 * (1 − r)·W. Ours divides by 1 − r what it keeps, and evaluates with W as it is. With W = (1 − r)·W_book both compute
 * the same z, in training (m ⊙ x / (1 − r)·W = m ⊙ x·W_book) and at evaluation. The chain rule gives ∂C/∂W_book =
 * (1 − r)·∂C/∂W, so that the book's step W_book ← W_book − η·∂C/∂W_book is W ← W − (1 − r)²·η·∂C/∂W: the book's η is
 * ours divided by (1 − r)², W_book is W / (1 − r). But that holds for these weights alone: biases and convolutions take
 * η as it is. Instead of two learning rates the factor 1 − r stands in the network: `dropout(r)`, then x − r·x, which
 * is m ⊙ x in training and (1 − r)·x at evaluation, the book's own.
 */
import type { Dataset } from "../../data/dataset.ts";
import { expandByOnePixel } from "../../data/expand.ts";
import { activation } from "../../layers/activation.ts";
import { type DenseFields, dense } from "../../layers/dense.ts";
import { dropout } from "../../layers/dropout.ts";
import type { InitialValues } from "../../layers/initializers.ts";
import type { LayerSpec } from "../../layers/layer.ts";
import type { PoolFields } from "../../layers/pool2d.ts";
import { residual } from "../../layers/residual.ts";
import { inOrder } from "../../matrix.ts";
import { declaredTensors } from "../../network/tensors.ts";
import { Stream } from "../../numbers/random.ts";
import { type Shape, size } from "../../shapes.ts";
import { hiddenLayers } from "../architecture.ts";
import type { Settings } from "./experiment.ts";

/** network3.py's layers: convolution, pool, σ; dense layers; softmax's dense layer at the end. */
export function network3Layers({ layers, activation: sigma, dropout: rate }: Settings): LayerSpec[] {
  const dropped = rate === undefined ? [] : bookDropout(rate);
  const hidden = hiddenLayers(layers, true, "identity", "scaledByOutputs").flatMap((spec): LayerSpec[] => {
    if (spec.type === "maxPool2d") return [spec, activation(sigma)];
    if (spec.type !== "dense") return [spec];
    const { outputs, initializer } = spec as LayerSpec<DenseFields>;
    return [...dropped, dense(outputs, { activation: sigma, initializer })];
  });
  return [...hidden, ...dropped, dense(10, { initializer: "zeros" })];
}

/** m ⊙ x in training, (1 − r)·x at evaluation: the book's dropout, see above. */
export function bookDropout(rate: number): LayerSpec[] {
  // (1 − r)·x = x − r·x
  return [dropout(rate), residual([activation("identity")], { scale: -rate })];
}

/** The convolutions' first weights: those that their initializer draws, times the length p of the pool behind them. */
export function network3Values(inputShape: Shape, specs: readonly LayerSpec[], seed: number): InitialValues {
  const values = new Map<string, Float64Array>();
  for (const [i, { type }] of specs.entries()) {
    const name = `layers.${i - 1}.weights`;
    const tensor = declaredTensors(inputShape, specs.slice(0, i)).find((declared) => declared.name === name);
    if (type !== "maxPool2d" || tensor === undefined) continue;
    const { window: p } = specs[i] as LayerSpec<PoolFields>;
    const stream = new Stream(seed, `initial weights ${name}`);
    const drawn = (_: unknown, e: number) => Number(p) * tensor.first(stream, e);
    values.set(name, Float64Array.from({ length: size(tensor.shape) }, drawn));
  }
  return values;
}

/** What λ is divided by: the mini-batches of an epoch. */
export function network3Batches({ batchSize }: Settings, { count }: Dataset): number {
  return batchSize === "full" ? 1 : Math.ceil(count / batchSize);
}

/**
 * Five times the images, shuffled once: expand_mnist.py does so before it saves them, and network3.py takes them in
 * that order. All runs have the same, as the book's had.
 */
export function expandedOnce(data: Dataset): Dataset {
  const expanded = expandByOnePixel(data);
  const order = inOrder(expanded.count);
  new Stream(0, "expanded order").shuffle(order);
  return expanded.pick(order, expanded.name);
}
