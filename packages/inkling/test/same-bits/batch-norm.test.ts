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

const stream = new Stream(1, "batch norm");
/** Numbers between −4 and 4, a prime number of them; and the same with one in forty awkward. */
const plain = Float32Array.from({ length: 19_997 }, (_, e) => 8 * stream.uniform(e) - 4);
const awkward = plain.map((value, e) =>
  stream.below(40, e, 1) === 0 ? AWKWARD[stream.below(AWKWARD.length, e, 2)] : value,
);

/** rows × columns of these numbers, from a place of their own on. */
function matrixOf(backend: Backend, rows: number, columns: number, numbers: Float32Array, from: number): Matrix {
  const matrix = backend.keep(rows, columns);
  const values = new Float32Array(rows * columns);
  for (let e = 0; e < values.length; e++) values[e] = numbers[(from + e) % numbers.length];
  backend.write(matrix, values);
  return matrix;
}

/** All that a layer computes of a batch, forwards and backwards, by the batch's own statistics. */
function everything(
  ops: Backend,
  m: number,
  positions: number,
  channels: number,
  from: Float32Array,
): ArrayLike<number>[] {
  const [x, delta] = [0, 7001].map((at) => matrixOf(ops, m, positions * channels, from, at));
  const [scale, shift, running] = [3, 5003, 9001].map((at) => matrixOf(ops, 1, channels, from, at));
  const { mean, variance } = ops.batchMoments(x, channels);
  const { xHat, y } = ops.normalize(x, mean, variance, scale, shift, 1e-5);
  const sums = ops.scaleShiftBackward(delta, xHat, channels);
  const dX = ops.normalizeBackward(delta, xHat, sums.meanDelta, sums.meanProduct, variance, scale, 1e-5);
  ops.moveStatistic(running, mean, { old: 0.9, fresh: 0.1 });
  const all = [mean, variance, xHat, y, dX, running, ...Object.values(sums)];
  return all.map((matrix) => (matrix as CpuMatrix).data.slice());
}

const backends = [new Wasm(), three, ...native];

/** Compares every number of every backend with the reference's. */
function expectSame(m: number, positions: number, channels: number, from: Float32Array): void {
  const wanted = everything(reference, m, positions, channels, from);
  for (const backend of backends) {
    const got = backend.step(() => everything(backend, m, positions, channels, from));
    for (const [i, numbers] of got.entries()) {
      const want = wanted[i];
      let at = 0;
      while (at < numbers.length && Object.is(numbers[at], want[at])) at++;
      if (at === numbers.length) continue;
      const where = `${backend.name} on ${backend.threads} threads, ${m} × ${positions}, result ${i}, number ${at}`;
      expect.fail(`${where}: ${numbers[at]}, reference ${want[at]}`);
    }
  }
}

test.each([1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 20, 33, 64])("%i channels", (channels) => {
  for (const positions of [1, 2, 9]) {
    for (const m of [1, 2, 5, 129, 300]) {
      for (const from of m > 129 ? [plain] : [plain, awkward]) expectSame(m, positions, channels, from);
    }
  }
});

test.each([
  [5, 400, 17],
  [130, 35, 4],
  [5000, 1, 10],
  [1025, 2, 48],
])("%i examples of %i positions and %i channels: several tiles, and groups of blocks", (m, positions, channels) => {
  expectSame(m, positions, channels, plain);
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
