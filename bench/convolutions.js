/**
 * The speed of convolutions alone, on one thread, in batches of 128, beside the dense products of a 512 × 512 layer.
 *
 *     node bench/convolutions.js [native | wasm | reference]
 *
 * Without a name, the backend is the fastest that runs here.
 */
import { chooseBackend } from "inkling/node";
import { median } from "./tasks/result.js";

const { backend } = await chooseBackend({ threads: 1, ...(process.argv[2] && { backend: process.argv[2] }) });

const BATCH = 128;

/** Height and width of the images, their channels, filters, rows and columns of the window. */
const convolutions = [
  // 8c5-P-16c5-P-10 on MNIST (T9)
  [28, 1, 8, 5],
  [12, 8, 16, 5],
  // 32c3-P-64c3-P-10 on MNIST (T10)
  [28, 1, 32, 3],
  [13, 32, 64, 3],
];

console.log(`GFLOP/s, one thread, medians (Node ${process.versions.node})\n`);
console.log(["".padEnd(22), ...["forwards", "∂C/∂x", "∂C/∂W"].map((name) => name.padStart(10))].join(""));
const [x, W, delta] = [random(BATCH, 512), random(512, 512), random(BATCH, 512)];
print("dense, 512 × 512", 2 * BATCH * 512 * 512, [
  () => backend.matmul(x, W),
  () => backend.matmulTransposeB(delta, W),
  () => backend.meanOuter(x, delta),
]);
for (const [size = 1, channels = 1, filters = 1, length = 1] of convolutions) {
  const out = size - length + 1;
  const taps = length * length * channels;
  const window = {
    ...{ height: size, width: size, channels, rows: length, columns: length },
    ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, top: 0, left: 0, outHeight: out, outWidth: out },
  };
  const images = random(BATCH, size * size * channels);
  const [weights, bias, errors] = [random(taps, filters), random(1, filters), random(BATCH, out * out * filters)];
  print(`${filters}c${length} of ${size} × ${size} × ${channels}`, 2 * BATCH * out * out * taps * filters, [
    () => backend.convolve(images, weights, bias, window, "identity"),
    () => backend.convolveBackward(errors, weights, window),
    () => backend.convolveOuter(images, errors, window),
  ]);
}

/**
 * Prints the speed of three operations of so many additions and multiplications each.
 * @param {string} name
 * @param {number} work
 * @param {(() => unknown)[]} operations
 */
function print(name, work, operations) {
  const calls = Math.ceil(2e7 / work);
  const speeds = operations.map((operation) => {
    const seconds = Array.from({ length: 40 }, () => {
      const started = performance.now();
      for (let call = 0; call < calls; call++) backend.step(operation);
      return (performance.now() - started) / 1000 / calls;
    });
    return (work / median(seconds.slice(10)) / 1e9).toFixed(1).padStart(10);
  });
  console.log([name.padEnd(22), ...speeds].join(""));
}

/**
 * @param {number} rows
 * @param {number} columns
 */
function random(rows, columns) {
  const matrix = backend.keep(rows, columns);
  backend.write(
    matrix,
    Float32Array.from({ length: rows * columns }, (_, e) => Math.sin(e)),
  );
  return matrix;
}
