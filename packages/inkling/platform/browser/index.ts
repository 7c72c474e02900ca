/** What Inkling adds in a browser: data over the network, and the choice of a backend. The entry `inkling/browser`. */
import { type Backend, type BackendOptions, type Choice, choose } from "../../src/index.ts";
import { startThreads, threadsRunHere } from "./threads.ts";

export type { DataPair } from "../../src/index.ts";
export { idxUrl, mnist } from "./datasets.ts";

/**
 * The fastest backend that runs here, or the one that is named: on all cores where the page is cross-origin isolated,
 * otherwise on one thread, with the same bits. Throws an ArgumentError for one that there is not.
 */
export async function chooseBackend(options: BackendOptions = {}): Promise<Backend> {
  return chooseHere(options).backend;
}

/** As `chooseBackend`, with the sentence that says why. */
export function chooseHere(options: BackendOptions = {}): Choice {
  if (threadsRunHere()) return choose(options, { cores: navigator.hardwareConcurrency, startThreads });
  const { backend, reason } = choose(options);
  const alone = backend.name === "wasm" ? " (more need a page that is cross-origin isolated)" : "";
  return { backend, reason: reason + alone };
}
