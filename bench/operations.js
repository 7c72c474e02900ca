/**
 * Where the time of a training goes: every operation of a task, with its operands' sizes, how often it is called, what
 * a call takes, and what the arithmetic of a call would take at least.
 *
 *     node bench/operations.js T4 [--threads 2] [--backend native | wasm | reference]
 *
 * The least time is that of the products and sums alone, in registers: one multiplication and one addition for each
 * term, on all threads, at the speed that this core was measured to have without fused multiply-add. Of pixels only
 * those count that are not 0, in a convolution once for each window that they are in. Other zeros count, so an operation
 * that leaves them out (docs/decisions/0017, 0018) may take less. Operations without a product have no such limit: they
 * wait for memory.
 *
 * What is postponed (decision 17) counts where it is computed: a convolution beside a max pool is in the pool's line.
 *
 * An operation is timed where it is called. That adds some 0.1 µs to each call, so a training of small batches takes
 * longer here than in run.js.
 */
import { operations } from "inkling/backends";
import { chooseBackend, mnist } from "inkling/node";
import { isUnavailable, loop, openSystem, placeCode, systemV } from "inkling-native";
import { median, readArguments } from "./tasks/result.js";
import { build, learn, prepared } from "./tasks/work.js";

/** @typedef {import("inkling").Matrix} Matrix */
/** @typedef {import("inkling/backends").Window} Window */

const { name, task, threads, seed, backend: backendName } = readArguments();
const { backend, reason } = await chooseBackend({
  threads,
  .../** @type {{}} */ (backendName && { backend: backendName }),
});
const data = prepared(task, (await mnist()).train).take(task.examples);
const inked = inkOfPixels();
const billions = await mostTerms(backend.name === "native" ? 512 : 128);

/** @type {Map<string, { terms: number, milliseconds: number[] }>} */
const calls = new Map();
await learn(task, build(task, seed, backend), data);
for (const operation of Object.keys(operations)) time(operation);
const started = performance.now();
await learn(task, build(task, seed, backend), data);
const whole = performance.now() - started;

console.log(`${name}  ${task.title}: ${whole.toFixed(0)} ms on ${backend.name}, ${threads} threads`);
console.log(`${reason}`);
console.log(`This core: at most ${(2 * billions).toFixed(1)} GFLOP/s without fused multiply-add.\n`);
console.log(["operation".padEnd(58), "calls", "all, ms", "one, µs", "least, µs"].join("  "));
const rows = [...calls].map(([call, { terms, milliseconds }]) => ({
  ...{ call, terms, times: milliseconds.length },
  ...{ all: milliseconds.reduce((sum, one) => sum + one, 0), one: 1000 * median(milliseconds) },
}));
for (const { call, terms, times, all, one } of rows.toSorted((a, b) => b.all - a.all)) {
  if (all < whole / 200) continue;
  const least = terms === 0 ? "" : (terms / (1e3 * billions * threads)).toFixed(1);
  const figures = [`${times}`.padStart(5), all.toFixed(1).padStart(7), one.toFixed(1).padStart(7), least.padStart(9)];
  console.log([call.padEnd(58), ...figures].join("  "));
}
backend.close?.();

/**
 * Replaces an operation of the backend by one that notes what each call takes.
 *
 * @param {string} operation
 */
function time(operation) {
  const methods = /** @type {Record<string, (...operands: Matrix[]) => unknown>} */ (/** @type {unknown} */ (backend));
  const compute = methods[operation].bind(backend);
  methods[operation] = (...operands) => {
    const before = performance.now();
    const result = compute(...operands);
    const milliseconds = performance.now() - before;
    const sizes = operands.filter((operand) => operand?.columns !== undefined);
    const call = `${operation} ${sizes.map(({ rows, columns }) => `${rows} × ${columns}`).join(", ")}`;
    const known = calls.get(call) ?? { terms: termsOf(operation, operands), milliseconds: [] };
    known.milliseconds.push(milliseconds);
    calls.set(call, known);
    return result;
  };
}

/**
 * The products of a call, each of which is added to a sum; 0 if it has none.
 *
 * @param {string} operation
 * @param {any[]} operands and options
 */
function termsOf(operation, [x, second, third, fourth]) {
  if (operation === "convolve") return convolutionTerms(x, second.columns, fourth);
  if (operation === "convolveBackward") return x.rows * x.columns * second.rows;
  if (operation === "convolveOuter") return convolutionTerms(x, second.columns / positions(third), third);
  if (!["affine", "matmul", "meanOuter", "matmulTransposeB"].includes(operation)) return 0;
  const other = operation === "matmulTransposeB" ? second.rows : second.columns;
  return x.rows * x.columns * other * (x.isPixels ? mean(inked) : 1);
}

/** @param {Window} window */
function positions({ outHeight, outWidth }) {
  return outHeight * outWidth;
}

/**
 * The products of a convolution of x: for each filter each number of an image as often as a window is over it.
 *
 * @param {Matrix} x
 * @param {number} filters
 * @param {Window} window
 */
function convolutionTerms(x, filters, window) {
  const { height, width, channels, rows, columns, strideY, strideX, dilationY, dilationX, top, left } = window;
  const down = windowsOver(height, window.outHeight, rows, strideY, dilationY, top);
  const across = windowsOver(width, window.outWidth, columns, strideX, dilationX, left);
  let terms = 0;
  for (let e = 0; e < height * width * channels; e++) {
    const pixel = Math.floor(e / channels);
    terms += down[Math.floor(pixel / width)] * across[pixel % width] * (x.isPixels ? inked[e] : 1);
  }
  return x.rows * filters * terms;
}

/**
 * How many windows are over each row (or column) of an image.
 *
 * @param {number} length of the image
 * @param {number} out positions of the window
 * @param {number} taps
 * @param {number} stride
 * @param {number} dilation
 * @param {number} padding
 */
function windowsOver(length, out, taps, stride, dilation, padding) {
  const windows = Array.from({ length }, () => 0);
  for (let position = 0; position < out; position++) {
    for (let tap = 0; tap < taps; tap++) {
      const at = position * stride + tap * dilation - padding;
      if (at >= 0 && at < length) windows[at]++;
    }
  }
  return windows;
}

/** For each pixel of an image the share of the examples in which it is not 0. */
function inkOfPixels() {
  const { inputs, columns, count } = data;
  const shares = Array.from({ length: columns }, () => 0);
  for (let e = 0; e < inputs.length; e++) if (inputs[e] !== 0) shares[e % columns] += 1 / count;
  return shares;
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * How many billions of products and sums this core computes in a second, in registers of so many bits. A loop of
 * machine code measures it; where none can run, it is unknown.
 *
 * @param {128 | 512} bits
 */
async function mostTerms(bits) {
  const system = await openSystem();
  if (isUnavailable(system)) return Number.NaN;
  const SUMS = 12;
  const code = systemV({ rounds: "int" }, bits === 512 ? 512 : 256, ({ code, registers, args }) => {
    const sums = registers.vecs("sums", SUMS);
    const [factor, product] = [registers.vec("factor"), registers.vec("product")];
    for (const vector of [factor, ...sums]) code.vxorps(vector, vector, vector);
    loop(code, args.rounds, () => {
      for (const sum of sums) {
        code.vmulps(product, factor, factor);
        code.vaddps(sum, sum, product);
      }
    });
  });
  const placed = placeCode(system, [code]);
  if (isUnavailable(placed)) return Number.NaN;
  const run = system.callable(placed[0], ["int"]);
  const ROUNDS = 2_000_000;
  const seconds = Array.from({ length: 9 }, () => {
    const before = performance.now();
    run(ROUNDS);
    return (performance.now() - before) / 1000;
  });
  // The fastest: what other programs take only makes it slower.
  const vectors = (ROUNDS * SUMS) / Math.min(...seconds) / 1e9;
  return (vectors * bits) / 32;
}
