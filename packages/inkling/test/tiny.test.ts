// The specification in tests of a few lines. Read them first.
import { crossEntropy, dense, evaluate, flatten, momentum, network, sgd, table, train } from "inkling";
import { decodeModel, encodeModel } from "inkling/formats";
import { expect, test } from "vitest";

const xor = table(
  [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  [0, 1, 1, 0],
  { name: "XOR" },
);
const tiny = () => network([2], [dense(3, "tanh"), dense(2)], { seed: 1 });

test("a network has an input shape and layers", () => {
  const model = network([28, 28, 1], [flatten(), dense(30, "relu"), dense(10)]);
  expect([model.inputs, model.outputs]).toEqual([784, 10]);
});

test("a dense layer has weights (inputs × outputs) and a bias", () => {
  const [weights, bias] = tiny().parameters;
  expect([weights.shape, bias.shape]).toEqual([[2, 3], [3]]);
});

test("the same seed gives the same first weights, another seed others", async () => {
  const digests = await Promise.all([1, 1, 2].map((seed) => network([2], [dense(2)], { seed }).weightsSha256()));
  expect(digests[0]).toBe(digests[1]);
  expect(digests[0]).not.toBe(digests[2]);
});

test("z = x·W + b", async () => {
  const model = network([2], [dense(1)]);
  model.backend.write(model.parameters[0].value, [2, 3]);
  model.backend.write(model.parameters[1].value, [10]);
  const x = model.backend.matrix(1, 2);
  model.backend.write(x, [5, 7]);
  expect(await model.backend.read(model.forward(x))).toEqual(Float32Array.of(5 * 2 + 7 * 3 + 10));
});

test("ReLU is 0 below 0, and NaN stays NaN", async () => {
  const { backend } = tiny();
  const [x, W, b] = [backend.matrix(4, 1), backend.matrix(1, 1), backend.matrix(1, 1)];
  backend.write(x, [-1, 0, 2, Number.NaN]);
  backend.write(W, [1]);
  expect(await backend.read(backend.affine(x, W, b, "relu").a)).toEqual(Float32Array.of(0, 0, 2, Number.NaN));
});

test("softmax makes probabilities of logits, however large", async () => {
  const { backend } = tiny();
  const z = backend.matrix(1, 3);
  backend.write(z, [1000, 1000, -1000]);
  expect(await backend.read(backend.softmax(z))).toEqual(Float32Array.of(0.5, 0.5, 0));
});

test("predict names the most probable class", async () => {
  const { label, probabilities } = await tiny().predict([0, 1]);
  expect(probabilities[label]).toBe(Math.max(...probabilities));
  expect(probabilities[0] + probabilities[1]).toBeCloseTo(1, 6);
});

test("a byte p is the number p / 255", async () => {
  const model = tiny();
  const bytes = await model.predict(Uint8Array.of(0, 51));
  expect(bytes).toEqual(await model.predict([0, Math.fround(51 / 255)]));
});

test("training yields after every epoch", async () => {
  const epochs = [];
  for await (const { epoch } of train(tiny(), xor, { epochs: 3, batchSize: 2 })) epochs.push(epoch);
  expect(epochs).toEqual([1, 2, 3]);
});

test("training yields after every step if asked", async () => {
  const steps = [];
  for await (const { step } of train(tiny(), xor, { epochs: 2, batchSize: 3, every: "step" })) steps.push(step);
  expect(steps).toEqual([1, 2, 1, 2]);
});

test("not asking for the next value stops the training", async () => {
  const model = tiny();
  for await (const { step } of train(model, xor, { epochs: 1000, batchSize: 1, every: "step" })) if (step === 2) break;
  expect(model.training).toBeUndefined();
});

test("training makes the loss small", async () => {
  const model = tiny();
  await train(model, xor, {
    epochs: 300,
    batchSize: "full",
    optimizer: momentum({ learningRate: 0.5 }),
  });
  expect((await evaluate(model, xor)).loss).toBeLessThan(0.01);
});

test("the same seed, data and options give the same weights to the last bit", async () => {
  const digests = [];
  for (let run = 0; run < 2; run++) {
    const model = tiny();
    await train(model, xor, { epochs: 50, batchSize: 2 });
    digests.push(await model.weightsSha256());
  }
  expect(digests[0]).toBe(digests[1]);
});

test("one step of gradient descent is W ← W − η·∂C/∂W", async () => {
  const model = network([1], [dense(2)]);
  const data = table([[1]], [0], { classes: 2 });
  for (const { value } of model.parameters) model.backend.write(value, [0, 0]);
  await train(model, data, { epochs: 1, batchSize: "full", optimizer: sgd({ learningRate: 1 }) });
  // p = (½, ½), y = (1, 0), so ∂C/∂z = (−½, ½)
  expect(await model.backend.read(model.parameters[0].value)).toEqual(Float32Array.of(0.5, -0.5));
});

test("evaluate counts hits, misses and confusions", async () => {
  const model = network([1], [dense(2)]);
  for (const { value } of model.parameters) model.backend.write(value, [0, 0]);
  const { accuracy, confusion, mistakes, loss } = await evaluate(model, table([[1], [1], [1]], [0, 1, 1]));
  expect(accuracy).toBeCloseTo(1 / 3);
  expect(confusion).toEqual([
    [1, 0],
    [2, 0],
  ]);
  expect(mistakes.map(({ index }) => index)).toEqual([1, 2]);
  expect(loss).toBeCloseTo(Math.LN2);
});

test("a model file gives the model back", async () => {
  const model = tiny();
  const copy = decodeModel(await encodeModel(model));
  expect(await copy.weightsSha256()).toBe(await model.weightsSha256());
  expect(await copy.predict([0, 1])).toEqual(await model.predict([0, 1]));
});

test("a model remembers how it was trained", async () => {
  const model = tiny();
  await train(model, xor, { epochs: 2, batchSize: 2 });
  const { training } = decodeModel(await encodeModel(model));
  expect(training).toMatchObject({
    seed: 1,
    epochs: 2,
    data: { name: "XOR", examples: 4 },
    configuration: { batchSize: 2 },
  });
});

test("an error says where, what was expected, what came, and what to do", () => {
  const sentence = /^network: expected logits for crossEntropy .*, got .*\. Leave .*\.$/;
  expect(() => network([2], [dense(2, "relu")], { loss: crossEntropy() })).toThrow(sentence);
});

test("a training that diverges says so, and leaves the weights from before that epoch", async () => {
  const model = tiny();
  const before = await model.weightsSha256();
  const training = train(model, xor, { epochs: 3, batchSize: 1, optimizer: sgd({ learningRate: 1e38 }) });
  await expect(training.next()).rejects.toThrow(/^train: .* in epoch 1, step \d+\. The usual cause is a large step/);
  expect(await model.weightsSha256()).toBe(before);
});
