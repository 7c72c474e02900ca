/**
 * The same small training in several ways: 784-30-10 on some digits, in batches of more than one block. Each ends with
 * the digest of its weights. It comes step by step and gives the page its turn between.
 */
import { type Dataset, dense, flatten, network, sgd, type TrainingState, train } from "inkling";
import type { Backend } from "inkling/backends";
import { chooseBackend } from "inkling/browser";
import { Reference } from "inkling/proofs";
import { turn } from "./turn.ts";

/** In which way it is trained; `fewer` learns from one digit less. */
export type Way = "reference" | "wasm" | "threads" | "resumed" | "fewer";
export const WAYS: readonly Way[] = ["reference", "wasm", "threads", "resumed", "fewer"];

export interface Result {
  readonly way: Way;
  readonly digest: string;
  readonly threads: number;
  /** Of the steps alone. */
  readonly milliseconds: number;
}

const [EPOCHS, BATCH, RATE] = [3, 160, 0.5];
/** Threads that compute, more than many a computer has cores. */
const THREADS = 3;

/** Trains in this way; undefined where it is not wanted any more, or where there are no threads. */
export async function trained(way: Way, digits: Dataset, isWanted: () => boolean): Promise<Result | undefined> {
  const backend = await backendOf(way);
  if (way === "threads" && backend?.threads !== THREADS) return undefined;
  const data = way === "fewer" ? digits.take(digits.count - 1) : digits;
  const fresh = () =>
    network([28, 28, 1], [flatten(), dense(30, "sigmoid"), dense(10)], { seed: 1, ...(backend && { backend }) });
  let model = fresh();
  try {
    let milliseconds = 0;
    const go = async (epochs: number, resume?: TrainingState): Promise<TrainingState | undefined> => {
      const run = train(model, data, {
        ...{
          epochs,
          batchSize: Math.min(BATCH, data.count),
          optimizer: sgd({ learningRate: RATE }),
          every: "step" as const,
        },
        ...(resume && { resume }),
      });
      for (;;) {
        const before = performance.now();
        const { done } = await run.next();
        milliseconds += performance.now() - before;
        if (done === true) return run.state();
        await turn();
        if (!isWanted()) return undefined;
      }
    };
    if (way === "resumed") {
      // It ends after an epoch; another network, with the weights and the state of the first, goes on.
      const state = await go(1);
      const values = await Promise.all(
        model.tensors.map(async ({ name, value }) => [name, await model.backend.read(value)] as const),
      );
      model.close();
      model = network([28, 28, 1], model.specs, { seed: 1, initialValues: new Map(values) });
      await go(EPOCHS, state);
    } else await go(EPOCHS);
    if (!isWanted()) return undefined;
    return { way, digest: await model.weightsSha256(), threads: model.backend.threads, milliseconds };
  } finally {
    model.close();
    backend?.close?.();
  }
}

/** A backend of its own; undefined for the one that all networks of the page share. */
async function backendOf(way: Way): Promise<Backend | undefined> {
  if (way === "reference") return new Reference("float32");
  if (way !== "threads") return undefined;
  return (await chooseBackend({ backend: "wasm", threads: THREADS })).backend;
}
