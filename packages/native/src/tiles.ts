/** The one function of machine code that threads call. */
import { layout } from "inkling/kernels";
import { systemV } from "./assembler/function.ts";
import { at } from "./assembler/memory.ts";
import { r12, r13, rbp, rbx, rdi, rdx, rsi, rsp } from "./assembler/registers.ts";
import { block } from "./thread.ts";

/**
 * Runs the tiles from `first` to before `end` of the operation whose code's
 * address stands in the memory. A kernel gets the scratch memory of the thread.
 */
export function tilesCode(): Uint8Array {
  return systemV({ block: "void *" }, undefined, ({ code, registers, args }) => {
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
    // At a call the stack stands at a multiple of 16: the address to return to and four registers are on it.
    code.sub(rsp, 8);
    const [next, done] = [code.label("next tile"), code.label("no more tiles")];
    code.place(next);
    code.cmp(tile, end);
    code.jcc("ae", done);
    code.mov(rdi, tile);
    code.mov(rsi, memory);
    code.mov(rdx, scratch);
    code.call(at(memory, layout.CODE));
    code.inc(tile);
    code.jmp(next);
    code.place(done);
    code.add(rsp, 8);
  });
}
