/** How large the gradients of a network are, layer by layer. */
import type { Network } from "inkling";

/**
 * ‖∂C/∂(weights and biases)‖ of each layer that has some and is not frozen, in the last step; by the layer's name,
 * those of layers inside of others by theirs (layers.2.inner.0). Where gradients are clipped, after that.
 */
export async function gradientNorms({ parameters, backend }: Network): Promise<Record<string, number>> {
  const squares = new Map<string, number>();
  for (const { name, gradient, isFrozen } of parameters) {
    if (isFrozen === true) continue;
    const layer = name.slice(0, name.lastIndexOf("."));
    let sum = 0;
    for (const value of await backend.read(gradient)) sum += value * value;
    squares.set(layer, (squares.get(layer) ?? 0) + sum);
  }
  return Object.fromEntries(Array.from(squares, ([layer, sum]) => [layer, Math.sqrt(sum)]));
}
