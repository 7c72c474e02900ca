/**
 * Starts the worker that trains. Its code is a module of this package, which each bundler makes a file of, with a name
 * that it chooses; the module says its own address (`import.meta.url`), and the worker is a Blob of one line that
 * imports it. So the library is fetched once for page and worker, and nothing depends on a bundler that recognises
 * `new Worker(new URL(…))`: see docs/decisions/0030. Where a policy forbids workers from blobs, the module itself is
 * the worker.
 *
 * A page whose code has no address (one that is opened from a file) gives the worker itself: `workersFrom`.
 */
import { READY } from "./protocol.ts";
import { words } from "./words.ts";

type StartWorker = (name: string) => Worker;

let own: StartWorker | undefined;

/**
 * How workers are started from now on: with this name, and with the code of worker.ts (the entry
 * inkling-figures/worker), bundled or not. A page that was opened from a file makes a classic one from a string.
 */
export function workersFrom(start: StartWorker | undefined): void {
  own = start;
}

/** A worker that has said that it is ready. Throws an Error, in one sentence, where none can be started. */
export async function startWorker(): Promise<Worker> {
  const ways = own === undefined ? await moduleWorkers() : [own];
  for (const way of ways) {
    const worker = await ready(way);
    if (worker !== undefined) return worker;
  }
  throw new Error(words().noWorker);
}

async function moduleWorkers(): Promise<StartWorker[]> {
  const { address } = await import("./worker.ts");
  const options = { type: "module", name: READY } as const;
  const fromBlob = () => {
    const url = URL.createObjectURL(new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" }));
    const worker = new Worker(url, options);
    const forget = () => URL.revokeObjectURL(url);
    worker.addEventListener("message", forget, { once: true });
    worker.addEventListener("error", forget, { once: true });
    return worker;
  };
  // The spelling that Vite knows: where a bundler has put what needs a window into the module's files, this makes the
  // worker a bundle of its own. (Its options have to be literals.)
  const bundled = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "inkling-session" });
  return [fromBlob, () => new Worker(address, options), bundled];
}

/** The worker once it is ready; undefined where it fails before. */
function ready(start: StartWorker): Promise<Worker | undefined> {
  return new Promise((resolve) => {
    try {
      const worker = start(READY);
      worker.addEventListener("message", () => resolve(worker), { once: true });
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        resolve(undefined);
      });
    } catch {
      resolve(undefined);
    }
  });
}
