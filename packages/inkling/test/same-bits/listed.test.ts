// Products of matrices of which many numbers are 0, where machine code runs along lists of the others
// (backends/wasm/listed-products.ts), against the reference, which multiplies with every zero: the same bits, for sizes
// beside those of vectors and tiles, for few and many zeros, and beside infinities and NaN.
import { afterAll, expect, test, vi } from "vitest";
import { LISTED_PRODUCT } from "../../kernels/layout.ts";
import type { Backend } from "../../src/backends/backend.ts";
import type { CpuMatrix } from "../../src/backends/cpu-matrix.ts";
import type { Calls } from "../../src/backends/fast/calls.ts";
import { Reference } from "../../src/backends/reference/reference.ts";
import { Wasm } from "../../src/backends/wasm/wasm.ts";
import { inOrder, type Matrix } from "../../src/matrix.ts";
import { Stream } from "../../src/numbers/random.ts";
import { nativeBackends } from "../native-backends.ts";
import { drawnOnce } from "./drawn-once.ts";

const reference = new Reference();
const native = await nativeBackends([3]);
const fast: [string, Backend][] = [["wasm", new Wasm()], ...native];
afterAll(() => {
  for (const [, backend] of native) backend.close?.();
});

const AWKWARD = [-0, 1e-45, -3e38, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

/** count numbers from −4 to 4: one in `every` awkward (0 for none), so many of a hundred not above 0. */
function numbers(name: string, count: number, every: number, low = 50): Float32Array {
  return drawnOnce(`${name} ${count} ${every} ${low}`, count, () => {
    const stream = new Stream(count, name);
    return Float32Array.from({ length: count }, (_, e) => {
      if (every > 0 && stream.below(every, e) === 0) return AWKWARD[stream.below(AWKWARD.length, e, 1)];
      return (stream.below(100, e, 2) < low ? -4 : 4) * stream.uniform(e);
    });
  });
}

function matrixOf(backend: Backend, name: string, rows: number, columns: number, every: number, low?: number): Matrix {
  const matrix = backend.keep(rows, columns);
  backend.write(matrix, numbers(name, rows * columns, every, low));
  return matrix;
}

type Every = Readonly<Record<"x" | "W" | "delta", number>>;

/** A layer behind a ReLU, forwards and backwards; and one whose inputs have no zeros, below a ReLU. */
function results(backend: Backend, m: number, k: number, n: number, every: Every, low: number) {
  const [x, W] = [matrixOf(backend, "x", m, k, every.x, low), matrixOf(backend, "W", k, n, every.W)];
  const [b, dZ] = [matrixOf(backend, "b", 1, n, 0), matrixOf(backend, "delta", m, n, every.delta)];
  return backend.step(() => {
    const a = backend.activate(x, "relu");
    const { z, a: next } = backend.affine(a, W, b, "relu");
    const delta = backend.activateBackward(dZ, z, next, "relu");
    const dA = backend.matmulTransposeB(delta, W);
    const made = {
      ...{ z, delta, dA, product: backend.matmul(a, W) },
      dW: backend.meanOuter(a, delta),
      dWOfInputs: backend.meanOuter(x, delta),
      ofDropout: backend.matmul(dropped(backend, x), W),
    };
    return Object.entries(made).map(([name, matrix]) => [name, (matrix as CpuMatrix).data.slice()] as const);
  });
}

function dropped(backend: Backend, x: Matrix): Matrix {
  const stream = new Stream(7, "dropout");
  return backend.dropout(x, { rate: 0.6, stream, epoch: 3, order: inOrder(x.rows), start: 0 });
}

function expectSame(m: number, k: number, n: number, every: Every, low = 50): void {
  const wanted = results(reference, m, k, n, every, low);
  for (const [name, backend] of fast) {
    // Twice, because the second time memory is used that others have used.
    for (let round = 0; round < 2; round++) {
      for (const [j, [result, got]] of results(backend, m, k, n, every, low).entries()) {
        const [, expected] = wanted[j];
        const at = got.findIndex((number, e) => !Object.is(number, expected[e]));
        if (at !== -1) expect.fail(`${name}, ${result}, number ${at}: ${got[at]}, reference ${expected[at]}`);
      }
    }
  }
}

test.each([
  [128, 96, 128],
  [128, 128, 96],
  [96, 128, 128],
  [127, 129, 131],
  [65, 257, 145],
  [33, 200, 300],
  [100, 33, 650],
  [130, 129, 127],
  [300, 64, 64],
])("%i × %i by %i", (m, k, n) => {
  expectSame(m, k, n, { x: 0, W: 0, delta: 0 });
  expectSame(m, k, n, { x: 19, W: 0, delta: 0 });
  expectSame(m, k, n, { x: 0, W: 3001, delta: 0 });
  expectSame(m, k, n, { x: 0, W: 0, delta: 29 });
  expectSame(m, k, n, { x: 31, W: 4001, delta: 17 });
});

test.each([0, 10, 34, 36, 90, 99, 100])("%i of a hundred numbers are 0", (low) => {
  expectSame(64, 130, 136, { x: 0, W: 0, delta: 0 }, low);
});

test.each([
  [128, 784, 256],
  [128, 784, 130],
  [96, 784, 260],
  [32, 113, 512],
  [127, 112, 257],
  [100, 300, 300],
])("%i images of %i pixels, by %i columns", (m, k, n) => {
  for (const every of [0, 23]) {
    const dW = (backend: Backend) => {
      const stream = new Stream(k, "bytes");
      const bytes = Uint8Array.from({ length: (m + 2) * k }, (_, e) =>
        stream.below(3, e) > 0 ? 0 : stream.below(256, e, 1),
      );
      const order = inOrder(m + 2);
      stream.shuffle(order);
      const images = backend.pixels(bytes, k);
      const delta = matrixOf(backend, "delta", m, n, every);
      return backend.step(() =>
        (backend.meanOuter(backend.select(images, order, 1, m), delta) as CpuMatrix).data.slice(),
      );
    };
    const expected = dW(reference);
    for (const [name, backend] of fast) {
      const got = dW(backend);
      const at = got.findIndex((number, e) => !Object.is(number, expected[e]));
      if (at !== -1) expect.fail(`${name}, number ${at}: ${got[at]}, reference ${expected[at]}`);
    }
  }
});

test.skipIf(native.length === 0)("lists are used where half of the numbers are 0, and not where few are", () => {
  const [, backend] = native[0];
  const run = vi.spyOn(Object.getPrototypeOf((backend as unknown as { calls: Calls }).calls) as Calls, "run");
  const lists = (low: number) => {
    run.mockClear();
    results(backend, 128, 128, 128, { x: 0, W: 0, delta: 0 }, low);
    return run.mock.calls.filter(([operation]) => operation === LISTED_PRODUCT).length;
  };
  // z, dA, x·W, ∂C/∂W of both kinds, and dropout's.
  expect(lists(50)).toBe(6);
  // δ and what dropout leaves still have zeros.
  expect(lists(0)).toBeLessThan(6);
  run.mockRestore();
});

test("where there is no machine code, no memory is taken for lists", () => {
  const backend = new Wasm();
  const [x, W, b] = [[128, 256] as const, [256, 64] as const, [1, 64] as const].map(([rows, columns]) =>
    matrixOf(backend, "x", rows, columns, 0),
  );
  backend.step(() => {
    const a = backend.activate(x as CpuMatrix, "relu");
    const taken = vi.spyOn(backend.pool, "matrix");
    backend.affine(a, W as CpuMatrix, b as CpuMatrix, "identity");
    expect(taken.mock.calls).toEqual([[128, 64]]);
  });
});
