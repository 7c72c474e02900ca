import { describe, expect, test } from "vitest";
import { network } from "../network/network.ts";
import { hiddenLayers, isHiddenLayer } from "./architecture.ts";
import { completed } from "./configuration.ts";
import { fields } from "./fields.ts";

/** "conv2d > flatten > dense", of images with ReLU. */
const types = (text: string) => {
  const layers = fields.layers.parse(text) as (number | string)[];
  return hiddenLayers(layers, true, "relu", "he")
    .map(({ type }) => type)
    .join(" > ");
};

describe("hidden layers as text", () => {
  test("are dense layers, convolutions, poolings, normalisations and dropouts", () => {
    expect(types("128,64")).toBe("flatten > dense > dense");
    expect(types("20c5,p2,40c5,p2,100")).toBe("conv2d > maxPool2d > conv2d > maxPool2d > flatten > dense");
    expect(types("8c3,a2,d0.25")).toBe("conv2d > averagePool2d > dropout > flatten");
    expect(types("none")).toBe("flatten");
  });

  test("need no flatten after global pooling", () => {
    expect(types("8c3,g")).toBe("conv2d > globalAveragePool2d");
  });

  test("have their activation after the batch normalisation that follows them", () => {
    expect(types("8c3,p2,bn,16")).toBe("conv2d > maxPool2d > batchNorm > activation > flatten > dense");
    const [convolution, , , sigma] = hiddenLayers(["8c3", "p2", "bn"], true, "relu", "he");
    expect(convolution).toMatchObject({ activation: "identity" });
    expect(sigma).toMatchObject({ activation: "relu" });
    expect(types("bn,8")).toBe("batchNorm > flatten > dense");
  });

  test("say stride and padding", () => {
    const [a, b, c] = hiddenLayers(["8c5s2", "8c3p1", "8c3same"], true, "relu", "he");
    expect(a).toMatchObject({ filters: 8, stride: 2, padding: 0 });
    expect(b).toMatchObject({ padding: 1 });
    expect(c).toMatchObject({ padding: "same" });
  });

  test("make a network of 8c5-P-16c5-P-10", () => {
    const layers = hiddenLayers(["8c5", "p2", "16c5", "p2"], true, "relu", "he");
    expect(network([28, 28, 1], layers).outputShape).toEqual([4 * 4 * 16]);
  });

  test("are refused when they are something else", () => {
    for (const text of ["c5", "8c", "0c5", "8c5s0", "p", "p0", "d1", "d1.5", "d", "bn2", "8C5x", "g2"]) {
      expect(isHiddenLayer(text), text).toBe(false);
      expect(() => completed({ layers: [text] as never }), text).toThrow("layers: expected");
    }
  });
});
