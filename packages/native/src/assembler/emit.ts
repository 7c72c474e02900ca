/** Checks the operands of a vector instruction against its line in `forms.ts`, chooses VEX or EVEX, and writes it. */
import { AssemblyError, checked } from "../errors.ts";
import type { Code } from "./code.ts";
import { writeEvex, writeVex } from "./encoding.ts";
import type { Form } from "./forms.ts";
import { Memory } from "./memory.ts";
import { Mask, Vec, type Width } from "./registers.ts";

/** Which lanes an AVX-512 instruction writes: those of the mask. The others keep their value, or become 0. */
export interface Lanes {
  readonly mask: Mask;
  readonly zero?: boolean;
}

/** The operands as the encoding names them. A plain number is an extension of the opcode, or no register at all. */
export interface Operands {
  readonly width: Width;
  readonly reg: Vec | Mask | number;
  readonly vvvv?: Vec;
  readonly rm: Vec | Memory;
  readonly immediate?: number;
  readonly lanes?: Lanes | undefined;
}

/** The width of an operand that has the instruction's own width, or 128 bits. */
export function partOf(width: Width, part: 1 | 128): Width {
  return part === 128 ? 128 : width;
}

/** Throws an AssemblyError where a register has another width than the instruction asks for. */
export function checkWidth(name: string, operand: Vec | Memory, width: Width): void {
  if (operand instanceof Memory || operand.width === width) return;
  throw new AssemblyError(name, `a register of ${width} bits`, `${operand}`);
}

const isHigh = (operand: unknown): boolean => operand instanceof Vec && operand.number > 15;

/** Writes one vector instruction. VEX is shorter and is taken where it can hold the operands. */
export function emit(code: Code, name: string, form: Form, operands: Operands): void {
  const { width, reg, vvvv, rm, immediate, lanes } = operands;
  if (form.widths !== undefined && !form.widths.includes(width)) {
    throw new AssemblyError(name, `a width of ${form.widths.join(" or ")} bits`, `${width}`);
  }
  if (rm instanceof Memory && rm.index instanceof Vec && !name.startsWith("vgather")) {
    throw new AssemblyError(name, "an integer register as index", `${rm.index}`);
  }
  const isBroadcast = rm instanceof Memory && rm.isBroadcast;
  if (isBroadcast && form.broadcast === 0) throw new AssemblyError(name, "plain memory", "a broadcast");
  if (lanes !== undefined) checkLanes(name, lanes, form, operands);
  const index = rm instanceof Memory ? rm.index : undefined;
  const needsEvex =
    form.encodings === "evex" ||
    width === 512 ||
    isBroadcast ||
    lanes !== undefined ||
    reg instanceof Mask ||
    isHigh(reg) ||
    isHigh(vvvv) ||
    isHigh(rm) ||
    isHigh(index);
  if (needsEvex && form.encodings === "vex") {
    throw new AssemblyError(name, "registers 0 to 15 of at most 256 bits and no mask", "what only AVX-512 can encode");
  }
  const encoded = {
    prefix: form.prefix,
    map: form.map,
    // VEX leaves this bit at 0 in all forms of the table.
    w: needsEvex ? form.w : 0,
    width,
    opcode: form.opcode,
    reg: typeof reg === "number" ? reg : reg.number,
    vvvv: vvvv === undefined ? 0 : vvvv.number,
    rm: rm instanceof Vec ? rm.number : rm,
    immediate: immediate === undefined ? undefined : checked(name, "the constant", immediate, 0, 255),
  };
  if (!needsEvex) {
    writeVex(code, encoded);
    return;
  }
  const bytes = form.memory === "vector" ? width / 8 : form.memory;
  writeEvex(code, encoded, {
    mask: lanes?.mask.number ?? 0,
    zeroing: lanes?.zero ?? false,
    step: isBroadcast ? form.broadcast : bytes,
  });
}

function checkLanes(name: string, { mask, zero }: Lanes, { writes }: Form, { reg, rm }: Operands): void {
  if (mask.number === 0) throw new AssemblyError(name, "a mask from k1 to k7", "k0", "k0 means all lanes.");
  // What is stored, or compared into a mask, leaves the other lanes alone: there is no form that clears them.
  const clears = !(reg instanceof Mask) && !(writes === "rm" && rm instanceof Memory);
  if (zero && !clears) throw new AssemblyError(name, "no `zero` where a mask or memory is written", "zero: true");
}
