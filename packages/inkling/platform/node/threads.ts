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
    const done = () => { Atomics.store(loading, number - 1, 0); Atomics.notify(loading, number - 1); };
    loaded.then(done, done);
    loaded.then((run) => start((_operation, tile) => run(tile, tile + 1)));
  }
`;

/**
 * Milliseconds that the end of the process waits for loading workers, at most: 64 of them on two cores take six
 * seconds.
 */
const PATIENCE = 15_000;
/** For each group of workers that load machine code, a word for each: 1 while it loads. */
const groups = new Set<Int32Array>();
let isWaitingAtExit = false;

/**
 * Words for workers that are about to load machine code. The process then ends only when none of them is loading: Node
 * would end the worker in the middle of it, and the addon that is being loaded then aborts the whole process (seen in
 * one of five short processes, Node 20).
 */
function loadingWords(count: number): Int32Array {
  for (const words of groups) if (words.every((word) => word === 0)) groups.delete(words);
  const words = new Int32Array(new SharedArrayBuffer(4 * count));
  groups.add(words);
  if (!isWaitingAtExit) process.on("exit", waitForLoading);
  isWaitingAtExit = true;
  return words;
}

function waitForLoading(): void {
  const end = performance.now() + PATIENCE;
  for (const words of groups) {
    for (let i = 0; i < words.length; i++) {
      const left = end - performance.now();
      if (left > 0) Atomics.wait(words, i, 1, left);
    }
  }
}

/** Address space that a worker needs: 589 MiB in Node 20, 842 MiB in Node 26. With less, V8 ends the process. */
const WORKER_SPACE = 2 ** 30;

export const startThreads: StartThreads = (asked, kernels, memory, machine) => {
  const count = Math.min(asked, roomForWorkers());
  const loading = machine && loadingWords(count);
  for (let number = 1; number <= count; number++) {
    try {
      loading?.fill(1, number - 1, number);
      const worker = new Worker(code, { eval: true, workerData: { kernels, memory, number, machine, loading } });
      // One that fails before it computes does no harm: the caller computes all tiles that no other thread takes. One
      // that fails while it computes has called `fail`. Without a listener its error would end the process.
      worker.on("error", () => {});
      worker.unref();
      worker.on("exit", () => loading?.fill(0, number - 1, number));
    } catch {
      // Node's permission model forbids workers (unless --allow-worker is given), or the system has no thread left.
      loading?.fill(0, number - 1);
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
