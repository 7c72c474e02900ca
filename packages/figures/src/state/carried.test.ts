import fc from "fast-check";
import { expect, test } from "vitest";
import { carried, carriedIn, carry, hashOf, onCarried } from "./carried.ts";

test("what an address says is what was written there, beside what else it says", () => {
  const state = { digit: 41, neuron: 7, weight: 412 };
  const hash = hashOf(state, "#v=1&hide=code");
  expect(hash).toBe("#v=1&hide=code&digit=41&neuron=7&weight=412");
  expect(carriedIn(hash)).toEqual(state);
});

test("any text is an address: what it does not say rightly is as at first", () => {
  const first = carriedIn("");
  expect(carriedIn("#the-sigmoid")).toEqual(first);
  expect(carriedIn("#digit=3")).toEqual(first);
  expect(carriedIn("#v=1&digit=10000&neuron=-1&weight=1e2")).toEqual(first);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { digit, neuron, weight } = carriedIn(`#v=1&digit=${text}&${text}`);
      expect([digit < 10_000, neuron < 30, weight < 784]).toEqual([true, true, true]);
    }),
    { seed: 1 },
  );
});

test("whoever reads an address is told of each value that cannot be, and of another version of the keys", () => {
  const told: unknown[] = [];
  const { digit, neuron } = carriedIn("#v=2&digit=10000&neuron=3&weight=ink", (refused) => told.push(refused));
  const { weight } = carriedIn("");
  expect(told).toEqual([
    { version: "2" },
    {
      ...{ key: "digit", label: "The test digit", got: "10000", instead: String(digit) },
      expected: { from: 0, to: 9999, isWhole: true },
    },
    {
      ...{ key: "weight", label: "The pixel", got: "ink", instead: String(weight) },
      expected: { from: 0, to: 783, isWhole: true },
    },
  ]);
  expect(neuron).toBe(3);
});

test("figures are told of a change, and of nothing else", () => {
  let calls = 0;
  const end = onCarried(() => calls++);
  carry({ neuron: 5 });
  carry({ neuron: 5 });
  carry({ neuron: 30 });
  end();
  carry({ neuron: 6 });
  expect(calls).toBe(1);
  expect(carried().neuron).toBe(6);
});
