/**
 * How a thread runs tiles of machine code: one function of C for all operations. The caller and the helping threads use
 * it; a helping thread loads this module, and nothing that writes code.
 */
import { layout, type RunTiles } from "inkling/kernels";
import { systemV } from "./assembler/function.ts";
import { at } from "./assembler/memory.ts";
import { r12, r13, rbp, rbx, rdi, rdx, rsi } from "./assembler/registers.ts";
import { isUnavailable, openSystem, type System } from "./koffi.ts";

const signature = { first: "int", end: "int", thread: "int", memory: "void *" } as const;

/**
 * The one function that threads call: it runs the tiles from `first` to before `end` of the operation whose code's
 * address stands in the memory. `thread` is the number of the thread, whose scratch memory the kernel gets.
 */
export function tilesCode(): Uint8Array {
  return systemV(signature, undefined, ({ code, registers, args, exit }) => {
    // Kernels leave these registers as they find them.
    const tile = registers.claim(rbx, "tile");
    const end = registers.claim(rbp, "end");
    const memory = registers.claim(r12, "memory");
    const scratch = registers.claim(r13, "scratch");
    code.mov(tile, args.first);
    code.mov(end, args.end);
    code.mov(memory, args.memory);
    // scratch = memory + where scratch memory starts + thread · bytes of a thread's + BEFORE_SCRATCH
    code.mov(scratch.dword, at(memory, layout.SCRATCH + 4));
    code.imul(scratch, args.thread);
    code.mov(args.thread.dword, at(memory, layout.SCRATCH));
    code.add(scratch, args.thread);
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
  const call = system.callable(tiles, Object.values(signature));
  return (first, end) => call(first, end, thread, memory);
}

/** How a helping thread runs tiles; the export that its `MachineThread` names. */
export async function runTiles(data: unknown, thread: number): Promise<RunTiles> {
  const system = await openSystem();
  if (isUnavailable(system)) throw new Error(system.reason);
  return runOn(system, data as ThreadData, thread);
}
