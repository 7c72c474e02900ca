/**
 * How a thread runs tiles of machine code. A helping thread loads this module and nothing else of the package, so that
 * it is there soon.
 */
import type { RunTiles } from "inkling/kernels";
import { isUnavailable, openSystem, type System } from "./koffi.ts";

/**
 * What a thread tells its code, in a piece of memory of its own: which tiles, which thread, and where the shared memory
 * starts. One address is cheaper to hand over than four values: a call takes 23 ns instead of 41.
 */
export const block = { FIRST: 0, END: 4, THREAD: 8, MEMORY: 16, BYTES: 64 } as const;

/** What a thread needs to run tiles; it can be posted. */
export interface ThreadData {
  /** Where the code of `tilesCode` stands. */
  readonly tiles: bigint;
  /** Where the shared memory starts. */
  readonly memory: bigint;
}

/** Runs tiles on this thread, whose number is 0 for the caller. */
export function runOn(system: System, { tiles, memory }: ThreadData, thread: number): RunTiles {
  // A buffer of its own does not move. It lives as long as the function below, which holds it.
  const words = new Int32Array(new ArrayBuffer(block.BYTES));
  words[block.THREAD / 4] = thread;
  new BigInt64Array(words.buffer)[block.MEMORY / 8] = memory;
  const address = system.addressOf(words);
  const call = system.callable(tiles, ["void *"]);
  return (first, end) => {
    words[block.FIRST / 4] = first;
    words[block.END / 4] = end;
    call(address);
  };
}

/** How a helping thread runs tiles; the export that its `MachineThread` names. */
export async function runTiles(data: unknown, thread: number): Promise<RunTiles> {
  const system = await openSystem();
  if (isUnavailable(system)) throw new Error(system.reason);
  return runOn(system, data as ThreadData, thread);
}
