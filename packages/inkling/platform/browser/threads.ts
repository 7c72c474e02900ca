/**
 * Helping threads in a browser: Web Workers that instantiate the kernels on the shared memory and take tiles. They end
 * with the page, or when their backend is closed. One that never starts (a page's policy may forbid workers from blobs)
 * is not missed: the caller takes all tiles that nobody else takes.
 */
import type { StartThreads } from "../../src/index.ts";

/** Where kernels/threads.ts says that the backend is closed. */
const QUIT = 384;

/**
 * What a worker runs. A string, so that no bundler loses the file; `sleep` is kernels/threads.ts's import. A backend may
 * be closed before its workers have started.
 */
const code = `
  onmessage = ({ data: { module, memory, number } }) => {
    postMessage("started");
    const words = new Int32Array(memory.buffer);
    const sleep = (address, expected) => { Atomics.wait(words, address >>> 2, expected); };
    const { exports } = new WebAssembly.Instance(module, { env: { memory, sleep } });
    try {
      if (Atomics.load(words, ${QUIT >>> 2}) === 0) exports.work(number);
    } catch {
      exports.fail();
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

export const startThreads: StartThreads = (count, module, memory) => {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  let unsettled = count;
  const settle = () => {
    unsettled--;
    if (unsettled === 0) URL.revokeObjectURL(url);
  };
  for (let number = 1; number <= count; number++) {
    const worker = started(url, number);
    if (worker === undefined) {
      settle();
      continue;
    }
    worker.onmessage = settle;
    worker.onerror = settle;
    worker.postMessage({ module, memory, number });
  }
};

/** A worker; undefined where the page's policy forbids it at once (some engines throw, others send an error). */
function started(url: string, number: number): Worker | undefined {
  try {
    return new Worker(url, { name: `inkling ${number}` });
  } catch {
    return undefined;
  }
}
