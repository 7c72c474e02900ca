// Batch normalization, reference against wasm on one thread and on three: few channels and many, rows and images,
// batches of one block and of several, of one thread and of groups. The same bits.
import { afterAll, describe, expect, test } from "vitest";
import { startThreads } from "../../platform/node/threads.ts";
import type { Backend } from "../../src/backends/backend.ts";
import type { CpuMatrix } from "../../src/backends/cpu-matrix.ts";
import { Threads } from "../../src/backends/fast/threads.ts";
import { Reference } from "../../src/backends/reference/reference.ts";
import { Wasm } from "../../src/backends/wasm/wasm.ts";
import { ArgumentError, ShapeError } from "../../src/errors.ts";
import type { Matrix } from "../../src/matrix.ts";
import { Stream } from "../../src/numbers/random.ts";
import { nativeBackends } from "../native-backends.ts";

const reference = new Reference();
const three = new Wasm(new Threads(3, startThreads));
const native = (await nativeBackends([3])).map(([, backend]) => backend);
afterAll(() => {
  for (const backend of [three, ...native]) backend.close();
});

const AWKWARD = [0, -0, 1e-45, -1e-40, 3e38, -3e38, 1 / 0, -1 / 0, Number.NaN, 0.625];

/** rows × columns numbers between −4 and 4, one in `every` awkward; 0 for none. */
function matrixOf(backend: Backend, name: string, rows: number, columns: number, every: number): Matrix {
  const stream = new Stream(rows * columns, name);
  const matrix = backend.keep(rows, columns);
  const number = (e: number) =>
    every > 0 && stream.below(every, e) === 0 ? AWKWARD[stream.below(AWKWARD.length, e, 1)] : 8 * stream.uniform(e) - 4;
  backend.write(
    matrix,
    Array.from({ length: rows * columns }, (_, e) => number(e)),
  );
  return matrix;
}

/** All that a layer computes of a batch, forwards and backwards, by the batch's own statistics. */
function everything(ops: Backend, m: number, positions: number, channels: number, every: number): ArrayLike<number>[] {
  const [x, delta] = ["x", "δ"].map((name) => matrixOf(ops, name, m, positions * channels, every));
  const [scale, shift, running] = ["γ", "β", "μ"].map((name) => matrixOf(ops, name, 1, channels, 3 * every));
  const { mean, variance } = ops.batchMoments(x, channels);
  const { xHat, y } = ops.normalize(x, mean, variance, scale, shift, 1e-5);
  const sums = ops.scaleShiftBackward(delta, xHat, channels);
  const dX = ops.normalizeBackward(delta, xHat, sums.meanDelta, sums.meanProduct, variance, scale, 1e-5);
  ops.moveStatistic(running, mean, { old: 0.9, fresh: 0.1 });
  const all = [mean, variance, xHat, y, dX, running, ...Object.values(sums)];
  return all.map((matrix) => (matrix as CpuMatrix).data.slice());
}

describe.each([new Wasm(), three, ...native])("$name on $threads threads", (backend) => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 16, 17, 20, 31, 33, 64, 100])("%i channels", (channels) => {
    for (const positions of [1, 2, 9, 35]) {
      for (const m of [1, 2, 5, 129, 300]) {
        for (const every of [0, 40]) {
          const wanted = everything(reference, m, positions, channels, every);
          const got = backend.step(() => everything(backend, m, positions, channels, every));
          for (const [i, numbers] of got.entries()) {
            const at = Array.prototype.findIndex.call(numbers, (value, e) => !Object.is(value, wanted[i][e]));
            if (at === -1) continue;
            expect.fail(`${m} × ${positions}, result ${i}, number ${at}: ${numbers[at]}, reference ${wanted[i][at]}`);
          }
        }
      }
    }
  });

  test.each([
    [5000, 1, 10],
    [10_001, 1, 7],
    [1025, 4, 48],
  ])("%i examples of %i positions and %i channels, in groups of blocks", (m, positions, channels) => {
    const wanted = everything(reference, m, positions, channels, 0);
    expect(backend.step(() => everything(backend, m, positions, channels, 0))).toEqual(wanted);
  });
});

describe.each([reference, new Wasm()])("$name refuses", (ops) => {
  const [x, one] = [ops.keep(4, 6), ops.keep(1, 4)];
  test.each<[string, () => unknown]>([
    ["channels that do not divide a row", () => ops.batchMoments(x, 4)],
    ["a mean of other channels", () => ops.normalize(x, one, one, one, one, 1e-5)],
    ["δ in no whole positions", () => ops.scaleShiftBackward(x, x, 4)],
    ["a scale of other channels", () => ops.normalizeBackward(x, x, one, one, one, one, 1e-5)],
    ["a gradient of another width", () => ops.scaleShiftBackward(x, x, 3, { dScale: one, dShift: one })],
  ])("%s", (_name, attempt) => {
    expect(attempt).toThrow(ShapeError);
  });

  test.each([0, 1.5, -1, Number.NaN])("%d channels", (channels) => {
    expect(() => ops.batchMoments(x, channels)).toThrow(ArgumentError);
  });
});
