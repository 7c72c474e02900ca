/**
 * Helping threads in Node, Deno and Bun: workers that instantiate the kernels on the shared memory and compute tiles. A
 * process does not wait for them, and they end with it.
 */
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { StartThreads } from "../../src/backends/index.ts";

/**
 * What a worker runs; a string, so that no bundler loses the file. `sleep` is kernels/threads.ts's import. The code is
 * run as a CommonJS module, so it must not declare names like `module` and `exports`: Bun and Deno refuse that.
 */
const code = `
  const { kernels, memory, number } = require("node:worker_threads").workerData;
  const words = new Int32Array(memory.buffer);
  const sleep = (address, expected) => { Atomics.wait(words, address >>> 2, expected); };
  const instance = new WebAssembly.Instance(kernels, { env: { memory, sleep, foreign() {} } });
  try {
    instance.exports.work(number);
  } catch {
    instance.exports.fail();
  }
`;

/** Address space that a worker needs: 589 MiB in Node 20, 842 MiB in Node 26. With less, V8 ends the process. */
const WORKER_SPACE = 2 ** 30;

export const startThreads: StartThreads = (asked, kernels, memory) => {
  const count = Math.min(asked, roomForWorkers());
  for (let number = 1; number <= count; number++) {
    try {
      const worker = new Worker(code, { eval: true, workerData: { kernels, memory, number } });
      // One that fails before it computes does no harm: the caller computes all tiles that no other thread takes. One
      // that fails while it computes has called `fail`. Without a listener its error would end the process.
      worker.on("error", () => {});
      worker.unref();
    } catch {
      // Node's permission model forbids workers (unless --allow-worker is given), or the system has no thread left.
      return number - 1;
    }
  }
  return count;
};

/** How many workers fit into the address space where that is limited (ulimit -v). Only Linux says what the limit is. */
function roomForWorkers(): number {
  const limit = numberIn("/proc/self/limits", /^Max address space +(\d+)/m);
  const size = 1024 * numberIn("/proc/self/status", /^VmSize:\s+(\d+) kB/m);
  return Number.isNaN(limit - size) ? Number.POSITIVE_INFINITY : Math.max(0, Math.floor((limit - size) / WORKER_SPACE));
}

/** The number that a pattern finds in a file; NaN if there is none. */
function numberIn(path: string, pattern: RegExp): number {
  try {
    return Number(pattern.exec(readFileSync(path, "utf8"))?.[1]);
  } catch {
    return Number.NaN;
  }
}
