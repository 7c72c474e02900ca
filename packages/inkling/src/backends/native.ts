/** The backend that computes with machine code where there is some, and with WebAssembly elsewhere: the same tiles. */
import { FastBackend } from "./fast/fast.ts";
import { callsOf, type MachineCode } from "./fast/machine.ts";
import type { Threads } from "./fast/threads.ts";
import { WasmKernels } from "./wasm/wasm.ts";

export class Native extends FastBackend {
  /** See FastOptions. */
  constructor(machine: MachineCode, threads?: Threads, mostDataBytes?: number) {
    super("native", (house) => new WasmKernels(house), { threads, mostDataBytes, machine: callsOf(machine) });
  }
}
