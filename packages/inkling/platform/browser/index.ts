/** What Inkling adds in a browser: data over the network, and the choice of a backend. The entry `inkling/browser`. */
import { type BackendOptions, type Choice, choose } from "../../src/backends/index.ts";
import { startThreads, threadsRunHere, workersStartHere } from "./threads.ts";

export type { DataPair } from "../../src/index.ts";
export { idxUrl, mnist } from "./datasets.ts";

/**
 * The fastest backend that runs here, or the one that is named, and the sentence that says why: { backend, reason }. It
 * computes on all cores where the page is cross-origin isolated and its policy lets workers start, otherwise on one
 * thread, with the same bits. Throws an ArgumentError for a name that does not exist.
 */
export async function chooseBackend(options: BackendOptions = {}): Promise<Choice> {
  if (threadsRunHere()) {
    const workersStart = await workersStartHere();
    return choose(options, {
      cores: navigator.hardwareConcurrency,
      startThreads: workersStart ? startThreads : () => 0,
    });
  }
  const { backend, reason } = await choose(options);
  const alone = backend.name === "wasm" ? " (more need a page that is cross-origin isolated)" : "";
  return { backend, reason: reason + alone };
}
