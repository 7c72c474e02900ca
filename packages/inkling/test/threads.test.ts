// Helping threads that do not do as they should.
import { Worker } from "node:worker_threads";
import { BugError, type StartThreads, Wasm } from "inkling";
import { expect, test } from "vitest";

/** Helpers that die as soon as they have nothing to do. */
const dying: StartThreads = (count, module, memory) => {
  const code = `
    const { workerData: { module, memory, number } } = require("node:worker_threads");
    const { exports } = new WebAssembly.Instance(module, { env: { memory, sleep() { throw new Error("dead"); } } });
    try { exports.work(number); } catch { exports.fail(); }
  `;
  for (let number = 1; number <= count; number++) {
    new Worker(code, { eval: true, workerData: { module, memory, number } }).unref();
  }
};

test("a helping thread that dies is reported, and nobody waits for it", async () => {
  const wasm = new Wasm(2, dying);
  const [x, W] = [wasm.keep(200, 200), wasm.keep(200, 200)];
  await expect
    .poll(() => {
      try {
        wasm.matmul(x, W);
      } catch (error) {
        return error;
      }
    })
    .toBeInstanceOf(BugError);
});

test("helping threads that never come are not missed", () => {
  const wasm = new Wasm(3, () => {});
  const [x, W] = [wasm.keep(200, 200), wasm.keep(200, 200)];
  wasm.write(x, new Float32Array(40_000).fill(1));
  wasm.write(W, new Float32Array(40_000).fill(1));
  expect(wasm.matmul(x, W).data.every((z) => z === 200)).toBe(true);
});
