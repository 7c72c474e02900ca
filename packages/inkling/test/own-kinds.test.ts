// A kind of one's own that is made of other layers: it names, builds, freezes and stores them as `residual` does.
import { adam, dense, dropout, type LayerSpec, network, residual, train } from "inkling";
import { labels } from "inkling/backends";
import { decodeModel, encodeModel } from "inkling/formats";
import { allLayers, describe, type Layer, type LayerKind, layerSpec, outputShape, tensorSpecs } from "inkling/layers";
import { gradientCheck, Reference } from "inkling/proofs";
import { expect, test } from "vitest";
import { points } from "./small-training.ts";

/** y = 2·f(x), f one layer. */
const doubled: LayerKind<{ layer: LayerSpec }> = {
  type: "doubled",
  check: () => {},
  outputShape: ({ layer }, inputShape) => outputShape(layer, inputShape),
  inner: ({ layer }) => [layer],
  fromJson: ({ layer }, read) => ({ layer: read(layer) }),
  tensors: ({ layer }, shape) => tensorSpecs(layer, shape).map((one) => ({ ...one, name: `layers.0.${one.name}` })),
  build({ layer }, building) {
    const { ops, inputShape } = building;
    const f: Layer = building.layer(0, layer, inputShape);
    return {
      inner: [f],
      forward(x, pass) {
        const a = f.forward(x, pass);
        return ops.addScaled(a, a, 1);
      },
      backward: (dY, isWanted) => f.backward(ops.addScaled(dY, dY, 1), isWanted),
    };
  },
  describe: ({ layer }) => `twice ${describe(layer)}`,
};

const specs = [
  layerSpec(doubled, { layer: residual([dropout(0.2), dense(3, "tanh")]) }),
  residual([layerSpec(doubled, { layer: dense(3) })], { trainable: false }),
  dense(2),
];

test("its layers have names, streams and descriptions of their place", () => {
  const model = network([3], specs);
  expect(model.tensors.map(({ name }) => name)).toEqual([
    ...["layers.0.layers.0.layers.1.weights", "layers.0.layers.0.layers.1.bias"],
    ...["layers.1.layers.0.layers.0.weights", "layers.1.layers.0.layers.0.bias", "layers.2.weights", "layers.2.bias"],
  ]);
  expect(model.streams).toEqual(["layers.0.layers.0.layers.0.dropout"]);
  expect(allLayers(model.layers).length).toBe(8);
  expect(model.summary()).toContain("0.0       residual, 2 layers");
  expect(model.parameters.length).toBe(4);
});

test("its gradient is right", async () => {
  const model = network([3], specs, { backend: new Reference("float64") });
  const x = model.backend.keep(2, 3);
  model.backend.write(x, [1, 2, 3, -1, 0, 1]);
  for (const { passed, checked } of await gradientCheck(model, x, labels([0, 1]))) {
    expect([passed, checked > 0]).toEqual([true, true]);
  }
});

test("it trains to the same bits on the reference, is saved, and comes back", async () => {
  const [fast, reference] = [network([3], specs), network([3], specs, { backend: new Reference() })];
  for (const model of [fast, reference]) await train(model, points, { epochs: 2, batchSize: 16, optimizer: adam() });
  expect(await fast.weightsSha256()).toBe(await reference.weightsSha256());
  const copy = decodeModel(await encodeModel(fast), { kinds: [doubled] });
  expect(copy.specs).toEqual(fast.specs);
  expect(await copy.weightsSha256()).toBe(await fast.weightsSha256());
});
