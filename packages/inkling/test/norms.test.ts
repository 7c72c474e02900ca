// The law of norms (backends/backend.ts), written out once more: squares in float64, in blocks of 8,192 elements that
// begin anew in each matrix, or in each column; the block sums as a tree. Every backend is held against it.
import { afterAll, describe, expect, test } from "vitest";
import { startThreads } from "../platform/node/threads.ts";
import type { Backend } from "../src/backends/backend.ts";
import type { CpuMatrix } from "../src/backends/cpu-matrix.ts";
import { Threads } from "../src/backends/fast/threads.ts";
import { Reference } from "../src/backends/reference/reference.ts";
import { SquareSum } from "../src/backends/totals.ts";
import { Wasm } from "../src/backends/wasm/wasm.ts";
import { Stream } from "../src/numbers/random.ts";
import { nativeBackends } from "./native-backends.ts";

const three = new Wasm(new Threads(3, startThreads));
const native = (await nativeBackends([3])).map(([, backend]) => backend);
afterAll(() => {
  for (const backend of [three, ...native]) backend.close();
});

/** S(lo, hi): the tree of block sums. */
function tree(sums: readonly number[]): number {
  if (sums.length === 1) return sums[0];
  let h = 1;
  while (2 * h < sums.length) h *= 2;
  return tree(sums.slice(0, h)) + tree(sums.slice(h));
}

function blockSums(values: ArrayLike<number>): number[] {
  return Array.from({ length: Math.ceil(values.length / 8192) }, (_, block) => {
    let sum = 0;
    for (let e = 8192 * block; e < Math.min(8192 * (block + 1), values.length); e++) sum += values[e] * values[e];
    return sum;
  });
}

/** rows × columns float32 numbers of very different sizes, so that another order gives other bits. */
function matrixOf(backend: Backend, rows: number, columns: number): CpuMatrix {
  const stream = new Stream(rows, "norms");
  const matrix = backend.keep(rows, columns) as CpuMatrix;
  backend.write(
    matrix,
    Float32Array.from({ length: rows * columns }, (_, e) => stream.normal(e) * (e % 7 === 0 ? 1000 : 1)),
  );
  return matrix;
}

describe.each([new Reference(), new Wasm(), three, ...native])("$name on $threads threads", (backend) => {
  test.each([[[1, 1]], [[1, 8192]], [[1, 8193]], [[3, 8191]], [[1, 32768]], [[5, 8192]], [[113, 401]], [[1, 100003]]])(
    "sumSquares of %j adds block sums as a tree, alone and after another matrix",
    ([rows, columns]) => {
      const [matrix, other] = [matrixOf(backend, rows, columns), matrixOf(backend, 37, 300)];
      const squares = new SquareSum();
      backend.sumSquares(matrix, squares);
      expect(squares.sum.total).toBe(tree(blockSums(matrix.data)));
      backend.sumSquares(other, squares);
      expect(squares.norm).toBe(Math.sqrt(tree([...blockSums(matrix.data), ...blockSums(other.data)])));
    },
  );

  test.each([
    [8192, 5],
    [8193, 3],
    [41000, 2],
    [300, 67],
  ])("limitColumns of %i × %i does, column by column, and scales those that are longer", (rows, columns) => {
    const matrix = matrixOf(backend, rows, columns);
    const before = matrix.data.slice();
    const norms = Array.from({ length: columns }, (_, j) =>
      Math.sqrt(tree(blockSums(Array.from({ length: rows }, (_, k) => before[k * columns + j])))),
    );
    // Halfway: some columns are longer.
    const limit = Math.fround(norms.toSorted((a, b) => a - b)[columns >> 1]);
    backend.limitColumns(matrix, limit);
    const expected = Float32Array.from(before, (w, e) => {
      const norm = norms[e % columns];
      return norm > limit ? Math.fround(limit / norm) * w : w;
    });
    expect(matrix.data).toEqual(expected);
    expect(expected).not.toEqual(before);
  });

  test("clip scales where the norm is larger, and leaves the gradient as it is where it is not", () => {
    const matrix = matrixOf(backend, 20, 30);
    const before = matrix.data.slice();
    const squares = new SquareSum();
    backend.sumSquares(matrix, squares);
    backend.clip(matrix, squares, squares.norm);
    expect(matrix.data).toEqual(before);
    backend.clip(matrix, squares, squares.norm / 3);
    const s = Math.fround(squares.norm / 3 / squares.norm);
    expect(matrix.data).toEqual(before.map((x) => s * x));
  });
});
