/**
 * brain.js on T3 (784-128-10, one epoch), as nearly as it can: plain gradient descent, one example at a time. It has
 * neither batches nor softmax; sigmoid and a learning rate of 0.3 are its defaults. It learns 6,000 of the 60,000
 * examples, and the time is multiplied by ten.
 */
import { NeuralNetwork } from "brain.js";
import { readArguments, report, warmUp } from "../tasks/result.js";
import { accuracyOf, read, versionOf } from "./measuring.js";

const { name, task } = readArguments();
const share = 0.1;
const { x, labels } = read("train", task.examples * share);
const test = read("t10k", 10_000);
// Plain arrays: after training on typed ones, brain.js 2.0.0-beta.24 answers with zeros.
const examples = Array.from(labels, (label, i) => {
  return { input: image(x, i), output: Array.from({ length: 10 }, (_, k) => Number(k === label)) };
});

await warmUp(() => learn(examples.slice(0, 200)));
const started = performance.now();
const net = learn(examples);
const seconds = (performance.now() - started) / 1000 / share;

const outputs = new Float32Array(test.count * 10);
for (let i = 0; i < test.count; i++) outputs.set(net.run(image(test.x, i)), i * 10);
report({
  task: name,
  seconds,
  share,
  accuracy: accuracyOf(outputs, test.labels),
  versions: { "brain.js": versionOf("brain.js") },
});

/** @param {typeof examples} examples */
function learn(examples) {
  const net = new NeuralNetwork({ hiddenLayers: task.layers.slice(1, -1) });
  net.train(examples, { iterations: task.epochs, errorThresh: 1e-9 });
  return net;
}

/**
 * @param {Float32Array} images
 * @param {number} i
 */
function image(images, i) {
  return Array.from(images.subarray(i * 784, (i + 1) * 784));
}
