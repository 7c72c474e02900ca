/**
 * Models as TensorFlow.js saves them, and what they compute.
 *
 *   npm install @tensorflow/tfjs@4.22.0 && node tfjs.mjs DIRECTORY
 *
 * Writes DIRECTORY/tfjs-NAME/model.json, its shards, and DIRECTORY/tfjs.json with examples and outputs. Weights are cut
 * into shards of 400 bytes, as the converter does it with 4 MB.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";

const home = process.argv[2];
let state = 5;
/** From −1 to 1. */
const random = () => {
  state = (state * 1103515245 + 12345) % 2147483648;
  return (2 * state) / 2147483648 - 1;
};
const drawn = (shape) => tf.tensor(Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random), shape);

const { layers } = tf;
const models = {
  dense: [
    layers.dense({ units: 5, activation: "relu", inputShape: [6] }),
    layers.dropout({ rate: 0.3 }),
    layers.dense({ units: 3, activation: "softmax" }),
  ],
  cnn: [
    layers.conv2d({
      filters: 4,
      kernelSize: [3, 2],
      strides: [2, 1],
      padding: "same",
      inputShape: [9, 8, 2],
      useBias: false,
    }),
    layers.batchNormalization({}),
    layers.reLU(),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.averagePooling2d({ poolSize: 2, strides: 1, padding: "same" }),
    layers.conv2d({ filters: 3, kernelSize: 2, dilationRate: [1, 2], activation: "elu" }),
    layers.flatten(),
    layers.dense({ units: 6 }),
    layers.activation({ activation: "tanh" }),
    layers.dense({ units: 3, activation: "softmax" }),
  ],
  row: [
    layers.reshape({ targetShape: [4, 3, 1], inputShape: [12] }),
    layers.conv2d({ filters: 2, kernelSize: 2, activation: "swish" }),
    layers.globalAveragePooling2d({}),
    layers.dense({ units: 1, activation: "sigmoid" }),
  ],
};

const found = {};
for (const [name, list] of Object.entries(models)) {
  const model = tf.sequential({ layers: list });
  // Moving means and variances, too; a variance is positive.
  model.setWeights(model.weights.map((w) => (w.name.includes("variance") ? drawn(w.shape).add(1.5) : drawn(w.shape))));
  const examples = drawn([5, ...model.inputs[0].shape.slice(1)]);
  found[name] = {
    rows: examples.reshape([5, -1]).arraySync(),
    outputs: model.predict(examples).arraySync(),
  };
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, format, generatedBy, convertedBy, weightData, weightSpecs }) => {
      const directory = join(home, `tfjs-${name}`);
      mkdirSync(directory, { recursive: true });
      const bytes = new Uint8Array(
        Array.isArray(weightData) ? Buffer.concat(weightData.map((b) => Buffer.from(b))) : weightData,
      );
      const count = Math.ceil(bytes.length / 400);
      const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
      for (const [i, path] of paths.entries())
        writeFileSync(join(directory, path), bytes.subarray(400 * i, 400 * (i + 1)));
      const weightsManifest = [{ paths, weights: weightSpecs }];
      const json = { format, generatedBy, convertedBy, modelTopology, weightsManifest };
      writeFileSync(join(directory, "model.json"), `${JSON.stringify(json)}\n`);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
}
writeFileSync(join(home, "tfjs.json"), `${JSON.stringify(found)}\n`);
