// A process of its own for guards.test.ts: every operation that machine code computes, with each matrix flush against a
// page that nobody may touch, behind it and then before it. It says what it runs before it runs it; if the process ends
// there, the last line names the operation.
//   node guards.js avx2|avx512 [every] [threads]
//     every: of the shapes, each so-manieth; 1 if absent        threads: how many compute; 1 if absent
import { writeSync } from "node:fs";
import { labels, operations, Totals } from "inkling/backends";
import { args, layout } from "inkling/kernels";
import { isUnavailable, machineCode, openSystem } from "inkling-native";
import { startThreads } from "../../inkling/dist/platform/node/threads.js";
import { CpuMatrix } from "../../inkling/dist/src/backends/cpu-matrix.js";
import { Threads } from "../../inkling/dist/src/backends/fast/threads.js";
import { Native } from "../../inkling/dist/src/backends/native.js";
import { Wasm } from "../../inkling/dist/src/backends/wasm/wasm.js";
import { Stream } from "../../inkling/dist/src/numbers/random.js";

/** @import { Backend } from "inkling/backends" */
/** @import { MachineCode } from "inkling/kernels" */

const PAGE = 4096;
const level = process.argv[2] === "avx512" ? "avx512" : "avx2";
const [every, threads] = [Number(process.argv[3] ?? 1), Number(process.argv[4] ?? 1)];
const opened = await openSystem();
if (isUnavailable(opened)) throw new Error(opened.reason);
const system = opened;
const found = await machineCode(level);
if (typeof found === "string") throw new Error(found);

/** Thrown where WebAssembly would compute: it may read some bytes beyond a matrix. */
class NotNative extends Error {}

/** Whether an operation runs. What makes its operands (WebAssembly lists pixels) is none of machine code's. */
let isRunning = false;

/**
 * The sums of groups of blocks, which machine code has made, are added by WebAssembly. Of whole vectors it reads
 * nothing beyond.
 * @type {(operation: number, words: Int32Array) => boolean}
 */
const addsGroups = (operation, words) =>
  operation === layout.ADD_GROUPS ||
  (operation === layout.MEAN_OF_GROUPS && (words[args.SUM_COUNT / 4] ?? 0) % 4 === 0);

/**
 * Images and weights of a convolution are copied by WebAssembly first. It reads nothing beyond.
 * @type {(operation: number) => boolean}
 */
const copies = (operation) => operation === layout.PAD || operation === layout.PACK;

/** The operations whose machine code has run. */
const ran = new Set();

/** @type {MachineCode} */
const strict = {
  instructions: found.instructions,
  codeOf(operation, words) {
    const code = found.codeOf(operation, words);
    if (code !== undefined && isRunning) ran.add(operation);
    const isCopy = copies(operation) || addsGroups(operation, words);
    if (code === undefined && isRunning && !isCopy) throw new NotNative();
    return code;
  },
  on: (memory) => found.on(memory),
};

/** Each matrix has pages of its own between two closed ones. */
class Guarded extends Native {
  side = "behind";
  isGuarding = false;

  /**
   * @param {number} rows
   * @param {number} columns
   * @override
   */
  allocate(rows, columns) {
    if (!this.isGuarding) return super.allocate(rows, columns);
    const bytes = 4 * rows * columns;
    const pages = Math.ceil(bytes / PAGE);
    const piece = this.arena.allocate((pages + 3) * PAGE);
    const closed = Math.ceil(piece / PAGE) * PAGE;
    const open = closed + PAGE;
    const { buffer } = this.arena.memory;
    const start = system.addressOf(new Uint8Array(buffer));
    for (const place of [closed, open + pages * PAGE]) {
      if (system.makeInaccessible(start + BigInt(place), PAGE) !== 0) throw new Error("mprotect");
    }
    const at = this.side === "behind" ? open + pages * PAGE - bytes : open;
    return new CpuMatrix(this, rows, columns, new Float32Array(buffer, at, rows * columns));
  }
}

const descent = { learningRate: 0.1, weightDecay: 0.01 };
const adam = { stepSize: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-9 };
const activations = ["relu", "leakyRelu", "sigmoid", "tanh", "gelu", "silu", "elu"].map((name) => [name]);
/**
 * What an operation is given after its operands, for each case.
 * @type {Record<string, unknown[][]>}
 */
const options = {
  addScaled: [[0.1]],
  affine: activations,
  convolve: [["identity"]],
  activate: activations,
  activateBackward: activations,
  normalize: [[1e-5]],
  normalizeBackward: [[1e-5]],
  squaredError: [[0.5]],
  weightedCrossEntropy: [[0.1]],
  binaryCrossEntropy: [[1]],
  huberError: [[0.5, 1]],
  absoluteError: [[1]],
  sumLosses: [[new Totals()]],
  countHits: [[new Totals()]],
  sgd: [[descent], [{ ...descent, weightDecay: 0 }]],
  momentum: [true, false].map((nesterov) => [{ ...descent, momentum: 0.9, nesterov }]),
  adam: [0, 0.01].map((weightDecay) => [{ ...adam, weightDecay, keep: 1 - weightDecay / 2 }]),
  rootSquare: [0, 0.01].map((weightDecay) => [{ ...descent, weightDecay, old: 0.9, fresh: 0.1, epsilon: 1e-8 }]),
};

/**
 * m, k, n: around the lanes, blocks, panels and tiles of both levels. `every` has no divisor in common with 5 and 15.
 */
const sampled = [1, 2, 7, 9, 10, 31, 33, 65, 129, 300]
  .flatMap((m) =>
    [1, 3, 16, 33, 120].flatMap((k) =>
      [1, 7, 8, 9, 10, 15, 16, 17, 30, 32, 33, 63, 64, 100, 129].map((n) => [m, k, n]),
    ),
  )
  .filter((_, i) => i % every === 0);
/** Always: columns 4 kB apart, and batches that several threads sum in groups of blocks. */
const shapes = [
  ...sampled,
  ...[
    [5, 3, 1024],
    [9, 7, 2048],
    [700, 33, 12],
    [1300, 60, 31],
    [1300, 120, 33],
  ],
];

/**
 * The window of a shape, on images of k channels: one that reads the images where they are, or one with padding.
 * @type {(shape: number[]) => import("inkling/backends").Window}
 */
function windowOf([m = 1, k = 1]) {
  const image = { height: 4, width: 6, channels: k, dilationY: 1, dilationX: 1 };
  return m % 2 === 1
    ? { ...image, rows: 2, columns: 2, strideY: 1, strideX: 1, top: 0, left: 0, outHeight: 3, outWidth: 5 }
    : { ...image, rows: 3, columns: 3, strideY: 2, strideX: 1, top: 1, left: 1, outHeight: 2, outWidth: 6 };
}

/** @type {(name: string) => boolean} */
const isPooling = (name) => operations[/** @type {keyof typeof operations} */ (name)].family === "pooling";
/** @type {(name: string) => boolean} */
const hasWindow = (name) =>
  operations[/** @type {keyof typeof operations} */ (name)].family === "convolutions" || isPooling(name);

/** Numbers that are kept at most. */
const MOST_DRAWN = 2 ** 24;
/** @type {Map<string, any>} */
const drawn = new Map();
let drawnCount = 0;

/**
 * A list of so many numbers, drawn once: all backends, sides and cases get the same ones, and drawing them would take
 * most of the time. Nobody writes into them.
 * @template {Float32Array | Uint8Array} Drawn
 * @param {new (length: number) => Drawn} List
 * @param {string} name
 * @param {number} count
 * @param {(e: number) => number} draw
 * @returns {Drawn}
 */
function drawnOnce(List, name, count, draw) {
  const key = `${List.name} ${name}`;
  const known = drawn.get(key);
  if (known !== undefined) return known;
  drawnCount += count;
  if (drawnCount > MOST_DRAWN) {
    drawn.clear();
    drawnCount = count;
  }
  const list = new List(count);
  for (let e = 0; e < count; e++) list[e] = draw(e);
  drawn.set(key, list);
  return list;
}

/**
 * The operands of an operation on a backend, the same numbers on each.
 * @param {Backend} backend
 * @param {string} name
 * @param {number[]} lengths
 * @param {boolean} hasPixels
 */
function operandsOf(backend, name, [m = 1, k = 1, n = 1], hasPixels) {
  const window = windowOf([m, k]);
  const [i, t] = [window.height * window.width * k, window.rows * window.columns * k];
  // Of convolutions each image is computed by itself: few are enough.
  const images = hasWindow(name) ? 1 + (m % 4) : m;
  const o = window.outHeight * window.outWidth * (isPooling(name) ? k : n);
  const lengthOf = { m: images, k, n, p: m, q: n, 1: 1, i, t, f: n, o, hwc: Math.min(k, 5) * n, c: n };
  const { operands } = operations[/** @type {keyof typeof operations} */ (name)];
  return Object.entries(operands).map(([operand, shape]) => {
    /** @type {any[]} */
    const [rows, columns, or] = /** @type {any[]} */ (shape).map((part) => lengthOf[/** @type {"m"} */ (part)] ?? part);
    const stream = new Stream(rows, operand);
    if (columns === undefined || (or === "or labels" && hasPixels)) {
      return labels(drawnOnce(Uint8Array, `${operand} ${rows} of ${n}`, rows, (i) => stream.below(n, i)));
    }
    if (or === "or pixels" && hasPixels) {
      const isDark = (/** @type {number} */ e) => stream.below(3, e) > 0;
      const draw = (/** @type {number} */ e) => (isDark(e) ? 0 : stream.below(256, e, 1));
      return backend.pixels(drawnOnce(Uint8Array, `${operand} ${rows} × ${columns}`, rows * columns, draw), columns);
    }
    const matrix = backend.keep(rows, columns);
    const draw = (/** @type {number} */ e) => 2 * stream.uniform(e);
    backend.write(matrix, drawnOnce(Float32Array, `${operand} ${rows} × ${columns}`, rows * columns, draw));
    return matrix;
  });
}

/**
 * What an operation made or changed.
 * @param {Backend} backend
 * @param {string} name
 * @param {unknown[]} operands
 * @param {unknown[]} extra
 */
function run(backend, name, operands, extra) {
  isRunning = true;
  try {
    return backend.step(() => {
      const made = /** @type {any} */ (backend)[name](...operands, ...extra);
      const results = made instanceof CpuMatrix ? [made] : Object.values({ ...made });
      return [...results, ...operands]
        .filter((one) => one instanceof CpuMatrix)
        .map(({ data }) => Float32Array.from(data));
    });
  } finally {
    isRunning = false;
  }
}

/**
 * What an operation can be tried with: numbers, and what else its table has.
 * @param {string} name
 */
function kindsOf(name) {
  const operands = Object.values(operations[/** @type {keyof typeof operations} */ (name)].operands);
  return operands.some((/** @type {readonly unknown[]} */ shape) => shape[2] !== undefined) ? [false, true] : [false];
}

/** Families and operations that have no machine code: WebAssembly computes them. */
const without = [
  ...["batchMoments", "scaleShiftBackward", "dropout", "norms", "meanPositions"],
  ...["moveStatistic", "addSign", "sumSquares", "clip", "limitColumns", "average"],
];
const names = Object.entries(operations).flatMap(([name, { family }]) => {
  return without.includes(family) || without.includes(name) ? [] : [name];
});

const newGuarded = () => new Guarded(strict, threads > 1 ? new Threads(threads, startThreads) : undefined);
const wanted = new Wasm();
let [compared, left] = [0, 0];
const computed = new Set();
for (const side of ["behind", "before"]) {
  let guarded = newGuarded();
  for (const [i, shape] of shapes.entries()) {
    // Its memory is never given back: a page that is closed once stays closed.
    if (i % 8 === 7) {
      guarded.close();
      guarded = newGuarded();
    }
    guarded.side = side;
    for (const name of names) {
      for (const given of options[name] ?? [[]]) {
        const extra = hasWindow(name) ? [windowOf(shape), ...given] : given;
        for (const hasPixels of kindsOf(name)) {
          const what = hasPixels ? `${name} of pixels or labels` : name;
          writeSync(1, `${level}, ${threads} threads, ${what}, ${shape.join(" × ")}, ${side}\n`);
          guarded.isGuarding = true;
          try {
            const [got, want] = [guarded, wanted].map((backend) =>
              run(backend, name, operandsOf(backend, name, shape, hasPixels), extra),
            );
            compared++;
            computed.add(what);
            for (const [j, numbers] of (got ?? []).entries()) {
              const at = numbers.findIndex((value, e) => !Object.is(value, want?.[j]?.[e]));
              if (at !== -1) throw new Error(`result ${j}, number ${at}: ${numbers[at]} and ${want?.[j]?.[at]}`);
            }
          } catch (error) {
            if (!(error instanceof NotNative)) throw error;
            left++;
          }
        }
      }
    }
  }
}
writeSync(
  1,
  `${compared} compared, ${left} left to WebAssembly: ${[...computed].join(", ")}; operations ${[...ran].join(", ")}\n`,
);
process.exit(0);
