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
  const { kernels, memory, number, machine, loading } = require("node:worker_threads").workerData;
  const words = new Int32Array(memory.buffer);
  const sleep = (address, expected) => { Atomics.wait(words, address >>> 2, expected); };
  const start = (foreign) => {
    const instance = new WebAssembly.Instance(kernels, { env: { memory, sleep, foreign } });
    try {
      instance.exports.work(number);
    } catch {
      instance.exports.fail();
    }
  };
  if (machine === undefined) start(() => {});
  else {
    const loaded = import(machine.module).then(({ runTiles }) => runTiles(machine.data, number));
    const done = () => { Atomics.sub(loading, 0, 1); Atomics.notify(loading, 0); };
    loaded.then(done, done);
    loaded.then((run) => start((_operation, tile) => run(tile, tile + 1)));
  }
`;

/** How many workers are loading machine code. */
const loading = new Int32Array(new SharedArrayBuffer(4));
/** Milliseconds that the end of the process waits for them, at most. */
const PATIENCE = 2000;
let isWaitingAtExit = false;

/**
 * Lets the process end only when no worker is loading machine code. Node would end the worker in the middle of it, and
 * the addon that is being loaded then aborts the whole process (seen in one of five short processes, Node 20).
 */
function waitAtExit(): void {
  if (isWaitingAtExit) return;
  isWaitingAtExit = true;
  process.on("exit", () => {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const count = Atomics.load(loading, 0);
      const left = end - performance.now();
      if (count === 0 || left <= 0) return;
      Atomics.wait(loading, 0, count, left);
    }
  });
}

/** Address space that a worker needs: 589 MiB in Node 20, 842 MiB in Node 26. With less, V8 ends the process. */
const WORKER_SPACE = 2 ** 30;

export const startThreads: StartThreads = (asked, kernels, memory, machine) => {
  const count = Math.min(asked, roomForWorkers());
  if (machine !== undefined) waitAtExit();
  for (let number = 1; number <= count; number++) {
    try {
      const worker = new Worker(code, { eval: true, workerData: { kernels, memory, number, machine, loading } });
      // One that fails before it computes does no harm: the caller computes all tiles that no other thread takes. One
      // that fails while it computes has called `fail`. Without a listener its error would end the process.
      worker.on("error", () => {});
      worker.unref();
      if (machine !== undefined) Atomics.add(loading, 0, 1);
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
