/**
 * Helping threads in a browser: Web Workers that instantiate the kernels on the shared memory and compute tiles. They
 * end with the page, or when their backend is closed. One that never starts (a page's policy may forbid workers from
 * blobs) does no harm: the caller computes all tiles that no other thread takes.
 */
import { QUIT } from "../../kernels/layout.ts";
import type { StartThreads } from "../../src/backends/index.ts";

/**
 * What a worker runs. A string, so that no bundler loses the file; `sleep` is kernels/threads.ts's import. A backend
 * may be closed before its workers have started.
 */
const helper = `
  onmessage = ({ data: { kernels, memory, number } }) => {
    postMessage("started");
    const words = new Int32Array(memory.buffer);
    const sleep = (address, expected) => { Atomics.wait(words, address >>> 2, expected); };
    const instance = new WebAssembly.Instance(kernels, { env: { memory, sleep, foreign() {} } });
    try {
      if (Atomics.load(words, ${QUIT >>> 2}) === 0) instance.exports.work(number);
    } catch {
      instance.exports.fail();
    }
    close();
  };
`;

/**
 * Whether workers can share memory: in a page that is cross-origin isolated, and in its workers. Without isolation
 * Chromium makes shared memory all the same, but does not let it be posted.
 */
export function threadsRunHere(): boolean {
  return (
    typeof SharedArrayBuffer === "function" && globalThis.crossOriginIsolated !== false && typeof Worker === "function"
  );
}

let workersStart: Promise<boolean> | undefined;

/** Whether the page's policy lets workers start. Some engines tell only after a while, so one is tried, once. */
export function workersStartHere(): Promise<boolean> {
  workersStart ??= new Promise((resolve) => {
    const [worker] = startWorkers(1, 'postMessage("started"); close();');
    if (worker === undefined) {
      resolve(false);
      return;
    }
    worker.addEventListener("message", () => resolve(true));
    worker.addEventListener("error", () => resolve(false));
    // An engine that is late starts them later; until then the caller computes alone.
    setTimeout(() => resolve(true), 2000);
  });
  return workersStart;
}

export const startThreads: StartThreads = (count, kernels, memory) => {
  const workers = startWorkers(count, helper);
  for (const [i, worker] of workers.entries()) worker.postMessage({ kernels, memory, number: i + 1 });
  return workers.length;
};

/**
 * Workers, as many as the page's policy allows: some engines throw at once, others send an error to the worker later.
 */
function startWorkers(count: number, code: string): Worker[] {
  const workers: Worker[] = [];
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    while (workers.length < count) workers.push(new Worker(url, { name: `inkling ${workers.length + 1}` }));
  } catch {
    // Those that have started are enough.
  }
  let waitingFor = workers.length;
  if (waitingFor === 0) URL.revokeObjectURL(url);
  const settle = () => {
    waitingFor--;
    if (waitingFor === 0) URL.revokeObjectURL(url);
  };
  for (const worker of workers) {
    worker.addEventListener("message", settle);
    worker.addEventListener("error", settle);
  }
  return workers;
}
