/**
 * The speed of convolutions alone, on one thread, in batches of 128, beside the dense products of a 512 × 512 layer.
 *
 *     node bench/convolutions.js [native | wasm | reference]
 *
 * Without a name, it measures machine code and WebAssembly, one after the other in each line.
 */
import { chooseBackend } from "inkling/node";
import { median } from "./tasks/result.js";

/** @import { Backend } from "inkling/backends" */

/** @type {[string, Backend][]} */
const backends = [];
for (const name of process.argv[2] ? [process.argv[2]] : ["native", "wasm"]) {
  try {
    backends.push([name, (await chooseBackend({ threads: 1, backend: name })).backend]);
  } catch (error) {
    if (process.argv[2] || name === "wasm") throw error;
    console.log(error instanceof Error ? error.message : error);
  }
}

const BATCH = 128;

/** Height and width of the images, their channels, filters, rows and columns of the window. */
const convolutions = [
  // 8c5-P-16c5-P-10 on MNIST (T9)
  [28, 1, 8, 5],
  [12, 8, 16, 5],
  // 32c3-P-64c3-P-10 on MNIST (T10)
  [28, 1, 32, 3],
  [13, 32, 64, 3],
  // 20c5-P-40c5-P: the network of the book's sixth chapter
  [28, 1, 20, 5],
  [12, 20, 40, 5],
];

console.log(`GFLOP/s, one thread, medians (Node ${process.versions.node})\n`);
const WIDTH = 9 * backends.length;
console.log(["".padEnd(20), ...["forwards", "∂C/∂x", "∂C/∂W"].map((name) => name.padStart(WIDTH))].join(""));
console.log(["".padEnd(20), ...[1, 2, 3].flatMap(() => backends.map(([name]) => name.padStart(9)))].join(""));
print("dense, 512 × 512", 2 * BATCH * 512 * 512, (backend) => {
  const [x, W] = [random(backend, BATCH, 512), random(backend, 512, 512)];
  const delta = random(backend, BATCH, 512);
  return [() => backend.matmul(x, W), () => backend.matmulTransposeB(delta, W), () => backend.meanOuter(x, delta)];
});
for (const [size = 1, channels = 1, filters = 1, length = 1] of convolutions) {
  const out = size - length + 1;
  const taps = length * length * channels;
  const window = {
    ...{ height: size, width: size, channels, rows: length, columns: length },
    ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, top: 0, left: 0, outHeight: out, outWidth: out },
  };
  print(
    `${filters}c${length} of ${size} × ${size} × ${channels}`,
    2 * BATCH * out * out * taps * filters,
    (backend) => {
      const images = random(backend, BATCH, size * size * channels);
      const [weights, bias] = [random(backend, taps, filters), random(backend, 1, filters)];
      const errors = random(backend, BATCH, out * out * filters);
      return [
        () => backend.convolve(images, weights, bias, window, "identity"),
        () => backend.convolveBackward(errors, weights, window),
        () => backend.convolveOuter(images, errors, window),
      ];
    },
  );
}

/**
 * Prints the speed of three operations of so many additions and multiplications each, on every backend.
 * @param {string} name
 * @param {number} work
 * @param {(backend: Backend) => (() => unknown)[]} operationsOn
 */
function print(name, work, operationsOn) {
  const calls = Math.ceil(2e7 / work);
  const speeds = backends.map(([, backend]) =>
    operationsOn(backend).map((operation) => {
      const seconds = Array.from({ length: 40 }, () => {
        const started = performance.now();
        for (let call = 0; call < calls; call++) backend.step(operation);
        return (performance.now() - started) / 1000 / calls;
      });
      return (work / median(seconds.slice(10)) / 1e9).toFixed(1).padStart(9);
    }),
  );
  console.log([name.padEnd(20), ...[0, 1, 2].flatMap((at) => speeds.map((ofBackend) => ofBackend[at]))].join(""));
}

/**
 * @param {Backend} backend
 * @param {number} rows
 * @param {number} columns
 */
function random(backend, rows, columns) {
  const matrix = backend.keep(rows, columns);
  backend.write(
    matrix,
    Float32Array.from({ length: rows * columns }, (_, e) => Math.sin(e)),
  );
  return matrix;
}
