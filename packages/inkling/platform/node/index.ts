/** What Inkling adds in Node (and Deno and Bun): files, and the choice of a backend. The entry `inkling/node`. */
import { availableParallelism } from "node:os";
import { type Backend, type BackendOptions, type Choice, choose } from "../../src/index.ts";
import { startThreads } from "./threads.ts";

export type { DataPair } from "../../src/index.ts";
export { idxDirectory, mnist } from "./datasets.ts";
export { checkWritable, readWhole, writeWhole } from "./files.ts";
export { load, save } from "./models.ts";

/** The fastest backend that runs here, or the one that is named. Throws an ArgumentError for one that there is not. */
export async function chooseBackend(options: BackendOptions = {}): Promise<Backend> {
  return chooseHere(options).backend;
}

/** As `chooseBackend`, with the sentence that says why. */
export function chooseHere(options: BackendOptions = {}): Choice {
  return choose(options, { cores: availableParallelism(), startThreads });
}
