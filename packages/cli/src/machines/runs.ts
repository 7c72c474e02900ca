/**
 * Runs that each machine does alone, by its number or its settings: the first hands them out, takes what comes of them,
 * and writes it. What travels is bytes by the structured clone algorithm, in which NaN is NaN and an array keeps its
 * type. The first machine's own runs go the same way.
 */
import { deserialize, serialize } from "node:v8";
import { farm, serve } from "inkling/groups";
import { onInterrupt } from "../interrupt.ts";
import type { Machines } from "./machines.ts";

export interface Runs<Task, Result> {
  /** The next run; undefined where none is to begin any more. */
  readonly next: () => Task | undefined | Promise<Task | undefined>;
  readonly compute: (task: Task) => Promise<Result>;
  /** Takes a result as soon as it is here, one after the other. */
  readonly take: (result: Result) => void | Promise<void>;
  readonly signal: AbortSignal;
}

/** Does all runs, with the others where there are some. Says whether a machine was stopped before the end. */
export function handOut<Task, Result>(
  machines: Machines | undefined,
  { next, compute, take, signal }: Runs<Task, Result>,
): Promise<"done" | "stopped"> {
  return farm(machines?.messenger, {
    next: async () => {
      const task = await next();
      return task === undefined ? undefined : serialize(task);
    },
    compute: asBytes(compute),
    take: (bytes) => take(deserialize(bytes) as Result),
    signal,
  });
}

/** What another machine than the first does until that one lets it go, interrupted or not. */
export async function serveRuns<Task, Result>(
  machines: Machines,
  compute: Runs<Task, Result>["compute"],
  interruption: AbortController,
): Promise<void> {
  onInterrupt(() => interruption.abort());
  const code = await serve(machines.messenger, asBytes(compute), interruption.signal);
  machines.leave();
  process.exitCode = code;
}

function asBytes<Task, Result>(compute: (task: Task) => Promise<Result>): (task: Uint8Array) => Promise<Uint8Array> {
  return async (task) => serialize(await compute(deserialize(task) as Task));
}
