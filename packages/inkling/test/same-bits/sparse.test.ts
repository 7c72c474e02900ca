// The gradients of a convolution below a max pool, where the fast backends keep δ sparse (backends/wasm/sparse-deltas.ts),
// against the reference, which knows of no such thing: the same bits, for every kind of window and pool, for pixels and
// numbers, beside infinities and NaN, and where somebody looks at the dense δ after all.
import { afterAll, describe, expect, test } from "vitest";
import { startThreads } from "../../platform/node/threads.ts";
import type { Backend } from "../../src/backends/backend.ts";
import type { CpuMatrix } from "../../src/backends/cpu-matrix.ts";
import { Threads } from "../../src/backends/fast/threads.ts";
import { Reference } from "../../src/backends/reference/reference.ts";
import { SquareSum } from "../../src/backends/totals.ts";
import { PostponedConvolution } from "../../src/backends/wasm/fused-convolutions.ts";
import { SparseDelta } from "../../src/backends/wasm/sparse-delta.ts";
import { Wasm } from "../../src/backends/wasm/wasm.ts";
import { imageSize, positions, taps, type Window } from "../../src/backends/window.ts";
import { type WindowFields, windowOn } from "../../src/layers/window-options.ts";
import { inOrder, type Matrix } from "../../src/matrix.ts";
import type { ActivationName } from "../../src/numbers/activations.ts";
import { Stream } from "../../src/numbers/random.ts";
import { nativeBackends } from "../native-backends.ts";
import { firstDifference } from "./comparing.ts";
import { drawnOnce } from "./drawn-once.ts";

const reference = new Reference();
const one: Backend = new Wasm();
const three = new Wasm(new Threads(3, startThreads));
const native = await nativeBackends([3]);
const fast: [string, Backend][] = [["wasm", one], ["wasm on 3 threads", three], ...native];
afterAll(() => {
  for (const [, backend] of fast.slice(1)) backend.close?.();
});

interface Case {
  readonly shape: [height: number, width: number, channels: number];
  readonly fields: WindowFields;
  readonly filters: number;
  readonly pool: Pick<WindowFields, "window" | "stride" | "padding">;
}

const TWO = { window: 2, stride: 2 };

const cases: [name: string, layers: Case][] = [
  ["MNIST's, 3 × 3", { shape: [13, 13, 1], fields: { window: 3 }, filters: 32, pool: TWO }],
  ["one window", { shape: [4, 4, 1], fields: { window: 3 }, filters: 3, pool: TWO }],
  ["rows of 16 numbers", { shape: [6, 7, 8], fields: { window: 2 }, filters: 8, pool: TWO }],
  ["rows of 15 numbers", { shape: [7, 6, 5], fields: { window: 3 }, filters: 7, pool: TWO }],
  ["rows of 17 numbers", { shape: [5, 6, 17], fields: { window: [2, 1] }, filters: 5, pool: TWO }],
  ["rows of 40 numbers", { shape: [12, 12, 8], fields: { window: 5 }, filters: 16, pool: TWO }],
  ["rows of 96 numbers", { shape: [13, 13, 32], fields: { window: 3 }, filters: 64, pool: TWO }],
  ["rows of 100 numbers", { shape: [7, 8, 20], fields: { window: 5 }, filters: 40, pool: TWO }],
  ["rows of 130 numbers", { shape: [4, 5, 65], fields: { window: 2 }, filters: 66, pool: TWO }],
  ["rows of 500 numbers", { shape: [4, 5, 250], fields: { window: 2 }, filters: 4, pool: TWO }],
  [
    "rows as wide as the image",
    { shape: [8, 4, 5], fields: { window: [3, 4] }, filters: 9, pool: { window: [2, 1], stride: [2, 1] } },
  ],
  [
    "positions behind the last window",
    { shape: [8, 9, 6], fields: { window: 3 }, filters: 9, pool: { window: 4, stride: 4 } },
  ],
  [
    "windows of 3 × 2",
    { shape: [9, 8, 9], fields: { window: 2 }, filters: 11, pool: { window: [3, 2], stride: [3, 2] } },
  ],
  ["windows of 1 × 1", { shape: [5, 4, 8], fields: { window: 2 }, filters: 4, pool: { window: 1, stride: 1 } }],
  ["one window for all", { shape: [6, 6, 8], fields: { window: 3 }, filters: 12, pool: { window: 4, stride: 4 } }],
  ["padding", { shape: [7, 6, 7], fields: { window: 3, padding: "same" }, filters: 10, pool: TWO }],
  ["strides", { shape: [11, 13, 6], fields: { window: 3, stride: [2, 3], padding: 1 }, filters: 6, pool: TWO }],
  ["gaps between rows", { shape: [9, 7, 8], fields: { window: 2, dilation: [3, 1] }, filters: 17, pool: TWO }],
  ["gaps between columns", { shape: [9, 9, 8], fields: { window: 2, dilation: 2 }, filters: 6, pool: TWO }],
  ["windows of one pixel", { shape: [6, 5, 33], fields: { window: 1 }, filters: 8, pool: TWO }],
  ["rows of 24 numbers", { shape: [6, 6, 8], fields: { window: 3 }, filters: 24, pool: TWO }],
  ["sixteen rows", { shape: [18, 4, 16], fields: { window: [16, 1] }, filters: 3, pool: TWO }],
  ["many positions", { shape: [31, 30, 4], fields: { window: 4 }, filters: 6, pool: TWO }],
  ["many filters", { shape: [5, 5, 6], fields: { window: 3 }, filters: 130, pool: TWO }],
  // Pools that overlap, or are apart, or padded: δ is dense.
  ["overlapping pools", { shape: [9, 9, 8], fields: { window: 2 }, filters: 8, pool: { window: 3, stride: 2 } }],
  ["pools that are apart", { shape: [9, 9, 8], fields: { window: 2 }, filters: 8, pool: { window: 2, stride: 3 } }],
  ["padded pools", { shape: [8, 8, 8], fields: { window: 2 }, filters: 8, pool: { window: 3, stride: 3, padding: 1 } }],
];

const AWKWARD = [0, -0, 1e-45, 1.1754943508222875e-38, 3e38, -3e38, Number.POSITIVE_INFINITY, Number.NaN];

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

function pixelsOf(backend: Backend, m: number, count: number): Matrix {
  const bytes = drawnOnce(`${m} × ${count} bytes`, m * count, () => {
    const stream = new Stream(count, "bytes");
    return Uint8Array.from({ length: m * count }, (_, e) => (stream.below(3, e) > 0 ? 0 : stream.below(256, e, 1)));
  });
  return backend.select(backend.pixels(bytes, count), inOrder(m), 0, m);
}

interface Operands {
  readonly window: Window;
  readonly pool: Window;
  readonly x: Matrix;
  readonly W: Matrix;
  readonly b: Matrix;
  readonly dZ: Matrix;
}

type Every = Readonly<Record<"x" | "W" | "delta", number>>;

function operandsOf(
  backend: Backend,
  { shape, fields, filters, pool }: Case,
  m: number,
  isPixels: boolean,
  every: Every,
) {
  const window = windowOn("test", fields, shape);
  const pooled = windowOn("test", pool, [window.outHeight, window.outWidth, filters]);
  const size = imageSize(window);
  return {
    window,
    pool: pooled,
    x: isPixels ? pixelsOf(backend, m, size) : matrixOf(backend, "x", m, size, every.x),
    W: matrixOf(backend, "W", taps(window), filters, every.W),
    b: matrixOf(backend, "b", 1, filters, every.W),
    dZ: matrixOf(backend, "delta", m, positions(pooled) * filters, every.delta),
  };
}

/** The convolution, its max pool, and back. `isSeen`: whether δ itself is looked at before it is used. */
function gradients(
  backend: Backend,
  { window, pool, x, W, b, dZ }: Operands,
  activation: ActivationName,
  isSeen: boolean,
) {
  const { z, a } = backend.convolve(x, W, b, window, activation);
  const most = backend.maxPool(a, pool);
  const dA = backend.maxPoolBackward(a, most, dZ, pool) as CpuMatrix;
  const delta = backend.activateBackward(dA, z, a, activation) as CpuMatrix;
  const seen = isSeen ? { dA: dA.data.slice(), delta: delta.data.slice() } : {};
  const made = {
    db: backend.meanPositions(delta, W.columns),
    dW: backend.convolveOuter(x, delta, window),
    dX: backend.convolveBackward(delta, W, window),
  };
  const numbersOf = ([name, matrix]: [string, Matrix]) => [name, (matrix as CpuMatrix).data.slice()] as const;
  return [
    ...Object.entries(seen),
    ...Object.entries(made).map(numbersOf),
    ...Object.entries({ delta, dA }).map(numbersOf),
  ];
}

function expectSame(layers: Case, m: number, isPixels: boolean, activation: ActivationName, every: Every): void {
  const run = (backend: Backend, isSeen: boolean) => {
    const operands = operandsOf(backend, layers, m, isPixels, every);
    return backend.step(() => gradients(backend, operands, activation, isSeen));
  };
  const wanted = new Map(run(reference, false));
  for (const [name, backend] of fast) {
    for (const isSeen of [false, true]) {
      for (const [result, got] of run(backend, isSeen)) {
        const expected = wanted.get(result) as CpuMatrix["data"];
        expect(got.length).toBe(expected.length);
        const at = firstDifference(got, expected);
        if (at !== -1) expect.fail(`${name}, ${result}, number ${at}: ${got[at]}, reference ${expected[at]}`);
      }
    }
  }
}

describe.each(cases)("%s", (_name, layers) => {
  test.each<[string, boolean]>([
    ["numbers", false],
    ["pixels", true],
  ])("%s", (_, isPixels) => {
    expectSame(layers, 5, isPixels, "relu", { x: 0, W: 0, delta: 0 });
    for (const activation of ["relu", "leakyRelu", "identity", "sigmoid"] as const) {
      const few = (every: Every) => expectSame(layers, 2, isPixels, activation, every);
      few({ x: 0, W: 0, delta: 7 });
      few({ x: 30, W: 30, delta: 11 });
      if (activation !== "relu") continue;
      few({ x: 9, W: 0, delta: 0 });
      few({ x: 0, W: 19, delta: 0 });
    }
  });
});

test.each([256, 257, 700])("a batch of %i images", (m) => {
  const layers: Case = { shape: [6, 5, 6], fields: { window: 3 }, filters: 9, pool: TWO };
  for (const isPixels of [false, true]) expectSame(layers, m, isPixels, "relu", { x: 0, W: 0, delta: 0 });
});

function clipped(backend: Backend, matrix: Matrix): void {
  const squares = new SquareSum();
  backend.sumSquares(matrix, squares);
  backend.clip(matrix, squares, 0.01);
}

/** Another operation's result goes into the matrix. */
function writtenOver(backend: Backend, matrix: Matrix): void {
  const { rows, columns } = matrix;
  backend.meanOuter(backend.matrix(3, rows), backend.matrix(3, columns), matrix);
}

/** Gives the memory of a matrix back, and takes it for other numbers. */
function releasedAndTaken(backend: Backend, matrix: Matrix): void {
  backend.release(matrix);
  matrixOf(backend, "other", matrix.rows, matrix.columns, 0);
}

describe("δ below a max pool", () => {
  const [, layers] = cases[5];
  const operands = () => operandsOf(one, layers, 4, false, { x: 0, W: 0, delta: 0 });

  test("stays sparse as long as nobody looks at it", () => {
    const { window, pool, x, W, b, dZ } = operands();
    one.step(() => {
      const { z, a } = one.convolve(x, W, b, window, "relu");
      const dA = one.maxPoolBackward(a, one.maxPool(a, pool), dZ, pool);
      const delta = one.activateBackward(dA, z, a, "relu");
      one.meanPositions(delta, W.columns);
      one.convolveOuter(x, delta, window);
      one.convolveBackward(delta, W, window);
      expect(dA.postponed).toBeInstanceOf(SparseDelta);
      expect(delta.postponed).toBeInstanceOf(SparseDelta);
      expect((delta as CpuMatrix).data.some((number) => number !== 0)).toBe(true);
      expect([dA.postponed, delta.postponed]).toEqual([undefined, undefined]);
    });
  });

  test("and what goes into the pool is never written, unless somebody looks at it: of the weights as they were", () => {
    const outputs = (backend: Backend) => {
      const { window, pool, x, W, b } = operandsOf(backend, layers, 4, false, { x: 0, W: 0, delta: 0 });
      const own = backend.keep(W.rows, W.columns);
      backend.copy(W, own);
      return backend.step(() => {
        const { z, a } = backend.convolve(x, own, b, window, "relu");
        backend.maxPool(a, pool);
        const wait = [z.postponed, a.postponed].every((postponed) => postponed instanceof PostponedConvolution);
        expect(wait).toBe(backend === one);
        backend.sgd(own, W, { learningRate: 0.5, weightDecay: 0 });
        return [(a as CpuMatrix).data.slice(), (z as CpuMatrix).data.slice()];
      });
    };
    expect(outputs(one)).toEqual(outputs(reference));
  });

  test("is made of the numbers that stood there, whatever is written afterwards", () => {
    const { window, pool, x, W, b, dZ } = operands();
    const made = (isWritten: boolean) =>
      one.step(() => {
        const own = one.matrix(dZ.rows, dZ.columns) as CpuMatrix;
        one.copy(dZ, own);
        const { a } = one.convolve(x, W, b, window, "relu");
        const dA = one.maxPoolBackward(a, one.maxPool(a, pool), own, pool) as CpuMatrix;
        if (isWritten) one.write(own, new Float32Array(own.rows * own.columns));
        return dA.data.slice();
      });
    expect(made(true)).toEqual(made(false));
  });

  test.each<[string, (backend: Backend, matrices: Readonly<Record<"x" | "a" | "most" | "delta", Matrix>>) => void]>([
    ["δ is clipped", (backend, { delta }) => clipped(backend, delta)],
    ["the maxima are clipped", (backend, { most }) => clipped(backend, most)],
    ["the images are updated", (backend, { x }) => backend.sgd(x, x, { learningRate: 0.5, weightDecay: 0 })],
    ["columns of the images are limited", (backend, { x }) => backend.limitColumns(x, 0.1)],
    ["what goes into the pool is clipped", (backend, { a }) => clipped(backend, a)],
    ["a result takes the place of δ", (backend, { delta }) => writtenOver(backend, delta)],
    ["the images are released", (backend, { x }) => releasedAndTaken(backend, x)],
    ["δ is released", (backend, { delta }) => releasedAndTaken(backend, delta)],
  ])("is that of the reference where %s afterwards", (_, change) => {
    const outputs = (backend: Backend) => {
      const { window, pool, x, W, b, dZ } = operandsOf(backend, layers, 4, false, { x: 0, W: 0, delta: 0 });
      return backend.step(() => {
        const { z, a } = backend.convolve(x, W, b, window, "relu");
        const most = backend.maxPool(a, pool);
        const dA = backend.maxPoolBackward(a, most, dZ, pool);
        const delta = backend.activateBackward(dA, z, a, "relu");
        change(backend, { x, a, most, delta: dZ });
        const db = backend.meanPositions(delta, W.columns);
        return [z, a, dA, delta, db].map((matrix) => (matrix as CpuMatrix).data.slice());
      });
    };
    expect(outputs(one)).toEqual(outputs(reference));
  });

  test("is dense where z is not the maximum of x, and outside of a step", () => {
    const { window, pool, x, W, b, dZ } = operands();
    const { a } = one.convolve(x, W, b, window, "relu");
    const most = one.maxPool(a, pool);
    expect(one.maxPoolBackward(a, most, dZ, pool).postponed).toBeUndefined();
    one.step(() => expect(one.maxPoolBackward(a, most, dZ, pool).postponed).toBeUndefined());
    // What is not the maximum of any window gives nothing.
    one.step(() => {
      one.maxPool(a, pool);
      const other = one.matrix(most.rows, most.columns);
      one.write(other, new Float32Array(most.rows * most.columns).fill(-1));
      expect((one.maxPoolBackward(a, other, dZ, pool) as CpuMatrix).data.every((number) => number === 0)).toBe(true);
    });
  });
});
