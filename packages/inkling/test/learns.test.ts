// Learning, on what everybody knows how to judge.

import { Dataset, dense, evaluate, flatten, momentum, network, table, train } from "inkling";
import { mnist } from "inkling/node";
import { expect, test } from "vitest";
import { Wasm } from "../src/backends/wasm/wasm.ts";

test.each([1, 2, 3, 4, 5])("XOR is learned from seed %i, which no network without a hidden layer can", async (seed) => {
  const xor = table(
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    [0, 1, 1, 0],
  );
  const model = network([2], [dense(8, "tanh"), dense(2)], { seed });
  await train(model, xor, {
    epochs: 400,
    batchSize: "full",
    optimizer: momentum({ learningRate: 0.3 }),
  });
  const { accuracy, loss } = await evaluate(model, xor);
  expect(accuracy).toBe(1);
  expect(loss).toBeLessThan(0.02);
});

test("500 digits are learned by heart, and most others recognised", async () => {
  const { train: all, test: others } = await mnist();
  const digits = all.take(500);
  const model = network([28, 28, 1], [flatten(), dense(32, "relu"), dense(10)], { seed: 1 });
  await train(model, digits, { epochs: 40, batchSize: 25, optimizer: momentum() });
  const known = await evaluate(model, digits);
  expect(known.accuracy).toBe(1);
  expect(known.loss).toBeLessThan(0.02);
  expect((await evaluate(model, others.take(2000))).accuracy).toBeGreaterThan(0.8);
});

test("a fresh network knows nothing: its loss is near ln 10", async () => {
  const { test: digits } = await mnist();
  const model = network([28, 28, 1], [flatten(), dense(32, "sigmoid"), dense(10, { initializer: "zeros" })]);
  expect((await evaluate(model, digits)).loss).toBeCloseTo(Math.LN10, 6);
});

test("what one example's input is does not touch another's outputs", async () => {
  const model = network([3], [dense(4, "tanh"), dense(2)]);
  const outputs = async (first: number) => {
    const x = model.backend.matrix(2, 3);
    model.backend.write(x, [first, 2, 3, 4, 5, 6]);
    return (await model.backend.read(model.forward(x))).slice(2);
  };
  expect(await outputs(1)).toEqual(await outputs(-100));
});

test("the same bytes may be a data set of another shape", async () => {
  const inputs = new Uint8Array(6400).fill(9);
  const backend = new Wasm();
  for (const columns of [64, 32, 64]) {
    const count = inputs.length / columns;
    const data = new Dataset({ name: "bytes", shape: [columns], classes: 5, inputs, labels: new Uint8Array(count) });
    const model = network([columns], [dense(5)], { backend });
    for await (const { examples } of train(model, data, { epochs: 1 })) expect(examples).toBe(count);
  }
});
