/**
 * The matrix products by themselves, on one thread: how near they come to what their micro-kernel does on one tile,
 * whose numbers lie in the nearest caches.
 *
 *     node bench/products.js
 */
import { Wasm } from "inkling";
import { median } from "./tasks/result.js";

const backend = new Wasm(1);

/** m, k, n of x·W (m × k by k × n): the tile, a cube, and what T4, T3 and T1 have. */
const shapes = [
  [64, 128, 32],
  [1024, 1024, 1024],
  [128, 512, 512],
  [128, 512, 10],
  [128, 128, 10],
  [41000, 10, 10],
];

/** @type {Record<string, (x: import("inkling").Matrix, W: import("inkling").Matrix, delta: import("inkling").Matrix) => unknown>} */
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
