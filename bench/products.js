/**
 * The speed of the matrix products alone, on one thread. The first shape is a single tile of the micro-kernel, whose
 * numbers fit into the nearest caches: the other shapes can hardly be faster.
 *
 *     node bench/products.js [native | wasm | reference]
 *
 * Without a name, the backend is the fastest that runs here.
 */
import { chooseBackend } from "inkling/node";
import { median } from "./tasks/result.js";

const { backend } = await chooseBackend({ threads: 1, ...(process.argv[2] && { backend: process.argv[2] }) });

/** m, k, n of x·W (m × k by k × n). */
const shapes = [
  // one tile
  [64, 128, 32],
  // a cube
  [1024, 1024, 1024],
  // a batch of 32 blocks of 128 examples
  [4096, 512, 128],
  // 784-512-512-10 in batches of 128 (T4): its second and third layer
  [128, 512, 512],
  [128, 512, 10],
  // 784-128-10 in batches of 128 (T3): its second layer
  [128, 128, 10],
  // 784-10-10 in one batch of 41,000 (T1): its second layer
  [41000, 10, 10],
];

/** @typedef {ReturnType<Wasm["keep"]>} Matrix */

/** @type {Record<string, (x: Matrix, W: Matrix, delta: Matrix) => unknown>} */
const products = {
  x·W: (x, W) => backend.matmul(x, W),
  δ·Wᵀ: (_, W, delta) => backend.matmulTransposeB(delta, W),
  "xᵀ·δ / m": (x, _, delta) => backend.meanOuter(x, delta),
};

console.log(`GFLOP/s, one thread, medians (Node ${process.versions.node})\n`);
console.log(["m × k × n".padEnd(20), ...Object.keys(products).map((name) => name.padStart(10))].join(""));
for (const [m, k, n] of shapes) {
  const [x, W, delta] = [random(m, k), random(k, n), random(m, n)];
  const row = Object.values(products).map((product) => {
    const work = 2 * m * k * n;
    const calls = Math.ceil(2e7 / work);
    const seconds = Array.from({ length: 40 }, () => {
      const started = performance.now();
      for (let call = 0; call < calls; call++) backend.step(() => product(x, W, delta));
      return (performance.now() - started) / 1000 / calls;
    });
    return (work / median(seconds.slice(10)) / 1e9).toFixed(1).padStart(10);
  });
  console.log([`${m} × ${k} × ${n}`.padEnd(20), ...row].join(""));
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
