// Data and network that do not belong together are refused, not counted: each case was once a wrong number in silence.
import { expect, test } from "vitest";
import { Dataset } from "../data/dataset.ts";
import { standardize } from "../data/scaling.ts";
import { table } from "../data/table.ts";
import { DataError } from "../errors.ts";
import { dense } from "../layers/dense.ts";
import { network } from "../network/network.ts";
import { evaluate, predictAll } from "./evaluate.ts";

const rows = [
  [1, 2],
  [3, 4],
];
const model = network([2], [dense(3)], { columnNames: ["a", "b"], classNames: ["x", "y", "z"] });

test.each([
  [
    "columns",
    table(rows, [0, 1], { columnNames: ["b", "a"] }),
    'columnNames[0]: expected "a", the model\'s name, got "b"',
  ],
  ["classes", table(rows, ["x", "z"]), 'classNames[1]: expected "y", the model\'s name, got "z"'],
])("%s of other names are refused, and what to do is said", async (_, data, sentence) => {
  await expect(evaluate(model, data)).rejects.toThrow(DataError);
  await expect(evaluate(model, data)).rejects.toThrow(sentence);
  await expect(evaluate(model, data)).rejects.toThrow(/model\.(classNames|columnNames) \}\.$/);
  await expect(predictAll(model, data)).rejects.toThrow(sentence);
});

test("the same names are taken, fewer classes of the same names too, and data or models without names", async () => {
  const names = { columnNames: ["a", "b"] };
  for (const data of [
    table(rows, ["x", "y"], { ...names, classNames: ["x", "y", "z"] }),
    table(rows, ["x", "y"], names),
    table(rows, [0, 2]),
  ]) {
    expect((await evaluate(model, data)).examples).toBe(2);
  }
  expect((await evaluate(network([2], [dense(2)]), table(rows, ["q", "r"], names))).examples).toBe(2);
});

test("bytes are refused by a model that scales its columns", async () => {
  const scaling = standardize(table(rows, [0, 1]));
  const scaled = network([2], [dense(2)], { scaling });
  const bytes = new Dataset({ name: "bytes", shape: [2], inputs: Uint8Array.of(1, 2), labels: [0], classes: 2 });
  const sentence = "expected numbers (the model scales its columns), got bytes";
  await expect(evaluate(scaled, bytes)).rejects.toThrow(`evaluate, bytes: ${sentence}`);
  await expect(scaled.predict(Uint8Array.of(1, 2))).rejects.toThrow(`predict: ${sentence}`);
  await expect(scaled.predict(Uint8ClampedArray.of(1, 2))).rejects.toThrow(`predict: ${sentence}`);
});

test.each<[string, unknown[], string]>([
  ["no network", [undefined, table(rows, [0, 1])], ": expected a network, got nothing."],
  ["an object as network", [{ loss: 1 }, table(rows, [0, 1])], ": expected a network, got an object."],
  ["no data", [model], ": expected a data set, got nothing."],
  ["a number as signal", [model, table(rows, [0, 1]), { signal: 5 }], ": expected signal to be an AbortSignal, got 5."],
  [
    "null as options",
    [model, table(rows, [0, 1]), null],
    ": expected an object of options (augmentation, copies, seed, signal",
  ],
])("%s is refused in one sentence", async (_, given, sentence) => {
  const [first, data, options] = given as Parameters<typeof evaluate>;
  await expect(evaluate(first, data, options)).rejects.toThrow(`evaluate${sentence}`);
  await expect(predictAll(first, data, options)).rejects.toThrow(`predictAll${sentence}`);
});
