/**
 * One step of gradient descent, made and undone: what the loss is before and after it, and the gradient that it went
 * by, which is the difference of the weights at η = 1.
 */
import { type Dataset, evaluate, type Network } from "inkling";
import { follow } from "./learning.ts";

export interface Step {
  /** C of the batch before and after. */
  readonly before: number;
  readonly after: number;
  /** η·∂C/∂w of each of the network's numbers, in declared order. */
  readonly moved: Float64Array;
  /** How long the step took here, in milliseconds. */
  readonly time: number;
}

/** One step with all of these digits as its batch. The network is afterwards as it was. */
export async function stepOf(model: Network<"classes">, batch: Dataset, learningRate = 1): Promise<Step> {
  const { backend, parameters } = model;
  const first = await Promise.all(parameters.map(async ({ value }) => (await backend.read(value)).slice()));
  let before = Number.NaN;
  const start = performance.now();
  await follow(model, batch, { epochs: 1, batchSize: "full", learningRate }, (loss) => {
    before = loss;
    return true;
  });
  const time = performance.now() - start;
  const { loss: after } = await evaluate(model, batch);
  const moved = new Float64Array(first.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const [i, { value }] of parameters.entries()) {
    const [old, now] = [first[i] ?? new Float32Array(0), await backend.read(value)];
    for (let e = 0; e < old.length; e++) moved[at++] = (old[e] ?? 0) - (now[e] ?? 0);
    backend.write(value, old);
  }
  return { before, after, moved, time };
}

/** |g|² */
export function squareOf(gradient: Float64Array): number {
  return gradient.reduce((sum, value) => sum + value * value, 0);
}

/** The angle between two gradients, in degrees. */
export function angleBetween(a: Float64Array, b: Float64Array): number {
  const product = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  const cosine = product / Math.sqrt(squareOf(a) * squareOf(b));
  return (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
}
