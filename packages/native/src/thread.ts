/**
 * How a thread runs tiles of machine code: one function of C for all operations. The caller and the helping threads use
 * it; a helping thread loads this module, and nothing that writes code.
 */
import { layout, type RunTiles } from "inkling/kernels";
import { systemV } from "./assembler/function.ts";
import { at } from "./assembler/memory.ts";
import { r12, r13, rbp, rbx, rdi, rdx, rsi } from "./assembler/registers.ts";
import { isUnavailable, openSystem, type System } from "./koffi.ts";

/**
 * What a thread tells its code, in a piece of memory of its own: which tiles, which thread, and where the shared memory
 * starts. One address is cheaper to hand over than four values: a call takes 23 ns instead of 41.
 */
const block = { FIRST: 0, END: 4, THREAD: 8, MEMORY: 16, BYTES: 64 } as const;

/**
 * The one function that threads call: it runs the tiles from `first` to before `end` of the operation whose code's
 * address stands in the memory. A kernel gets the scratch memory of the thread.
 */
export function tilesCode(): Uint8Array {
  return systemV({ block: "void *" }, undefined, ({ code, registers, args, exit }) => {
    // Kernels leave these registers as they find them.
    const tile = registers.claim(rbx, "tile");
    const end = registers.claim(rbp, "end");
    const memory = registers.claim(r12, "memory");
    const scratch = registers.claim(r13, "scratch");
    const part = registers.gpr("part of an address");
    code.mov(tile.dword, at(args.block, block.FIRST));
    code.mov(end.dword, at(args.block, block.END));
    code.mov(memory, at(args.block, block.MEMORY));
    // scratch = memory + where scratch memory starts + thread · bytes of a thread's + BEFORE_SCRATCH
    code.mov(part.dword, at(args.block, block.THREAD));
    code.mov(scratch.dword, at(memory, layout.SCRATCH + 4));
    code.imul(scratch, part);
    code.mov(part.dword, at(memory, layout.SCRATCH));
    code.add(scratch, part);
    code.add(scratch, memory);
    code.add(scratch, layout.BEFORE_SCRATCH);
    const next = code.label("next tile");
    code.place(next);
    code.cmp(tile, end);
    code.jcc("ae", exit);
    code.mov(rdi, tile);
    code.mov(rsi, memory);
    code.mov(rdx, scratch);
    code.call(at(memory, layout.CODE));
    code.inc(tile);
    code.jmp(next);
  });
}

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
