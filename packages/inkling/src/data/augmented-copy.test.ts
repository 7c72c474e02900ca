import { expect, test } from "vitest";
import { Reference } from "../backends/reference/reference.ts";
import { augment } from "./augmentation.ts";
import { augmentedCopy } from "./augmented-copy.ts";
import { Dataset } from "./dataset.ts";

const inputs = Uint8Array.from({ length: 1500 * 30 }, (_, e) => (e * 97) % 256);
const data = new Dataset({ name: "patterns", shape: [5, 6, 1], inputs, labels: Array(1500).fill(1), classes: 2 });
const changes = augment({ shift: 1, rotation: 20, noise: 3 });

test("a copy has the same labels and the images that the augmentation makes, on every backend", async () => {
  const copy = await augmentedCopy(data, changes, { seed: 7, copy: 2 });
  expect([copy.name, copy.count, copy.classes]).toEqual(["patterns, augmented", 1500, 2]);
  expect(copy.labels).toEqual(data.labels);
  const backend = new Reference();
  const order = Uint32Array.from({ length: 1500 }, (_, i) => i);
  const draws = { epoch: 0, copy: 2, order, start: 0 };
  const { bytes } = backend.augment(backend.pixels(inputs, 30), changes.warpFor("test", data, 7), draws);
  expect(copy.inputs).toEqual(bytes);
  expect(await augmentedCopy(data, changes, { seed: 7, copy: 2, backend })).toEqual(copy);
});

test("changes that change nothing give every byte back, and copies and seeds differ", async () => {
  expect((await augmentedCopy(data, augment())).inputs).toEqual(inputs);
  const one = await augmentedCopy(data, changes);
  for (const options of [{ seed: 2 }, { copy: 2 }]) {
    expect((await augmentedCopy(data, changes, options)).inputs).not.toEqual(one.inputs);
  }
});

test("what cannot be copied is refused", async () => {
  const table = new Dataset({ name: "points", shape: [2], inputs: new Float32Array(4) });
  await expect(augmentedCopy(table, changes)).rejects.toThrow(
    "augmentedCopy, augmentation of points: expected images in bytes (height × width × channels), got numbers.",
  );
  await expect(augmentedCopy(data, { shift: 1 } as never)).rejects.toThrow("augmentedCopy: expected what augment()");
  await expect(augmentedCopy(data, changes, { copy: 0 })).rejects.toThrow("copy to be a whole number of at least 1");
  await expect(augmentedCopy(data, changes, { seed: 0.5 })).rejects.toThrow("seed to be a whole number of at least 0");
  await expect(augmentedCopy(data, changes, { sead: 1 } as never)).rejects.toThrow("Did you mean seed?");
  await expect(augmentedCopy({} as never, changes)).rejects.toThrow("augmentedCopy: expected a data set, got");
});
