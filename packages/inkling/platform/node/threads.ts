/**
 * Helping threads in Node: workers that instantiate the kernels on the shared memory and take tiles. A process does not
 * wait for them, and they end with it.
 */
import { Worker } from "node:worker_threads";
import type { StartThreads } from "../../src/index.ts";

/** What a worker runs. A string, so that no bundler loses the file; `sleep` is kernels/threads.ts's import. */
const code = `
  const { workerData: { module, memory, number } } = require("node:worker_threads");
  const words = new Int32Array(memory.buffer);
  const sleep = (address, expected) => { Atomics.wait(words, address >>> 2, expected); };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, sleep } });
  try {
    exports.work(number);
  } catch {
    exports.fail();
  }
`;

export const startThreads: StartThreads = (count, module, memory) => {
  for (let number = 1; number <= count; number++) {
    const worker = new Worker(code, { eval: true, workerData: { module, memory, number } });
    worker.unref();
  }
};
