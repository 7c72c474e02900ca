// Augmented images, reference against wasm and machine code on one, two and three threads: the same bytes, whatever
// the size of the images, the changes, the batch, and whether the data set fits the memory. And what the operation
// refuses.
import { augment, Dataset } from "inkling";
import { afterAll, describe, expect, test } from "vitest";
import { startThreads } from "../../platform/node/threads.ts";
import type { Backend } from "../../src/backends/backend.ts";
import type { CpuMatrix } from "../../src/backends/cpu-matrix.ts";
import { Threads } from "../../src/backends/fast/threads.ts";
import { Reference } from "../../src/backends/reference/reference.ts";
import type { Warp } from "../../src/backends/warp.ts";
import { Wasm } from "../../src/backends/wasm/wasm.ts";
import type { AugmentOptions } from "../../src/data/augmentation.ts";
import { inOrder, type Pixels } from "../../src/matrix.ts";
import { Stream } from "../../src/numbers/random.ts";
import { nativeBackends } from "../native-backends.ts";

const reference = new Reference();
const several = [2, 3].map((threads) => new Wasm(new Threads(threads, startThreads)));
const feeding = new Wasm(new Threads(2, startThreads), 0);
const native = await nativeBackends([1, 3]);
const fast: [string, Backend][] = [
  ["the reference in float64", new Reference("float64")],
  ["wasm on one thread", new Wasm()],
  ...several.map((backend): [string, Backend] => [`wasm on ${backend.threads} threads`, backend]),
  ["wasm with the images brought in batch by batch", feeding],
  ...native,
];
afterAll(() => {
  for (const backend of [...several, feeding, ...native.map(([, backend]) => backend)]) backend.close();
});

const changes: [string, AugmentOptions][] = [
  ["nothing", {}],
  ["shift", { shift: 2.5 }],
  ["rotation, scale and shear", { rotation: 180, scale: [0.3, 3], shear: 60 }],
  ["elastic", { elastic: { alpha: 34, sigma: 4 } }],
  ["elastic, as strong and fine as can be", { elastic: { alpha: 10_000, sigma: 1 } }],
  ["elastic, nodes not at whole σ", { elastic: { alpha: 50, sigma: 2.7 } }],
  ["elastic, wider than the image", { elastic: { alpha: 300, sigma: 40 } }],
  ["noise", { noise: 255 }],
  ["erase", { erase: { size: [1, 9], fill: 201, probability: 0.8 } }],
  [
    "everything",
    {
      ...{ shift: 2, rotation: 15, scale: [0.85, 1.15], shear: 10, flip: true },
      ...{ elastic: { alpha: 36, sigma: 5.5 }, noise: 3, erase: { size: [2, 4] } },
    },
  ],
];

/** Height, width, channels: one pixel, odd, several channels, one pixel high or wide, several bands. */
const shapes = [
  [1, 1, 1],
  [3, 5, 3],
  [28, 28, 1],
  [1, 17, 2],
  [19, 1, 1],
  [7, 13, 4],
  [2, 3, 1],
  [33, 20, 3],
] as const;

/** Images of which every third is empty and every fifth has no zero. */
function bytesOf(count: number, columns: number): Uint8Array {
  const stream = new Stream(count, "bytes");
  return Uint8Array.from({ length: count * columns }, (_, e) => {
    const image = Math.floor(e / columns);
    if (image % 3 === 1) return 0;
    return image % 5 === 0 || stream.below(4, e, 1) === 0 ? 1 + stream.below(255, e) : 0;
  });
}

/** What becomes of a batch: its bytes, and x·W, which reads their lists. */
function changed(backend: Backend, warp: Warp, inputs: Uint8Array, rows: number, isShuffled: boolean) {
  const columns = warp.height * warp.width * warp.channels;
  const order = inOrder(inputs.length / columns);
  if (isShuffled) new Stream(rows, "order").shuffle(order);
  const all = backend.pixels(inputs, columns);
  const W = backend.keep(columns, 3) as CpuMatrix;
  const stream = new Stream(columns, "W");
  backend.write(
    W,
    Float32Array.from({ length: columns * 3 }, (_, e) => stream.uniform(e)),
  );
  // The second time memory is used that others have used.
  return [1, 2].map((epoch) =>
    backend.step(() => {
      const images = backend.augment(backend.select(all, order, 2, rows), warp, { epoch, copy: 3, order, start: 2 });
      expect([images.rows, images.columns]).toEqual([rows, columns]);
      const bytes = Array.from({ length: rows }, (_, i) =>
        images.bytes.slice(images.offset(i), images.offset(i) + columns),
      );
      return { bytes, z: Array.from((backend.matmul(images, W) as CpuMatrix).data, Math.fround) };
    }),
  );
}

describe.each(changes)("%s", (_name, options) => {
  test.each(shapes)("gives the reference's bytes for images of %i × %i × %i", (height, width, channels) => {
    const shape = [height, width, channels];
    for (const [rows, isShuffled] of [
      [1, false],
      [6, false],
      [37, true],
    ] as const) {
      const inputs = bytesOf(rows + 3, height * width * channels);
      const warp = augment(options).warpFor("test", new Dataset({ name: "noise", shape, inputs }), 5);
      const wanted = changed(reference, warp, inputs, rows, isShuffled);
      for (const [name, backend] of fast) {
        for (const [round, got] of changed(backend, warp, inputs, rows, isShuffled).entries()) {
          for (let i = 0; i < rows; i++) {
            const at = got.bytes[i].findIndex((byte, e) => byte !== wanted[round].bytes[i][e]);
            const where = `${name}, round ${round}, image ${i} of ${rows}, byte ${at}`;
            if (at !== -1) expect.fail(`${where}: ${got.bytes[i][at]}, reference ${wanted[round].bytes[i][at]}`);
          }
          // In float64 the sum of a product is another number.
          if (backend.precision === "float32") expect(got.z, name).toEqual(wanted[round].z);
        }
      }
    }
  });
});

test.each([["the reference", reference], ...fast] as const)(
  "%s refuses what is no batch of its images",
  (_, backend) => {
    const inputs = bytesOf(4, 6);
    const warp = augment({ shift: 1 }).warpFor("test", new Dataset({ name: "six", shape: [2, 3, 1], inputs }), 1);
    const order = inOrder(4);
    const draws = { epoch: 1, copy: 0, order, start: 0 };
    const [pixels, wide] = [backend.pixels(inputs, 6), backend.pixels(inputs, 8)];
    const numbers = backend.keep(4, 6);
    expect(() => backend.augment(numbers, warp, draws)).toThrow("augment, pixels: expected pixels, got numbers.");
    expect(() => backend.augment(wide, warp, draws)).toThrow("expected images of 2 × 3 × 1, got 8 bytes.");
    expect(() => backend.augment(pixels, warp, { ...draws, start: 1 })).toThrow(
      "augment, order: expected the numbers of 4 examples, got an order of 4, from 1 on.",
    );
    expect(() => backend.augment(new Reference().pixels(inputs, 6), warp, draws)).toThrow("a matrix of this backend");
    if (backend.name !== "reference") {
      // What a step made is not used after it.
      const made: Pixels = backend.step(() => backend.augment(pixels, warp, draws));
      expect(() => backend.unpack(made)).toThrow("a matrix in use");
    }
  },
);
