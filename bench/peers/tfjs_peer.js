/**
 * TensorFlow.js in Node without its native addon, on its backend wasm or cpu: T3 and T5; on cpu T9 and T10.
 *
 *     node tfjs_peer.js T3 --backend wasm [--threads 2] [--seed 1]
 *
 * The cpu backend would take a minute for T3 (one epoch), and many minutes for T9 and T10: a part of the work is
 * measured, and the time is multiplied. The wasm backend cannot train convolutions: it has no gradient for the filters
 * (Conv2DBackpropFilter).
 */

import { createRequire } from "node:module";
import { dirname } from "node:path";
import * as tf from "@tensorflow/tfjs";
import * as wasm from "@tensorflow/tfjs-backend-wasm";
import { medianSeconds, readArguments, report, WARM_UP, warmUp } from "../tasks/result.js";
import { accuracyOf, lossOf, read, versionOf } from "./measuring.js";

const { name, task, threads, seed, backend = "wasm" } = readArguments();
/** @type {Record<string, number>} How much of a task is measured on the cpu backend. */
const SHARES = { T3: 0.1, T9: 0.01, T10: 0.002 };
const share = (backend === "cpu" && SHARES[name]) || 1;
/** Examples of the warm-up, and test images: fewer for convolutions, of which one batch takes seconds. */
const [warm, tested] = task.convolutional === undefined ? [WARM_UP, 10_000] : [120, 200];
wasm.setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
wasm.setThreadsCount(threads);
await tf.setBackend(backend);

const train = tensors(read("train", task.examples * share));
const test = read("t10k", tested);
const x = tensors(test).x;

await warmUp(() => fit(build(), train.x.slice(0, warm), train.y.slice(0, warm)));
const model = build();
const started = performance.now();
await fit(model, train.x, train.y);
const seconds = (performance.now() - started) / 1000 / share;

const probabilities = await /** @type {tf.Tensor} */ (model.predict(x, { batchSize: 1000 })).data();
report({
  task: name,
  ...(name === "T5" ? await predicting() : { seconds, share }),
  accuracy: accuracyOf(probabilities, test.labels),
  loss: lossOf(probabilities, test.labels),
  versions: { tfjs: versionOf("@tensorflow/tfjs") },
});
// Its worker threads would keep the process alive.
process.exit();

function build() {
  const layers = task.layers.slice(1).map((units, i, { length }) => {
    const kernelInitializer = tf.initializers.heNormal({ seed: seed + i });
    const [activation, inputShape] = [i < length - 1 ? "relu" : "softmax", [task.layers[i]]];
    return tf.layers.dense({ units, inputShape, kernelInitializer, activation: /** @type {"relu"} */ (activation) });
  });
  const model = tf.sequential({ layers: [...convolutional(), ...layers] });
  model.compile({ optimizer: tf.train.adam(task.learningRate), loss: "categoricalCrossentropy" });
  return model;
}

/** The layers of T9 and T10 before the dense one. */
function convolutional() {
  if (task.convolutional === undefined) return [];
  const layers = task.convolutional.map((layer, i) => {
    if ("pool" in layer) return tf.layers.maxPooling2d({ poolSize: layer.pool });
    if ("dropout" in layer) return tf.layers.dropout({ rate: layer.dropout });
    const kernelInitializer = tf.initializers.heNormal({ seed: seed + 10 + i });
    return tf.layers.conv2d({
      filters: layer.filters,
      kernelSize: layer.window,
      kernelInitializer,
      activation: "relu",
    });
  });
  return [tf.layers.reshape({ targetShape: [28, 28, 1], inputShape: [784] }), ...layers, tf.layers.flatten()];
}

/**
 * @param {tf.Sequential} model
 * @param {tf.Tensor} x
 * @param {tf.Tensor} y
 */
async function fit(model, x, y) {
  const { batchSize, epochs } = task;
  await model.fit(x, y, { batchSize, epochs, shuffle: true, verbose: 0, yieldEvery: "never" });
}

/** T5: seconds for the labels of all test images at once, and of one. */
async function predicting() {
  const label = async (/** @type {tf.Tensor} */ images) => {
    const labels = tf.tidy(() => tf.argMax(/** @type {tf.Tensor} */ (model.predictOnBatch(images)), 1));
    await labels.data();
    labels.dispose();
  };
  const calls = backend === "cpu" ? 3 : 20;
  await label(x);
  const images = Array.from({ length: 2000 }, (_, i) => x.slice(i, 1));
  for (const image of images.slice(0, 200)) await label(image);
  return {
    seconds: await medianSeconds(calls, () => label(x)),
    secondsOne: await medianSeconds(images.length, (call) => label(images[call])),
  };
}

/** @param {ReturnType<typeof read>} data */
function tensors({ x, labels, count }) {
  return { x: tf.tensor2d(x, [count, 784]), y: tf.oneHot(tf.tensor1d(labels, "int32"), 10) };
}
