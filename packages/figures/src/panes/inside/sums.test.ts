import fc from "fast-check";
import { crossEntropy, dense, flatten, network } from "inkling";
import { trace } from "inkling/proofs";
import { describe, expect, test } from "vitest";
import { columnOf } from "./arrangement.ts";
import { blameOf, denseAbove, isPlainCrossEntropy, softmaxJacobian, sumOf, totalOf } from "./sums.ts";

const networks = fc.record({
  seed: fc.nat(1000),
  hidden: fc.integer({ min: 1, max: 12 }),
  label: fc.nat(4),
  pixels: fc.uint8Array({ minLength: 20, maxLength: 20 }),
});

describe("sums", () => {
  test("have terms that add up to the z and the ∂C/∂a of the trace, in random networks", async () => {
    await fc.assert(
      fc.asyncProperty(networks, async ({ seed, hidden, label, pixels }) => {
        const model = network([4, 5, 1], [flatten(), dense(hidden, "tanh"), dense(5)], { seed });
        const { layers } = await trace(model, pixels, { label });
        for (const layer of layers) {
          const { dense: own } = layer;
          if (own?.back === undefined) continue;
          const above = denseAbove(layers, layer);
          for (let j = 0; j < own.z.length; j++) {
            expect(totalOf(sumOf(own.x, columnOf(own.W, j), 3)) + own.b[j]).toBeCloseTo(own.z[j], 5);
            if (above) expect(totalOf(blameOf(above, j))).toBeCloseTo(own.back.dA[j], 5);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test("begin with the largest terms and count those that are 0", () => {
    const { largest, others, zeros } = sumOf([1, 0, -2, 3, 0.5], [0.5, 9, 4, 0, 2], 2);
    expect(largest.map(({ place, product }) => [place, product])).toEqual([
      [2, -8],
      [4, 1],
    ]);
    expect([others, zeros]).toEqual([{ count: 1, sum: 0.5 }, 2]);
  });

  test("end where another kind of layer is above", async () => {
    const model = network([2], [dense(3, "relu"), dense(2)], { seed: 1 });
    const { layers } = await trace(model, [1, 2], { label: 0 });
    expect(denseAbove(layers, layers[0])?.layer.name).toBe("layers.1");
    expect(denseAbove(layers, layers[1])).toBeUndefined();
  });
});

test("−1/p of the right class times its row of softmax's Jacobian is p − y", async () => {
  const model = network([3], [dense(4)], { seed: 2 });
  const { softmax, back } = await trace(model, [0.5, -1, 2], { label: 1 });
  const p = softmax?.probabilities ?? new Float32Array();
  const jacobian = softmaxJacobian(p);
  for (let k = 0; k < p.length; k++) {
    expect(-jacobian[p.length + k] / p[1]).toBeCloseTo(back?.dOutputs[k] ?? Number.NaN, 6);
    const column = Array.from(p, (_, j) => jacobian[j * p.length + k]);
    expect(column.reduce((sum, value) => sum + value)).toBeCloseTo(0, 6);
  }
});

test("δ = p − y is said of the plain loss alone: not where targets are smoothed", async () => {
  const traced = (loss?: ReturnType<typeof crossEntropy>) =>
    trace(network([3], [dense(4)], { seed: 2, ...(loss && { loss }) }), [0.5, -1, 2], { label: 1 });
  expect(isPlainCrossEntropy(await traced())).toBe(true);
  expect(isPlainCrossEntropy(await traced(crossEntropy({ labelSmoothing: 0.1 })))).toBe(false);
});
