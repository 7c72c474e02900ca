// Models as PyTorch's, Keras's and scikit-learn's exporters write them say here what they said there
// (golden/onnx-models.py), and can be trained on.
import { readFileSync } from "node:fs";
import { Dataset, type Network, sgd, train } from "inkling";
import { describe, expect, test } from "vitest";
import { type DecodeOnnxOptions, decodeOnnx, externalFiles } from "../src/onnx/index.ts";

interface Case {
  readonly inputs: number[][];
  readonly outputs: number[][];
  readonly task: "classes" | "numbers";
  readonly bytes?: boolean;
  readonly loss?: DecodeOnnxOptions["loss"];
  readonly names?: string[];
}

const golden = new URL("golden/", import.meta.url);
const cases: Record<string, Case> = JSON.parse(readFileSync(new URL("onnx-models.json", golden), "utf8"));
const file = (name: string) => new Uint8Array(readFileSync(new URL(`onnx-models/${name}`, golden)));

async function decoded(name: string, options: DecodeOnnxOptions = {}) {
  const bytes = file(`${name}.onnx`);
  const external = new Map(externalFiles(bytes).map((other) => [other, file(other)]));
  const { loss } = cases[name];
  const { model, notes } = await decodeOnnx(bytes, { external, ...(loss && { loss }), ...options });
  return { model: model as Network, notes };
}

/** What a model makes of an example. */
async function said(model: Network, example: number[], isOfBytes = false): Promise<number[]> {
  const found = await model.predict(isOfBytes ? Uint8Array.from(example) : example);
  return Array.from(found.task === "classes" ? found.probabilities : found.values);
}

describe.each(Object.entries(cases))("%s", (name, { inputs, outputs, task, bytes, names }) => {
  test("says what it said where it comes from", async () => {
    const { model } = await decoded(name);
    expect(model.loss.task).toBe(task);
    expect(model.classNames).toEqual(names);
    for (const [i, example] of inputs.entries()) {
      const found = await said(model, example, bytes);
      expect(found.length).toBe(outputs[i].length);
      const scale = Math.max(1, ...outputs[i].map(Math.abs));
      for (const [j, value] of found.entries()) expect(Math.abs(value - outputs[i][j]) / scale).toBeLessThan(2e-6);
    }
  });

  test("can be trained on", async () => {
    const { model } = await decoded(name);
    const data = new Dataset({
      name,
      shape: model.inputShape,
      inputs: bytes ? Uint8Array.from(inputs.flat()) : Float32Array.from(inputs.flat()),
      ...(task === "classes"
        ? { labels: Uint8Array.from(inputs, (_, i) => i % model.outputs), classes: model.outputs }
        : { targets: Float32Array.from(outputs.flat(), (value) => Math.min(1, Math.max(0, value))) }),
    });
    const before = await model.weightsSha256();
    const last = await train(model, data, { epochs: 1, batchSize: 4, optimizer: sgd({ learningRate: 0.01 }) });
    expect(Number.isFinite(last?.loss)).toBe(true);
    expect(await model.weightsSha256()).not.toBe(before);
  });
});
