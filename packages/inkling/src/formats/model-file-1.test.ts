import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeModel, encodeModel } from "./model-file.ts";
import { decodeTensors, encodeTensors } from "./safetensors.ts";

describe("a file of format 1", () => {
  // Written by Inkling 0.1: names with dashes, and a bias of 1 × outputs.
  const old = readFileSync(new URL("../../test/golden/format-1.safetensors", import.meta.url));

  test("is read, with every number", async () => {
    const model = decodeModel(old);
    expect(await model.weightsSha256()).toBe("31d1d96082a89cba175b1413308d18bab88b8fcc530d91cb1bb6f6c9da7c82c0");
    expect(model.specs[0]).toMatchObject({ activation: "leakyRelu", initializer: "scaledNormal" });
    expect(model.loss.type).toBe("crossEntropy");
    expect(model.parameters.map(({ shape }) => shape)).toEqual([[2, 3], [3], [3, 2], [2]]);
    expect(model.training).toMatchObject({ seed: 7, epochs: 2, data: { name: "XOR", examples: 4 } });
  });

  test("keeps names that only look like the old ones", () => {
    const { metadata, tensors } = decodeTensors(old, "old");
    const before = JSON.parse(metadata["inkling.architecture"]);
    const renamed = { ...before, output: { classNames: ["cross-entropy", "constructor"] } };
    const bytes = encodeTensors({
      metadata: { ...metadata, "inkling.architecture": JSON.stringify(renamed) },
      tensors,
    });
    expect(decodeModel(bytes).classNames).toEqual(["cross-entropy", "constructor"]);
  });

  test.each(["constructor", "toString", "__proto__"])("refuses the activation %s by name", (activation) => {
    const { metadata, tensors } = decodeTensors(old, "old");
    const before = JSON.parse(metadata["inkling.architecture"]);
    const [first, ...others] = before.layers;
    const changed = { ...before, layers: [{ ...first, activation }, ...others] };
    const bytes = encodeTensors({
      metadata: { ...metadata, "inkling.architecture": JSON.stringify(changed) },
      tensors,
    });
    expect(() => decodeModel(bytes)).toThrow(`got "${activation}"`);
  });

  test("is written again as format 2", async () => {
    const bytes = await encodeModel(decodeModel(old));
    const { metadata } = decodeTensors(bytes, "file");
    expect(metadata["inkling.format"]).toBe("2");
    expect(JSON.parse(metadata["inkling.roles"])).toEqual({
      parameters: ["layers.0.weights", "layers.0.bias", "layers.1.weights", "layers.1.bias"],
      statistics: [],
    });
    expect(await decodeModel(bytes).weightsSha256()).toBe(await decodeModel(old).weightsSha256());
  });
});
