/**
 * What the kernels of convolutions share: how columns of W stand in registers, and the block of sums.
 *
 * WebAssembly has copied W's columns together, a panel at a time (packages/inkling/kernels/windows.ts): filters for
 * `convolve`, channels for `convolveBackward`. Up to eight columns are one panel of eight numbers; more are panels of
 * sixteen. Columns beyond the last are 0, so that only bias, stores and what was there before need masks.
 *
 *   panel of 8     one vector of 256 bits, with AVX-512 too: half a vector of 512 bits would take as long as a whole one
 *   panel of 16    two vectors of 256 bits, or one of 512; of the last eight channels or fewer one vector of 256 bits
 */
import { when } from "../assembler/flow.ts";
import { LaneCode, type LaneMask, type Level } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, rax, rdx, type Vec } from "../assembler/registers.ts";
import { argument, type TileParts, tileCode } from "./kernel.ts";

/** The forms of the code: panels of eight columns, or of sixteen. */
const NARROW = 0;
const WIDE = 1;
const PANELS = { [NARROW]: 8, [WIDE]: 16 } as const;

/** The form of so many columns. */
export function panelForm(columns: number): number {
  return columns <= PANELS[NARROW] ? NARROW : WIDE;
}

/** The code of a form: of narrow panels for 256 bits. */
export function panelCode(level: Level, form: number, body: (parts: TileParts) => void): Uint8Array {
  return tileCode(form === NARROW ? "avx2" : level, body);
}

/** The parts of a tile for code of 256 bits. No vector register may be in use. */
export function narrowed(parts: TileParts): TileParts {
  const registers = parts.registers.narrowed();
  return { ...parts, registers, cpu: new LaneCode("avx2", parts.code, registers) };
}

/** Columns that one vector of 256 bits holds. */
export const FEW = PANELS[NARROW];

export class ConvolutionFrame {
  readonly parts: TileParts;
  /** Columns of a panel, and their bytes. */
  readonly panel: 8 | 16;
  readonly panelBytes: number;

  constructor(parts: TileParts, form: number) {
    this.parts = parts;
    this.panel = form === NARROW ? PANELS[NARROW] : PANELS[WIDE];
    this.panelBytes = 4 * this.panel;
  }

  /** An argument. */
  word(offset: number): Memory {
    return argument(this.parts, offset);
  }

  /** rax = dividend / divisor, rdx = the rest; both are claimed. */
  divide(dividend: Gpr, divisor: Gpr): void {
    const { code } = this.parts;
    if (dividend.number !== rax.number) code.mov(rax, dividend);
    code.mov(rdx.dword, 0);
    code.div(divisor.dword);
  }

  /** The lanes of each of so many vectors that are columns, where `width` columns are left. */
  masks(width: Gpr, vectors: number): LaneMask[] {
    const { code, cpu, registers } = this.parts;
    const rest = registers.gpr("columns from a vector on");
    code.mov(rest, width);
    const masks = Array.from({ length: vectors }, (_, v) => {
      if (v > 0) code.sub(rest, cpu.lanes);
      return cpu.firstLanes(`columns of vector ${v}`, rest);
    });
    registers.free(rest);
    return masks;
  }

  /** sums[j][v] += xⱼ·wᵥ: where each row's x stands, and the vectors w. */
  addTerms(sums: readonly Vec[][], x: readonly Memory[], w: readonly Vec[]): void {
    const { code, cpu, registers } = this.parts;
    const [number, product] = [registers.vec("x"), registers.vec("product")];
    for (const [j, sumsOfRow] of sums.entries()) {
      cpu.broadcast(number, x[j] as Memory);
      for (const [v, sum] of sumsOfRow.entries()) {
        code.vmulps(product, number, w[v] as Vec);
        code.vaddps(sum, sum, product);
      }
    }
    registers.free(number, product);
  }

  /**
   * Writes a store twice: with masks, and without where the vectors are whole, because masked stores of AVX2 are slow.
   * `width`: how many columns are left.
   */
  stored(width: Memory, masks: readonly LaneMask[], store: (masks: readonly (LaneMask | undefined)[]) => void): void {
    const { code, cpu, registers } = this.parts;
    if (cpu.level === "avx512") {
      store(masks);
      return;
    }
    const [columns, isStored] = [registers.gpr("columns left"), code.label("stored")];
    code.mov(columns, width);
    code.cmp(columns, masks.length * cpu.lanes);
    registers.free(columns);
    when(code, "ae", () => {
      store(masks.map(() => undefined));
      code.jmp(isStored);
    });
    store(masks);
    code.place(isStored);
  }
}

/** Where the first rows of a matrix stand, of at most eight; four are reached from one register. */
export function rowsFrom(
  { code, registers }: TileParts,
  first: Gpr,
  rowBytes: Gpr,
  count: number,
): { at: Memory[]; pointers: Gpr[]; registers: Gpr[] } {
  const pointers = Array.from({ length: Math.ceil(count / 4) }, (_, i) => registers.gpr(`row ${4 * i}`));
  const rowBytes3 = count > 3 ? registers.gpr("bytes of three rows") : undefined;
  if (rowBytes3 !== undefined) code.lea(rowBytes3, at(rowBytes, 0, rowBytes, 2));
  for (const [i, pointer] of pointers.entries()) {
    if (i === 0) code.mov(pointer, first);
    else code.lea(pointer, at(first, 0, rowBytes, 4));
  }
  const rows = Array.from({ length: count }, (_, r) => {
    const from = pointers[Math.floor(r / 4)] as Gpr;
    if (r % 4 === 0) return at(from);
    return r % 4 === 3 ? at(from, 0, rowBytes3) : at(from, 0, rowBytes, (r % 4) as 1 | 2);
  });
  return { at: rows, pointers, registers: rowBytes3 === undefined ? pointers : [...pointers, rowBytes3] };
}
