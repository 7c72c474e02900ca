// The law of sums over the batch (backends/backend.ts), written out once more with its number: blocks of 128 examples
// from +0, examples ascending; the block sums as a balanced tree. Every backend is held against these plain loops.
import { afterAll, describe, expect, test } from "vitest";
import { startThreads } from "../platform/node/threads.ts";
import type { Backend } from "../src/backends/backend.ts";
import type { CpuMatrix } from "../src/backends/cpu-matrix.ts";
import { Threads } from "../src/backends/fast/threads.ts";
import { Reference } from "../src/backends/reference/reference.ts";
import { Totals } from "../src/backends/totals.ts";
import { Wasm } from "../src/backends/wasm/wasm.ts";
import { windowOn } from "../src/layers/window-options.ts";
import type { Numbers } from "../src/matrix.ts";
import { Stream } from "../src/numbers/random.ts";
import { nativeBackends } from "./native-backends.ts";
import { firstDifference } from "./same-bits/comparing.ts";
import { drawnOnce } from "./same-bits/drawn-once.ts";

const three = new Wasm(new Threads(3, startThreads));
const native = (await nativeBackends([3])).map(([, backend]) => backend);
afterAll(() => {
  for (const backend of [three, ...native]) backend.close();
});

/** The sum of m terms as the law wants it. */
function lawful(m: number, term: (i: number) => number, round: (x: number) => number): number {
  const blockSum = (block: number) => {
    let sum = 0;
    for (let i = 128 * block; i < Math.min(128 * (block + 1), m); i++) sum = round(sum + term(i));
    return sum;
  };
  const tree = (lo: number, hi: number): number => {
    if (hi === lo + 1) return blockSum(lo);
    let h = 1;
    while (2 * h < hi - lo) h *= 2;
    return round(tree(lo, lo + h) + tree(lo + h, hi));
  };
  return tree(0, Math.ceil(m / 128));
}

const { fround } = Math;

/** rows × columns float32 numbers between −1 and 1. */
function numbers(name: string, rows: number, columns: number): Float32Array {
  return drawnOnce(`${name} ${rows} × ${columns}`, rows * columns, () => {
    const stream = new Stream(7, name);
    return Float32Array.from({ length: rows * columns }, (_, e) => 2 * stream.uniform(e) - 1);
  });
}

function matrixOf(backend: Backend, values: Float32Array, columns: number): CpuMatrix {
  const matrix = backend.keep(values.length / columns, columns) as CpuMatrix;
  backend.write(matrix, values);
  return matrix;
}

/** What the law wants, computed once for all backends: `name` says of what, and m how many examples are summed. */
function lawfulOnce(name: string, m: number, count: number, element: (e: number) => number): Float32Array {
  const all = () => Float32Array.from({ length: count }, (_, e) => element(e));
  return drawnOnce(`the law of ${name}, ${count} over ${m}`, count, all);
}

/** The mean over m examples of xᵢₗ·δᵢⱼ for every l and j, by the law. */
function lawfulMeanOuter(name: string, x: Float32Array, delta: Float32Array, m: number): Float32Array {
  const [k, n] = [x.length / m, delta.length / m];
  return lawfulOnce(`${name} ${k} × ${n}`, m, k * n, (e) => {
    const [l, j] = [Math.floor(e / n), e % n];
    return lawful(m, (i) => fround(x[i * k + l] * delta[i * n + j]), fround) / m;
  });
}

/** Compares all numbers. */
function expectBits(got: Numbers, wanted: Numbers): void {
  const at = firstDifference(got, wanted);
  if (at !== -1) expect.fail(`number ${at}: ${got[at]}, by the law ${wanted[at]}`);
}

/** Numbers of examples: whole blocks, and a last block that is short. From 45 on, threads share the sums. */
const batches = [1, 2, 3, 4, 5, 7, 8, 9, 45, 321].flatMap((blocks) => [128 * blocks, 128 * blocks - 51]);

describe.each([new Reference(), new Wasm(), three, ...native])("$name on $threads threads", (backend) => {
  describe.each(batches)("over %i examples", (m) => {
    test("meanOuter adds block sums as a tree", () => {
      for (const [k, n] of m < 2000
        ? [
            [3, 10],
            [70, 37],
          ]
        : [[10, 10]]) {
        const [x, delta] = [numbers("x", m, k), numbers("δ", m, n)];
        const dW = backend.meanOuter(matrixOf(backend, x, k), matrixOf(backend, delta, n)) as CpuMatrix;
        expectBits(dW.data, lawfulMeanOuter("meanOuter", x, delta, m));
      }
    });

    test("meanOuter of pixels does", () => {
      for (const [k, n] of m < 2000
        ? [
            [3, 10],
            [115, 37],
          ]
        : [[5, 3]]) {
        const bytes = Uint8Array.from(numbers("bytes", m, k), (u) => Math.max(0, 255 * u));
        const delta = numbers("δ", m, n);
        const dW = backend.meanOuter(backend.pixels(bytes, k), matrixOf(backend, delta, n)) as CpuMatrix;
        const shares = Float32Array.from(bytes, (byte) => byte / 255);
        expectBits(dW.data, lawfulMeanOuter("pixels", shares, delta, m));
      }
    });

    test("meanRows does", () => {
      const n = 10;
      const delta = numbers("δ", m, n);
      const db = backend.meanRows(matrixOf(backend, delta, n)) as CpuMatrix;
      expectBits(db.data, lawfulMeanOuter("meanRows", new Float32Array(m).fill(1), delta, m));
    });

    test("batchMoments does, of each example's own sum, divided by all numbers of a channel", () => {
      const [positions, channels] = [3, 2];
      const x = numbers("x", m, positions * channels);
      const { mean, variance } = backend.batchMoments(matrixOf(backend, x, positions * channels), channels);
      const own = (i: number, term: (x: number) => number, c: number) => {
        let sum = 0;
        for (let p = 0; p < positions; p++) sum = fround(sum + term(x[(i * positions + p) * channels + c]));
        return sum;
      };
      const mus = lawfulOnce("means", m, channels, (c) => {
        return lawful(m, (i) => own(i, (value) => value, c), fround) / (m * positions);
      });
      const variances = lawfulOnce("variances", m, channels, (c) => {
        const square = (value: number) => fround(fround(value - mus[c]) * fround(value - mus[c]));
        return lawful(m, (i) => own(i, square, c), fround) / (m * positions);
      });
      expectBits((mean as CpuMatrix).data, mus);
      expectBits((variance as CpuMatrix).data, variances);
    });

    test("scaleShiftBackward does, divided by the examples and by all numbers of a channel", () => {
      const [positions, channels] = [2, 3];
      const [delta, xHat] = ["δ", "x̂"].map((name) => numbers(name, m, positions * channels));
      const made = backend.scaleShiftBackward(
        matrixOf(backend, delta, positions * channels),
        matrixOf(backend, xHat, positions * channels),
        channels,
      );
      const results = Object.fromEntries(Object.entries(made).map(([name, { data }]) => [name, data]));
      const total = (c: number, term: (e: number) => number) =>
        lawful(
          m,
          (i) => {
            const at = i * positions * channels + c;
            return fround(term(at) + term(at + channels));
          },
          fround,
        );
      const products = lawfulOnce("products", m, channels, (c) => total(c, (e) => fround(delta[e] * xHat[e])));
      const deltas = lawfulOnce("deltas", m, channels, (c) => total(c, (e) => delta[e]));
      const over = (sums: Float32Array, by: number) => sums.map((sum) => sum / by);
      expectBits(results.dScale, over(products, m));
      expectBits(results.dShift, over(deltas, m));
      expectBits(results.meanProduct, over(products, m * positions));
      expectBits(results.meanDelta, over(deltas, m * positions));
    });

    test("convolveOuter and meanPositions do, of what each image sums over its positions", () => {
      // Images of 3 × 4 with a column of padding, a window of 2 × 3 at 2 × 4 positions, two filters.
      const [height, width, filters] = [3, 4, 2];
      const window = windowOn("test", { window: [2, 3], padding: [0, 1] }, [height, width, 1]);
      const [x, delta] = [numbers("x", m, height * width), numbers("δ", m, 8 * filters)];
      const ownSum = (i: number, f: number, term: (y: number, x: number) => number | undefined) => {
        let sum = 0;
        for (let p = 0; p < 8; p++) {
          const xTerm = term(Math.floor(p / 4), p % 4);
          if (xTerm !== undefined) sum = fround(sum + fround(xTerm * delta[(i * 8 + p) * filters + f]));
        }
        return sum;
      };
      const dW = lawfulOnce("convolveOuter", m, 6 * filters, (e) => {
        const [t, f] = [Math.floor(e / filters), e % filters];
        const [ky, kx] = [Math.floor(t / 3), t % 3];
        const seen = (i: number) => (oy: number, ox: number) => {
          const [row, column] = [oy + ky, ox + kx - 1];
          return column < 0 || column >= width ? undefined : x[(i * height + row) * width + column];
        };
        return lawful(m, (i) => ownSum(i, f, seen(i)), fround) / m;
      });
      const db = lawfulOnce("meanPositions", m, filters, (f) => lawful(m, (i) => ownSum(i, f, () => 1), fround) / m);
      const ofDelta = matrixOf(backend, delta, 8 * filters);
      const got = backend.convolveOuter(matrixOf(backend, x, height * width), ofDelta, window) as CpuMatrix;
      expectBits(got.data, dW);
      expectBits((backend.meanPositions(ofDelta, filters) as CpuMatrix).data, db);
    });

    test("sumLosses does, in float64, also in pieces", () => {
      const losses = numbers("losses", m, 1);
      const totals = new Totals();
      backend.sumLosses(matrixOf(backend, losses, 1), totals);
      const sum = lawful(
        m,
        (i) => losses[i],
        (x) => x,
      );
      expect(totals.loss.total).toBe(sum);
      totals.reset();
      for (let from = 0; from < m; from += 384) {
        backend.sumLosses(matrixOf(backend, losses.subarray(from, from + 384), 1), totals);
      }
      expect(totals.loss.total).toBe(sum);
      expect(totals.examples).toBe(m);
    });
  });
});
