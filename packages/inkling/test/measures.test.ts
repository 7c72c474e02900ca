// What an evaluation measures, of classes and of numbers, and that both can be learnt.
import { dense, evaluate, meanSquared, network, predictAll, Scaling, sgd, standardize, table, train } from "inkling";
import { describe, expect, test } from "vitest";
import { rows } from "./small-training.ts";

describe("numbers to be predicted", () => {
  // y = 3a − 2b + 10, in thousands
  const answers = rows.map(([a, b]) => 1000 * (3 * a - 2 * b + 10));
  const data = table(rows, answers, { task: "numbers", name: "line", targetNames: ["price"] });

  test("are learned with the mean squared error, and predicted in their own units", async () => {
    const model = network([3], [dense(1)], {
      loss: meanSquared(),
      scaling: standardize(data),
      targetScaling: new Scaling([10_000], [1000]),
    });
    const last = await train(model, data, { epochs: 200, batchSize: 8, optimizer: sgd({ learningRate: 0.1 }) });
    expect(last?.accuracy).toBeUndefined();
    const found = await evaluate(model, data);
    expect(found.rSquared).toBeGreaterThan(0.9999);
    expect(found.rootMeanSquaredError).toBeLessThan(30);
    expect(found.meanAbsoluteError).toBeLessThanOrEqual(found.rootMeanSquaredError);
    const { values } = await model.predict(rows[0]);
    expect(values[0]).toBeCloseTo(answers[0], -2);
    expect(model.targetNames).toEqual(["price"]);
  });

  test("R², RMSE and MAE are what they are by hand", async () => {
    const model = network([1], [dense(1, { initializer: "zeros" })], { loss: meanSquared() });
    const found = await evaluate(model, table([[1], [2], [3]], [1, 2, 6], { task: "numbers" }));
    // Predictions are 0: Σ error² = 41, Σ |error| = 9, Σ (y − 3)² = 14
    expect(found.rootMeanSquaredError).toBeCloseTo(Math.sqrt(41 / 3), 12);
    expect(found.meanAbsoluteError).toBeCloseTo(3, 12);
    expect(found.rSquared).toBeCloseTo(1 - 41 / 14, 12);
    expect(found.loss).toBeCloseTo(41 / 3, 6);
  });
});

test("precision and recall are what they are by hand", async () => {
  // The outputs are the inputs, so that the prediction is the largest input.
  const model = network([3], [dense(3, { initializer: "zeros" })]);
  model.backend.write(model.parameters[0].value, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const one = (label: number) => [0, 1, 2].map((j) => (j === label ? 1 : 0));
  const [labels, read] = [
    [0, 0, 0, 1, 1, 2],
    [0, 0, 1, 1, 2, 2],
  ];
  const { perClass, accuracy } = await evaluate(model, table(read.map(one), labels));
  expect(accuracy).toBeCloseTo(4 / 6);
  expect(perClass.map(({ precision, recall, examples }) => [precision, recall, examples])).toEqual([
    [1, 2 / 3, 3],
    [1 / 2, 1 / 2, 2],
    [1 / 2, 1, 1],
  ]);
});

test("more than 256 classes are told apart: 300 is 300", async () => {
  const classes = 400;
  const labels = Uint32Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 300 : 44));
  const data = table(
    Array.from(labels, (label) => [label === 300 ? 1 : -1]),
    labels,
    { classes },
  );
  const model = network([1], [dense(classes)], { seed: 1 });
  await train(model, data, { epochs: 60, batchSize: 10, optimizer: sgd({ learningRate: 0.5 }) });
  expect((await evaluate(model, data)).accuracy).toBe(1);
  expect(Array.from((await predictAll(model, data)).labels.subarray(0, 2))).toEqual([300, 44]);
  expect((await model.predict([1])).label).toBe(300);
});
