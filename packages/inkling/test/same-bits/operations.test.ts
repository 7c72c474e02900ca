// Every operation, reference against wasm on one thread and on three, over awkward shapes and awkward numbers: the same
// bits. Zeros of both signs differ; any NaN equals any NaN.
import {
  type ActivationName,
  ArgumentError,
  type Backend,
  inOrder,
  Labels,
  type Matrix,
  Pixels,
  Reference,
  ShapeError,
  Stream,
  Wasm,
} from "inkling";
import { afterAll, describe, expect, test } from "vitest";
import { startThreads } from "../../platform/node/threads.ts";

const reference = new Reference();
const one = new Wasm(1);
const three = new Wasm(3, startThreads);
afterAll(() => three.close());

/** Numbers that arithmetic stumbles over. */
const AWKWARD = [
  ...[0, -0, 1, -1, 1e-45, -1e-45, 1.1754943508222875e-38, 3e38, -3e38],
  ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 88.8, -104, 0.625, -0.3],
];

/** count float32 numbers: mostly between −4 and 4, one in `every` awkward; 0 for none. */
function numbers(name: string, count: number, every: number): Float32Array {
  const stream = new Stream(count, name);
  return Float32Array.from({ length: count }, (_, e) => {
    if (every > 0 && stream.below(every, e) === 0) return AWKWARD[stream.below(AWKWARD.length, e, 1)];
    return 8 * stream.uniform(e) - 4;
  });
}

/** m × k bytes of which four in five are 0. */
function bytes(m: number, k: number): Uint8Array {
  const stream = new Stream(m * k, "bytes");
  return Uint8Array.from({ length: m * k }, (_, e) => Math.max(0, stream.uniform(e) * 1280 - 1024));
}

interface Inputs {
  matrix(name: string, rows: number, columns: number): Matrix;
  pixels(m: number, k: number): Pixels;
  labels(m: number, n: number): Labels;
}

function inputsFor(ops: Backend, every: number): Inputs {
  return {
    matrix: (name, rows, columns) => {
      const matrix = ops.keep(rows, columns);
      ops.write(matrix, numbers(name, rows * columns, every));
      return matrix;
    },
    pixels: (m, k) => {
      const data = ops.pixels(bytes(m + 3, k), k);
      const order = inOrder(m + 3);
      new Stream(m, "order").shuffle(order);
      const rows = ops.select(data, order, 2, m);
      if (!(rows instanceof Pixels)) throw new Error("pixels became a matrix");
      return rows;
    },
    labels: (m, n) => new Labels(numbersBelow(m, n), inOrder(m), 0, m),
  };
}

function numbersBelow(count: number, n: number): Uint8Array {
  const stream = new Stream(n, "labels");
  return Uint8Array.from({ length: count }, (_, i) => stream.below(n, i));
}

type Run = (ops: Backend, inputs: Inputs, m: number, k: number, n: number) => Matrix[];

const activations: ActivationName[] = ["identity", "relu", "leaky-relu", "sigmoid", "tanh"];
const settings = { learningRate: 0.1, weightDecay: 0.01, momentum: 0.9 };

const operations: Record<string, Run> = {
  matmul: (ops, { matrix }, m, k, n) => [ops.matmul(matrix("x", m, k), matrix("W", k, n))],
  "matmul of pixels": (ops, { pixels, matrix }, m, k, n) => [ops.matmul(pixels(m, k), matrix("W", k, n))],
  meanOuter: (ops, { matrix }, m, k, n) => [ops.meanOuter(matrix("x", m, k), matrix("δ", m, n))],
  "meanOuter of pixels": (ops, { pixels, matrix }, m, k, n) => [ops.meanOuter(pixels(m, k), matrix("δ", m, n))],
  matmulTransposeB: (ops, { matrix }, m, k, n) => [ops.matmulTransposeB(matrix("δ", m, n), matrix("W", k, n))],
  meanRows: (ops, { matrix }, m, _k, n) => [ops.meanRows(matrix("δ", m, n))],
  unpack: (ops, { pixels }, m, k) => [ops.unpack(pixels(m, k))],
  select: (ops, { matrix }, m, k) => [ops.select(matrix("x", m + 2, k), inOrder(m + 2).reverse(), 1, m) as Matrix],
  softmax: (ops, { matrix }, m, _k, n) => [ops.softmax(matrix("z", m, n))],
  softmaxCrossEntropy: (ops, { matrix, labels }, m, _k, n) => {
    const { losses, dZ } = ops.softmaxCrossEntropy(matrix("z", m, n), labels(m, n));
    return [losses, dZ];
  },
  quadratic: (ops, { matrix, labels }, m, _k, n) => {
    const { losses, dA } = ops.quadratic(matrix("a", m, n), labels(m, n));
    return [losses, dA];
  },
  tally: (ops, { matrix, labels }, m, _k, n) => {
    const totals = { loss: 0.1, correct: 1, examples: 2 };
    ops.tally(matrix("outputs", m, n), matrix("losses", m, 1), labels(m, n), totals);
    const out = new Reference("float64").keep(1, 3);
    out.data.set([totals.loss, totals.correct, totals.examples]);
    return [out];
  },
  sgd: (ops, { matrix }, _m, k, n) => {
    const [plain, decayed, g] = [matrix("W", k, n), matrix("W", k, n), matrix("g", k, n)];
    ops.sgd(plain, g, { learningRate: 0.1, weightDecay: 0 });
    ops.sgd(decayed, g, settings);
    return [plain, decayed];
  },
  adam: (ops, { matrix }, _m, k, n) =>
    [0, 0.01].flatMap((weightDecay) => {
      const [W, g, m, v] = ["W", "g", "m", "v"].map((name) => matrix(name, k, n));
      const step = { stepSize: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-9 };
      ops.adam(W, g, m, v, { ...step, weightDecay, keep: 1 - weightDecay / 2 });
      return [W, m, v];
    }),
  rootSquare: (ops, { matrix }, _m, k, n) =>
    [0, 0.01].flatMap((weightDecay) => {
      const [W, g, v] = ["W", "g", "v"].map((name) => matrix(name, k, n));
      ops.rootSquare(W, g, v, { learningRate: 0.01, weightDecay, old: 1 - weightDecay, fresh: 0.5, epsilon: 1e-8 });
      return [W, v];
    }),
  momentum: (ops, { matrix }, _m, k, n) =>
    [true, false].flatMap((nesterov) => {
      const [W, g, v] = [matrix("W", k, n), matrix("g", k, n), matrix("v", k, n)];
      ops.momentum(W, g, v, { ...settings, nesterov });
      return [W, v];
    }),
  ...Object.fromEntries(
    activations.flatMap((activation): [string, Run][] => [
      [
        `affine, ${activation}`,
        (ops, { matrix }, m, k, n) => {
          const { z, a } = ops.affine(matrix("x", m, k), matrix("W", k, n), matrix("b", 1, n), activation);
          return [z, a];
        },
      ],
      [
        `affine of pixels, ${activation}`,
        (ops, { pixels, matrix }, m, k, n) => {
          const { z, a } = ops.affine(pixels(m, k), matrix("W", k, n), matrix("b", 1, n), activation);
          return [z, a];
        },
      ],
      [
        `activateBackward, ${activation}`,
        (ops, { matrix }, m, _k, n) => [
          ops.activateBackward(activation, matrix("dA", m, n), matrix("z", m, n), matrix("a", m, n)),
        ],
      ],
    ]),
  ),
};

/** m, k, n: one, odd, beside a multiple of every tile, panel and block, and beyond them. */
const shapes = [
  [1, 1, 1],
  [1, 7, 5],
  [3, 1, 4],
  [5, 3, 1],
  [17, 33, 13],
  [64, 112, 32],
  [65, 113, 33],
  [128, 49, 10],
  [129, 17, 45],
  [300, 20, 9],
  [131, 1024, 6],
] as const;

/** Where two lists of numbers first differ in their bits; −1 where they do not. */
function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return 0;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
}

describe.each(Object.entries(operations))("%s", (_name, run) => {
  test.each(shapes)("gives the reference's bits for %i × %i × %i", (m, k, n) => {
    for (const every of [0, 9]) {
      const wanted = run(reference, inputsFor(reference, every), m, k, n);
      for (const ops of [one, three]) {
        // Twice, because the second time memory is lent that others have used.
        for (let round = 0; round < 2; round++) {
          const got = ops.step(() => run(ops, inputsFor(ops, every), m, k, n).map(({ data }) => data.slice()));
          for (const [i, { data }] of wanted.entries()) {
            const at = firstDifference(got[i], data);
            if (at !== -1) {
              expect.fail(`${ops.threads} threads, result ${i}, number ${at}: ${got[i][at]}, reference ${data[at]}`);
            }
          }
        }
      }
    }
  });
});

test("a data set whose lists are made in pieces, in a batch whose blocks are summed in pieces, gives the reference's bits", () => {
  const [m, k, n] = [3000, 784, 300];
  const [wanted, ...others] = [reference, one, three].map((ops) => {
    const { pixels, matrix } = inputsFor(ops, 0);
    const x = pixels(m, k);
    return [ops.matmul(x, matrix("W", k, 3)).data, ops.meanOuter(x, matrix("δ", m, n)).data];
  });
  for (const got of others) {
    for (const i of [0, 1]) expect(firstDifference(got[i], wanted[i])).toBe(-1);
  }
});

describe.each([one, three])("wasm on $threads threads", (ops) => {
  test("selects pixels in order and out of order, kept and lent, as the reference does", () => {
    const data = bytes(200, 30);
    const W = numbers("W", 30 * 5, 0);
    const orders = [inOrder(200), inOrder(200).reverse()];
    const products = (backend: Backend) => {
      const weights = backend.keep(30, 5);
      backend.write(weights, W);
      const kept = backend.pixels(data, 30);
      return backend.step(() => {
        const lent = backend.pixels(data, 30);
        return [kept, lent].flatMap((all) =>
          orders.map((order) => {
            const some = backend.select(all, order, 7, 150) as Pixels;
            const again = backend.select(some, orders[0], 3, 20) as Pixels;
            return [some, again].map((x) => backend.matmul(x, weights).data.slice());
          }),
        );
      });
    };
    expect(products(ops)).toEqual(products(reference));
  });

  test("refuses images whose pixels' numbers do not fit its lists", () => {
    const pixels = 2 ** 24 + 1;
    expect(() => ops.pixels(new Uint8Array(pixels), pixels)).toThrow(ArgumentError);
  });

  test("takes pixels of another backend", () => {
    const [here, there] = [ops, reference].map((backend) => {
      const W = backend.keep(30, 5);
      backend.write(W, numbers("W", 30 * 5, 0));
      return backend.step(() => backend.matmul(new Wasm(1).pixels(bytes(200, 30), 30), W).data.slice());
    });
    expect(firstDifference(here, there)).toBe(-1);
  });

  test("checks the same labels for every width that a step asks for, and counts one outside as a miss", () => {
    const labels = new Labels(Uint8Array.of(255, 1), inOrder(2), 0, 2);
    for (const backend of [ops, reference]) {
      backend.step(() => {
        const [wide, narrow] = [backend.matrix(2, 256), backend.matrix(2, 2)];
        backend.softmaxCrossEntropy(wide, labels);
        expect(() => backend.softmaxCrossEntropy(narrow, labels)).toThrow(ShapeError);
        const totals = { loss: 0, correct: 0, examples: 0 };
        backend.write(narrow, [0, 1, 0, 1]);
        backend.tally(narrow, backend.matrix(2, 1), labels, totals);
        expect(totals).toEqual({ loss: 0, correct: 1, examples: 2 });
      });
    }
  });
});

test("exp, log, tanh and sigmoid give the reference's bits for every pattern of a dense grid", () => {
  const count = 1 << 16;
  const patterns = new Float32Array(Uint32Array.from({ length: count }, (_, i) => i * 65537).buffer);
  for (const activation of ["sigmoid", "tanh"] as const) {
    const values = [reference, one].map((ops) => {
      const [x, W, b] = [ops.keep(count, 1), ops.keep(1, 1), ops.keep(1, 1)];
      ops.write(x, patterns);
      ops.write(W, [1]);
      return ops.affine(x, W, b, activation).a.data;
    });
    expect(firstDifference(values[1], values[0])).toBe(-1);
  }
  // Softmax over two logits passes any number through exp, and their sum through log.
  const pairs = [reference, one].map((ops) => {
    const z = ops.keep(count / 2, 2);
    ops.write(z, patterns);
    return ops.softmax(z).data;
  });
  expect(firstDifference(pairs[1], pairs[0])).toBe(-1);
});
