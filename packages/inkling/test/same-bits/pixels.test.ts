// The products of images, reference against machine code and wasm: the same bits for every number of columns beside a
// multiple of a vector or a panel, for few images and for many, for images that are empty and images without a zero.
import { afterAll, describe, expect, test } from "vitest";
import { startThreads } from "../../platform/node/threads.ts";
import type { Backend } from "../../src/backends/backend.ts";
import type { CpuMatrix } from "../../src/backends/cpu-matrix.ts";
import { Threads } from "../../src/backends/fast/threads.ts";
import { Reference } from "../../src/backends/reference/reference.ts";
import { Wasm } from "../../src/backends/wasm/wasm.ts";
import { inOrder, type Pixels } from "../../src/matrix.ts";
import { Stream } from "../../src/numbers/random.ts";
import { nativeBackends } from "../native-backends.ts";
import { firstDifference } from "./comparing.ts";
import { drawnOnce } from "./drawn-once.ts";

const reference = new Reference();
const three = new Wasm(new Threads(3, startThreads));
const native = await nativeBackends([1, 2, 3, 7]);
const fast: [string, Backend][] = [["wasm on 3 threads", three], ...native];
afterAll(() => {
  for (const backend of [three, ...native.map(([, backend]) => backend)]) backend.close();
});

/** Pixels of an image: three bands, the last of which is short. */
const PIXELS = 230;
const columns = [1, 4, 7, 8, 9, 12, 13, 15, 16, 17, 30, 32, 33, 41, 48, 49, 64, 127, 128, 129, 200, 261];
const images = [1, 2, 3, 16, 127, 140, 700];

/** Images of which every third is empty and every fifth has no zero; one pixel in three of the others is not 0. */
function bytesOf(count: number): Uint8Array {
  return drawnOnce(`${count} images`, count * PIXELS, () => {
    const stream = new Stream(count, "bytes");
    return Uint8Array.from({ length: count * PIXELS }, (_, e) => {
      const image = Math.floor(e / PIXELS);
      if (image % 3 === 0) return 0;
      const byte = 1 + stream.below(255, e);
      return image % 5 === 0 || stream.below(3, e, 1) === 0 ? byte : 0;
    });
  });
}

function matrixOf(backend: Backend, name: string, rows: number, count: number): CpuMatrix {
  const matrix = backend.keep(rows, count) as CpuMatrix;
  const draw = () => {
    const stream = new Stream(rows, name);
    return Float32Array.from({ length: rows * count }, (_, e) => 2 * stream.uniform(e) - 1);
  };
  backend.write(matrix, drawnOnce(`${name} ${rows} × ${count}`, rows * count, draw));
  return matrix;
}

/** All products of some images, out of order, with so many columns. */
function productsOf(backend: Backend, m: number, n: number): Float32Array[] {
  const order = inOrder(m + 2);
  if (m % 2 === 1) new Stream(m, "order").shuffle(order);
  const x = backend.select(backend.pixels(bytesOf(m + 2), PIXELS), order, 1, m) as Pixels;
  const [W, b, delta] = [matrixOf(backend, "W", PIXELS, n), matrixOf(backend, "b", 1, n), matrixOf(backend, "δ", m, n)];
  const { z } = backend.affine(x, W, b, "identity");
  const results = [backend.matmul(x, W), z, backend.meanOuter(x, delta)];
  return results.map((result) => (result as CpuMatrix).data.slice() as Float32Array);
}

describe.each(images)("%i images", (m) => {
  test.each(columns)("by %i columns", (n) => {
    const wanted = productsOf(reference, m, n);
    for (const [name, backend] of fast) {
      for (const [i, got] of backend.step(() => productsOf(backend, m, n)).entries()) {
        const at = firstDifference(got, wanted[i]);
        if (at !== -1) expect.fail(`${name}, result ${i}, number ${at}: ${got[at]}, reference ${wanted[i][at]}`);
      }
    }
  });
});
