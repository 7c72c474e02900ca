// Sizes at which machine code has edges: vectors of 8 and 16 numbers, tiles of 8192 numbers and of 64 rows, and where
// WebAssembly takes over. Reference against machine code on one thread and on three, the same bits.
import { afterAll, describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.ts";
import type { CpuMatrix } from "../../src/backends/cpu-matrix.ts";
import type { FastBackend } from "../../src/backends/fast/fast.ts";
import { Reference } from "../../src/backends/reference/reference.ts";
import { Totals } from "../../src/backends/totals.ts";
import { labels } from "../../src/matrix.ts";
import { type ActivationName, activations } from "../../src/numbers/activations.ts";
import { Stream } from "../../src/numbers/random.ts";
import { nativeBackends } from "../native-backends.ts";

const reference = new Reference();
const native = await nativeBackends([1, 3]);
afterAll(() => {
  for (const [, backend] of native) backend.close();
});

const AWKWARD = [0, -0, 1e-45, -1e-40, 3e38, -3e38, 1 / 0, -1 / 0, Number.NaN, 88.8, -104, -87.5, 0.625];

/** Numbers between −4 and 4, one in `every` awkward. */
function numbers(name: string, count: number, every: number): Float32Array {
  const stream = new Stream(count, name);
  return Float32Array.from({ length: count }, (_, e) =>
    stream.below(every, e) === 0 ? AWKWARD[stream.below(AWKWARD.length, e, 1)] : 8 * stream.uniform(e) - 4,
  );
}

function matrixOf(backend: Backend, name: string, rows: number, columns: number, every = 9): CpuMatrix {
  const matrix = backend.keep(rows, columns) as CpuMatrix;
  backend.write(matrix, numbers(name, rows * columns, every));
  return matrix;
}

/** Runs the same on the reference and on all others, and compares every number. */
function expectSame(run: (backend: Backend) => readonly ArrayLike<number>[]): void {
  const wanted = run(reference);
  for (const [name, backend] of native) {
    for (const [i, got] of (backend as FastBackend).step(() => run(backend)).entries()) {
      const want = wanted[i];
      const at = Array.prototype.findIndex.call(got, (value, e) => !Object.is(value, want[e]));
      if (at !== -1) expect.fail(`${name}, result ${i}, number ${at}: ${got[at]}, reference ${want[at]}`);
    }
  }
}

const data = (matrix: unknown) => (matrix as CpuMatrix).data.slice();

const counts = [
  ...[1, 7, 8, 9, 15, 16, 17, 31, 127, 128, 129, 135, 136, 137, 143, 144, 145, 159, 8191, 8192, 8193, 20000],
  // With those above, every number that can be left after whole vectors of 16.
  ...[130, 131, 132, 133, 134, 138, 139, 140, 141, 142],
];

describe.each(counts)("%i numbers", (count) => {
  test.each(Object.keys(activations) as ActivationName[])("%s and its slope", (activation) => {
    expectSame((backend) => {
      const [x, W, b] = [matrixOf(backend, "x", count, 1), backend.keep(1, 1), backend.keep(1, 1)];
      backend.write(W, [1]);
      const { z, a } = backend.affine(x, W, b, activation);
      const dA = matrixOf(backend, "dA", count, 1);
      return [data(a), data(backend.activateBackward(dA, z, a, activation))];
    });
  });

  test("updates with and without weight decay", () => {
    for (const weightDecay of [0, -0, 0.01]) {
      const descent = { learningRate: 0.1, weightDecay };
      const matrices = (backend: Backend) =>
        ["W", "g", "m", "v"].map((name) => matrixOf(backend, name, 1, count)) as [
          CpuMatrix,
          CpuMatrix,
          CpuMatrix,
          CpuMatrix,
        ];
      expectSame((backend) => {
        const [W, g, , v] = matrices(backend);
        backend.sgd(W, g, descent);
        for (const nesterov of [true, false]) backend.momentum(W, g, v, { ...descent, momentum: 0.9, nesterov });
        return [W, v].map(data);
      });
      expectSame((backend) => {
        const [W, g, m, v] = matrices(backend);
        for (const keep of [1, 0.99]) {
          backend.adam(W, g, m, v, { stepSize: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-9, weightDecay, keep });
        }
        return [W, m, v].map(data);
      });
      expectSame((backend) => {
        const [W, g, , v] = matrices(backend);
        backend.rootSquare(W, g, v, { ...descent, old: 0.9, fresh: 0.1, epsilon: 1e-8 });
        return [W, v].map(data);
      });
    }
  });
});

const rowCounts = [1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 72, 127, 128, 129, 300];

describe.each([1, 2, 3, 4, 5, 7, 8, 10, 11, 300, 1024, 1025])("%i classes", (classes) => {
  test("softmax, its loss and hits of 1 to 300 rows", () => {
    for (const rows of classes > 300 ? [17, 66] : rowCounts) {
      for (const every of [7, 1000]) {
        expectSame((backend) => {
          const z = matrixOf(backend, "z", rows, classes, every);
          const stream = new Stream(rows, "labels");
          const y = labels(Uint32Array.from({ length: rows }, (_, i) => stream.below(classes, i)));
          const { losses, dZ } = backend.softmaxCrossEntropy(z, y) as Record<"losses" | "dZ", CpuMatrix>;
          const totals = new Totals();
          backend.countHits(z, y, totals);
          return [data(backend.softmax(z)), data(losses), data(dZ), [totals.hits]];
        });
      }
    }
  });

  test("rows that are all one number, and rows whose largest number is not the only one", () => {
    for (const value of [0, -0, 1, 1e-45, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN]) {
      expectSame((backend) => {
        const z = backend.keep(20, classes) as CpuMatrix;
        backend.write(z, new Float32Array(20 * classes).fill(value));
        z.data[classes - 1] = 5;
        const y = labels(Uint32Array.from({ length: 20 }, (_, i) => i % classes));
        const totals = new Totals();
        backend.countHits(z, y, totals);
        const { losses, dZ } = backend.softmaxCrossEntropy(z, y) as Record<"losses" | "dZ", CpuMatrix>;
        return [data(losses), data(dZ), [totals.hits]];
      });
    }
  });
});

describe("dropout", () => {
  const columnCounts = [...Array.from({ length: 34 }, (_, e) => e + 1), 63, 64, 65, 95, 96, 97, 128, 1600];

  test.each(columnCounts)("of %i columns", (columns) => {
    for (const rows of columns > 1000 ? [3] : [1, 2, 7, 70]) {
      // Rates whose thresholds are 0, below and above 2³¹, and the largest one.
      for (const rate of [1e-12, 0.3, 0.5, 0.9, 1 - 2 ** -32]) {
        expectSame((backend) => {
          const x = matrixOf(backend, "x", rows, columns);
          const order = Uint32Array.from({ length: rows + 1 }, (_, i) => 4294967295 - 3 * i);
          const stream = new Stream(rows, "layers.0.dropout");
          return [0, 1, 4294967295].map((epoch) => data(backend.dropout(x, { rate, stream, epoch, order, start: 1 })));
        });
      }
    }
  });
});
