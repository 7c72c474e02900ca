/** What a task is, written with Inkling: its data, its network, its training. */
import { adam, conv2d, Dataset, dense, dropout, flatten, maxPool2d, network, sgd, train } from "inkling";

/** @typedef {import("./result.js").Task} Task */

/**
 * The images as the task wants them: as they are, or (T11) as standardised float32 numbers, in the steps of
 * peers/measuring.py. None of these numbers is 0, so no multiplication can be skipped.
 *
 * @param {Task} task
 * @param {Dataset} data
 */
export function prepared(task, data) {
  if (task.standardise === undefined) return data;
  const { fround } = Math;
  const [mean, deviation] = [fround(task.standardise.mean), fround(task.standardise.deviation)];
  const standardised = Float32Array.from({ length: 256 }, (_, pixel) => fround(fround(pixel / 255) - mean) / deviation);
  const inputs = new Float32Array(data.inputs.length);
  for (let i = 0; i < inputs.length; i++) inputs[i] = standardised[data.inputs[i]];
  return new Dataset({ ...data, shape: [784], inputs });
}

/**
 * A network as the task wants it, with its first weights.
 *
 * @param {Task} task
 * @param {number} seed
 * @param {import("inkling/backends").Backend} backend
 */
export function build(task, seed, backend) {
  const { initializer } = task;
  const layers = task.layers.slice(1).map((outputs, i, { length }) => {
    return dense(outputs, { activation: i < length - 1 ? "relu" : "identity", ...(initializer && { initializer }) });
  });
  const before = (task.convolutional ?? []).map((layer) => {
    if ("pool" in layer) return maxPool2d(layer.pool);
    if ("dropout" in layer) return dropout(layer.dropout);
    return conv2d(layer.filters, layer.window, "relu");
  });
  const shape = task.standardise === undefined ? [28, 28, 1] : [784];
  return network(shape, [...before, flatten(), ...layers], { seed, backend });
}

/**
 * Trains as the task wants it. A batch as large as the task's data is the full batch.
 *
 * @param {Task} task
 * @param {import("inkling").Network} model
 * @param {Dataset} data
 */
export async function learn({ optimizer, learningRate, epochs, batchSize, examples }, model, data) {
  const update = optimizer === "adam" ? adam({ learningRate }) : sgd({ learningRate });
  const batch = batchSize === examples ? /** @type {const} */ ("full") : batchSize;
  await train(model, data, { epochs, batchSize: batch, optimizer: update });
}
