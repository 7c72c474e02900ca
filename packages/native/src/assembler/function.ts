/**
 * A function that C, and so koffi, can call: the System V ABI of x86-64 on Linux.
 *
 *   arguments   rdi, rsi, rdx, rcx, r8, r9; the upper half of an `int` is undefined, and is cleared here
 *   to save     rbx, rbp, r12 to r15: those that the body asked the pool for are pushed first and popped last
 *   to leave    rsp, the direction flag and MXCSR: nothing here changes them
 */
import { AssemblyError } from "../errors.ts";
import { type Assembler, assembler } from "./assembler.ts";
import { nopBytes } from "./code.ts";
import { IntegerCode } from "./integers.ts";
import type { Label } from "./memory.ts";
import { Registers } from "./pool.ts";
import { type Gpr, r8, r9, rcx, rdi, rdx, rsi } from "./registers.ts";

const argumentRegisters: readonly Gpr[] = [rdi, rsi, rdx, rcx, r8, r9];

/** A parameter: 32 bits (a count, a tile: not negative), or an address. The names are C's, as koffi reads them. */
export type Parameter = "int" | "void *";

/** The parameters of a function by name, in their order. */
export type Signature<Name extends string> = Readonly<Record<Name, Parameter>>;

/** What the body of a function is written with. */
export interface FunctionParts<Name extends string> {
  readonly code: Assembler;
  /** The registers that are free. Those of the arguments are in use until they are given back. */
  readonly registers: Registers;
  /** The registers that hold the arguments, by name. */
  readonly args: Readonly<Record<Name, Gpr>>;
  /** The end of the function: `jmp(exit)` returns. */
  readonly exit: Label;
}

/**
 * The bytes of a function with these parameters. They may stand at any multiple of 64, and are entered at their first
 * byte. The body is called once; it pops what it pushes. `width` is that of its vectors; without one it has none.
 */
export function systemV<const Name extends string>(
  parameters: Signature<Name>,
  width: 256 | 512 | undefined,
  body: (parts: FunctionParts<Name>) => void,
): Uint8Array {
  const entries = Object.entries<Parameter>(parameters);
  if (entries.length > argumentRegisters.length) {
    throw new AssemblyError("systemV", "at most 6 parameters", `${entries.length}`, "Put the others into memory.");
  }
  const [code, registers] = [assembler(), new Registers(width)];
  const args: Record<string, Gpr> = {};
  for (const [at, [name, parameter]] of entries.entries()) {
    const register = registers.claim(argumentRegisters[at] as Gpr, name);
    if (parameter === "int") code.mov(register.dword, register.dword);
    args[name] = register;
  }
  const exit = code.label("exit");
  body({ code, registers, args: args as Record<Name, Gpr>, exit });
  code.place(exit);
  for (const register of registers.saved.toReversed()) code.pop(register);
  if (width !== undefined) code.vzeroupper();
  code.ret();
  return withPrologue(registers.saved, code);
}

/** The pushes in front of the code. Nops between them keep the code at its boundary; they run once a call. */
function withPrologue(saved: readonly Gpr[], code: IntegerCode): Uint8Array {
  const prologue = new IntegerCode();
  for (const register of saved) prologue.push(register);
  const missing = (code.boundary - (prologue.position % code.boundary)) % code.boundary;
  prologue.write(...nopBytes(missing));
  return Uint8Array.from([...prologue.finish(), ...code.finish()]);
}
