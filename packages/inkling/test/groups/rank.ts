/** One machine of a group, as a thread: it does a task with the others and says what came of it. */
import { parentPort, workerData } from "node:worker_threads";
import { train } from "inkling";
import { joinGroup } from "inkling/groups";
import { mnist } from "inkling/node";
import { Reference } from "inkling/proofs";
import { Wasm } from "../../src/backends/wasm/wasm.ts";
import { digestsOf, digitsModel, evaluationOf, failingStep, type Name, stepOfBlocks } from "./tasks.ts";
import { ThreadsGroup } from "./threads-group.ts";

export interface Task {
  readonly memory: SharedArrayBuffer;
  readonly size: number;
  readonly backends: readonly ("wasm" | "reference")[];
  readonly names: readonly Name[];
  /** Batches of so many blocks. */
  readonly blocks: readonly number[];
  /** A machine whose caller aborts. */
  readonly aborting?: number;
}

const { rank, task } = workerData as { rank: number; task: Task };
const digits = await mnist();
const backend = task.backends[rank % task.backends.length] === "wasm" ? new Wasm() : new Reference();
joinGroup(backend, new ThreadsGroup(task.memory, rank, task.size));
const blocks = [];
for (const count of task.blocks) blocks.push(await stepOfBlocks(count, backend));
const digests = await digestsOf(task.names, digits.train, backend);
const found = task.blocks.length === 0 ? undefined : await evaluationOf(digits, backend, true);
// After an error in a step each machine computes for itself again.
let own = found;
for (const after of task.blocks.length > 0 ? [0, 3] : []) {
  await failingStep(digits.test.take(1000), backend, after);
  if (rank === 0) own = await evaluationOf(digits, backend, false);
}
let rejection: string | undefined;
let digest: string | undefined;
if (task.aborting !== undefined) {
  const controller = new AbortController();
  const model = digitsModel(backend);
  const run = train(model, digits.train.take(2000), { epochs: 1000, signal: controller.signal });
  setTimeout(() => rank === task.aborting && controller.abort(new Error("the caller's own reason")), 200);
  rejection = await run.then(
    () => "done",
    (error: unknown) => (error as Error).message,
  );
  digest = await model.weightsSha256();
}
parentPort?.postMessage({ blocks, digests, found, own, rejection, digest });
