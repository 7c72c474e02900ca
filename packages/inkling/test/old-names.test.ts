// What was called otherwise in 0.1: the error for an old name says the new one (CHANGELOG.md has the whole list).
import { crossEntropy, dense, network, oneCycle, table, train } from "inkling";
import { type Backend, choose } from "inkling/backends";
import { decodeModel, encodeModel } from "inkling/formats";
import { type LayerKind, layerSpec } from "inkling/layers";
import { completed } from "inkling/presets";
import { expect, test } from "vitest";

// biome-ignore lint/suspicious/noExplicitAny: what TypeScript refuses, JavaScript writes.
const old = (value: unknown) => value as any;
const points = table([[0], [1]], [0, 1]);
const model = () => network([1], [dense(2)]);

test.each<[string, () => unknown, string]>([
  ["an activation", () => dense(8, old("leaky-relu")), "Did you mean leakyRelu?"],
  ["an initializer", () => dense(8, { initializer: old("scaled-normal") }), "Did you mean scaledNormal?"],
  ["dense's third argument", () => old(dense)(8, "relu", { initializer: "he" }), "{ activation, initializer }"],
  ["a loss's name", () => network([1], [dense(2)], { loss: old("cross-entropy") }), "Write crossEntropy()."],
  ["a loss that was not called", () => network([1], [dense(2)], { loss: old(crossEntropy) }), "Write crossEntropy()."],
  ["a schedule's name", () => train(model(), points, { schedule: old("one-cycle") }), "Write oneCycle()."],
  ["a schedule that was not called", () => train(model(), points, { schedule: old(oneCycle) }), "Write oneCycle()."],
  ["an optimizer's name", () => train(model(), points, { optimizer: old("adam") }), "Write adam()."],
  ["split's seed", () => points.split(1, old(7)), "split(held, { seed })"],
  ["a configuration's activation", () => completed({ activation: old("leaky-relu") }), "It is called leakyRelu now."],
  ["a configuration's loss", () => completed({ loss: old("cross-entropy") }), "It is called crossEntropy now."],
  ["a configuration's schedule", () => completed({ schedule: old("one-cycle") }), "It is called oneCycle now."],
])("%s has the new name in its error", (_what, call, newName) => {
  expect(call).toThrow(newName);
});

test("what chooseBackend gave in 0.1 is a part of what it gives now", async () => {
  const choice = old(await choose({ threads: 1 })) as Backend;
  expect(() => network([1], [dense(2)], { backend: choice })).toThrow(
    "Write const { backend } = await chooseBackend().",
  );
});

test("a kind that is nearly ours is asked after, in a sentence of its own", async () => {
  const kind: LayerKind = {
    type: "flaten",
    check: () => {},
    outputShape: (_fields, shape) => shape,
    build: () => ({ forward: (x) => x, backward: (dX) => dX }),
    describe: () => "flaten",
  };
  const bytes = await encodeModel(network([1], [layerSpec(kind, {}), dense(2)]));
  expect(() => decodeModel(bytes)).toThrow("{ kinds: [yourKind] }. Did you mean flatten?");
});
