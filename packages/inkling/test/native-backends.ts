// The native backends of this machine, for the proofs of the bits: both instruction sets, where the CPU has them.
import { machineCode } from "../platform/node/machine.ts";
import { startThreads } from "../platform/node/threads.ts";
import type { FastBackend } from "../src/backends/fast/fast.ts";
import { Threads } from "../src/backends/fast/threads.ts";
import { Native } from "../src/backends/native.ts";

/** A backend for each instruction set of this CPU and each number of threads, with its name. */
export async function nativeBackends(
  counts: readonly number[],
  mostDataBytes?: number,
): Promise<[name: string, backend: FastBackend][]> {
  const found: [string, FastBackend][] = [];
  for (const instructions of ["avx2", "avx512"] as const) {
    const machine = await machineCode(instructions);
    if (typeof machine === "string") {
      console.log(`Machine code for ${instructions} is not tested here: ${machine}.`);
      continue;
    }
    for (const count of counts) {
      const threads = count > 1 ? new Threads(count, startThreads) : undefined;
      const backend = new Native(machine, threads, mostDataBytes);
      found.push([`${machine.instructions} on ${backend.threads} threads`, backend]);
    }
  }
  return found;
}
