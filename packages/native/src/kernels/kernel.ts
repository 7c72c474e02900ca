/**
 * What a native kernel is: machine code for the tiles of one operation. It finds its arguments where the WebAssembly
 * kernel of that operation finds them (packages/inkling/kernels/arguments.ts). It computes as many tiles, with the same
 * order of every sum; what a tile is may differ.
 */
import { layout, args as places } from "inkling/kernels";
import { type KernelParts, kernel } from "../assembler/kernel.ts";
import type { Level } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import type { Gpr } from "../assembler/registers.ts";

/** The parameters of every kernel's code. */
const parameters = {
  /** The number of the tile. */
  tile: "int",
  /** Where the shared memory starts. Addresses in arguments count from here. */
  memory: "void *",
  /** This thread's scratch memory; BEFORE_SCRATCH bytes before it are its own too. */
  scratch: "void *",
} as const;

/** What the code of a tile is written with. */
export type TileParts = KernelParts<keyof typeof parameters>;

/** The machine code of one operation. */
export interface NativeKernel {
  /** The number of the operation: kernels/layout.ts. */
  readonly operation: number;
  /**
   * Which form of the code computes, at this level, an operation whose arguments are set in these words: a small whole
   * number, from 0. A negative one: none does, and WebAssembly computes it.
   */
  formOf(words: Int32Array, level: Level): number;
  /** Writes the code of a form, for one tile. */
  write(level: Level, form: number): Uint8Array;
}

/** The bytes of a kernel for one tile. */
export function tileCode(level: Level, body: (parts: TileParts) => void): Uint8Array {
  return kernel(level, parameters, body);
}

/** An argument as a word, while the code is chosen. */
export function wordAt(words: Int32Array, argument: number): number {
  return words[argument >>> 2] as number;
}

/** The argument in the memory, while the code runs. */
export function argument({ args }: TileParts, offset: number): Memory {
  return at(args.memory, offset);
}

/** to = the address in an argument, as an address of this process. */
export function loadAddress(parts: TileParts, to: Gpr, offset: number): void {
  const { code, args } = parts;
  code.mov(to.dword, argument(parts, offset));
  code.add(to, args.memory);
}

export { layout, places };
