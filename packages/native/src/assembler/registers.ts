/**
 * The registers of x86-64, as objects with a type: an instruction that wants a vector cannot be given an integer.
 *
 *   Gpr    16 integer registers, named as 64 bits (rax) or as their lower half of 32 bits (rax.dword)
 *   Vec    32 vector registers, named by width: xmm 128, ymm 256, zmm 512 bits of the same register.
 *          VEX instructions (AVX2) reach the first 16; EVEX instructions (AVX-512) reach all 32.
 *   Mask   8 mask registers k0 to k7 of AVX-512, one bit a lane. k0 as a mask means "all lanes".
 */

import { checked } from "../errors.ts";

/** Bits of a vector register. */
export type Width = 128 | 256 | 512;

const names64 = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split(" ");
const names32 = "eax ecx edx ebx esp ebp esi edi r8d r9d r10d r11d r12d r13d r14d r15d".split(" ");

/** An integer register. The number of its bits chooses between the 32-bit and the 64-bit form of an instruction. */
export class Gpr {
  readonly number: number;
  readonly bits: 32 | 64;

  constructor(number: number, bits: 32 | 64 = 64) {
    this.number = checked("Gpr", "its number", number, 0, 15);
    this.bits = bits;
  }

  /** The lower 32 bits. What writes them sets the upper 32 bits to 0. */
  get dword(): Gpr {
    return new Gpr(this.number, 32);
  }

  /** All 64 bits. */
  get qword(): Gpr {
    return new Gpr(this.number, 64);
  }

  toString(): string {
    return (this.bits === 64 ? names64 : names32)[this.number] as string;
  }
}

/** A vector register at one of its widths. */
export class Vec {
  readonly number: number;
  readonly width: Width;

  constructor(number: number, width: Width) {
    this.number = checked("Vec", "its number", number, 0, 31);
    this.width = width;
  }

  /** The same register at another width. */
  as(width: Width): Vec {
    return new Vec(this.number, width);
  }

  toString(): string {
    return `${{ 128: "xmm", 256: "ymm", 512: "zmm" }[this.width]}${this.number}`;
  }
}

/** A mask register of AVX-512. */
export class Mask {
  readonly number: number;

  constructor(number: number) {
    this.number = checked("Mask", "its number", number, 0, 7);
  }

  toString(): string {
    return `k${this.number}`;
  }
}

const gpr = (number: number): Gpr => new Gpr(number);

export const rax: Gpr = gpr(0);
export const rcx: Gpr = gpr(1);
export const rdx: Gpr = gpr(2);
export const rbx: Gpr = gpr(3);
export const rsp: Gpr = gpr(4);
export const rbp: Gpr = gpr(5);
export const rsi: Gpr = gpr(6);
export const rdi: Gpr = gpr(7);
export const r8: Gpr = gpr(8);
export const r9: Gpr = gpr(9);
export const r10: Gpr = gpr(10);
export const r11: Gpr = gpr(11);
export const r12: Gpr = gpr(12);
export const r13: Gpr = gpr(13);
export const r14: Gpr = gpr(14);
export const r15: Gpr = gpr(15);

/** The vector register of this number at 128 bits. */
export const xmm = (number: number): Vec => new Vec(number, 128);
/** The vector register of this number at 256 bits. */
export const ymm = (number: number): Vec => new Vec(number, 256);
/** The vector register of this number at 512 bits. */
export const zmm = (number: number): Vec => new Vec(number, 512);
/** The mask register of this number. */
export const k = (number: number): Mask => new Mask(number);
