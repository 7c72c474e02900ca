// Frozen layers: training leaves their numbers as they are, and everything else learns as before.
import {
  adam,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  type LayerSpec,
  type Network,
  network,
  type Parameter,
  residual,
  type TrainOptions,
  train,
} from "inkling";
import { inOrder, labels, type Matrix } from "inkling/backends";
import { decodeModel, encodeModel } from "inkling/formats";
import { type LayerKind, layerSpec } from "inkling/layers";
import { gradientCheck, Reference, recording, trace } from "inkling/proofs";
import { describe, expect, test } from "vitest";
import { Batches } from "../src/data/batches.ts";
import { points } from "./small-training.ts";

const options: TrainOptions = { epochs: 3, batchSize: 16, shuffle: false, optimizer: adam({ learningRate: 0.01 }) };
const layers = (frozen: boolean): LayerSpec[] => [
  dense(5, { activation: "tanh", trainable: !frozen }),
  dense(4, "relu"),
  dense(2),
];

const numbersOf = ({ backend, tensors }: Network) =>
  Promise.all(tensors.map(async ({ value }) => Array.from(await backend.read(value))));

/** A training by hand, of the parameters from place `first` on, all gradients computed. */
function trainByHand(model: Network, first: number): void {
  const { backend } = model;
  const batches = new Batches(backend, points);
  const order = inOrder(points.count);
  const updater = adam({ learningRate: 0.01 }).prepare(backend, model.parameters.slice(first));
  for (let epoch = 1; epoch <= 3; epoch++) {
    for (let start = 0; start < points.count; start += 16) {
      backend.step(() => {
        const rows = Math.min(16, points.count - start);
        const outputs = model.forward(batches.batch(order, start, rows), { purpose: "training", epoch, order, start });
        model.backward(model.loss.compute(backend, outputs, batches.targetsOf(order, start, rows)).dOutputs);
        updater.update();
      });
    }
  }
}

test("a frozen first layer keeps its numbers, and the others get the bits that they get beside it", async () => {
  const model = network([3], layers(true), { seed: 1 });
  const [before, byHand] = [await numbersOf(model), network([3], layers(false), { seed: 1 })];
  await train(model, points, options);
  trainByHand(byHand, 2);
  const after = await numbersOf(model);
  expect(after).toEqual(await numbersOf(byHand));
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  for (let i = 2; i < after.length; i++) expect(after[i]).not.toEqual(before[i]);
});

/** The gradients of all parameters, frozen ones too, after one backward pass. */
async function gradientsOf(model: Network): Promise<number[][]> {
  const { backend, tensors } = model;
  const x = backend.matrix(2, 3);
  backend.write(x, [1, 2, 3, -1, 0, 1]);
  model.backward(model.forward(x));
  return Promise.all((tensors as Parameter[]).map(async ({ gradient }) => Array.from(await backend.read(gradient))));
}

test("gradients flow through a frozen layer to the same bits; its own are not computed", async () => {
  const specs = (trainable: boolean) => [dense(5, "tanh"), dense(4, { activation: "relu", trainable }), dense(2)];
  const [frozen, whole] = await Promise.all([false, true].map((one) => gradientsOf(network([3], specs(one)))));
  expect([frozen[0], frozen[1], frozen[4], frozen[5]]).toEqual([whole[0], whole[1], whole[4], whole[5]]);
  expect([...frozen[2], ...frozen[3]].every((value) => value === 0)).toBe(true);
  expect([...whole[2], ...whole[3]].every((value) => value === 0)).toBe(false);
});

test("a convolution and a batch normalization are frozen alike: gradients flow through, their own stay zeros", async () => {
  const run = async (trainable: boolean) => {
    const specs = [conv2d(2, 2), conv2d(3, 2, { trainable }), batchNorm({ trainable }), flatten(), dense(2)];
    const model = network([4, 4, 1], specs);
    const { backend } = model;
    const x = backend.keep(2, 16);
    backend.write(
      x,
      Array.from({ length: 32 }, (_, e) => (e % 7) - 3),
    );
    const pass = { purpose: "training", epoch: 1, order: inOrder(2), start: 0 } as const;
    const outputs = model.forward(x, pass);
    model.backward(outputs);
    const parameters = model.tensors.filter(({ role }) => role === "parameter") as Parameter[];
    return Promise.all(parameters.map(async ({ gradient }) => Array.from(await backend.read(gradient))));
  };
  const [frozen, whole] = await Promise.all([false, true].map(run));
  const own = [2, 3, 4, 5];
  for (const p of whole.keys()) {
    if (own.includes(p)) expect(frozen[p].every((value) => value === 0)).toBe(true);
    else expect(frozen[p]).toEqual(whole[p]);
    expect(whole[p].some((value) => value !== 0)).toBe(true);
  }
});

test("a frozen batch normalization keeps its scale and shift; its running statistics still follow the batches", async () => {
  const model = network([3], [dense(4), batchNorm({ trainable: false }), dense(2)]);
  const before = await numbersOf(model);
  await train(model, points, options);
  const after = await numbersOf(model);
  const isKept = model.tensors.map((_, i) => JSON.stringify(before[i]) === JSON.stringify(after[i]));
  const kept = model.tensors.filter((_, i) => isKept[i]).map(({ name }) => name);
  expect(kept).toEqual(["layers.1.scale", "layers.1.shift"]);
});

test("below the first layer that learns nothing is computed, and in a frozen one no gradient of a parameter", () => {
  const { backend, calls } = recording(new Reference());
  const frozen = { trainable: false };
  const model = network([3], [dense(4, frozen), dense(3), residual([dense(3)], frozen), dense(2, frozen)], { backend });
  const outputs = model.forward(backend.keep(2, 3));
  calls.length = 0;
  model.backward(outputs);
  expect(calls.map(({ operation, layer }) => `${layer}: ${operation}`)).toEqual([
    ...["layers.3: activateBackward", "layers.3: matmulTransposeB"],
    ...["layers.2.layers.0: activateBackward", "layers.2.layers.0: matmulTransposeB", "layers.2: addScaled"],
    ...["layers.1: activateBackward", "layers.1: meanRows", "layers.1: meanOuter"],
  ]);
});

test("a frozen residual freezes all layers inside, and one inside may be frozen by itself", () => {
  const inside = (trainable?: boolean) => [dense(3), residual([dense(3), dense(3, { trainable })])];
  const names = (specs: LayerSpec[]) => network([3], specs).parameters.map(({ name }) => name);
  expect(names([residual(inside(), { trainable: false }), dense(1)])).toEqual(["layers.1.weights", "layers.1.bias"]);
  expect(names([residual(inside(false))])).toEqual([
    ...["layers.0.layers.0.weights", "layers.0.layers.0.bias"],
    ...["layers.0.layers.1.layers.0.weights", "layers.0.layers.1.layers.0.bias"],
  ]);
});

test("the optimizer remembers nothing of a frozen layer, the state has its numbers, and it is resumed", async () => {
  const run = train(network([3], layers(true), { seed: 1 }), points, options);
  await run.next();
  const state = await run.state();
  const names = Object.keys(state.tensors);
  expect(names).toContain("model.layers.0.weights");
  expect(names).not.toContain("optimizer.layers.0.weights.mean");
  expect(names).toContain("optimizer.layers.1.weights.mean");
  const [resumed, whole] = [9, 1].map((seed) => network([3], layers(true), { seed }));
  await train(resumed, points, { resume: state });
  await train(whole, points, options);
  expect(await resumed.weightsSha256()).toBe(await whole.weightsSha256());
  expect(() => train(network([3], layers(false)), points, { resume: state })).toThrow("a state of this network");
});

test("digest and file hold frozen numbers too; a layer that learns has the file that it always had", async () => {
  const [frozen, free] = [true, false].map((one) => network([3], layers(one), { seed: 1 }));
  expect(await frozen.weightsSha256()).toBe(await free.weightsSha256());
  const copy = decodeModel(await encodeModel(frozen));
  expect(copy.specs).toEqual(frozen.specs);
  expect(copy.parameters.length).toBe(4);
  expect(JSON.stringify(free.specs)).not.toContain("trainable");
  expect(JSON.stringify(dense(2, { trainable: undefined }))).toBe(JSON.stringify(dense(2)));
});

test("a training in which every layer is frozen is refused", () => {
  const model = network([3], [dense(4, { trainable: false }), residual([dense(4)], { trainable: false })]);
  expect(() => train(model, points)).toThrow(
    "train: expected a network with a layer that learns, got one whose layers are all frozen. " +
      "Leave trainable: false out of a layer.",
  );
});

test("the gradient check looks at what learns", async () => {
  const model = network([3], layers(true), { backend: new Reference("float64") });
  const x = model.backend.keep(2, 3);
  model.backend.write(x, [1, 2, 3, -1, 0, 1]);
  const rows = await gradientCheck(model, x, labels([0, 1]));
  expect(rows.map(({ name }) => name)).toEqual([
    ...["layers.1.weights", "layers.1.bias", "layers.2.weights", "layers.2.bias", "input"],
  ]);
  expect(rows.every(({ passed }) => passed)).toBe(true);
});

test("a trace shows a frozen layer's gradients, and that a step leaves it as it is", async () => {
  const [frozen, free] = [true, false].map((one) => network([3], layers(one), { seed: 1 }));
  const [seen, whole] = [await trace(frozen, [1, 0, 2], { label: 1 }), await trace(free, [1, 0, 2], { label: 1 })];
  const [first, other] = [seen.layers[0], whole.layers[0]];
  expect(first.description).toBe("dense, tanh, frozen");
  expect(first.dense?.back?.dW).toEqual(other.dense?.back?.dW);
  expect(first.parameters.map(({ gradient }) => gradient)).toEqual(other.parameters.map(({ gradient }) => gradient));
  expect(first.parameters.map(({ after }) => after)).toEqual(first.parameters.map(({ value }) => value));
  expect(first.dense?.back?.WAfter).toEqual(first.dense?.W);
  expect(seen.layers[1].parameters).toEqual(whole.layers[1].parameters);
  expect(await seen.difference(0, 1, 2)).toEqual(await whole.difference(0, 1, 2));
});

test("a kind of one's own that knows nothing of freezing can be frozen all the same", async () => {
  const doubling: LayerKind = {
    type: "scaling",
    check: () => {},
    outputShape: (_fields, shape) => shape,
    tensors: (_fields, [width]) => [{ name: "weights", shape: [width, width], role: "parameter", first: () => 0.5 }],
    build(_fields, { ops, parameter }) {
      const W = parameter("weights");
      let seen: Matrix;
      return {
        forward(x) {
          seen = x;
          return ops.matmul(x, W.value);
        },
        backward(dY) {
          ops.meanOuter(seen, dY, W.gradient);
          return ops.matmulTransposeB(dY, W.value);
        },
      };
    },
    describe: () => "scaling",
  };
  const model = network([3], [dense(3), layerSpec(doubling, { trainable: false }), dense(2)]);
  await train(model, points, options);
  const numbers = await model.backend.read(model.tensors[2].value);
  expect(model.tensors[2].name).toBe("layers.1.weights");
  expect(numbers.every((value) => value === 0.5)).toBe(true);
});

describe("what freezes nothing is refused", () => {
  test.each<[string, () => unknown, string]>([
    ["a word", () => dense(3, { trainable: "no" as never }), 'dense: expected trainable true or false, got "no".'],
    ["null", () => dense(3, { trainable: null as never }), "dense: expected trainable true or false, got null."],
    ["a misspelt name", () => dense(3, { trainabel: false } as never), "Did you mean trainable?"],
    ["flatten", () => (flatten as (options: object) => unknown)({ trainable: false }), 'got "trainable".'],
    [
      "a layer without parameters, by its fields",
      () => network([3], [{ ...dropout(0.5), trainable: false }]),
      "dropout: expected no trainable (it has no parameters), got false. Leave it out.",
    ],
  ])("%s", (_name, attempt, sentence) => {
    expect(attempt).toThrow(sentence);
  });
});
