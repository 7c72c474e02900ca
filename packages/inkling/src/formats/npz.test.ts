import fc from "fast-check";
import { expect, test } from "vitest";
import { contentOf, exchanged, exchangedNetwork } from "../../test/exchanged-models.ts";
import { InklingError } from "../errors.ts";
import { Ensemble } from "../evaluation/ensemble.ts";
import { decodeNpz, encodeNpz, npzTensors } from "./npz.ts";

test.each(exchanged)("%s comes back from the entries of an NPZ file, bit for bit", async (name) => {
  const model = exchangedNetwork(name);
  const back = decodeNpz(new Map(await encodeNpz(model)));
  expect(await contentOf(back as typeof model)).toEqual(await contentOf(model));
});

test("an ensemble comes back", async () => {
  const members = [1, 2].map(() => exchangedNetwork("a dense network"));
  expect(decodeNpz(new Map(await encodeNpz(new Ensemble(members))))).toBeInstanceOf(Ensemble);
});

test("arrays are named as tensors are, and whole numbers become float64", async () => {
  const entries = new Map(await encodeNpz(exchangedNetwork("a dense network")));
  expect([...entries.keys()].slice(0, 3)).toEqual(["inkling.json", "layers.0.weights.npy", "layers.0.bias.npy"]);
  const npy = (await import("../data/npy.ts")).encodeNpy({ shape: [], values: BigInt64Array.of(7n) });
  expect(npzTensors(new Map([["bn.num_batches_tracked.npy", npy]]), "a.npz").tensors).toEqual([
    { name: "bn.num_batches_tracked", shape: [], values: Float64Array.of(7) },
  ]);
});

test.each([
  ["no text", Uint8Array.of(0xff), "m.npz, inkling.json: expected a JSON object of texts, got bytes that are no text."],
  ["no JSON", new TextEncoder().encode("{"), "m.npz, inkling.json: expected a JSON object with every key once"],
  ["no texts", new TextEncoder().encode('{"a":1}'), "m.npz, inkling.json: expected a JSON object of texts, got 1."],
])("refuses texts that are %s", (_what, bytes, sentence) => {
  expect(() => decodeNpz(new Map([["inkling.json", bytes]]), { name: "m.npz" })).toThrow(sentence);
});

test("whatever is in its entries, they are a model or an InklingError", async () => {
  const entries = await encodeNpz(exchangedNetwork("convolutions"));
  fc.assert(
    fc.property(fc.nat(entries.length - 1), fc.nat(), fc.nat(255), fc.boolean(), (which, at, byte, isCut) => {
      const changed = entries.map(([name, bytes], i) => {
        if (i !== which) return [name, bytes] as const;
        const copy = isCut ? bytes.slice(0, at % bytes.length) : bytes.slice();
        if (!isCut) copy[at % copy.length] = byte;
        return [name, copy] as const;
      });
      try {
        decodeNpz(new Map(changed)).close();
      } catch (error) {
        expect(error).toBeInstanceOf(InklingError);
      }
    }),
    { numRuns: 300 },
  );
});
