import { expect, test } from "vitest";
import { LayerScale } from "./scale.ts";

const neurons = [
  [1, -2],
  [0.5, 0.25],
];
const doubled = neurons.map((values) => values.map((value) => 2 * value));
const endsOf = (scale: LayerScale, all: number[][]) => all.map((own) => scale.boundOf("weights", own, () => all));

test("one scale is that of the layer's largest number, and twice the numbers have twice the end", () => {
  const scale = new LayerScale();
  expect(endsOf(scale, neurons)).toEqual([2, 2]);
  scale.renew();
  expect(endsOf(scale, doubled)).toEqual([4, 4]);
});

test("each neuron has a scale of its own where that is chosen", () => {
  const scale = new LayerScale();
  scale.isPerNeuron = true;
  expect(endsOf(scale, neurons)).toEqual([2, 0.5]);
});

test("a locked scale stays while the numbers change, until it is let go or another layer is looked at", () => {
  const scale = new LayerScale();
  scale.toggleLock(new Map([["weights", scale.ofLayer("weights", () => neurons)]]));
  scale.renew();
  expect([scale.isLocked, ...endsOf(scale, doubled)]).toEqual([true, 2, 2]);
  scale.toggleLock(new Map());
  expect([scale.isLocked, ...endsOf(scale, doubled)]).toEqual([false, 4, 4]);
  scale.toggleLock(new Map([["weights", 9]]));
  scale.forget();
  expect(scale.isLocked).toBe(false);
});
