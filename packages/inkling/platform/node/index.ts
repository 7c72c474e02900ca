/** What Inkling adds in Node (and Deno and Bun): files, and the choice of a backend. The entry `inkling/node`. */
import { availableParallelism } from "node:os";
import { type BackendOptions, type Choice, choose } from "../../src/backends/index.ts";
import { machineCode } from "./machine.ts";
import { startThreads } from "./threads.ts";

export type { DataPair } from "../../src/index.ts";
export {
  Checkpoints,
  type CheckpointsOptions,
  checkUnused,
  type FoundCheckpoint,
  listCheckpoints,
  loadCheckpoint,
} from "./checkpoints.ts";
export { idxDirectory, mnist } from "./datasets.ts";
export { FileRows, type RowPlace, usualMemory } from "./file-rows.ts";
export { checkWritable, readWhole, reasonOf, writeWhole } from "./files.ts";
export { load, loadAny, loadEnsemble, save } from "./models.ts";

/**
 * The fastest backend that runs here, or the one that is named, and the sentence that says why: { backend, reason }.
 * Throws an ArgumentError for one that there is not.
 */
export async function chooseBackend(options: BackendOptions = {}): Promise<Choice> {
  return choose(options, { cores: availableParallelism(), startThreads, machineCode });
}
