import { adam, dense, network } from "inkling";
import { operationSources, trace } from "inkling/proofs";
import { expect, test } from "vitest";
import { stepsOf } from "./operations.ts";

const model = network([2], [dense(3, "tanh"), dense(2)], { seed: 1 });

test("a training step is the trace's calls in their order, then the update", async () => {
  const found = await trace(model, [1, 2], { label: 0 });
  const steps = stepsOf(found);
  expect(steps.slice(0, -1).map(({ operation, layer }) => [operation, layer])).toEqual(
    found.calls.map(({ operation, layer }) => [operation, layer]),
  );
  expect(steps.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1])).toEqual([
    ...["forward", "loss", "backward", "update"],
  ]);
  for (const { operation, sources } of steps) expect(sources).toBe(operationSources[operation]);
  const update = steps.at(-1);
  expect(update?.operation).toBe("sgd");
  expect(update?.takes.map(({ name }) => name).toSorted()).toEqual([
    ...["layers.0 dW", "layers.0 db", "layers.1 dW", "layers.1 db"],
  ]);
  expect(update?.makes.map(({ matrix }) => matrix.values)).toEqual(Object.values(found.back?.step.parameters ?? {}));
});

test("each operation lights what it computes", async () => {
  const steps = stepsOf(await trace(model, [1, 2], { label: 0 }));
  const lit = new Map(steps.map(({ operation, lit: names }) => [operation, names]));
  expect(lit.get("affine")).toEqual(["z", "a"]);
  expect(lit.get("activateBackward")).toEqual(["delta"]);
  expect(lit.get("meanOuter")).toEqual(["dW"]);
  expect(lit.get("softmax")).toEqual(["p"]);
  // Labels are no matrix.
  const loss = steps.find(({ operation }) => operation === "softmaxCrossEntropy");
  expect(loss?.takes.map(({ name }) => name)).toEqual(["z"]);
});

test("without an answer there is no way back, and another optimizer has its own update", async () => {
  expect(stepsOf(await trace(model, [1, 2])).every(({ phase }) => phase === "forward")).toBe(true);
  const steps = stepsOf(await trace(model, [1, 2], { label: 0, optimizer: adam() }));
  expect(steps.at(-1)?.operation).toBe("adam");
});
