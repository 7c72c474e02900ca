// Every operation of the table, reference against wasm and machine code on one thread and on three, over awkward shapes
// and awkward numbers: the same bits. Zeros of both signs differ; any NaN equals any NaN. And every operand that does
// not belong is refused. The lists of operations, operands and activations are the tables' own; law.test.ts has the
// order of sums.
import { afterAll, describe, expect, test } from "vitest";
import { startThreads } from "../../platform/node/threads.ts";
import type { Backend } from "../../src/backends/backend.ts";
import { CpuMatrix } from "../../src/backends/cpu-matrix.ts";
import { Threads } from "../../src/backends/fast/threads.ts";
import { type Operation, type OperationName, operations } from "../../src/backends/operations.ts";
import { Reference } from "../../src/backends/reference/reference.ts";
import { SquareSum, Totals } from "../../src/backends/totals.ts";
import { Wasm } from "../../src/backends/wasm/wasm.ts";
import type { Window } from "../../src/backends/window.ts";
import { ArgumentError, ShapeError } from "../../src/errors.ts";
import { windowOn } from "../../src/layers/window-options.ts";
import { inOrder, type Labels, labels as labelsFrom, Matrix, type Numbers, type Pixels } from "../../src/matrix.ts";
import { type ActivationName, activations } from "../../src/numbers/activations.ts";
import { Stream } from "../../src/numbers/random.ts";
import { nativeBackends } from "../native-backends.ts";
import { firstDifference } from "./comparing.ts";
import { drawnOnce } from "./drawn-once.ts";

const reference = new Reference();
const one = new Wasm();
const three = new Wasm(new Threads(3, startThreads));
const native = (await nativeBackends([1, 3])).map(([, backend]) => backend);
const fast = [one, three, ...native];

/** Families without machine code: with it WebAssembly computes them too, so one such backend is enough. */
const onlyWasm = ["dropout", "norms"];
const backendsFor = (name: OperationName) =>
  onlyWasm.includes(operations[name].family) ? [one, three, ...native.slice(-1)] : fast;
afterAll(() => {
  for (const backend of [three, ...native]) backend.close();
});

const names = Object.keys(operations) as OperationName[];
const activationNames = Object.keys(activations) as ActivationName[];
const descent = { learningRate: 0.1, weightDecay: 0.01 };
const adam = { stepSize: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-9 };

/** Numbers of examples, the largest that there can be among them. */
const examples = Uint32Array.from({ length: 1100 }, (_, i) => 2 ** 32 - 1 - 7 * i);

/** Images of 4 × 3 × 3 numbers, and a window of 2 × 2 with padding: convolutions.test.ts and pooling.test.ts have all others. */
const window: Window = windowOn("test", { window: 2, padding: [1, 0] }, [4, 3, 3]);
const windowLengths = { i: 36, t: 12, f: 3, o: 30 };

/** What an operation is given after its operands: a list for each case. n is the number of channels. */
const options: Record<OperationName, (lengths: Lengths) => unknown[][]> = {
  matmul: () => [[]],
  meanOuter: () => [[]],
  matmulTransposeB: () => [[]],
  meanRows: () => [[]],
  unpack: () => [[]],
  addScaled: () => [[0.1], [-1]],
  convolve: () => activationNames.map((activation) => [window, activation]),
  convolveBackward: () => [[window]],
  convolveOuter: () => [[window]],
  meanPositions: () => [[windowLengths.f]],
  affine: () => activationNames.map((activation) => [activation]),
  activate: () => activationNames.map((activation) => [activation]),
  activateBackward: () => activationNames.map((activation) => [activation]),
  softmax: () => [[]],
  maxPool: () => [[window]],
  maxPoolBackward: () => [[window]],
  averagePool: () => [[window]],
  averagePoolBackward: () => [[window]],
  dropout: () =>
    [0, 0.5, 0.2, 1 - 2 ** -31].map((rate, i) => [
      { rate, stream: new Stream(2 ** 40 + i, "dropout test"), epoch: 2 ** 32 - 1 - i, order: examples, start: 3 },
    ]),
  softmaxCrossEntropy: () => [[]],
  squaredError: () => [[0.5], [0.1]],
  weightedCrossEntropy: () => [[0], [0.1], [0.9]],
  binaryCrossEntropy: () => [[1], [0.1]],
  huberError: () => [
    [1, 1],
    [0.3, 0.1],
  ],
  absoluteError: () => [[1], [0.1]],
  sumLosses: () => [[new Totals()]],
  countHits: () => [[new Totals()]],
  sgd: () => [[descent], [{ ...descent, weightDecay: 0 }]],
  momentum: () => [true, false].map((nesterov) => [{ ...descent, momentum: 0.9, nesterov }]),
  adam: () => [0, 0.01].map((weightDecay) => [{ ...adam, weightDecay, keep: 1 - weightDecay / 2 }]),
  rootSquare: () =>
    [0, 0.01].map((weightDecay) => [{ ...descent, weightDecay, old: 1 - weightDecay, fresh: 0.5, epsilon: 1e-8 }]),
  batchMoments: ({ n }) => [[n]],
  normalize: () => [[1e-5], [0.3]],
  scaleShiftBackward: ({ n }) => [[n]],
  normalizeBackward: () => [[1e-5], [0.3]],
  moveStatistic: () => [[{ old: 0.9, fresh: 0.1 }]],
  addSign: () => [[0.01], [1e-45]],
  sumSquares: () => [[new SquareSum()], [squaresOf(3, 1 / 3)]],
  clip: () => [
    [squaresOf(7), 0.1],
    [squaresOf(7), 3],
  ],
  limitColumns: () => [[3], [0.1], [1e30]],
  average: () => [[0.999], [0.1], [0]],
};

/** A sum of squares that others have added to. */
function squaresOf(...blocks: number[]): SquareSum {
  const squares = new SquareSum();
  for (const sum of blocks) squares.sum.add(sum);
  return squares;
}

/** Numbers that arithmetic stumbles over. */
const AWKWARD = [
  ...[0, -0, 1, -1, 1e-45, -1e-45, 1.1754943508222875e-38, 3e38, -3e38],
  ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 88.8, -104, 0.625, -0.3],
];

/** count float32 numbers: mostly between −4 and 4, one in `every` awkward; 0 for none. */
function numbers(name: string, count: number, every: number): Float32Array {
  return drawnOnce(`${name} ${count} ${every}`, count, () => {
    const stream = new Stream(count, name);
    return Float32Array.from({ length: count }, (_, e) => {
      if (every > 0 && stream.below(every, e) === 0) return AWKWARD[stream.below(AWKWARD.length, e, 1)];
      return 8 * stream.uniform(e) - 4;
    });
  });
}

/** m × k bytes of which four in five are 0. */
function bytes(m: number, k: number): Uint8Array {
  return drawnOnce(`${m} × ${k} bytes`, m * k, () => {
    const stream = new Stream(m * k, "bytes");
    return Uint8Array.from({ length: m * k }, (_, e) => Math.max(0, stream.uniform(e) * 1280 - 1024));
  });
}

function matrixOf(backend: Backend, name: string, rows: number, columns: number, every = 0): CpuMatrix {
  const matrix = backend.keep(rows, columns) as CpuMatrix;
  backend.write(matrix, numbers(name, rows * columns, every));
  return matrix;
}

/** m rows of a data set of m + 3 images, out of order. */
function pixelsOf(backend: Backend, m: number, k: number): Pixels {
  const order = inOrder(m + 3);
  new Stream(m, "order").shuffle(order);
  return backend.select(backend.pixels(bytes(m + 3, k), k), order, 2, m) as Pixels;
}

function labelsOf(m: number, n: number): Labels {
  const stream = new Stream(n, "labels");
  return labelsFrom(Uint32Array.from({ length: m }, (_, i) => stream.below(n, i)));
}

type Lengths = Readonly<Record<"m" | "k" | "n", number>>;

/** What a length of the table stands for. */
function lengthOf(letter: string | number, { m, k, n }: Lengths): number {
  return { m, k, n, p: k, q: n, c: n, hwc: Math.min(k, 5) * n, 1: 1, ...windowLengths }[letter as "m"];
}

/** The kinds of operands that an operation has to be tried with: what the first and what the last one is. */
function kindsOf(name: OperationName): ("numbers" | "pixels" | "labels")[] {
  const others = Object.values<Operation["operands"][string]>(operations[name].operands).map(([, , or]) => or);
  const [takesPixels, takesLabels] = [others.includes("or pixels"), others.includes("or labels")];
  return ["numbers", ...(takesPixels ? (["pixels"] as const) : []), ...(takesLabels ? (["labels"] as const) : [])];
}

/** An operation's operands by the table. */
function operandsOf(backend: Backend, name: OperationName, lengths: Lengths, kind = "numbers", every = 0) {
  return Object.entries<Operation["operands"][string]>(operations[name].operands).map(([operand, shape], i) => {
    const [rows, columns, or] = shape;
    const m = lengthOf(rows, lengths);
    if (columns === undefined || (or === "or labels" && kind === "labels")) return labelsOf(m, lengths.n);
    if (i === 0 && kind === "pixels") return pixelsOf(backend, m, lengthOf(columns, lengths));
    return matrixOf(backend, operand, m, lengthOf(columns, lengths), every);
  });
}

function call(backend: Backend, name: OperationName, operands: readonly unknown[], extra: readonly unknown[]): unknown {
  return (backend[name] as (...given: unknown[]) => unknown)(...operands, ...extra);
}

/** Calls an operation; returns all numbers that it made, added up or left in its operands. */
function run(
  backend: Backend,
  name: OperationName,
  operands: readonly (Matrix | Labels)[],
  extra: readonly unknown[],
): Numbers[] {
  const made = call(backend, name, operands, extra);
  const matrices = [...(made instanceof Matrix ? [made] : Object.values({ ...(made as object) })), ...operands];
  const totals = extra
    .filter((value) => value instanceof Totals)
    .map(({ loss, hits, examples }) => Float64Array.of(loss.total, hits, examples));
  const norms = extra.filter((value) => value instanceof SquareSum).map(({ sum }) => Float64Array.of(sum.total));
  const numbers = matrices.filter((matrix) => matrix instanceof CpuMatrix).map(({ data }) => data.slice());
  return [...numbers, ...totals, ...norms];
}

/** m, k, n: one, odd, beside a multiple of every tile, panel and block, and beyond them; columns 4 kB apart. */
const shapes = [
  [1, 1, 1],
  [1, 7, 5],
  [3, 1, 4],
  [5, 3, 1],
  [66, 2, 2],
  [17, 33, 13],
  [64, 112, 32],
  [65, 113, 33],
  [128, 49, 10],
  [129, 17, 45],
  [300, 20, 9],
  [131, 1024, 6],
  [13, 5, 1024],
  [3, 9, 2048],
] as const;

test("every operation of the table has a case", () => {
  expect(Object.keys(options).toSorted()).toEqual(names.toSorted());
});

describe.each(names)("%s", (name) => {
  test.each(shapes)("gives the reference's bits for %i × %i × %i", (m, k, n) => {
    for (const kind of kindsOf(name)) {
      for (const every of [0, 9]) {
        for (const [i] of options[name]({ m, k, n }).entries()) {
          const runOn = (backend: Backend) =>
            run(backend, name, operandsOf(backend, name, { m, k, n }, kind, every), options[name]({ m, k, n })[i]);
          const wanted = runOn(reference);
          for (const wasm of backendsFor(name)) {
            // Twice, because the second time memory is used that others have used.
            for (let round = 0; round < 2; round++) {
              for (const [j, numbers] of wasm.step(() => runOn(wasm)).entries()) {
                const at = firstDifference(numbers, wanted[j]);
                const where = `${wasm.name} on ${wasm.threads} threads, ${kind}, case ${i}, result ${j}, number ${at}`;
                if (at !== -1) expect.fail(`${where}: ${numbers[at]}, reference ${wanted[j][at]}`);
              }
            }
          }
        }
      }
    }
  });
});

describe.each([reference, one])("$name", (backend) => {
  const lengths = { m: 4, k: 3, n: 2 };
  /** Calls an operation with one operand replaced. */
  const withOperand = (name: OperationName, at: number, operand: unknown, kind = "numbers") => {
    const operands: unknown[] = operandsOf(backend, name, lengths, kind);
    operands[at] = operand;
    return () => call(backend, name, operands, options[name](lengths)[0]);
  };

  describe.each(names)("%s refuses", (name) => {
    const entries = Object.entries<Operation["operands"][string]>(operations[name].operands);
    const letters = entries.flatMap(([, [rows, columns]]) => (columns === undefined ? [rows] : [rows, columns]));
    /** Whether a length is given elsewhere, so that another one does not meet it. */
    const isBound = (letter: unknown) => letter === 1 || letters.filter((other) => other === letter).length > 1;

    test.each(entries)("%s of another backend or another kind, or given back", (operand, [rows, columns, or]) => {
      const at = Object.keys(operations[name].operands).indexOf(operand);
      if (columns === undefined) {
        expect(withOperand(name, at, matrixOf(backend, operand, 4, 2))).toThrow(ArgumentError);
        return;
      }
      const shape = [lengthOf(rows, lengths), lengthOf(columns, lengths)] as const;
      expect(withOperand(name, at, matrixOf(new Reference(), operand, ...shape))).toThrow(ArgumentError);
      expect(withOperand(name, at, pixelsOf(new Reference(), ...shape))).toThrow(ArgumentError);
      if (or !== "or pixels") expect(withOperand(name, at, pixelsOf(backend, ...shape))).toThrow(ArgumentError);
      const released = matrixOf(backend, operand, ...shape);
      released.isReleased = true;
      expect(withOperand(name, at, released)).toThrow(ArgumentError);
      expect(withOperand(name, at, undefined)).toThrow(ArgumentError);
      if (or !== "or labels") expect(withOperand(name, at, labelsOf(4, 2))).toThrow(ArgumentError);
    });

    for (const [at, [operand, [rows, columns, or]]] of entries.entries()) {
      const [m, n] = [lengthOf(rows, lengths), columns === undefined ? 0 : lengthOf(columns, lengths)];
      if (isBound(rows)) {
        test(`${operand} with one row more`, () => {
          const more = columns === undefined ? labelsOf(m + 1, 2) : matrixOf(backend, operand, m + 1, n);
          expect(withOperand(name, at, more)).toThrow(ShapeError);
          if (or === "or labels") expect(withOperand(name, at, labelsOf(m + 1, 2))).toThrow(ShapeError);
        });
      }
      if (isBound(columns)) {
        test(`${operand} with one column more`, () => {
          expect(withOperand(name, at, matrixOf(backend, operand, m, n + 1))).toThrow(ShapeError);
        });
      }
    }
  });
});

test("a shape that does not meet the others is refused with the shapes of all operands", () => {
  const x = matrixOf(reference, "x", 2, 4);
  expect(() => reference.matmul(x, matrixOf(reference, "W", 3, 5))).toThrow(
    "matmul, W: expected 4 × 5 (x m × k, W k × n), got 3 × 5.",
  );
  expect(() => reference.countHits(x, labelsOf(3, 4), new Totals())).toThrow(
    "countHits, labels: expected 2 (outputs m × n, labels m), got 3.",
  );
});

test("a data set listed in pieces, in a batch whose blocks are summed in pieces, gives the reference's bits", () => {
  const [m, k, n] = [1157, 8200, 100];
  const [wanted, ...others] = [reference, ...fast].map((backend) => {
    const x = pixelsOf(backend, m, k);
    const products = [
      backend.matmul(x, matrixOf(backend, "W", k, 3)),
      backend.meanOuter(x, matrixOf(backend, "δ", m, n)),
    ];
    return products.map((product) => (product as CpuMatrix).data);
  });
  for (const got of others) for (const i of [0, 1]) expect(firstDifference(got[i], wanted[i])).toBe(-1);
});

describe.each(fast)("$name on $threads threads", (wasm) => {
  test("selects pixels in order and out of order, kept and of one step, as the reference does", () => {
    const data = bytes(200, 30);
    const orders = [inOrder(200), inOrder(200).reverse()];
    const products = (backend: Backend) => {
      const W = matrixOf(backend, "W", 30, 5);
      const kept = backend.pixels(data, 30);
      return backend.step(() => {
        const brief = backend.pixels(data, 30);
        return [kept, brief].flatMap((all) =>
          orders.map((order) => {
            const some = backend.select(all, order, 7, 150) as Pixels;
            const again = backend.select(some, orders[0], 3, 20) as Pixels;
            return [some, again].map((x) => (backend.matmul(x, W) as CpuMatrix).data.slice());
          }),
        );
      });
    };
    expect(products(wasm)).toEqual(products(reference));
  });

  test("refuses images whose pixels' numbers do not fit its lists", () => {
    const pixels = 2 ** 24 + 1;
    expect(() => wasm.pixels(new Uint8Array(pixels), pixels)).toThrow(ArgumentError);
  });

  test("checks the same labels for every width that a step asks for, and counts one outside as a miss", () => {
    const labels = labelsFrom(Uint8Array.of(255, 1));
    for (const backend of [wasm, reference]) {
      backend.step(() => {
        const [wide, narrow] = [backend.matrix(2, 256), backend.matrix(2, 2)];
        backend.softmaxCrossEntropy(wide, labels);
        expect(() => backend.softmaxCrossEntropy(narrow, labels)).toThrow(ShapeError);
        expect(() => backend.squaredError(narrow, labels, 0.5)).toThrow(ShapeError);
        expect(() => backend.weightedCrossEntropy(narrow, labels, backend.matrix(1, 2), 0)).toThrow(ShapeError);
        const totals = new Totals();
        backend.write(narrow, [0, 1, 0, 1]);
        backend.countHits(narrow, labels, totals);
        expect(totals.hits).toBe(1);
      });
    }
  });

  test("takes label 300 of 400 classes", () => {
    const labels = labelsFrom(Uint32Array.of(300, 0, 399));
    const [wanted, got] = [reference, wasm].map((backend) => {
      const z = matrixOf(backend, "z", 3, 400);
      z.data[300] = 9;
      const totals = new Totals();
      backend.countHits(z, labels, totals);
      const results = [backend.softmaxCrossEntropy(z, labels), backend.squaredError(z, labels, 0.5)];
      const matrices = results.flatMap((result) => Object.values(result) as CpuMatrix[]);
      return [Float64Array.of(totals.hits), ...matrices.map(({ data }) => data)];
    });
    expect(wanted[0][0]).toBe(1);
    expect(got).toEqual(wanted);
  });
});

test.each([
  ["in the memory", 2 ** 30],
  ["outside of it", 100],
])("rows of a table %s are selected as the reference does", async (_where, most) => {
  const native = (await nativeBackends([1, 3], most)).map(([, backend]) => backend);
  for (const backend of [new Wasm(new Threads(3, startThreads), most), ...native]) {
    for (const [rows, columns] of [
      [5, 1],
      [70, 7],
      [9, 64],
      [5, 100],
      [20, 71],
      [20, 73],
      [300, 785],
    ]) {
      const order = inOrder(rows);
      new Stream(rows, "order").shuffle(order);
      const values = numbers("table", rows * columns, 9);
      const rowsOf = (on: Backend, table: Matrix) => (on.select(table, order, 1, rows - 2) as CpuMatrix).data.slice();
      const wanted = rowsOf(reference, reference.table(values, columns));
      const table = backend.table(values, columns);
      const kept = backend.step(() => rowsOf(backend, table));
      const brief = backend.step(() => rowsOf(backend, backend.table(values, columns)));
      expect(firstDifference(kept, wanted)).toBe(-1);
      expect(firstDifference(brief, wanted)).toBe(-1);
    }
    backend.close();
  }
});

test("a table outside of the memory is no operand", () => {
  const wasm = new Wasm(undefined, 100);
  const [table, W] = [wasm.table(new Float32Array(200), 10), wasm.keep(10, 3)];
  expect(() => wasm.matmul(table as CpuMatrix, W)).toThrow(ArgumentError);
  expect(wasm.matmul(wasm.select(table, inOrder(20), 0, 20) as CpuMatrix, W).data).toEqual(new Float32Array(60));
});

test("an operation of more tiles than a ticket has bits for ends, and every tile is computed", () => {
  const wasm = new Wasm(new Threads(2, startThreads));
  // A tile is 32 columns: 2²⁰ + 4 tiles.
  const delta = wasm.keep(1, 2 ** 25 + 100);
  delta.data.fill(3);
  const mean = wasm.meanRows(delta);
  wasm.close();
  expect(mean.data.length).toBe(delta.data.length);
  expect(mean.data.every((value) => value === 3)).toBe(true);
});

test("exp, log and every activation with its slope give the reference's bits for every pattern of a dense grid", () => {
  const count = 1 << 16;
  const patterns = new Float32Array(Uint32Array.from({ length: count }, (_, i) => i * 65537).buffer);
  const all = [reference, one, ...native];
  for (const activation of activationNames) {
    const values = all.map((backend) => {
      const [z, dA] = [backend.keep(count, 1), backend.keep(count, 1)];
      backend.write(z, patterns);
      backend.write(dA, new Float32Array(count).fill(1));
      const a = backend.activate(z, activation);
      return [a, backend.activateBackward(dA, z, a, activation)].map((matrix) => (matrix as CpuMatrix).data);
    });
    for (const others of values) {
      for (const i of [0, 1]) expect(firstDifference(others[i], values[0][i]), activation).toBe(-1);
    }
  }
  // Softmax over two logits passes any number through exp, and their sum through log.
  const softmaxes = all.map((backend) => {
    const z = backend.keep(count / 2, 2);
    backend.write(z, patterns);
    return (backend.softmax(z) as CpuMatrix).data;
  });
  for (const others of softmaxes) expect(firstDifference(others, softmaxes[0])).toBe(-1);
});

describe.each([reference, one])("$name refuses", (ops) => {
  test.each<[string, () => unknown]>([
    ["a matrix of 1.5 rows", () => ops.keep(1.5, 3)],
    ["a matrix of no columns", () => ops.matrix(3, 0)],
    ["bytes that are no whole rows", () => ops.pixels(new Uint8Array(8), 3)],
    ["bytes in no columns", () => ops.pixels(new Uint8Array(8), 0)],
    ["numbers in no columns", () => ops.table(new Float32Array(8), 0)],
    ["a row that there is not", () => ops.select(ops.table(new Float32Array(8), 4), Uint32Array.of(0, 5), 0, 2)],
    ["rows before the first", () => ops.select(ops.table(new Float32Array(8), 4), Uint32Array.of(0, 1), -1, 2)],
    ["rows beyond the order", () => ops.select(ops.pixels(new Uint8Array(8), 4), Uint32Array.of(0, 1), 1, 2)],
    [
      "an activation that there is not",
      () => ops.affine(ops.keep(1, 1), ops.keep(1, 1), ops.keep(1, 1), "swish" as never),
    ],
  ])("%s", (_name, attempt) => {
    expect(attempt).toThrow(ArgumentError);
  });
});
