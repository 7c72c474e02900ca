// Convolutions, reference against wasm and machine code on one thread and on three: the same bits for every kind of
// window, for numbers of filters and channels beside a multiple of eight, for pixels and numbers, for padding beside
// infinities and NaN, and for batches of several blocks.
import { afterAll, describe, expect, test } from "vitest";
import { startThreads } from "../../platform/node/threads.ts";
import type { Backend } from "../../src/backends/backend.ts";
import type { CpuMatrix } from "../../src/backends/cpu-matrix.ts";
import { Threads } from "../../src/backends/fast/threads.ts";
import { Reference } from "../../src/backends/reference/reference.ts";
import { Wasm } from "../../src/backends/wasm/wasm.ts";
import { imageSize, positions, taps, type Window } from "../../src/backends/window.ts";
import { ArgumentError, ShapeError } from "../../src/errors.ts";
import { type WindowFields, windowOn } from "../../src/layers/window-options.ts";
import { inOrder, type Matrix } from "../../src/matrix.ts";
import { Stream } from "../../src/numbers/random.ts";
import { nativeBackends } from "../native-backends.ts";
import { firstDifference } from "./comparing.ts";
import { drawnOnce } from "./drawn-once.ts";

const reference = new Reference();
const one = new Wasm();
const three = new Wasm(new Threads(3, startThreads));
const native = await nativeBackends([3]);
const fast: [string, Backend][] = [["wasm", one], ["wasm on 3 threads", three], ...native];
afterAll(() => {
  for (const [, backend] of fast.slice(1)) backend.close?.();
});

/** Image, window, filters. */
const cases: [shape: [number, number, number], fields: WindowFields, filters: number][] = [
  [[1, 1, 1], { window: 1 }, 1],
  [[5, 5, 1], { window: 5 }, 3],
  [[9, 9, 1], { window: 3 }, 8],
  [[12, 13, 1], { window: 5 }, 20],
  [[7, 8, 3], { window: [3, 2] }, 9],
  [[6, 5, 8], { window: [1, 4] }, 16],
  [[6, 7, 9], { window: 3, padding: "same" }, 7],
  [[8, 6, 2], { window: 4, padding: "same", stride: 2 }, 5],
  [[9, 11, 1], { window: 3, stride: [2, 3], padding: [1, 2] }, 4],
  [[10, 9, 2], { window: 3, dilation: 2 }, 8],
  [[10, 11, 3], { window: [2, 3], dilation: [3, 2], padding: [2, 1], stride: [1, 2] }, 11],
  [[2, 3, 5], { window: 2, padding: 1 }, 1],
  [[3, 3, 17], { window: 3, padding: 2, dilation: 1 }, 33],
  [[11, 5, 1], { window: 2, stride: 3 }, 8],
  // Whole vectors of filters on one channel; rows of the window that are apart.
  [[8, 7, 1], { window: [2, 3] }, 16],
  [[10, 9, 1], { window: 3, dilation: [1, 2] }, 24],
  // Panels of eight and of sixteen filters or channels, whole and with one more; blocks of positions of every size.
  [[11, 38, 1], { window: 3 }, 12],
  [[6, 7, 16], { window: 3 }, 32],
  [[5, 9, 24], { window: [2, 3] }, 24],
  [[4, 4, 40], { window: 2, padding: "same" }, 65],
  [[4, 6, 33], { window: 2 }, 17],
];

/** Numbers that arithmetic stumbles over. */
const AWKWARD = [
  ...[0, -0, 1e-45, -1e-45, 1.1754943508222875e-38, 3e38, -3e38],
  ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
];

/** count numbers from −4 to 4, one in `every` awkward; 0 for none. */
function numbers(name: string, count: number, every: number): Float32Array {
  return drawnOnce(`${name} ${count} ${every}`, count, () => {
    const stream = new Stream(count, name);
    return Float32Array.from({ length: count }, (_, e) => {
      if (every > 0 && stream.below(every, e) === 0) return AWKWARD[stream.below(AWKWARD.length, e, 1)];
      return 8 * stream.uniform(e) - 4;
    });
  });
}

function matrixOf(backend: Backend, name: string, rows: number, columns: number, every: number): CpuMatrix {
  const matrix = backend.keep(rows, columns) as CpuMatrix;
  backend.write(matrix, numbers(name, rows * columns, every));
  return matrix;
}

/** m images of a data set, out of order; every fourth is empty, and two in three bytes of the others are 0. */
function pixelsOf(backend: Backend, m: number, count: number): Matrix {
  const bytes = drawnOnce(`${m} × ${count} bytes`, (m + 2) * count, () => {
    const stream = new Stream(count, "bytes");
    return Uint8Array.from({ length: (m + 2) * count }, (_, e) =>
      Math.floor(e / count) % 4 === 3 || stream.below(3, e) > 0 ? 0 : 1 + stream.below(255, e, 1),
    );
  });
  const order = inOrder(m + 2);
  if (m % 2 === 1) new Stream(m, "order").shuffle(order);
  return backend.select(backend.pixels(bytes, count), order, 1, m);
}

type Every = Readonly<Record<"x" | "W" | "delta", number>>;

/** What all operations make of m images, with so many awkward numbers in each operand. */
function results(backend: Backend, window: Window, filters: number, m: number, isPixels: boolean, every: Every) {
  const x = isPixels ? pixelsOf(backend, m, imageSize(window)) : matrixOf(backend, "x", m, imageSize(window), every.x);
  const W = matrixOf(backend, "W", taps(window), filters, every.W);
  const b = matrixOf(backend, "b", 1, filters, every.W);
  const delta = matrixOf(backend, "delta", m, positions(window) * filters, every.delta);
  const { z, a } = backend.convolve(x, W, b, window, "relu");
  const made = {
    ...{ z, a, linear: backend.convolve(x, W, b, window, "identity").a },
    dX: backend.convolveBackward(delta, W, window),
    dW: backend.convolveOuter(x, delta, window),
    db: backend.meanPositions(delta, filters),
  };
  return Object.entries(made).map(([name, matrix]) => [name, (matrix as CpuMatrix).data.slice()] as const);
}

function expectSame(window: Window, filters: number, m: number, isPixels: boolean, every: Every): void {
  const run = (backend: Backend) => results(backend, window, filters, m, isPixels, every);
  const wanted = run(reference);
  for (const [name, backend] of fast) {
    // Twice, because the second time memory is used that others have used.
    for (let round = 0; round < 2; round++) {
      for (const [j, [result, got]] of backend.step(() => run(backend)).entries()) {
        const [, expected] = wanted[j];
        const at = firstDifference(got, expected);
        if (at !== -1) expect.fail(`${name}, ${result}, number ${at}: ${got[at]}, reference ${expected[at]}`);
      }
    }
  }
}

describe.each(cases)("on images of %j, a window of %j and %i filters", (shape, fields, filters) => {
  const window = windowOn("test", fields, shape);

  test.each([
    ["numbers", false],
    ["pixels", true],
  ])("%s", (_name, isPixels) => {
    for (const m of [1, 3, 129]) {
      expectSame(window, filters, m, isPixels, { x: 0, W: 0, delta: 0 });
      // Awkward numbers in one operand alone: they may meet only what the law multiplies them with.
      expectSame(window, filters, Math.min(m, 12), isPixels, { x: 9, W: 0, delta: 0 });
      expectSame(window, filters, Math.min(m, 12), isPixels, { x: 0, W: 19, delta: 0 });
      expectSame(window, filters, Math.min(m, 12), isPixels, { x: 0, W: 0, delta: 29 });
      expectSame(window, filters, Math.min(m, 12), isPixels, { x: 11, W: 11, delta: 11 });
    }
  });
});

test.each([128, 256, 257, 700])("a batch of %i images", (m) => {
  const window = windowOn("test", { window: 3, padding: "same" }, [5, 4, 2]);
  for (const isPixels of [false, true]) expectSame(window, 9, m, isPixels, { x: 0, W: 0, delta: 0 });
});

describe.each([reference, one])("$name refuses", (backend) => {
  const window = windowOn("test", { window: 2 }, [3, 4, 2]);
  const matrix = (rows: number, columns: number) => backend.keep(rows, columns);

  test.each<[string, string, (...given: never[]) => unknown]>([
    [
      "images of another size",
      "expected images of 3 × 4 × 2 numbers, got 25 numbers",
      () => backend.convolve(matrix(2, 25), matrix(8, 5), matrix(1, 5), window, "relu"),
    ],
    [
      "weights of other taps",
      "convolve, W: expected 8 rows, the window's taps, got 9",
      () => backend.convolve(matrix(2, 24), matrix(9, 5), matrix(1, 5), window, "relu"),
    ],
    [
      "weights of other taps backwards",
      "convolveBackward, W: expected 8 rows, the window's taps, got 9",
      () => backend.convolveBackward(matrix(2, 30), matrix(9, 5), window),
    ],
    [
      "δ of other positions",
      "convolveBackward, delta: expected 30 columns, positions × filters, got 35",
      () => backend.convolveBackward(matrix(2, 35), matrix(8, 5), window),
    ],
    [
      "δ of a part of a position",
      "convolveOuter, delta: expected a multiple of 6 columns, got 31",
      () => backend.convolveOuter(matrix(2, 24), matrix(2, 31), window),
    ],
    [
      "other images for the gradient",
      "expected images of 3 × 4 × 2 numbers, got 25 numbers",
      () => backend.convolveOuter(matrix(2, 25), matrix(2, 30), window),
    ],
    [
      "a place of another shape",
      "convolveOuter, into: expected 8 × 5, got 8 × 6",
      () => backend.convolveOuter(matrix(2, 24), matrix(2, 30), window, matrix(8, 6)),
    ],
    [
      "a part of a filter",
      "meanPositions, delta: expected a multiple of 4 columns, got 30",
      () => backend.meanPositions(matrix(2, 30), 4),
    ],
  ])("%s", (_name, sentence, body) => {
    expect(body).toThrow(ShapeError);
    expect(body).toThrow(sentence);
  });

  test.each<[string, Partial<Window>]>([
    ["a stride of 0", { strideX: 0 }],
    ["half a tap", { rows: 1.5 }],
    ["negative padding", { top: -1 }],
    ["a position on padding alone", { left: 2 }],
    ["positions beyond the image", { outHeight: 5 }],
  ])("a window with %s", (_name, wrong) => {
    const x = matrix(2, 24);
    expect(() => backend.convolve(x, matrix(8, 5), matrix(1, 5), { ...window, ...wrong }, "relu")).toThrow(
      ArgumentError,
    );
    expect(() => backend.convolveBackward(matrix(2, 30), matrix(8, 5), { ...window, ...wrong })).toThrow(ArgumentError);
    expect(() => backend.convolveOuter(x, matrix(2, 30), { ...window, ...wrong })).toThrow(ArgumentError);
  });

  test("an unknown activation, and filters that are no number", () => {
    const given = [matrix(2, 24), matrix(8, 5), matrix(1, 5)] as const;
    expect(() => backend.convolve(...given, window, "rellu" as "relu")).toThrow("Did you mean relu?");
    expect(() => backend.meanPositions(matrix(2, 30), 0)).toThrow(ArgumentError);
  });
});
