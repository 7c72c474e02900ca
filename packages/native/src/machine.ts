/**
 * The kernels as the library takes them (inkling/kernels): which code computes an operation, and how a thread runs it.
 * Code is written when it is first needed, once a process, and shared by all backends and threads: where the memory
 * starts is a parameter.
 */
import type { CodeAddress, InstructionSet, MachineCode } from "inkling/kernels";
import type { Level } from "./assembler/lanes.ts";
import { detect } from "./detection.ts";
import type { NativeKernel } from "./kernels/kernel.ts";
import { kernels } from "./kernels/kernels.ts";
import { isUnavailable, openSystem, type System } from "./koffi.ts";
import { placeCode } from "./pages.ts";
import { runOn, type ThreadData } from "./thread.ts";
import { tilesCode } from "./tiles.ts";

/** The version of the seam that this package is made for: SEAM_VERSION of inkling/kernels. */
export const seamVersion = 7;

/** What a helping thread loads. */
const THREAD = new URL("./thread.js", import.meta.url).href;

const names: Record<Level, string> = { avx2: "AVX2", avx512: "AVX-512" };

/** The code of one process at one level. */
class Machine implements MachineCode {
  readonly instructions: string;
  readonly #level: Level;
  readonly #system: System;
  readonly #tiles: bigint;
  /** By operation: its kernel, and by form its code; null where it could not be placed. */
  readonly #kernels: { readonly kernel: NativeKernel; readonly codes: (CodeAddress | null)[] }[] = [];

  constructor(level: Level, system: System, tiles: bigint) {
    this.instructions = names[level];
    this.#level = level;
    this.#system = system;
    this.#tiles = tiles;
    for (const kernel of kernels) this.#kernels[kernel.operation] = { kernel, codes: [] };
  }

  codeOf(operation: number, words: Int32Array): CodeAddress | undefined {
    const known = this.#kernels[operation];
    if (known === undefined) return undefined;
    const form = known.kernel.formOf(words, this.#level);
    if (form < 0) return undefined;
    let code = known.codes[form];
    if (code === undefined) {
      code = this.#placed(known.kernel, form);
      known.codes[form] = code;
    }
    return code ?? undefined;
  }

  /** Where there is no room for more code, or the system refuses, WebAssembly computes that form from then on. */
  #placed(kernel: NativeKernel, form: number): CodeAddress | null {
    const addresses = placeCode(this.#system, [kernel.write(this.#level, form)]);
    if (isUnavailable(addresses)) return null;
    const address = addresses[0] as bigint;
    return { low: Number(BigInt.asIntN(32, address)), high: Number(address >> 32n) };
  }

  on(memory: { readonly buffer: ArrayBufferLike }) {
    const data: ThreadData = {
      tiles: this.#tiles,
      memory: this.#system.addressOf(new Uint8Array(memory.buffer)),
    };
    return { run: runOn(this.#system, data, 0), thread: { module: THREAD, data } };
  }
}

/** One machine a level. */
const machines = new Map<Level, Machine>();

/** Machine code for this CPU, with the widest registers or the ones that are asked for; or why there is none. */
export async function machineCode(instructions?: InstructionSet): Promise<MachineCode | string> {
  const [system, detected] = [await openSystem(), await detect()];
  if (isUnavailable(system)) return sentence(system.reason);
  const level = instructions ?? (detected.avx512 ? "avx512" : "avx2");
  if (!detected[level]) return sentence(detected.reason ?? `This CPU has no ${names[level]}.`);
  const known = machines.get(level);
  if (known !== undefined) return known;
  const addresses = placeCode(system, [tilesCode()]);
  if (isUnavailable(addresses)) return sentence(addresses.reason);
  const machine = new Machine(level, system, addresses[0] as bigint);
  machines.set(level, machine);
  return machine;
}

/** A sentence that becomes part of another. */
function sentence(text: string): string {
  return text.replace(/\.$/, "");
}
