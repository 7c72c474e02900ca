// Pooling over many windows, numbers of channels and awkward numbers: reference against wasm and machine code on one
// thread and on three, the same bits. And the reference against the law of backends/backend.ts, written out once more
// from the side of the pixel: which windows add to it, in which order.
import { afterAll, describe, expect, test } from "vitest";
import { startThreads } from "../../platform/node/threads.ts";
import type { Backend } from "../../src/backends/backend.ts";
import type { CpuMatrix } from "../../src/backends/cpu-matrix.ts";
import { Threads } from "../../src/backends/fast/threads.ts";
import { Reference } from "../../src/backends/reference/reference.ts";
import { Wasm } from "../../src/backends/wasm/wasm.ts";
import { imageSize, positions, type Window } from "../../src/backends/window.ts";
import { ArgumentError, ShapeError } from "../../src/errors.ts";
import { windowOn } from "../../src/layers/window-options.ts";
import { Stream } from "../../src/numbers/random.ts";
import { nativeBackends } from "../native-backends.ts";
import { firstDifference } from "./comparing.ts";
import { drawnOnce } from "./drawn-once.ts";

const reference = new Reference();
const three = new Wasm(new Threads(3, startThreads));
const native = (await nativeBackends([1, 3])).map(([, backend]) => backend);
const fast = [new Wasm(), three, ...native];
afterAll(() => {
  for (const backend of [three, ...native]) backend.close();
});

const AWKWARD = [0, -0, 1e-45, -1e-45, 3e38, -3e38, 1 / 0, -1 / 0, Number.NaN];

/** count numbers: a few different ones, so that many are equal; one in `every` awkward, 0 for none. */
function numbers(name: string, count: number, every: number): Float32Array {
  return drawnOnce(`${name} ${count} ${every}`, count, () => {
    const stream = new Stream(count, name);
    return Float32Array.from({ length: count }, (_, e) =>
      every > 0 && stream.below(every, e) === 0
        ? AWKWARD[stream.below(AWKWARD.length, e, 1)]
        : (stream.below(9, e, 2) - 4) / 3,
    );
  });
}

function matrixOf(backend: Backend, name: string, rows: number, columns: number, every: number): CpuMatrix {
  const matrix = backend.keep(rows, columns) as CpuMatrix;
  backend.write(matrix, numbers(name, rows * columns, every));
  return matrix;
}

/** Everything that pooling makes of m images. */
function pooled(backend: Backend, window: Window, m: number, every: number): Float32Array[] {
  const x = matrixOf(backend, "x", m, imageSize(window), every);
  const delta = matrixOf(backend, "δ", m, positions(window) * window.channels, every);
  const z = backend.maxPool(x, window);
  const made = [z, backend.maxPoolBackward(x, z, delta, window)];
  made.push(backend.averagePool(x, window), backend.averagePoolBackward(delta, window));
  return made.map((matrix) => (matrix as CpuMatrix).data.slice() as Float32Array);
}

/** Sizes of images, and windows with stride and padding. */
const windows: [name: string, size: readonly [number, number], fields: Parameters<typeof windowOn>[1]][] = [
  ["2 × 2, apart", [14, 16], { window: 2, stride: 2 }],
  ["2 × 2 of an odd image, whose edge no window sees", [7, 9], { window: 2, stride: 2 }],
  ["3 × 3 of every pixel, padded", [6, 11], { window: 3, stride: 1, padding: 1 }],
  ["3 × 3, overlapping", [13, 12], { window: 3, stride: 2 }],
  ["3 × 3, overlapping, padded to the same size", [9, 10], { window: 3, stride: 2, padding: "same" }],
  ["2 × 3 with gaps between the windows", [11, 14], { window: [2, 3], stride: [3, 5], padding: [1, 0] }],
  ["3 × 1, overlapping downwards alone", [10, 6], { window: [3, 1], stride: [1, 2] }],
  ["1 × 4, overlapping across alone", [3, 17], { window: [1, 4], stride: [2, 3], padding: [0, 3] }],
  ["1 × 1", [5, 5], { window: 1, stride: 1 }],
  ["the whole image", [5, 7], { window: [5, 7] }],
  ["a window that is mostly padding", [2, 3], { window: 5, stride: 1, padding: 4 }],
  ["an image of one row", [1, 30], { window: [1, 2], stride: 2 }],
];

describe.each(windows)("%s", (_name, [height, width], fields) => {
  test.each([1, 2, 3, 4, 5, 7, 8, 9, 16, 18, 32, 37])("of %i channels, gives the reference's bits", (channels) => {
    const window = windowOn("test", fields, [height, width, channels]);
    for (const m of [1, 3, 37]) {
      for (const every of [0, 7]) {
        const wanted = pooled(reference, window, m, every);
        for (const wasm of fast) {
          // Twice, because the second time memory is used that others have used.
          for (let round = 0; round < 2; round++) {
            for (const [i, got] of wasm.step(() => pooled(wasm, window, m, every)).entries()) {
              const at = firstDifference(got, wanted[i]);
              const where = `${wasm.threads} threads, ${m} images, result ${i}, number ${at}`;
              if (at !== -1) expect.fail(`${where}: ${got[at]}, reference ${wanted[i][at]}`);
            }
          }
        }
      }
    }
  });

  test("has the law's sums", () => {
    const [channels, m] = [2, 3];
    const window = windowOn("test", fields, [height, width, channels]);
    const x = numbers("x", m * imageSize(window), 7);
    const delta = numbers("δ", m * positions(window) * channels, 7);
    const [, dMax, , dMean] = pooled(reference, window, m, 7);
    for (let e = 0; e < x.length; e++) {
      const [pixel, c] = [Math.floor(e / channels), e % channels];
      const [i, y, at] = [Math.floor(pixel / (height * width)), Math.floor(pixel / width) % height, pixel % width];
      let [max, mean] = [0, 0];
      for (const [o, pixels] of windowsOn(window, y, at)) {
        const given = delta[(i * positions(window) + o) * channels + c];
        const values = pixels.map(([py, px]) => x[((i * height + py) * width + px) * channels + c]);
        const largest = Math.max(...values);
        const first = Number.isNaN(largest) ? values.findIndex(Number.isNaN) : values.indexOf(largest);
        if (pixels[first][0] === y && pixels[first][1] === at) max = Math.fround(max + given);
        mean = Math.fround(mean + Math.fround(given / pixels.length));
      }
      expect([dMax[e], dMean[e]]).toEqual([max, mean]);
    }
  });
});

/** The positions, row-major, whose window sees the pixel; each with all pixels [y, x] that it sees, row-major. */
function windowsOn(window: Window, y: number, x: number): [position: number, pixels: [y: number, x: number][]][] {
  const { height, width, rows, columns, strideY, strideX, top, left, outWidth } = window;
  return Array.from({ length: positions(window) }, (_, o) => {
    const [above, before] = [Math.floor(o / outWidth) * strideY - top, (o % outWidth) * strideX - left];
    const pixels: [number, number][] = [];
    for (let py = Math.max(0, above); py < Math.min(height, above + rows); py++) {
      for (let px = Math.max(0, before); px < Math.min(width, before + columns); px++) pixels.push([py, px]);
    }
    return [o, pixels] as [number, [number, number][]];
  }).filter(([, pixels]) => pixels.some(([py, px]) => py === y && px === x));
}

describe.each([reference, three])("$name", (backend) => {
  const row = (...values: number[]) => {
    const matrix = backend.keep(1, values.length);
    backend.write(matrix, values);
    return matrix;
  };
  const data = (matrix: unknown) => Array.from((matrix as CpuMatrix).data);
  const pair = windowOn("test", { window: [1, 2], stride: 2 }, [1, 4, 1]);

  test("of equal pixels the first is the maximum, +0 and −0 among them", () => {
    const x = row(3, 3, -0, 0);
    const z = backend.maxPool(x, pair);
    expect(data(z)).toEqual([3, -0]);
    expect(data(backend.maxPoolBackward(x, z, row(5, 7), pair))).toEqual([5, 0, 7, 0]);
  });

  test("the first NaN of a window is its maximum", () => {
    const x = row(Number.POSITIVE_INFINITY, Number.NaN, Number.NaN, Number.NaN);
    const z = backend.maxPool(x, pair);
    expect(data(z)).toEqual([Number.NaN, Number.NaN]);
    expect(data(backend.maxPoolBackward(x, z, row(5, 7), pair))).toEqual([0, 5, 7, 0]);
  });

  test("padding is never the maximum, and a mean does not count it", () => {
    const padded = windowOn("test", { window: [1, 2], stride: 2, padding: [0, 1] }, [1, 2, 1]);
    const x = row(-8, -6);
    expect(data(backend.maxPool(x, padded))).toEqual([-8, -6]);
    expect(data(backend.averagePool(x, padded))).toEqual([-8, -6]);
    expect(data(backend.averagePoolBackward(row(3, 5), padded))).toEqual([3, 5]);
  });

  test("a window of another image, of gaps, or with outputs of another size is refused", () => {
    const x = row(1, 2, 3, 4);
    const gaps = windowOn("test", { window: [1, 2], dilation: [1, 2] }, [1, 4, 1]);
    const refused = "expected a window without gaps (dilation 1), got 1 × 2.";
    expect(() => backend.maxPool(row(1, 2), pair)).toThrow(ShapeError);
    expect(() => backend.averagePool(row(1, 2), pair)).toThrow(ShapeError);
    expect(() => backend.maxPool(x, gaps)).toThrow(`maxPool: ${refused}`);
    expect(() => backend.averagePool(x, gaps)).toThrow(`averagePool: ${refused}`);
    expect(() => backend.maxPool(x, { ...pair, strideX: 0 })).toThrow(ArgumentError);
    const wide = row(1, 2, 3);
    const expected = "expected 2 columns (1 × 2 × 1), got 3.";
    expect(() => backend.maxPoolBackward(x, wide, wide, pair)).toThrow(`maxPoolBackward, delta: ${expected}`);
    expect(() => backend.averagePoolBackward(wide, pair)).toThrow(`averagePoolBackward, delta: ${expected}`);
  });
});

test("a window that is mostly padding costs no more than the image that it sees", () => {
  const window = windowOn("test", { window: 1_000_001, padding: 500_000 }, [9, 9, 1]);
  const image = Float32Array.from({ length: 81 }, (_, i) => ((i * 37) % 81) / 8);
  const mean = Math.fround(image.reduce((sum, x) => sum + x) / 81);
  for (const backend of [reference, ...fast]) {
    const x = backend.keep(1, 81) as CpuMatrix;
    backend.write(x, image);
    const [largest, means] = [backend.maxPool(x, window), backend.averagePool(x, window)] as CpuMatrix[];
    expect(Array.from(largest.data)).toEqual(Array(81).fill(10));
    expect(Array.from(means.data)).toEqual(Array(81).fill(mean));
  }
}, 5000);
