// Images that stay on the disk: the same training, to the last bit, as with all of them in memory.
import { mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  adam,
  augment,
  batchNorm,
  conv2d,
  type DataPair,
  Dataset,
  dense,
  evaluate,
  flatten,
  type LayerSpec,
  maxPool2d,
  network,
  predictAll,
  standardize,
  train,
} from "inkling";
import type { Backend } from "inkling/backends";
import { encodeNpy, parseNpyHeader } from "inkling/formats";
import { FileRows, idxDirectory } from "inkling/node";
import { Stream } from "inkling/numbers";
import { Reference } from "inkling/proofs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startThreads } from "../platform/node/threads.ts";
import { Threads } from "../src/backends/fast/threads.ts";
import { Wasm } from "../src/backends/wasm/wasm.ts";
import { nativeBackends } from "./native-backends.ts";

const threads = new Wasm(new Threads(2, startThreads));
afterAll(() => threads.close());
const backends: readonly (readonly [name: string, backend: Backend])[] = [
  ["reference", new Reference()],
  ["wasm on 1 thread", new Wasm()],
  ["wasm on 2 threads", threads],
  ...(await nativeBackends([1])),
];

const folder = await mkdtemp(join(tmpdir(), "inkling-disk-"));
afterAll(() => rm(folder, { recursive: true }));

/** An IDX file: its dimensions, and its bytes. */
function idx(dimensions: number[], bytes: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * dimensions.length));
  header.setUint32(0, 0x0800 + dimensions.length);
  for (const [d, length] of dimensions.entries()) header.setUint32(4 + 4 * d, length);
  return Buffer.concat([new Uint8Array(header.buffer), bytes]);
}

let here: DataPair;
let onDisk: DataPair;
beforeAll(async () => {
  const stream = new Stream(1, "images");
  for (const [part, count] of [
    ["train", 300],
    ["t10k", 70],
  ] as const) {
    const images = Uint8Array.from({ length: count * 64 }, (_, e) => Math.max(0, 700 * stream.uniform(e) - 445));
    const labels = Uint8Array.from({ length: count }, (_, i) => (7 * i) % 4);
    await writeFile(join(folder, `${part}-images-idx3-ubyte`), idx([count, 8, 8], images));
    await writeFile(join(folder, `${part}-labels-idx1-ubyte`), idx([count], labels));
  }
  here = await idxDirectory(folder);
  onDisk = await idxDirectory(folder, { memory: 0 });
});

const kinds: Readonly<Record<string, LayerSpec[]>> = {
  dense: [flatten(), dense(12, "relu"), dense(4)],
  convolutional: [conv2d(3, 3, { activation: "relu" }), batchNorm(), maxPool2d(2), flatten(), dense(4)],
};

test.each(backends)("%s trains, evaluates and predicts to the same bits from the disk", async (_, backend) => {
  for (const layers of Object.values(kinds)) {
    for (const augmentation of [undefined, augment({ shift: 1, rotation: 10 })]) {
      const found = [];
      for (const { train: examples, test: others } of [here, onDisk]) {
        const model = network([8, 8, 1], layers, { seed: 3, backend });
        const { train: learnt, validation } = examples.split(50, { seed: 2 });
        const options = { epochs: 2, batchSize: 32, optimizer: adam(), validation, augmentation };
        const last = await train(model, learnt, options);
        const { loss, accuracy } = await evaluate(model, others);
        const { probabilities } = await predictAll(model, others.take(9));
        found.push([last?.loss, last?.validation?.loss, loss, accuracy, probabilities, await model.weightsSha256()]);
      }
      expect(found[1]).toEqual(found[0]);
    }
  }
});

test("a table on the disk is scaled as one in memory, and trains to the same weights", async () => {
  const stream = new Stream(2, "table");
  const path = join(folder, "table.npy");
  const inputs = Float32Array.from({ length: 300 * 5 }, (_, e) => 100 + 50 * stream.normal(e));
  await writeFile(path, encodeNpy({ shape: [300, 5], values: inputs }));
  const labels = Uint8Array.from({ length: 300 }, (_, i) => (inputs[5 * i] > 100 ? 1 : 0));
  const file = new FileRows(path);
  const { offset } = parseNpyHeader(file.bytes(0, 256), path);
  const stored = file.rows({ offset, count: 300, columns: 5, kind: "float32" });
  for (const [, backend] of backends) {
    const digests = [];
    for (const place of [{ inputs }, { stored }]) {
      const table = new Dataset({ name: "table", shape: [5], ...place, labels, classes: 2 });
      const model = network([5], [dense(4, "tanh"), dense(2)], { seed: 1, backend, scaling: standardize(table) });
      await train(model, table, { epochs: 3, batchSize: 32, optimizer: adam() });
      const { loss } = await evaluate(model, table);
      digests.push([await model.weightsSha256(), loss]);
    }
    expect(digests[1]).toEqual(digests[0]);
  }
});

test("the digest, one image and the labels are those of images in memory", async () => {
  expect(onDisk.train.stored).toBeDefined();
  expect(here.train.stored).toBeUndefined();
  expect(await onDisk.train.sha256()).toBe(await here.train.sha256());
  expect(onDisk.test.example(69)).toEqual(here.test.example(69));
});

test("a file that is cut off is refused at once, one that becomes shorter when it is read", async () => {
  const cut = await mkdtemp(join(tmpdir(), "inkling-disk-"));
  try {
    for (const part of ["train", "t10k"]) {
      await writeFile(join(cut, `${part}-images-idx3-ubyte`), idx([3, 2, 2], new Uint8Array(12)));
      await writeFile(join(cut, `${part}-labels-idx1-ubyte`), idx([3], new Uint8Array(3)));
    }
    const { train: images } = await idxDirectory(cut, { memory: 0 });
    const path = join(cut, "train-images-idx3-ubyte");
    await truncate(path, 20);
    expect(() => images.example(2)).toThrow("expected 28 bytes, as it had when it was opened, got 20. Leave the file");
    await expect(idxDirectory(cut, { memory: 0 })).rejects.toThrow(
      "expected 12 bytes for 3 × 4, got 4 (is it truncated?)",
    );
    await (await open(path, "w")).close();
    await expect(idxDirectory(cut, { memory: -1 })).rejects.toThrow("memory");
  } finally {
    await rm(cut, { recursive: true });
  }
});
