/**
 * The bytes around an opcode: REX, VEX and EVEX prefixes, ModRM, SIB and displacement. docs/machine-code.md explains
 * each field with an example.
 *
 * An instruction has up to three operands here: `reg` (a register), `vvvv` (a second register, for VEX and EVEX) and
 * `rm` (a register or memory). Registers are plain numbers at this level: their kinds were checked before.
 */
import { AssemblyError } from "../errors.ts";
import type { Code } from "./code.ts";
import { Label, type Memory } from "./memory.ts";
import { Vec, type Width } from "./registers.ts";

/** The old one-byte prefix that is now a field of two bits: none, 66, F3, F2. */
export type Prefix = 0 | 1 | 2 | 3;
/** The table that the opcode stands in: 0F, 0F 38, 0F 3A. */
export type OpcodeMap = 1 | 2 | 3;

/** What VEX and EVEX have in common. */
export interface Encoded {
  readonly prefix: Prefix;
  readonly map: OpcodeMap;
  readonly w: 0 | 1;
  readonly width: Width;
  readonly opcode: number;
  readonly reg: number;
  readonly vvvv: number;
  readonly rm: number | Memory;
  /** One last byte: a constant, or a fourth register. */
  readonly immediate?: number | undefined;
}

/** What only EVEX has. */
export interface EvexFields {
  /** The number of the mask register; 0 is "all lanes". */
  readonly mask: number;
  /** Whether the other lanes become 0 (else they keep what they have). */
  readonly zeroing: boolean;
  /** Bytes that one step of an 8-bit displacement stands for. */
  readonly step: number;
}

const bit = (value: number, at: number): 0 | 1 => ((value >> at) & 1) as 0 | 1;
const flipped = (value: number, at: number): 0 | 1 => (bit(value, at) ^ 1) as 0 | 1;

/** The numbers of the registers in `rm`: of its base (or of the register itself), and of its index. */
function numbersIn(rm: number | Memory): { base: number; index: number } {
  if (typeof rm === "number") return { base: rm, index: 0 };
  return { base: rm.base instanceof Label ? 0 : rm.base.number, index: rm.index?.number ?? 0 };
}

/**
 * ModRM, SIB and displacement. `step` is what one step of an 8-bit displacement stands for (1, except in EVEX), and
 * `behind` is how many bytes of the instruction follow.
 */
export function writeOperand(code: Code, reg: number, rm: number | Memory, step = 1, behind = 0): void {
  const field = (reg & 7) << 3;
  if (typeof rm === "number") {
    code.write(0xc0 | field | (rm & 7));
    return;
  }
  const { base, index, scale, displacement } = rm;
  if (base instanceof Label) {
    code.write(field | 5); // mod 0 with rm 5 means: relative to the next instruction
    code.writeDistance(base, behind, displacement);
    return;
  }
  const low = base.number & 7;
  // rm 4 means: a SIB byte follows. So rsp and r12 as a base need one.
  const needsSib = index !== undefined || low === 4;
  const steps = displacement / step;
  const isShort = Number.isInteger(steps) && steps >= -128 && steps <= 127;
  // mod 0 with rbp or r13 means something else: they get a displacement of 0.
  const mod = displacement === 0 && low !== 5 ? 0 : isShort ? 1 : 2;
  code.write((mod << 6) | field | (needsSib ? 4 : low));
  if (needsSib) code.write((Math.log2(scale) << 6) | ((index === undefined ? 4 : index.number & 7) << 3) | low);
  if (mod === 1) code.writeNumber(steps, 1);
  else if (mod === 2) code.writeNumber(displacement, 4);
}

/** An integer instruction: prefix, REX if it is needed, opcode (of one or more bytes), operands. */
export function writeLegacy(
  code: Code,
  opcode: readonly number[],
  reg: number,
  rm: number | Memory,
  { wide = false, prefix = [] as readonly number[], isByte = false, behind = 0 } = {},
): void {
  if (typeof rm !== "number" && (rm.isBroadcast || rm.index instanceof Vec)) {
    throw new AssemblyError("an integer instruction", "plain memory", "a broadcast or a vector as index");
  }
  const { base, index } = numbersIn(rm);
  const rex = 0x40 | (wide ? 8 : 0) | (bit(reg, 3) << 2) | (bit(index, 3) << 1) | bit(base, 3);
  code.write(...prefix);
  // Without REX the byte registers 4 to 7 are ah, ch, dh and bh.
  if (rex !== 0x40 || (isByte && typeof rm === "number" && rm >= 4)) code.write(rex);
  code.write(...opcode);
  writeOperand(code, reg, rm, 1, behind);
}

/** An instruction with a VEX prefix: C5 and one byte where that suffices, else C4 and two. */
export function writeVex(code: Code, encoded: Encoded): void {
  const { prefix, map, w, width, opcode, reg, vvvv, rm, immediate } = encoded;
  const { base, index } = numbersIn(rm);
  const last = ((~vvvv & 15) << 3) | ((width === 256 ? 1 : 0) << 2) | prefix;
  if (map === 1 && w === 0 && bit(base, 3) === 0 && bit(index, 3) === 0) {
    code.write(0xc5, (flipped(reg, 3) << 7) | last);
  } else {
    code.write(
      0xc4,
      (flipped(reg, 3) << 7) | (flipped(index, 3) << 6) | (flipped(base, 3) << 5) | map,
      (w << 7) | last,
    );
  }
  code.write(opcode);
  writeOperand(code, reg, rm, 1, immediate === undefined ? 0 : 1);
  if (immediate !== undefined) code.write(immediate);
}

/** An instruction with an EVEX prefix: 62 and three bytes. */
export function writeEvex(code: Code, encoded: Encoded, { mask, zeroing, step }: EvexFields): void {
  const { prefix, map, w, width, opcode, reg, vvvv, rm, immediate } = encoded;
  const { base, index } = numbersIn(rm);
  const isMemory = typeof rm !== "number";
  // A register as rm has its fifth bit where memory has the fourth bit of the index.
  const x = isMemory ? flipped(index, 3) : flipped(base, 4);
  // A vector as index (gather) has its fifth bit where vvvv has its own.
  const v = isMemory && rm.index instanceof Vec ? flipped(index, 4) : flipped(vvvv, 4);
  const length = { 128: 0, 256: 1, 512: 2 }[width];
  const broadcast = isMemory && rm.isBroadcast ? 1 : 0;
  code.write(
    0x62,
    (flipped(reg, 3) << 7) | (x << 6) | (flipped(base, 3) << 5) | (flipped(reg, 4) << 4) | map,
    (w << 7) | ((~vvvv & 15) << 3) | 4 | prefix,
    ((zeroing ? 1 : 0) << 7) | (length << 5) | (broadcast << 4) | (v << 3) | mask,
  );
  code.write(opcode);
  writeOperand(code, reg, rm, step, immediate === undefined ? 0 : 1);
  if (immediate !== undefined) code.write(immediate);
}
